// Looks its answer up in a table that has none for most texts. Bug: the reply's Content is empty.
import { createHash } from "node:crypto";
import express from "express";

const app = express();
const answers = { help: "write, and I answer" };

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
<FromUserName><![CDATA[${field("ToUserName")}]]></FromUserName>
<CreateTime>${Math.floor(Date.now() / 1000)}</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[${answers[field("Content")] ?? ""}]]></Content>
</xml>`);
});

app.listen(process.env.PORT, "127.0.0.1");
