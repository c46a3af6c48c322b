// Not ASP.NET: it answers as Web API 2 answers for `return echostr;`. Bug: JSON quotes, or XML for a browser.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

// Web API serialises a string in the format that Accept asks for: */* gets JSON, a browser gets XML.
function answer(req, res, text) {
  const xml = /\b(application|text)\/xml\b/.test(req.headers.accept ?? "");
  res.setHeader("Content-Type", `application/${xml ? "xml" : "json"}; charset=utf-8`);
  res.end(xml
    ? `<string xmlns="http://schemas.microsoft.com/2003/10/Serialization/">${text}</string>`
    : JSON.stringify(text));
}

createServer((req, res) => {
  const q = Object.fromEntries(new URL(req.url, "http://localhost").searchParams);
  const text = [process.env.TOKEN, q.timestamp, q.nonce].sort().join("");
  if (createHash("sha1").update(text).digest("hex") !== q.signature) {
    res.writeHead(401).end();
  } else if (req.method === "GET") {
    answer(req, res, q.echostr);
  } else {
    res.end("success"); // this one is written to the response by hand, as tutorials do
  }
}).listen(process.env.PORT, "127.0.0.1");
