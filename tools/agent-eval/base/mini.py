"""The message push of a mini program, in JSON, on Python's own http.server."""

import hashlib
import hmac
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = os.environ["TOKEN"]
LOG = "orders.log"  # one line for each text that a user sends to customer service


def signature(timestamp, nonce):
    return hashlib.sha1("".join(sorted([TOKEN, timestamp, nonce])).encode()).hexdigest()


def handle(msg):
    if msg.get("MsgType") == "text":
        with open(LOG, "a", encoding="utf-8", errors="replace") as log:
            log.write(json.dumps([msg["FromUserName"], msg["Content"]], ensure_ascii=False) + "\n")
    return "success"


class WeChat(BaseHTTPRequestHandler):
    def do_GET(self):
        if not self.signed():
            return self.respond(403, "signature does not match")
        self.respond(200, self.query("echostr"))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.signed():
            return self.respond(403, "signature does not match")
        try:
            msg = json.loads(body.decode("utf-8", "replace"), strict=False)
        except ValueError:
            return self.respond(400, "not JSON")
        self.respond(200, handle(msg))

    def signed(self):
        want = signature(self.query("timestamp"), self.query("nonce"))
        return hmac.compare_digest(want.encode(), self.query("signature").encode())

    def query(self, name):
        return parse_qs(urlsplit(self.path).query).get(name, [""])[0]

    def respond(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


if __name__ == "__main__":
    Server(("127.0.0.1", int(os.environ["PORT"])), WeChat).serve_forever()
