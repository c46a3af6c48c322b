// Sends the echostr as a number; `express` or `express4` is the argument. Bug: Express takes it for a status code.
import { createHash } from "node:crypto";

const { default: express } = await import(process.argv[2] ?? "express");
const app = express();

app.use("/wechat", (req, res, next) => {
  const { signature, timestamp, nonce } = req.query;
  const text = [process.env.TOKEN, timestamp, nonce].sort().join("");
  if (createHash("sha1").update(text).digest("hex") === signature) return next();
  res.status(403).send("bad signature");
});

app.get("/wechat", (req, res) => res.send(Number(req.query.echostr)));
app.post("/wechat", (req, res) => res.send("success"));

app.listen(process.env.PORT, "127.0.0.1");
