// Parses JSON on every route and gets WeChat's XML. Bug: express.json() leaves req.body undefined, the handler throws.
import { createHash } from "node:crypto";
import express from "express";

const app = express();
app.use(express.json());

app.use("/wechat", (req, res, next) => {
  const { signature, timestamp, nonce } = req.query;
  const text = [process.env.TOKEN, timestamp, nonce].sort().join("");
  if (createHash("sha1").update(text).digest("hex") === signature) return next();
  res.status(403).send("bad signature");
});

app.get("/wechat", (req, res) => res.type("text/plain").send(req.query.echostr));

app.post("/wechat", (req, res) => {
  console.log(req.body.MsgType, "from", req.body.FromUserName);
  res.send("success");
});

app.listen(process.env.PORT, "127.0.0.1");
