# Runs nginx on PORT with the site named as argument, in front of ../python/httpserver_correct.py.
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

here = pathlib.Path(__file__).resolve().parent


def start_backend():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = here.parent / "python" / "httpserver_correct.py"
    backend = subprocess.Popen([sys.executable, server], env={**os.environ, "PORT": str(port)})
    while True:  # nginx must not be asked before there is somebody behind it
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return backend, port
        except ConnectionRefusedError:
            if backend.poll() is not None:
                sys.exit("the server behind nginx did not start")
            time.sleep(0.01)


signal.signal(signal.SIGTERM, lambda *_: sys.exit())
backend, upstream = start_backend()
try:
    with tempfile.TemporaryDirectory(prefix="wxdev-nginx-") as prefix:
        site = (here / sys.argv[1]).read_text()
        site = site.replace("{PORT}", os.environ["PORT"]).replace("{UPSTREAM}", str(upstream))
        (pathlib.Path(prefix) / "site.conf").write_text(site)
        (pathlib.Path(prefix) / "nginx.conf").write_text((here / "nginx.conf").read_text())
        program = shutil.which("nginx") or "/usr/sbin/nginx"  # not on everybody's PATH
        with subprocess.Popen([program, "-p", prefix, "-c", "nginx.conf", "-e", "stderr"]) as nginx:
            try:
                nginx.wait()
            finally:
                nginx.terminate()
finally:
    backend.terminate()
