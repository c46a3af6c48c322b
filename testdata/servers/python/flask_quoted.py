# Answers the check with jsonify, like every other route of its API. Bug: quotes round the echostr.
import hashlib
import os

from flask import Flask, jsonify, request

app = Flask(__name__)


@app.route("/wechat", methods=["GET", "POST"])
def wechat():
    q = request.args
    parts = sorted([os.environ["TOKEN"], q.get("timestamp", ""), q.get("nonce", "")])
    if hashlib.sha1("".join(parts).encode()).hexdigest() != q.get("signature"):
        return jsonify(error="bad signature"), 401
    if request.method == "GET":
        return jsonify(q.get("echostr"))
    return "success"


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
