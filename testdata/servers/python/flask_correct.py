# A bot as Flask tutorials write it: checks the signature, repeats the user's words. No bug.
import hashlib
import os
import time
import xml.etree.ElementTree as ET

from flask import Flask, request

app = Flask(__name__)
TOKEN = os.environ["TOKEN"]


def signed():
    parts = [TOKEN, request.args.get("timestamp", ""), request.args.get("nonce", "")]
    parts.sort()
    return hashlib.sha1("".join(parts).encode()).hexdigest() == request.args.get("signature")


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
    if msg.findtext("MsgType") != "text":
        return "success"
    words = msg.findtext("Content", "").replace("]]>", "]] >")
    return f"""<xml>
<ToUserName><![CDATA[{msg.findtext("FromUserName")}]]></ToUserName>
<FromUserName><![CDATA[{msg.findtext("ToUserName")}]]></FromUserName>
<CreateTime>{int(time.time())}</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[You said: {words}]]></Content>
</xml>""", {"Content-Type": "application/xml"}


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
