"""A bot that gives out queue numbers, in Flask."""

import hashlib
import hmac
import os
import re
import threading
import time
import xml.etree.ElementTree as ET
from collections import OrderedDict

from flask import Flask, request

app = Flask(__name__)
TOKEN = os.environ["TOKEN"]

lock = threading.Lock()  # the server answers several requests at once
waiting = OrderedDict()  # OpenID: number
last = 0
answered = OrderedDict()  # what came lately: its answer


def signed():
    parts = sorted([TOKEN, request.args.get("timestamp", ""), request.args.get("nonce", "")])
    want = hashlib.sha1("".join(parts).encode()).hexdigest()
    return hmac.compare_digest(want.encode(), request.args.get("signature", "").encode())


def take(user):
    global last
    if user not in waiting:
        last += 1
        waiting[user] = last
    return f"您的号码是 {waiting[user]}"


def ask(number):
    for before, taken in enumerate(waiting.values()):
        if taken == number:
            return f"{number} 号前面还有 {before} 人"
    return "没有这个号码"


def leave(user):
    number = waiting.pop(user, None)
    return f"{number} 号已取消" if number else "您还没有取号"


def text(words):
    return f"<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[{words}]]></Content>"


def news(title, description, picture, url):
    return f"""<MsgType><![CDATA[news]]></MsgType>
<ArticleCount>1</ArticleCount>
<Articles><item>
<Title><![CDATA[{title}]]></Title>
<Description><![CDATA[{description}]]></Description>
<PicUrl><![CDATA[{picture}]]></PicUrl>
<Url><![CDATA[{url}]]></Url>
</item></Articles>"""


def answer(msg):
    """The body of the reply, or None when there is nothing to say."""
    user = msg.findtext("FromUserName")
    words = msg.findtext("Content", "").strip()
    event = msg.findtext("Event")
    if event == "subscribe":
        return text("欢迎关注！发“取号”开始排队。")
    if event == "unsubscribe":
        leave(user)
        return None
    if event == "CLICK":
        words = {"QUEUE": "取号", "HELP": "帮助"}.get(msg.findtext("EventKey"), "")
    if asked := re.fullmatch(r"查询 *([0-9]{1,9})", words):
        return text(ask(int(asked[1])))
    if words == "你好":
        return text("你好！发“取号”排队，发“帮助”看说明。")
    if words == "取号":
        return text(take(user))
    if words == "取消":
        return text(leave(user))
    if words == "帮助":
        return news("排队助手", "取号、查询、取消", "https://example.com/queue.png", "https://example.com/queue")
    return None


def once(msg):
    """WeChat delivers a message again when no answer came: say the same again."""
    names = ["FromUserName", "CreateTime", "MsgId", "Event", "EventKey"]
    key = tuple(msg.findtext(name, "") for name in names)
    with lock:
        if key not in answered:
            answered[key] = answer(msg)
            if len(answered) > 1000:
                answered.popitem(last=False)
        return answered[key]


@app.route("/wechat", methods=["GET", "POST"])
def wechat():
    if not signed():
        return "signature does not match", 403
    if request.method == "GET":
        return request.args.get("echostr", ""), {"Content-Type": "text/plain"}
    try:
        msg = ET.fromstring(request.data)
    except ET.ParseError:  # people send characters that XML forbids
        return "success"
    body = once(msg)
    if body is None:
        return "success"
    return f"""<xml>
<ToUserName><![CDATA[{msg.findtext("FromUserName")}]]></ToUserName>
<FromUserName><![CDATA[{msg.findtext("ToUserName")}]]></FromUserName>
<CreateTime>{int(time.time())}</CreateTime>
{body}
</xml>""", {"Content-Type": "application/xml"}


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ.get("PORT", "8080")))
