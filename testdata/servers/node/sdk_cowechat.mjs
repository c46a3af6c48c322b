// The npm package co-wechat behind Koa, as its README shows; encrypted when there is an AES key. Says "你好", or what the user
// says when the argument is echo. No bug of its own; co-wechat does not split ]]> in what it is given to say.
import wechat from "co-wechat";
import Koa from "koa";

const { TOKEN, APPID, AES_KEY, PORT } = process.env;
const bot = wechat({ token: TOKEN, appid: APPID, encodingAESKey: AES_KEY }).middleware(async ({ MsgType, Content }) => {
  if (MsgType !== "text") return "";
  return process.argv[2] === "echo" ? Content : "你好";
});

new Koa().use(bot).listen(PORT, "127.0.0.1");
