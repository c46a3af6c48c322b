// Has a function for every type of its day. Bug: a type that came later is undefined, the handler throws.
import { createHash } from "node:crypto";
import express from "express";

const app = express();

app.use("/wechat", (req, res, next) => {
  const { signature, timestamp, nonce } = req.query;
  const text = [process.env.TOKEN, timestamp, nonce].sort().join("");
  if (createHash("sha1").update(text).digest("hex") === signature) return next();
  res.status(403).send("bad signature");
});

app.get("/wechat", (req, res) => res.type("text/plain").send(req.query.echostr));

const ignore = () => "success";
const handlers = {
  text: ignore,
  image: ignore,
  voice: ignore,
  video: ignore,
  shortvideo: ignore,
  location: ignore,
  link: ignore,
  miniprogrampage: ignore,
  file: ignore,
  event: ignore,
};

app.post("/wechat", express.text({ type: "*/*" }), (req, res) => {
  const type = req.body.match(/<MsgType><!\[CDATA\[(.*?)\]\]>/)[1];
  res.send(handlers[type](req.body));
});

app.listen(process.env.PORT, "127.0.0.1");
