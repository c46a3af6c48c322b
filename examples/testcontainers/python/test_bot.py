"""Not run here. wxdev's emulator in a container, for the tests of a server on
port 8080 of this machine: pip install testcontainers pytest requests. The server
has to listen on an address that containers reach, 0.0.0.0 for one."""

import time

import pytest
import requests
from testcontainers.core.container import DockerContainer


@pytest.fixture(scope="session")
def base():
    """What the server takes for https://api.weixin.qq.com."""
    emulator = (
        DockerContainer("ghcr.io/wxdev/wxdev:latest", extra_hosts={"host.docker.internal": "host-gateway"})
        .with_command(["emulator", "--addr", "0.0.0.0:8900", "--token", "letmein7", "--url", "http://host.docker.internal:8080/wechat"])
        .with_exposed_ports(8900)
    )
    with emulator:
        url = f"http://{emulator.get_container_host_ip()}:{emulator.get_exposed_port(8900)}"
        for _ in range(100):
            try:
                requests.get(url + "/__wxdev/ready", timeout=5).raise_for_status()
                break
            except requests.RequestException:
                time.sleep(0.1)
        yield url


def test_greeting(base):
    requests.post(base + "/__wxdev/users/alice/text", data={"value": "你好"}, timeout=20).raise_for_status()
    chat = requests.get(base + "/__wxdev/users/alice/chat", timeout=5).json()["chat"]
    assert chat[-1]["from"] == "account" and "你好" in chat[-1]["text"]
