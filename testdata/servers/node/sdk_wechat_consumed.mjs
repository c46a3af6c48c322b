// The npm package wechat behind a body parser for text/xml. Bug: the parser has read the body, wechat waits for it for ever.
import express from "express";
import wechat from "wechat";

const bot = wechat({ token: process.env.TOKEN }, (req, res) => res.reply("你好"));

express()
  .use(express.text({ type: ["text/xml", "application/xml"] }))
  .use("/wechat", bot)
  .listen(process.env.PORT, "127.0.0.1");
