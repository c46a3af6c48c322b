// A mini program's message push in JSON and safe mode, on node:crypto. No bug.
import { createDecipheriv, createHash } from "node:crypto";
import { createServer } from "node:http";

const { TOKEN, APPID, AES_KEY, PORT } = process.env;
const key = Buffer.from(AES_KEY + "=", "base64");
const sign = (...parts) => createHash("sha1").update(parts.sort().join("")).digest("hex");

function open(encrypted) {
  const aes = createDecipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([aes.update(encrypted, "base64"), aes.final()]);
  const plain = padded.subarray(16, padded.length - padded.at(-1));
  const end = 4 + plain.readUInt32BE(0);
  if (plain.toString("utf8", end) !== APPID) throw new Error("another AppID");
  return plain.toString("utf8", 4, end);
}

createServer(async (req, res) => {
  const q = Object.fromEntries(new URL(req.url, "http://localhost").searchParams);
  if (sign(TOKEN, q.timestamp, q.nonce) !== q.signature) return res.writeHead(403).end("bad signature");
  if (req.method === "GET") return res.setHeader("Content-Type", "text/plain").end(q.echostr);
  const body = [];
  for await (const chunk of req) body.push(chunk);
  try {
    const { Encrypt } = JSON.parse(Buffer.concat(body).toString());
    if (sign(TOKEN, q.timestamp, q.nonce, Encrypt) !== q.msg_signature) throw new Error("bad msg_signature");
    const msg = JSON.parse(open(Encrypt));
    console.log(msg.MsgType, msg.Event ?? "", "from", msg.FromUserName);
  } catch (err) {
    return res.writeHead(400).end(err.message);
  }
  res.end("success");
}).listen(PORT, "127.0.0.1");
