// The npm package wechat-mp behind Express, as its README shows; it knows no encryption. Says "你好", or what the user says when
// the argument is echo. No bug of its own; wechat-mp does not split ]]> in what it is given to say.
import express from "express";
import wechat from "wechat-mp";

const mp = wechat(process.env.TOKEN);
const answer = (req, res, next) => {
  if (req.body.raw.MsgType !== "text") return res.send("success");
  res.body = process.argv[2] === "echo" ? req.body.raw.Content : "你好";
  next();
};

express().use("/wechat", mp.start(), answer, mp.end()).listen(process.env.PORT, "127.0.0.1");
