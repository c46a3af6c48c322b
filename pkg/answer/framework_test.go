package answer

import (
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
)

// crashes are error pages as frameworks make them, shortened, and the words of
// each that a report is to quote. Those of aiohttp 3.8, Falcon 3.1, Sinatra 3.0,
// hapi 21, NestJS 11, Echo 4 and Fiber 2 were got from these on 2026-11-30;
// Laravel's is of Illuminate\Foundation\Exceptions\Handler, read that day.
var crashes = []struct{ framework, quote, body string }{
	{"Django", "ValueError at /wechat", "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n  <title>ValueError at /wechat</title>\n  <style>html * { padding:0; margin:0; }</style></head><body><header id=\"summary\"><h1>ValueError at /wechat</h1><pre class=\"exception_value\">bad thing</pre></header><p>You're seeing this error because you have <code>DEBUG = True</code> in your Django settings file.</p></body></html>"},
	{"Django", "Server Error (500)", "\n<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Server Error (500)</title>\n</head>\n<body>\n  <h1>Server Error (500)</h1><p></p>\n</body>\n</html>\n"},
	{"Flask", "Internal Server Error", "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n<p>The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is an error in the application.</p>\n"},
	{"Flask", "ZeroDivisionError: division by zero", "<!doctype html>\n<html lang=en>\n  <head>\n    <title>ZeroDivisionError: division by zero\n // Werkzeug Debugger</title>\n</head><body></body></html>"},
	{"FastAPI (Starlette)", "RuntimeError: no", "Traceback (most recent call last):\n  File \"/usr/lib/python3/site-packages/starlette/middleware/errors.py\", line 164, in __call__\n    await self.app(scope, receive, _send)\nRuntimeError: no\n"},
	{"Tornado", "500: Internal Server Error", "<html><title>500: Internal Server Error</title><body>500: Internal Server Error</body></html>"},
	{"gunicorn", "Internal Server Error", "<html>\n  <head>\n    <title>Internal Server Error</title>\n  </head>\n  <body>\n    <h1><p>Internal Server Error</p></h1>\n    \n  </body>\n</html>\n"},
	{"Ruby on Rails", "something went wrong", "<!DOCTYPE html>\n<html>\n<head>\n  <title>We're sorry, but something went wrong (500)</title>\n</head><body><h1>We're sorry, but something went wrong.</h1></body></html>"},
	{"Ruby on Rails", "undefined method", "<!DOCTYPE html><html><head><title>Action Controller: Exception caught</title></head><body><h1>NoMethodError in WechatController#create</h1><h2>NoMethodError: undefined method `x' for nil</h2></body></html>"},
	{"Laravel", "Undefined variable $x", `{"message": "Undefined variable $x","exception": "ErrorException","file": "/var/www/app/Http/Controllers/WxController.php","line": 20,"trace": [{"function": "handleError","class": "Illuminate\\Foundation\\Bootstrap\\HandleExceptions"}]}`},
	{"Symfony", "Oops! An Error Occurred", "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>An Error Occurred: Internal Server Error</title></head><body><h1>Oops! An Error Occurred</h1><h2>The server returned a \"500 Internal Server Error\".</h2></body></html>"},
	{"ThinkPHP", "页面错误", "<!DOCTYPE html>\n<html>\n<head>\n    <title>系统发生错误</title>\n</head><body><h1>页面错误！请稍后再试～</h1><div class=\"copyright\"><a href=\"http://www.thinkphp.cn\">ThinkPHP</a></div></body></html>"},
	{"Yii", "Undefined variable", "<pre>PHP Notice &#039;yii\\base\\ErrorException&#039; with message &#039;Undefined variable: x&#039;</pre>"},
	{"CodeIgniter", "Undefined variable", "<div><h4>A PHP Error was encountered</h4>\n<p>Severity: Notice</p>\n<p>Message:  Undefined variable: x</p></div>"},
	{"WordPress", "critical error", "<!DOCTYPE html><html><head><title>WordPress &rsaquo; Error</title></head><body id=\"error-page\"><div class=\"wp-die-message\"><p>There has been a critical error on this website.</p></div></body></html>"},
	{"PHP", "Call to undefined function foo()", "<br />\n<b>Fatal error</b>:  Uncaught Error: Call to undefined function foo() in /www/wx.php:7\nStack trace:\n#0 {main}\n  thrown in <b>/www/wx.php</b> on line <b>7</b><br />\n"},
	{"Spring Boot", "the reason", `{"timestamp":"2026-11-21T03:00:00.000+00:00","status":500,"error":"Internal Server Error","message":"the reason","path":"/wechat"}`},
	{"Spring Boot", "Whitelabel", "<html><body><h1>Whitelabel Error Page</h1><p>This application has no explicit mapping for /error, so you are seeing this as a fallback.</p><div>There was an unexpected error (type=Internal Server Error, status=500).</div></body></html>"},
	{"Tomcat", "java.lang.NullPointerException", "<!doctype html><html lang=\"en\"><head><title>HTTP Status 500 – Internal Server Error</title></head><body><h1>HTTP Status 500 – Internal Server Error</h1><pre>java.lang.NullPointerException: Cannot invoke &quot;String.length()&quot;\n\tcom.example.Wx.post(Wx.java:9)\n</pre><h3>Apache Tomcat/9.0.83</h3></body></html>"},
	{"Jetty", "java.lang.IllegalStateException: no", "<html>\n<head>\n<title>Error 500 java.lang.IllegalStateException: no</title>\n</head>\n<body><h2>HTTP ERROR 500 java.lang.IllegalStateException: no</h2>\n<hr/><i><small>Powered by Jetty:// 9.4.51</small></i><hr/></body></html>"},
	{"ASP.NET Core", "System.NullReferenceException: Object", "System.NullReferenceException: Object reference not set to an instance of an object.\n   at Wx.Post() in /src/Wx.cs:line 9\n   at Microsoft.AspNetCore.Routing.EndpointMiddleware\n"},
	{"ASP.NET Core", "An error occurred", `{"type":"https://tools.ietf.org/html/rfc9110#section-15.6.1","title":"An error occurred while processing your request.","status":500}`},
	{"ASP.NET", "Object reference not set", "<!DOCTYPE html><html><head><title>Object reference not set to an instance of an object.</title></head><body><span><H1>Server Error in '/' Application.</H1></span></body></html>"},
	{"NestJS", "Internal server error", `{"statusCode":500,"message":"Internal server error"}`},
	{"Fastify", "the reason", `{"statusCode":500,"error":"Internal Server Error","message":"the reason"}`},
	{"Express", "TypeError: x is not a function", "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>TypeError: x is not a function<br> &nbsp; &nbsp;at /app/wx.js:3:1</pre>\n</body>\n</html>\n"},
	{"Go", "index out of range", "panic: runtime error: index out of range [1] with length 0\n\ngoroutine 34 [running]:\nmain.wx(...)\n"},
	{"aiohttp", "Server got itself in trouble", "500 Internal Server Error\n\nServer got itself in trouble"},
	{"aiohttp", `return 1 / n\nZeroDivisionError: division by zero`, "500 Internal Server Error\n\nTraceback (most recent call last):\n  File \"/usr/lib/python3/dist-packages/aiohttp/web_protocol.py\", line 440, in _handle_request\n    resp = await request_handler(request)\n           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  File \"/srv/app.py\", line 3, in w\n    return 1 / n\n           ~~^~~\nZeroDivisionError: division by zero\n"},
	{"Falcon", "500 Internal Server Error", `{"title": "500 Internal Server Error"}`},
	{"Sinatra", "Errno::ECONNREFUSED at /wechat", "<!DOCTYPE html>\n<html>\n<head>\n  <title>Errno::ECONNREFUSED at &#x2F;wechat</title>\n</head>\n<body>\n<h1>Errno::ECONNREFUSED at &#x2F;wechat</h1><p id=\"explanation\">You're seeing this error because you have enabled the <code>show_exceptions</code> setting.</p></body></html>"},
	{"Laravel", "Server Error", "{\n    \"message\": \"Server Error\"\n}"},
	{"hapi", "An internal server error occurred", `{"statusCode":500,"error":"Internal Server Error","message":"An internal server error occurred"}`},
	{"NestJS", "no connection", `{"message":"no connection","error":"Internal Server Error","statusCode":500}`},
	{"Echo", "Internal Server Error", "{\"message\":\"Internal Server Error\"}\n"},
	{"Echo", "assignment to entry in nil map", "{\n  \"error\": \"assignment to entry in nil map\",\n  \"message\": \"Internal Server Error\"\n}\n"},
	{"Go", "assignment to entry in nil map", "assignment to entry in nil map"}, // Fiber's recover says no more
	{"Vercel", "FUNCTION_INVOCATION_FAILED", "A server error has occurred\n\nFUNCTION_INVOCATION_FAILED\n\nhkg1::abc-1700000000000\n"},
	{"Tencent SCF", "the reason", `{"errorCode":-1,"errorMessage":"the reason","requestId":"abc","statusCode":430}`},
	{"Python", "ValueError: the reason", "Traceback (most recent call last):\n  File \"wx.py\", line 3, in post\n    parse(x)\nValueError: the reason\n"},
}

