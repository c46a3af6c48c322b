# Python's own http.server, which answers in HTTP/1.0 and closes. No bug.
import hashlib
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class WeChat(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(self.query().get("echostr", [""])[0])

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer("success")

    def query(self):
        return parse_qs(urlsplit(self.path).query)

    def answer(self, text):
        status = 200
        if urlsplit(self.path).path != "/wechat":
            status, text = 404, "not found"
        elif "signature" not in self.query():
            status, text = 400, "signature is missing"
        elif not self.signed():
            status, text = 403, "bad signature"
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def signed(self):
        q = self.query()
        parts = [os.environ["TOKEN"], q.get("timestamp", [""])[0], q.get("nonce", [""])[0]]
        return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest() == q.get("signature", [""])[0]


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), WeChat).serve_forever()
