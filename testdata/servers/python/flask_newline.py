# Renders the echostr through a template that starts on a line of its own. Bug: a blank line comes first.
import hashlib
import os

from flask import Flask, render_template_string, request

app = Flask(__name__)

PAGE = """
{{ echostr }}
"""  # Jinja drops the last newline, not the first


@app.route("/wechat", methods=["GET", "POST"])
def wechat():
    q = request.args
    parts = sorted([os.environ["TOKEN"], q.get("timestamp", ""), q.get("nonce", "")])
    if hashlib.sha1("".join(parts).encode()).hexdigest() != q.get("signature"):
        return "bad signature", 401
    if request.method == "GET":
        return render_template_string(PAGE, echostr=q.get("echostr", ""))
    return "success"


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
