# A shop in Flask with what a careful server sends: sessions in signed cookies,
# a token against forged requests in a cookie that a script reads, no frames, and
# pages that are compressed.
import gzip
import json
import os
import secrets
import urllib.parse
import urllib.request

from flask import Flask, abort, redirect, request, session, url_for

app = Flask(__name__)
app.secret_key = "secret"
app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True)
API, APPID, SECRET = os.environ["API"], os.environ["APPID"], os.environ["SECRET"]


@app.get("/shop")
def shop():
    if "openid" not in session:
        session["state"] = secrets.token_hex(8)
        query = urllib.parse.urlencode({
            "appid": APPID, "redirect_uri": url_for("back", _external=True), "response_type": "code",
            "scope": "snsapi_base", "state": session["state"],
        })
        return redirect("https://open.weixin.qq.com/connect/oauth2/authorize?" + query + "#wechat_redirect")
    return """<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8"><title>shop</title>
<meta http-equiv="Content-Security-Policy" content="script-src 'self'">
<script src="%s" defer></script></head><body><h1>shop</h1></body></html>""" % url_for("script", _external=True)


@app.get("/back")
def back():
    if request.args.get("state") != session.get("state"):
        abort(403)
    query = urllib.parse.urlencode({"appid": APPID, "secret": SECRET, "code": request.args["code"], "grant_type": "authorization_code"})
    with urllib.request.urlopen(API + "/sns/oauth2/access_token?" + query) as answer:
        session["openid"] = json.load(answer)["openid"]
    return redirect(url_for("shop", _external=True))


@app.get("/shop.js")
def script():
    return """const token = document.cookie.split('; ').find((c) => c.startsWith('csrf=')).slice(5);
fetch('/order', { method: 'POST', headers: { 'X-CSRF': token, 'Content-Type': 'application/json' }, body: '{"n":1}' })
  .then((r) => r.text()).then((t) => parent.postMessage({ said: t }, '*'));""", {"Content-Type": "text/javascript"}


@app.post("/order")
def order():
    if request.headers.get("X-CSRF") != request.cookies.get("csrf") or request.headers.get("Origin") != request.host_url.rstrip("/"):
        abort(403)
    return "ordered by " + session["openid"] + " in " + ("WeChat" if "MicroMessenger" in request.user_agent.string else "a browser")


@app.after_request
def careful(response):
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.set_cookie("csrf", "c1", samesite="Strict", secure=True)
    if "gzip" in request.headers.get("Accept-Encoding", "") and not response.direct_passthrough:
        response.set_data(gzip.compress(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
    return response


app.run(port=int(os.environ["PORT"]))
