// Says 200 to what it does not answer. Bug: Koa writes a body of its own for a bare status, and OK is no answer.
import { createHash } from "node:crypto";
import Koa from "koa";

const app = new Koa();

app.use(async (ctx) => {
  const { signature, timestamp, nonce, echostr } = ctx.query;
  const text = [process.env.TOKEN, timestamp, nonce].sort().join("");
  if (ctx.path !== "/wechat") return;
  if (createHash("sha1").update(text).digest("hex") !== signature) ctx.throw(403, "bad signature");
  if (ctx.method === "GET") ctx.body = echostr;
  else ctx.status = 200;
});

app.listen(process.env.PORT, "127.0.0.1");
