"""The server of a mini program: pushes in JSON, answered by customer-service
messages with a token that it gets itself. Its Token is wxdevtoken."""
import hashlib
import json
import os
import threading
import time

import requests
from flask import Flask, abort, request

app = Flask(__name__)
api = "https://api.weixin.qq.com/cgi-bin"
token = {"value": "", "until": 0}


def access_token():
    if time.time() >= token["until"]:
        got = requests.get(api + "/token", params={
            "grant_type": "client_credential",
            "appid": "wx0123456789abcdef",
            "secret": "0123456789abcdef0123456789abcdef",
        }, timeout=10).json()
        token.update(value=got["access_token"], until=time.time() + got["expires_in"] - 300)
    return token["value"]


def answer(to, text):
    body = {"touser": to, "msgtype": "text", "text": {"content": "got it: " + text}}
    requests.post(api + "/message/custom/send", params={"access_token": access_token()},
                  data=json.dumps(body, ensure_ascii=False).encode(), timeout=10)


@app.route("/push", methods=["GET", "POST"])
def push():
    parts = sorted(["wxdevtoken", request.args.get("timestamp", ""), request.args.get("nonce", "")])
    if hashlib.sha1("".join(parts).encode()).hexdigest() != request.args.get("signature"):
        abort(403)
    if request.method == "GET":
        return request.args.get("echostr", "")
    message = request.get_json(force=True)
    if message.get("MsgType") == "text":
        threading.Thread(target=answer, args=(message["FromUserName"], message["Content"])).start()
    return "success"


app.run("127.0.0.1", int(os.environ["PORT"]), threaded=True)
