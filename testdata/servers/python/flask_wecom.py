# WeCom's callbacks in Flask, AES by the openssl program so that no package is
# needed. No bug of its own: which key and receive id it has, and how it says no,
# comes from the environment (KIND).
import base64
import hashlib
import os
import struct
import subprocess
import time
import xml.etree.ElementTree as ET

from flask import Flask, Response, jsonify, request

app = Flask(__name__)
TOKEN, CORP_ID = os.environ["TOKEN"], os.environ["APPID"]
KEY = base64.b64decode(os.environ["AES_KEY"] + "=")
KIND = os.environ.get("KIND", "")


def aes(flag, data):
    args = ["openssl", "enc", flag, "-aes-256-cbc", "-nopad", "-K", KEY.hex(), "-iv", KEY[:16].hex()]
    return subprocess.run(args, input=data, stdout=subprocess.PIPE, check=True).stdout


def sign(*parts):
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def refuse(why):
    if KIND == "200":
        return jsonify(code=1, msg=why)
    return Response(why, 400)


def unseal(text):
    plain = aes("-d", base64.b64decode(text))
    plain = plain[16:len(plain) - plain[-1]]
    size = struct.unpack(">I", plain[:4])[0]
    return plain[4:4 + size], plain[4 + size:].decode()


def seal(message):
    plain = os.urandom(16) + struct.pack(">I", len(message)) + message + CORP_ID.encode()
    n = 32 - len(plain) % 32
    return base64.b64encode(aes("-e", plain + bytes([n]) * n)).decode()


@app.route("/wechat", methods=["GET", "POST"])
def callback():
    q = request.args
    text = q.get("echostr", "") if request.method == "GET" else ET.fromstring(request.get_data()).findtext("Encrypt")
    if sign(TOKEN, q.get("timestamp", ""), q.get("nonce", ""), text) != q.get("msg_signature"):
        return refuse("验签失败")
    message, receiver = unseal(text)
    if receiver != CORP_ID:
        return refuse("企业 ID 不一致")
    if request.method == "GET":
        return message
    message = ET.fromstring(message)
    if message.findtext("MsgType") != "text":
        return ""
    now, nonce = str(int(time.time())), q["nonce"]
    text = seal(f"""<xml><ToUserName><![CDATA[{message.findtext("FromUserName")}]]></ToUserName>
<FromUserName><![CDATA[{CORP_ID}]]></FromUserName><CreateTime>{now}</CreateTime>
<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[收到]]></Content></xml>""".encode())
    return f"""<xml><Encrypt><![CDATA[{text}]]></Encrypt><MsgSignature><![CDATA[{sign(TOKEN, now, nonce, text)}]]></MsgSignature>
<TimeStamp>{now}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"""


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]), threaded=True)
