// The npm package node-easywechat behind Express, as its README shows; encrypted when there is an AES key. Says what the user
// says. Bug of the SDK's: it checks no signature, of a GET or of a plain message. The argument checked mends that.
import { createHash } from "node:crypto";
import easywechat from "node-easywechat";
import express from "express";

const { TOKEN, APPID, AES_KEY, PORT } = process.env;
const right = ({ signature, timestamp, nonce }) =>
  signature === createHash("sha1").update([TOKEN, timestamp, nonce].sort().join("")).digest("hex");

async function serve(req, res) {
  const bot = new easywechat.OfficialAccount({ app_id: APPID, token: TOKEN, aes_key: AES_KEY ?? "" });
  bot.setRequest(await easywechat.ServerRequest.createFromIncomingMessage(req));
  const server = bot.getServer();
  server.addMessageListener("text", async (message) => message.Content);
  const answer = await server.serve();
  res.set(answer.getHeaders()).status(answer.getStatusCode()).send(answer.getBody().toString());
}

express()
  .use("/wechat", (req, res, next) => (process.argv[2] !== "checked" || right(req.query) ? next() : res.sendStatus(403)), serve)
  .listen(PORT, "127.0.0.1");
