// Koa with the echostr as a number, "so that there are no quotes". Bug: it goes out rounded, as JSON.
import { createHash } from "node:crypto";
import Koa from "koa";

const app = new Koa();

app.use(async (ctx) => {
  const { signature, timestamp, nonce, echostr } = ctx.query;
  const text = [process.env.TOKEN, timestamp, nonce].sort().join("");
  if (createHash("sha1").update(text).digest("hex") !== signature) ctx.throw(403, "bad signature");
  ctx.body = ctx.method === "GET" ? Number(echostr) : "success";
});

app.listen(process.env.PORT, "127.0.0.1");
