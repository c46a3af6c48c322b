// The npm package wechat behind Express, as its README shows; encrypted when there is an AES key. Says "你好", or what the user
// says when the argument is echo. No bug of its own; wechat does not split ]]> in what it is given to say.
import express from "express";
import wechat from "wechat";

const { TOKEN, APPID, AES_KEY, PORT } = process.env;
const bot = wechat({ token: TOKEN, appid: APPID, encodingAESKey: AES_KEY }, (req, res) => {
  const { MsgType, Content } = req.weixin;
  if (MsgType !== "text") return res.reply("");
  res.reply(process.argv[2] === "echo" ? Content : "你好");
});

express().use("/wechat", bot).listen(PORT, "127.0.0.1");
