// A bot that gives out queue numbers, in Express.
"use strict";

const { createHash, timingSafeEqual } = require("node:crypto");
const express = require("express");

const token = process.env.TOKEN;
const app = express();

const waiting = new Map(); // OpenID: number, in the order of the queue
let last = 0;
const answered = new Map(); // what came lately: its answer

function signed(query) {
  const { signature = "", timestamp = "", nonce = "" } = query;
  const text = [token, timestamp, nonce].map(String).sort().join("");
  const want = Buffer.from(createHash("sha1").update(text).digest("hex"));
  const got = Buffer.from(String(signature));
  return got.length === want.length && timingSafeEqual(got, want);
}

function take(user) {
  if (!waiting.has(user)) waiting.set(user, ++last);
  return `您的号码是 ${waiting.get(user)}`;
}

function ask(number) {
  const before = [...waiting.values()].indexOf(number);
  return before < 0 ? "没有这个号码" : `${number} 号前面还有 ${before} 人`;
}

function leave(user) {
  const number = waiting.get(user);
  waiting.delete(user);
  return number ? `${number} 号已取消` : "您还没有取号";
}

const text = (words) => `<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[${words}]]></Content>`;

const news = (title, description, picture, url) => `<MsgType><![CDATA[news]]></MsgType>
<ArticleCount>1</ArticleCount>
<Articles><item>
<Title><![CDATA[${title}]]></Title>
<Description><![CDATA[${description}]]></Description>
<PicUrl><![CDATA[${picture}]]></PicUrl>
<Url><![CDATA[${url}]]></Url>
</item></Articles>`;

// The body of the reply, or null when there is nothing to say.
function answer(field) {
  const user = field("FromUserName");
  let words = field("Content").trim();
  switch (field("Event")) {
    case "subscribe":
      return text("欢迎关注！发“取号”开始排队。");
    case "unsubscribe":
      leave(user);
      return null;
    case "CLICK":
      words = { QUEUE: "取号", HELP: "帮助" }[field("EventKey")] ?? "";
  }
  const asked = words.match(/^查询 *(\d{1,9})$/);
  if (asked) return text(ask(Number(asked[1])));
  switch (words) {
    case "你好":
      return text("你好！发“取号”排队，发“帮助”看说明。");
    case "取号":
      return text(take(user));
    case "取消":
      return text(leave(user));
    case "帮助":
      return news("排队助手", "取号、查询、取消", "https://example.com/queue.png", "https://example.com/queue");
  }
  return null;
}

// WeChat delivers a message again when no answer came: say the same again.
function once(field) {
  const key = ["FromUserName", "CreateTime", "MsgId", "Event", "EventKey"].map(field).join("\n");
  if (!answered.has(key)) {
    answered.set(key, answer(field));
    if (answered.size > 1000) answered.delete(answered.keys().next().value);
  }
  return answered.get(key);
}

app.use("/wechat", (req, res, next) => {
  if (signed(req.query)) return next();
  res.status(403).send("signature does not match");
});

app.get("/wechat", (req, res) => res.type("text/plain").send(String(req.query.echostr)));

app.post("/wechat", express.text({ type: "*/*" }), (req, res) => {
  // A real server has an XML parser; WeChat's messages are flat enough for this one.
  const field = (name) => {
    const m = String(req.body).match(new RegExp(`<${name}>(?:<!\\[CDATA\\[(.*?)\\]\\]>|([^<]*))</${name}>`, "s"));
    return m ? (m[1] ?? m[2]) : "";
  };
  const body = once(field);
  if (body === null) return res.type("text/plain").send("success");
  res.type("application/xml").send(`<xml>
<ToUserName><![CDATA[${field("FromUserName")}]]></ToUserName>
<FromUserName><![CDATA[${field("ToUserName")}]]></FromUserName>
<CreateTime>${Math.floor(Date.now() / 1000)}</CreateTime>
${body}
</xml>`);
});

app.listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
