// wxdev's emulator in a container, for the tests of a server on this machine:
// a user writes to it, and the chat is looked at. `npm test` needs a container
// engine and Node 22.18 or later, which reads TypeScript.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GenericContainer, type StartedTestContainer, TestContainers, Wait } from "testcontainers";

const image = process.env.WXDEV_IMAGE ?? "ghcr.io/wxdev/wxdev:latest";
const port = Number(process.env.PORT ?? 8080); // of the server, which is started before

let emulator: StartedTestContainer;
let base: string; // what the server takes for https://api.weixin.qq.com

before(async () => {
  await TestContainers.exposeHostPorts(port);
  emulator = await new GenericContainer(image)
    .withCommand(["emulator", "--addr", "0.0.0.0:8900", "--token", "letmein7", "--url", `http://host.testcontainers.internal:${port}/wechat`])
    .withExposedPorts(8900)
    .withWaitStrategy(Wait.forHttp("/__wxdev/ready", 8900))
    .start();
  base = `http://${emulator.getHost()}:${emulator.getMappedPort(8900)}`;
});

after(async () => {
  await emulator?.stop();
});

interface ChatItem {
  from: "user" | "account";
  text?: string;
}

async function write(user: string, words: string): Promise<ChatItem[]> {
  const sent = await fetch(`${base}/__wxdev/users/${user}/text`, { method: "POST", body: new URLSearchParams({ value: words }) });
  assert.ok(sent.ok, await sent.text());
  const chat = await fetch(`${base}/__wxdev/users/${user}/chat`);
  return ((await chat.json()) as { chat: ChatItem[] }).chat;
}

test("a greeting", async () => {
  const chat = await write("alice", "你好");
  assert.match(chat.at(-1)?.text ?? "", /你好/);
});