// TestFrameworks: an error page is known for its framework's, and quoted where
// it says why.
func TestFrameworks(t *testing.T) {
	for _, c := range crashes {
		for method, want := range map[string]string{"GET": "V43 framework", "POST": "M19 framework"} {
			ex := got(method, 500, c.body)
			if found := judged(t, ex); found != want {
				t.Errorf("%s: %q, want %q: %q", c.framework, found, want, c.body)
				continue
			}
			v, _ := Judge(ex)
			if name := v.Facts.Text(finding.English, "framework"); name != c.framework {
				t.Errorf("%s is taken for %s: %q", c.framework, name, c.body)
			}
			if quote := v.Facts.Text(finding.English, "excerpt"); !strings.Contains(strings.ReplaceAll(quote, `\"`, `"`), c.quote) {
				t.Errorf("%s: the quote is %s", c.framework, quote)
			}
		}
	}
}

// TestUnderlines: a quote has room for what failed, not for what underlines it.
func TestUnderlines(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"a\n    b[0]\n    ~^^^\nKeyError: 0\n", "a\n    b[0]\nKeyError: 0\n"},
		{"x = 2 ^ 3\n", "x = 2 ^ 3\n"},
		{"~~~\nstruck out\n", "~~~\nstruck out\n"},
	} {
		if got := string(unmarked([]byte(c.body))); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestMessageOnGET: code that misses a field of a message, on a GET, takes it
// for one; on a POST a message is what it should be, and was read wrongly.
func TestMessageOnGET(t *testing.T) {
	for _, body := range []string{
		"Traceback (most recent call last):\n  File \"/srv/app.py\", line 3, in w\n    xml['FromUserName']\nKeyError: 'FromUserName'\n",
		`{"statusCode":500,"error":"Internal Server Error","message":"Cannot read properties of undefined (reading 'xml')"}`,
		"PHP Warning:  Undefined array key \"MsgType\" in /www/wx.php on line 9",
		"KeyError at /wechat key not found: \"ToUserName\"",
	} {
		if found := judged(t, got("GET", 500, body)); found != "V17 get-as-post" {
			t.Errorf("GET: %q: %q", found, body)
		}
		if found := judged(t, got("POST", 500, body)); found == "V51 said" || found == "V17 get-as-post" {
			t.Errorf("POST: %q: %q", found, body)
		}
	}
	if found := judged(t, got("GET", 500, "KeyError: 'openid'")); found != "V51 said" {
		t.Errorf("a parameter: %q", found)
	}
}
