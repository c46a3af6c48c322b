"""A small Official Account bot on Python's own http.server."""

import hashlib
import hmac
import itertools
import os
import re
import threading
import time
import xml.etree.ElementTree as ET
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = os.environ["TOKEN"]

numbers = itertools.count(1)
answered = OrderedDict()  # what came lately: its answer
lock = threading.Lock()


def signature(timestamp, nonce):
    parts = sorted([TOKEN, timestamp, nonce])
    return hashlib.sha1("".join(parts).encode()).hexdigest()


def cdata(text):
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def text(words):
    return f"<MsgType><![CDATA[text]]></MsgType><Content>{cdata(words)}</Content>"


def news(title, about, url):
    return (
        "<MsgType><![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount><Articles><item>"
        f"<Title>{cdata(title)}</Title><Description>{cdata(about)}</Description>"
        f"<PicUrl><![CDATA[https://example.com/help.png]]></PicUrl><Url>{cdata(url)}</Url>"
        "</item></Articles>"
    )


def on_text(msg):
    words = msg.findtext("Content", "").strip()
    if words == "你好":
        return text("你好！发“取号”排队，发“帮助”看说明。")
    if words == "取号":
        return text(f"您的号码是 {next(numbers)}")
    if words == "帮助":
        return news("排队助手", "取号、帮助", "https://example.com/help")
    return text("您说的是：" + msg.findtext("Content", "")) if words else None


EVENTS = {
    "subscribe": lambda msg: text("欢迎关注！发“取号”开始排队。"),
    "CLICK": lambda msg: news("排队助手", "取号、帮助", "https://example.com/help"),
}


def answer(msg):
    """The body of the reply, or None when there is nothing to say."""
    kind = msg.findtext("MsgType")
    if kind == "text":
        return on_text(msg)
    if kind == "event":
        handler = EVENTS.get(msg.findtext("Event"))
        return handler(msg) if handler else None
    return None


def key_of(msg):
    """WeChat delivers a message again when no answer came: the same has the same key."""
    return tuple(msg.findtext(name, "") for name in ("FromUserName", "CreateTime", "MsgId", "Event", "EventKey"))


def handle(msg):
    key = key_of(msg)
    with lock:
        if key not in answered:
            answered[key] = answer(msg)
            if len(answered) > 1000:
                answered.popitem(last=False)
        body = answered[key]
    if body is None:
        return "success"
    return (
        f"<xml><ToUserName>{cdata(msg.findtext('FromUserName'))}</ToUserName>"
        f"<FromUserName>{cdata(msg.findtext('ToUserName'))}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime>{body}</xml>"
    )


def parse(body):
    if b"<!DOCTYPE" in body:
        return None
    # people send control characters, which XML 1.0 forbids
    clean = re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", body.decode("utf-8", "replace"))
    try:
        return ET.fromstring(clean)
    except ET.ParseError:
        return None


class WeChat(BaseHTTPRequestHandler):
    def do_GET(self):
        if not self.signed():
            return self.respond(403, "signature does not match")
        self.respond(200, self.query("echostr"))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.signed():
            return self.respond(403, "signature does not match")
        msg = parse(body)
        self.respond(200, "success" if msg is None else handle(msg))

    def signed(self):
        want = signature(self.query("timestamp"), self.query("nonce"))
        return hmac.compare_digest(want.encode(), self.query("signature").encode())

    def query(self, name):
        return parse_qs(urlsplit(self.path).query).get(name, [""])[0]

    def respond(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/xml; charset=utf-8" if text.startswith("<xml>") else "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


if __name__ == "__main__":
    Server(("127.0.0.1", int(os.environ["PORT"])), WeChat).serve_forever()
