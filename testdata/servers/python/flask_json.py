# A mini program's message push in JSON, the format chosen in its console. No bug.
import hashlib
import hmac
import os

from flask import Flask, request

app = Flask(__name__)


@app.before_request
def check_signature():
    q = request.args
    parts = sorted([os.environ["TOKEN"], q.get("timestamp", ""), q.get("nonce", "")])
    want = hashlib.sha1("".join(parts).encode()).hexdigest()
    if not hmac.compare_digest(want, q.get("signature", "")):
        return "invalid signature", 403


@app.get("/wechat")
def verify():
    return request.args.get("echostr", ""), {"Content-Type": "text/plain"}


@app.post("/wechat")
def push():
    msg = request.get_json(force=True)  # whatever Content-Type says
    print(msg["MsgType"], "from", msg["FromUserName"])
    return "success"


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
