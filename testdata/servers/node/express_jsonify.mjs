// Answers messages with res.json, like its other routes. Bug: success comes in quotes.
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
app.post("/wechat", (req, res) => res.json("success"));

app.listen(process.env.PORT, "127.0.0.1");
