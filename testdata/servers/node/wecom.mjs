// WeCom's callbacks in Express on its own npm package @wecom/crypto, which checks neither the padding nor the receive id. No bug, but
// with an argument: refuses-200 says no with a 200, slow takes 0.7 s, echoes gives the ciphertext back, quoted is JSON, raw undoes the
// query twice, account does what an official account's server does.
import { decrypt, encrypt, getSignature } from "@wecom/crypto";
import express from "express";

const { TOKEN, APPID, AES_KEY, PORT } = process.env;
const [, , kind] = process.argv;
const app = express();
const field = (xml, name) => xml.match(`<${name}>(?:<!\\[CDATA\\[)?(.*?)(?:\\]\\]>)?</${name}>`)?.[1];

function refuse(res, code) {
  if (kind === "refuses-200") return res.json({ errcode: code, errmsg: "回调验证未通过" });
  res.status(403).send("签名不对");
}

function open(res, query, text) {
  const { msg_signature, timestamp, nonce } = query;
  if (getSignature(TOKEN, timestamp, nonce, text) !== msg_signature) return refuse(res, 40001);
  const { message, id } = decrypt(AES_KEY, text);
  if (id !== APPID) return refuse(res, 40005);
  return message;
}

app.get("/wechat", async (req, res) => {
  const q = { ...req.query };
  if (kind === "slow") await new Promise((done) => setTimeout(done, 700));
  if (kind === "raw") q.echostr = decodeURIComponent(q.echostr).replaceAll("+", " ");
  if (kind === "account" && getSignature(TOKEN, q.timestamp, q.nonce, "") !== q.signature) return refuse(res, 40001);
  const echo = open(res, q, q.echostr);
  if (res.headersSent) return;
  if (kind === "echoes") return res.send(q.echostr);
  if (kind === "quoted") return res.json(echo);
  res.type("text/plain").send(echo);
});

app.post("/wechat", express.text({ type: "*/*" }), (req, res) => {
  const xml = open(res, req.query, field(req.body, "Encrypt") ?? "");
  if (res.headersSent) return;
  if (field(xml, "MsgType") !== "text") return res.end();
  const now = String(Math.floor(Date.now() / 1000));
  const text = encrypt(
    AES_KEY,
    `<xml><ToUserName><![CDATA[${field(xml, "FromUserName")}]]></ToUserName>
<FromUserName><![CDATA[${field(xml, "ToUserName")}]]></FromUserName><CreateTime>${now}</CreateTime>
<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content></xml>`,
    APPID,
  );
  res.type("text/xml").send(`<xml><Encrypt><![CDATA[${text}]]></Encrypt>
<MsgSignature><![CDATA[${getSignature(TOKEN, now, req.query.nonce, text)}]]></MsgSignature>
<TimeStamp>${now}</TimeStamp><Nonce><![CDATA[${req.query.nonce}]]></Nonce></xml>`);
});

app.listen(PORT, "127.0.0.1");
