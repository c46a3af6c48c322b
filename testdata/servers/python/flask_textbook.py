# The bot of the Flask tutorials: parses with ElementTree, answers a text with words of its own. No bug.
import hashlib
import os
import time
import xml.etree.ElementTree as ET

from flask import Flask, request

app = Flask(__name__)

TEXT = """<xml>
<ToUserName><![CDATA[{0}]]></ToUserName>
<FromUserName><![CDATA[{1}]]></FromUserName>
<CreateTime>{2}</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[{3}]]></Content>
</xml>"""


@app.route("/wechat", methods=["GET", "POST"])
def wechat():
    q = request.args
    parts = sorted([os.environ["TOKEN"], q.get("timestamp", ""), q.get("nonce", "")])
    if hashlib.sha1("".join(parts).encode()).hexdigest() != q.get("signature"):
        return "bad signature", 403
    if request.method == "GET":
        return q.get("echostr", ""), {"Content-Type": "text/plain"}
    xml = ET.fromstring(request.data)
    to_user = xml.find("FromUserName").text
    from_user = xml.find("ToUserName").text
    kind = xml.find("MsgType").text
    if kind == "text":
        return TEXT.format(to_user, from_user, int(time.time()), "你好，收到了")
    if kind == "event" and xml.find("Event").text == "subscribe":
        return TEXT.format(to_user, from_user, int(time.time()), "欢迎关注")
    return "success"


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
