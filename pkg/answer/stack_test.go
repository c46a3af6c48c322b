package answer_test

import (
	"testing"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
)

// TestStack goes by what servers send: heads of real ones, shortened.
func TestStack(t *testing.T) {
	ok, refused, failed := "HTTP/1.1 200 OK\r\n", "HTTP/1.1 403 Forbidden\r\n", "HTTP/1.1 500 Internal Server Error\r\n"
	for _, c := range []struct{ name, received, want string }{
		{"PHP", refused + "Host: 127.0.0.1:8000\r\nX-Powered-By: PHP/8.2.29\r\nContent-type: text/html; charset=UTF-8\r\n\r\nno", "PHP"},
		{"a session of PHP", ok + "Server: nginx\r\nSet-Cookie: PHPSESSID=abc; path=/\r\n\r\n", "PHP"},
		{"Laravel behind PHP", refused + "X-Powered-By: PHP/8.3.1\r\nSet-Cookie: laravel_session=abc\r\n\r\n", "PHP (Laravel)"},
		{"Laravel by its page", failed + "X-Powered-By: PHP/8.3.1\r\n\r\nIlluminate\\Contracts\\Encryption", "PHP (Laravel)"},
		{"ThinkPHP", ok + "X-Powered-By: ThinkPHP\r\n\r\n", "PHP (ThinkPHP)"},
		{"Swoole", ok + "Server: swoole-http-server\r\n\r\n", "PHP"},
		{"Werkzeug", refused + "Server: Werkzeug/3.0.1 Python/3.11.2\r\n\r\n", "Python (Flask)"},
		{"http.server", ok + "Server: BaseHTTP/0.6 Python/3.11.2\r\n\r\n", "Python"},
		{"wsgiref", ok + "Server: WSGIServer/0.2 CPython/3.12.1\r\n\r\n", "Python"},
		{"gunicorn", ok + "server: gunicorn\r\n\r\n", "Python"},
		{"Django by its page", failed + "Server: gunicorn\r\n\r\n<h1>Server Error (500)</h1>", "Python (Django)"},
		{"a traceback", ok + "\r\nTraceback (most recent call last)", "Python"},
		{"Express", refused + "X-Powered-By: Express\r\n\r\nForbidden", "Node (Express)"},
		{"Koa by a trace", failed + "\r\nTypeError: x\n    at Object.<anonymous> (/srv/app.js:3:1)", "Node"},
		{"NestJS on Express", failed + "X-Powered-By: Express\r\n\r\n" + `{"statusCode":500,"message":"Internal server error"}`, "Node (NestJS)"},
		{"NestJS, a refusal", "HTTP/1.1 400 Bad Request\r\n\r\n" + `{"message":"no","error":"Bad Request","statusCode":400}`, "Node (NestJS)"},
		{"Fastify, another type", "HTTP/1.1 415 Unsupported Media Type\r\n\r\n" + `{"statusCode":415,"code":"FST_ERR_CTP_INVALID_MEDIA_TYPE","error":"Unsupported Media Type","message":"Unsupported Media Type"}`, "Node (Fastify)"},
		{"Django's CSRF page", refused + "Server: gunicorn\r\n\r\n<p>CSRF verification failed. Request aborted.</p>", "Python (Django)"},
		{"Tomcat", ok + "Server: Apache-Coyote/1.1\r\n\r\n", "Java"},
		{"Jetty", ok + "Server: Jetty(11.0.20)\r\n\r\n", "Java"},
		{"a session of servlets", ok + "Set-Cookie: JSESSIONID=1\r\n\r\n", "Java"},
		{"Spring", failed + "\r\n" + `{"timestamp":"2024","status":500,"error":"Internal Server Error","path":"/wechat"}`, "Java (Spring)"},
		{"Kestrel", ok + "Server: Kestrel\r\n\r\n", "C# (ASP.NET Core)"},
		{"ASP.NET", ok + "Server: Microsoft-IIS/10.0\r\nX-Powered-By: ASP.NET\r\n\r\n", "C#"},
		{"Rails", ok + "X-Runtime: 0.003211\r\n\r\n", "Ruby (Rails)"},
		{"Go's http.Error", refused + "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nContent-Length: 3\r\n\r\nno\n", "Go"},
		{"a panic of Go", failed + "\r\ngoroutine 1 [running]:", "Go"},

		{"nginx alone", refused + "Server: nginx/1.24.0\r\n\r\nForbidden", ""},
		{"IIS alone, which runs any language", ok + "Server: Microsoft-IIS/10.0\r\n\r\n", ""},
		{"helmet's headers", refused + "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nX-DNS-Prefetch-Control: off\r\n\r\nno\n", ""},
		{"a reply that speaks of Laravel", ok + "\r\n<xml>laravel</xml>", ""},
		{"a mark in another header", ok + "X-Note: server: php/8\r\n\r\n", ""},
		{"no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", ""},
		{"nothing", "", ""},
	} {
		if got := answer.Stack(&finding.Exchange{Received: []byte(c.received)}); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := answer.Stack(nil); got != "" {
		t.Errorf("no exchange: %q", got)
	}
}
