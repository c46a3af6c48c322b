// Koa without a router, as its guide begins. No bug.
import { createHash } from "node:crypto";
import Koa from "koa";

const app = new Koa();

app.use(async (ctx) => {
  const { signature, timestamp, nonce, echostr } = ctx.query;
  const text = [process.env.TOKEN, timestamp, nonce].sort().join("");
  if (ctx.path !== "/wechat") return; // Koa answers 404
  if (createHash("sha1").update(text).digest("hex") !== signature) ctx.throw(403, "bad signature");
  ctx.type = "text/plain";
  ctx.body = ctx.method === "GET" ? echostr : "success";
});

app.listen(process.env.PORT, "127.0.0.1");
