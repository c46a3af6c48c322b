"""A bot whose answer takes longer than WeChat waits, as a language model's does:
it says success at once, and sends the answer by a customer-service message."""

import hashlib
import hmac
import json
import os
import threading
import time
import urllib.request
import xml.etree.ElementTree as ET
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = os.environ["TOKEN"]
API = os.environ.get("WXDEV_API_BASE", "https://api.weixin.qq.com")
MOST = 600  # characters: a message holds 2048 bytes

lock = threading.Lock()
seen = OrderedDict()  # the MsgIds that came lately
token = {"text": "", "until": 0.0}


def think(words):
    """Where the model is asked."""
    time.sleep(0.3)
    return f"您说的是：{words}"


def post(path, body):
    data = json.dumps(body, ensure_ascii=False).encode()  # WeChat shows \u escapes as they are
    with urllib.request.urlopen(API + path, data, timeout=10) as res:
        answer = json.load(res)
    if answer.get("errcode"):
        raise RuntimeError(f"{path.partition('?')[0]}: {answer['errcode']} {answer.get('errmsg')}")
    return answer


def access_token():
    with lock:
        if time.time() > token["until"]:
            got = post("/cgi-bin/stable_token", {
                "grant_type": "client_credential", "appid": os.environ["APPID"], "secret": os.environ["SECRET"]})
            token.update(text=got["access_token"], until=time.time() + got["expires_in"] - 300)
        return token["text"]


def answer(user, words):
    try:
        said = think(words)
    except Exception as err:  # what went wrong is not the user's business
        print(err, flush=True)
        said = "抱歉，我暂时答不上来，请稍后再试。"
    if len(said) > MOST:
        said = said[:MOST] + "……"
    try:
        post("/cgi-bin/message/custom/send?access_token=" + access_token(),
             {"touser": user, "msgtype": "text", "text": {"content": said}})
    except Exception as err:
        print(err, flush=True)


def first(msgid):
    """WeChat delivers a message three times when an answer is lost."""
    with lock:
        if msgid in seen:
            return False
        seen[msgid] = True
        if len(seen) > 1000:
            seen.popitem(last=False)
        return True


class Handler(BaseHTTPRequestHandler):
    def say(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def signed(self):
        self.query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        parts = sorted([TOKEN, self.query.get("timestamp", ""), self.query.get("nonce", "")])
        want = hashlib.sha1("".join(parts).encode()).hexdigest()
        return hmac.compare_digest(want.encode(), self.query.get("signature", "").encode())

    def do_GET(self):
        if self.signed():
            self.say(200, self.query.get("echostr", ""))
        else:
            self.say(403, "signature does not match")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.signed():
            self.say(403, "signature does not match")
            return
        self.say(200, "success")
        try:
            msg = ET.fromstring(body)
        except ET.ParseError:  # people send characters that XML forbids
            return
        words = msg.findtext("Content", "")
        if msg.findtext("MsgType") == "text" and words and first(msg.findtext("MsgId")):
            threading.Thread(target=answer, args=(msg.findtext("FromUserName"), words), daemon=True).start()

    def log_message(self, *args):
        pass


ThreadingHTTPServer((os.environ.get("BIND", "127.0.0.1"), int(os.environ.get("PORT", "8080"))), Handler).serve_forever()
