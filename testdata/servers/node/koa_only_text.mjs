// Sets a body for texts only. Bug: for all else Koa answers 404.
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
  let body = "";
  for await (const chunk of ctx.req.setEncoding("utf8")) body += chunk;
  const field = (name) => body.match(`<${name}><!\\[CDATA\\[(.*?)\\]\\]></${name}>`)?.[1];
  if (field("MsgType") === "text") {
    ctx.type = "text/xml";
    ctx.body = `<xml>
<ToUserName><![CDATA[${field("FromUserName")}]]></ToUserName>
<FromUserName><![CDATA[${field("ToUserName")}]]></FromUserName>
<CreateTime>${Math.floor(Date.now() / 1000)}</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[hello]]></Content>
</xml>`;
  }
});

app.listen(process.env.PORT, "127.0.0.1");
