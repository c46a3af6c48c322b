// An async handler on Express 4, which does not catch what it throws. Bug: an event without EventKey ends the process.
import { createHash } from "node:crypto";
import express from "express4";

const app = express();

app.use("/wechat", (req, res, next) => {
  const { signature, timestamp, nonce } = req.query;
  const text = [process.env.TOKEN, timestamp, nonce].sort().join("");
  if (createHash("sha1").update(text).digest("hex") === signature) return next();
  res.status(403).send("bad signature");
});

app.get("/wechat", (req, res) => res.type("text/plain").send(req.query.echostr));

app.post("/wechat", express.text({ type: "*/*" }), async (req, res) => {
  const field = (name) => req.body.match(`<${name}><!\\[CDATA\\[(.*?)\\]\\]></${name}>`)[1];
  if (field("MsgType") === "event") console.log(field("Event"), field("EventKey"));
  res.send("success");
});

app.listen(process.env.PORT, "127.0.0.1");
