# Logs the EventKey of every event. Bug: most events have none, and None has no text.
import hashlib
import os
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
    if msg.find("MsgType").text == "event":
        print(msg.find("Event").text, msg.find("EventKey").text)
    return "success"


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
