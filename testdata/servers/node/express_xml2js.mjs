// The bot of the Express tutorials: the body as text, xml2js, a template. No bug.
import { createHash } from "node:crypto";
import express from "express";
import { parseStringPromise } from "xml2js";

const app = express();

app.use("/wechat", (req, res, next) => {
  const { signature, timestamp, nonce } = req.query;
  const text = [process.env.TOKEN, timestamp, nonce].sort().join("");
  if (createHash("sha1").update(text).digest("hex") === signature) return next();
  res.status(403).send("bad signature");
});

app.get("/wechat", (req, res) => res.type("text/plain").send(req.query.echostr));

const text = (msg, words) => `<xml>
  <ToUserName><![CDATA[${msg.FromUserName}]]></ToUserName>
  <FromUserName><![CDATA[${msg.ToUserName}]]></FromUserName>
  <CreateTime>${Math.floor(Date.now() / 1000)}</CreateTime>
  <MsgType><![CDATA[text]]></MsgType>
  <Content><![CDATA[${words}]]></Content>
</xml>`;

app.post("/wechat", express.text({ type: "text/xml" }), async (req, res) => {
  const { xml: msg } = await parseStringPromise(req.body, { explicitArray: false });
  if (msg.MsgType === "text") return res.type("text/xml").send(text(msg, "你好，收到了"));
  if (msg.MsgType === "event" && msg.Event === "subscribe") return res.type("text/xml").send(text(msg, "欢迎关注"));
  res.send("success");
});

app.listen(process.env.PORT, "127.0.0.1");
