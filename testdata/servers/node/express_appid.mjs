// Answers in the name of its AppID. Bug: FromUserName is the account's original id, gh_…
import { createHash } from "node:crypto";
import express from "express";

const app = express();

app.use("/wechat", (req, res, next) => {
  const { signature, timestamp, nonce } = req.query;
  const text = [process.env.TOKEN, timestamp, nonce].sort().join("");
  if (createHash("sha1").update(text).digest("hex") === signature) return next();
  res.status(403).send("bad signature");
});

app.get("/wechat", (req, res) => res.type("text/plain").send(req.query.echostr));

app.post("/wechat", express.text({ type: "*/*" }), (req, res) => {
  const field = (name) => req.body.match(`<${name}><!\\[CDATA\\[(.*?)\\]\\]></${name}>`)?.[1];
  if (field("MsgType") !== "text") return res.send("success");
  res.type("text/xml").send(`<xml>
<ToUserName><![CDATA[${field("FromUserName")}]]></ToUserName>
<FromUserName><![CDATA[${process.env.APPID}]]></FromUserName>
<CreateTime>${Math.floor(Date.now() / 1000)}</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[hello]]></Content>
</xml>`);
});

app.listen(process.env.PORT, "127.0.0.1");
