// A mini program's message push in JSON, the format chosen in its console. No bug.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

const signed = (q) => {
  const text = [process.env.TOKEN, q.timestamp, q.nonce].sort().join("");
  return createHash("sha1").update(text).digest("hex") === q.signature;
};

createServer(async (req, res) => {
  const q = Object.fromEntries(new URL(req.url, "http://localhost").searchParams);
  if (!signed(q)) return res.writeHead(403).end("bad signature");
  if (req.method === "GET") return res.setHeader("Content-Type", "text/plain").end(q.echostr);
  const body = [];
  for await (const chunk of req) body.push(chunk);
  try {
    const msg = JSON.parse(Buffer.concat(body).toString());
    console.log(msg.MsgType, msg.Event ?? "", "from", msg.FromUserName);
  } catch (err) {
    return res.writeHead(400).end(`not JSON: ${err.message}`);
  }
  res.end("success");
}).listen(process.env.PORT, "127.0.0.1");
