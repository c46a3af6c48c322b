// A small Official Account bot on node:http, in plain, compatible or safe mode.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";

const { TOKEN, APPID, AES_KEY, MODE, PORT } = process.env;
const key = Buffer.from((AES_KEY ?? "") + "=", "base64");
const iv = key.subarray(0, 16);
let number = 0;
const answered = new Map(); // what came lately: its answer

const sign = (...parts) => createHash("sha1").update(parts.sort().join("")).digest("hex");

function unpad(padded) {
  const pad = padded.at(-1);
  if (pad < 1 || pad > 32) throw new Error("bad padding");
  return padded.subarray(0, padded.length - pad);
}

function pad(plain) {
  const n = 32 - (plain.length % 32);
  return Buffer.concat([plain, Buffer.alloc(n, n)]);
}

function decrypt(encrypted) {
  const aes = createDecipheriv("aes-256-cbc", key, iv).setAutoPadding(false);
  const plain = unpad(Buffer.concat([aes.update(encrypted, "base64"), aes.final()]));
  const end = 20 + plain.readUInt32BE(16);
  if (plain.toString("utf8", end) !== APPID) throw new Error("another AppID");
  return plain.toString("utf8", 20, end);
}

function encrypt(reply) {
  const message = Buffer.from(reply);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const plain = Buffer.concat([randomBytes(16), length, message, Buffer.from(APPID)]);
  const aes = createCipheriv("aes-256-cbc", key, iv).setAutoPadding(false);
  return Buffer.concat([aes.update(pad(plain)), aes.final()]).toString("base64");
}

function envelope(reply, nonce) {
  const encrypted = encrypt(reply);
  const now = String(Math.floor(Date.now() / 1000));
  return `<xml><Encrypt><![CDATA[${encrypted}]]></Encrypt>
<MsgSignature><![CDATA[${sign(TOKEN, now, nonce, encrypted)}]]></MsgSignature>
<TimeStamp>${now}</TimeStamp><Nonce><![CDATA[${nonce}]]></Nonce></xml>`;
}

const unescape = (s) => s.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&apos;/g, "'").replace(/&amp;/g, "&");

// A real server has an XML parser; WeChat's messages are flat enough for this one.
function field(xml, name) {
  const m = xml.match(`<${name}>((?:<!\\[CDATA\\[[^]*?\\]\\]>)+|[^<]*)</${name}>`);
  if (!m) return "";
  return m[1].startsWith("<!") ? m[1].replace(/<!\[CDATA\[([^]*?)\]\]>/g, "$1") : unescape(m[1]);
}

const cdata = (s) => `<![CDATA[${s.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
const text = (words) => `<MsgType><![CDATA[text]]></MsgType><Content>${cdata(words)}</Content>`;
const help = () => `<MsgType><![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount><Articles><item>
<Title><![CDATA[排队助手]]></Title><Description><![CDATA[取号、帮助]]></Description>
<PicUrl><![CDATA[https://example.com/help.png]]></PicUrl><Url><![CDATA[https://example.com/help]]></Url></item></Articles>`;

// The body of the reply, or null when there is nothing to say.
function answer(msg) {
  const words = field(msg, "Content");
  switch (field(msg, "MsgType")) {
    case "text":
      if (words === "你好") return text("你好！发“取号”排队，发“帮助”看说明。");
      if (words === "取号") return text(`您的号码是 ${++number}`);
      if (words === "帮助") return help();
      return words.trim() ? text(`您说的是：${words}`) : null;
    case "event":
      if (field(msg, "Event") === "subscribe") return text("欢迎关注！发“取号”开始排队。");
      if (field(msg, "Event") === "CLICK") return help();
  }
  return null;
}

function reply(msg) {
  const id = ["FromUserName", "CreateTime", "MsgId", "Event", "EventKey"].map((name) => field(msg, name)).join("\n");
  if (!answered.has(id)) answered.set(id, answer(msg));
  if (answered.size > 1000) answered.delete(answered.keys().next().value);
  const body = answered.get(id);
  if (body === null) return null;
  return `<xml><ToUserName>${cdata(field(msg, "FromUserName"))}</ToUserName>
<FromUserName>${cdata(field(msg, "ToUserName"))}</FromUserName>
<CreateTime>${Math.floor(Date.now() / 1000)}</CreateTime>${body}</xml>`;
}

// Throws when the message is not WeChat's.
function handle(body, q) {
  if (MODE === "plain") return reply(body) ?? "success";
  const encrypted = field(body, "Encrypt");
  if (sign(TOKEN, q.timestamp, q.nonce, encrypted) !== q.msg_signature) throw new Error("bad msg_signature");
  const out = reply(decrypt(encrypted));
  return out === null ? "success" : envelope(out, q.nonce);
}

function send(res, text) {
  const type = text.startsWith("<xml>") ? "text/xml" : "text/plain";
  res.setHeader("Content-Type", `${type}; charset=utf-8`);
  res.setHeader("Content-Length", Buffer.byteLength(text));
  res.end(text);
}

createServer(async (req, res) => {
  const q = Object.fromEntries(new URL(req.url, "http://localhost").searchParams);
  if (sign(TOKEN, q.timestamp ?? "", q.nonce ?? "") !== q.signature) return res.writeHead(403).end("bad signature");
  if (req.method === "GET") return send(res, q.echostr ?? "");
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  let out;
  try {
    out = handle(Buffer.concat(chunks).toString(), q);
  } catch (err) {
    return res.writeHead(403).end(err.message);
  }
  send(res, out);
}).listen(Number(PORT), "127.0.0.1");
