// Reads ctx.request.body with no body parser installed. Bug: that is undefined, the handler throws, Koa keeps to itself why.
import { createHash } from "node:crypto";
import Koa from "koa";

const app = new Koa();

app.use(async (ctx) => {
  const { signature, timestamp, nonce, echostr } = ctx.query;
  const text = [process.env.TOKEN, timestamp, nonce].sort().join("");
  if (ctx.path !== "/wechat") return;
  if (createHash("sha1").update(text).digest("hex") !== signature) ctx.throw(403, "bad signature");
  if (ctx.method === "GET") {
    ctx.body = echostr;
    return;
  }
  console.log(ctx.request.body.xml);
  ctx.body = "success";
});

app.listen(process.env.PORT, "127.0.0.1");
