# Streams its answers, as chat bots do. Bug: Werkzeug sends chunks to WeChat's HTTP/1.0, which knows none.
import hashlib
import os

from flask import Flask, Response, request

app = Flask(__name__)


def pieces(text):
    yield text


@app.route("/wechat", methods=["GET", "POST"])
def wechat():
    q = request.args
    parts = sorted([os.environ["TOKEN"], q.get("timestamp", ""), q.get("nonce", "")])
    if hashlib.sha1("".join(parts).encode()).hexdigest() != q.get("signature"):
        return "bad signature", 401
    if request.method == "GET":
        return Response(pieces(q.get("echostr", "")), mimetype="text/plain")
    return "success"


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
