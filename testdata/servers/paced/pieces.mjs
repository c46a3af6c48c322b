// node:http and nothing else. The bug: each piece of a body becomes a string by
// itself, in `body += chunk`. WHOLE in the environment mends it. The port in TAKEN
// is told when a piece has been taken.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { connect } from "node:net";

createServer((req, res) => {
  const url = new URL(req.url, "http://localhost");
  const q = (name) => url.searchParams.get(name) ?? "";
  const text = [process.env.TOKEN, q("timestamp"), q("nonce")].sort().join("");
  if (createHash("sha1").update(text).digest("hex") !== q("signature")) return res.writeHead(403).end("bad signature");
  if (req.method === "GET") return res.end(q("echostr"));
  let body = "";
  if (process.env.WHOLE) req.setEncoding("utf8");
  req.on("data", (chunk) => {
    body += chunk;
    connect(process.env.TAKEN, "127.0.0.1").end(String(req.socket.remotePort));
  });
  req.on("end", () => {
    const field = (name) => body.match(new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([^]*?)(?:\\]\\]>)?</${name}>`))?.[1] ?? "";
    if (field("MsgType") !== "text") return res.end("success");
    res.end(`<xml><ToUserName><![CDATA[${field("FromUserName")}]]></ToUserName><FromUserName><![CDATA[${field("ToUserName")}]]></FromUserName>` +
      `<CreateTime>${Math.floor(Date.now() / 1000)}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${field("Content")}]]></Content></xml>`);
  });
}).listen(process.env.PORT, "127.0.0.1");
