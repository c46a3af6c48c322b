// node:http and nothing else. No bug.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

createServer((req, res) => {
  const url = new URL(req.url, "http://localhost");
  const q = (name) => url.searchParams.get(name) ?? "";
  const text = [process.env.TOKEN, q("timestamp"), q("nonce")].sort().join("");
  if (url.pathname !== "/wechat") {
    res.writeHead(404).end("not found");
  } else if (createHash("sha1").update(text).digest("hex") !== q("signature")) {
    res.writeHead(403).end("bad signature");
  } else if (req.method === "GET") {
    res.writeHead(200, { "Content-Type": "text/plain" }).end(q("echostr"));
  } else {
    req.resume().on("end", () => res.end("success"));
  }
}).listen(process.env.PORT, "127.0.0.1");
