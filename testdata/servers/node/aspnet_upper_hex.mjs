// Not ASP.NET: it compares as a C# handler with BitConverter does. Bug: its hex is upper case, WeChat's is lower.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

createServer((req, res) => {
  const q = Object.fromEntries(new URL(req.url, "http://localhost").searchParams);
  const hash = createHash("sha1").update([process.env.TOKEN, q.timestamp, q.nonce].sort().join("")).digest();
  // BitConverter.ToString(hash).Replace("-", "") == signature
  if (hash.toString("hex").toUpperCase() !== q.signature) {
    res.writeHead(403).end();
  } else {
    res.setHeader("Content-Type", "text/plain");
    res.end(req.method === "GET" ? q.echostr : "success");
  }
}).listen(process.env.PORT, "127.0.0.1");
