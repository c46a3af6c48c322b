// The npm package @tnwx/wxmp behind Express, as its documentation shows; encrypted when there is an AES key. Says what the user
// says, and nothing else. Bugs of the SDK's: it checks no signature of a message, and encrypts success.
import express from "express";
import accesstoken from "@tnwx/accesstoken";
import commons from "@tnwx/commons";
import wxmp from "@tnwx/wxmp";

const { TOKEN, APPID, AES_KEY, PORT } = process.env;
accesstoken.ApiConfigKit.putApiConfig(new accesstoken.ApiConfig(APPID, "", TOKEN, Boolean(AES_KEY), AES_KEY));
accesstoken.ApiConfigKit.setCurrentAppId(APPID);

const adapter = new Proxy({}, {
  get: (_, method) => async (message) => {
    if (method !== "processInTextMsg") return "success";
    const text = new commons.OutTextMsg(message);
    text.setContent(message.getContent);
    return text;
  },
});

// signed is what the SDK leaves to its user: "ok" comes back for a right signature.
const signed = ({ signature, timestamp, nonce }) => wxmp.WeChat.checkSignature(signature, timestamp, nonce, "ok") === "ok";

async function push({ query, body }, res) {
  if (process.argv[2] !== "guarded") return res.send(await handle(query, body));
  if (!signed(query)) return res.sendStatus(403);
  return handle(query, body).then((reply) => res.send(reply), () => res.sendStatus(500));
}

const handle = (query, body) => wxmp.WeChat.handleMsg(adapter, body, query.msg_signature, query.timestamp, query.nonce);

express()
  .get("/wechat", ({ query: { signature, timestamp, nonce, echostr } }, res) =>
    res.send(wxmp.WeChat.checkSignature(signature, timestamp, nonce, echostr)))
  .post("/wechat", express.text({ type: "*/*" }), push)
  .listen(PORT, "127.0.0.1");
