# Writes time.time() as CreateTime. Bug: that is a float, where WeChat has an integer.
import hashlib
import os
import time
import xml.etree.ElementTree as ET

from flask import Flask, request

app = Flask(__name__)


@app.route("/wechat", methods=["GET", "POST"])
def wechat():
    q = request.args
    parts = sorted([os.environ["TOKEN"], q.get("timestamp", ""), q.get("nonce", "")])
    if hashlib.sha1("".join(parts).encode()).hexdigest() != q.get("signature"):
        return "bad signature", 403
    if request.method == "GET":
        return q.get("echostr", ""), {"Content-Type": "text/plain"}
    msg = ET.fromstring(request.data)
    if msg.findtext("MsgType") != "text":
        return "success"
    return f"""<xml>
<ToUserName><![CDATA[{msg.findtext("FromUserName")}]]></ToUserName>
<FromUserName><![CDATA[{msg.findtext("ToUserName")}]]></FromUserName>
<CreateTime>{time.time()}</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[hello]]></Content>
</xml>""", {"Content-Type": "application/xml"}


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
