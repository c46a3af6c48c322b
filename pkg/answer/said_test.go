package answer

import (
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// TestSaid: what handlers say of a request in words, and what they are not
// taken to say.
func TestSaid(t *testing.T) {
	for _, c := range []struct {
		method, want string
		status       int
		body         string
	}{
		{"GET", "V03 said", 200, "invalid signature"},
		{"GET", "V03 said", 401, `{"code":401,"message":"Signature verification failed"}`},
		{"GET", "V03 said", 200, "<p>签名错误</p>"},
		{"GET", "V03 said", 403, "signature mismatch"},
		{"POST", "M29 said", 200, "请求校验失败"},
		{"POST", "M29 said", 200, "invalid signature"},
		{"SAFE", "M29 said", 200, "msg_signature验证失败"},
		{"GET", "V16 said", 400, `Required request parameter 'signature' for method parameter type String is not present`},
		{"GET", "V16 said", 200, "<br />\n<b>Notice</b>:  Undefined index: signature in <b>/www/wx.php</b> on line <b>9</b><br />\n"},
		{"GET", "V16 said", 500, "<pre>TypeError: Cannot read properties of undefined (reading &#39;timestamp&#39;)<br> &nbsp; &nbsp;at /app/wx.js:3:1</pre>"},
		{"POST", "V16 said", 422, `{"detail":[{"type":"missing","loc":["query","nonce"],"msg":"Field required","input":null}]}`},
		{"GET", "V51 said", 400, `{"timestamp":"2026-11-21T03:00:00.000+00:00","status":400,"error":"Bad Request","message":"Required request parameter 'openid' for method parameter type String is not present","path":"/wechat"}`},
		{"GET", "V51 said", 500, "<!doctype html><html><head><title>KeyError: &#39;openid&#39; // Werkzeug Debugger</title></head><body><h1>KeyError</h1></body></html>"},
		{"GET", "V51 said", 500, "<!DOCTYPE html><html><head><title>MultiValueDictKeyError at /wechat</title></head><body><h1>MultiValueDictKeyError at /wechat</h1><pre class=\"exception_value\">&#x27;openid&#x27;</pre>" + strings.Repeat("<p>frames</p>", 100) + "</body></html>"},
		{"GET", "V51 said", 500, "<br />\n<b>Warning</b>:  Undefined array key \"openid\" in <b>/www/wx.php</b> on line <b>9</b><br />\n"},
		{"GET", "V51 said", 400, "ActionController::ParameterMissing: param is missing or the value is empty: openid"},
		{"GET", "V51 said", 422, `{"message":"The openid field is required.","errors":{"openid":["The openid field is required."]}}`},
		{"GET", "V51 said", 400, `Key: 'Query.OpenID' Error:Field validation for 'openid' failed on the 'required' tag`},
		{"GET", "V51 said", 400, "Failed to deserialize query string: missing field `openid`"},
		{"GET", "V51 said", 400, `{"message":"\"openid\" is required"}`},
		{"GET", "V51 said", 400, `Required parameter "string openid" was not provided from query string.`},
		{"GET", "V51 said", 200, "缺少参数：code"},
		{"POST", "V51 said", 200, "缺少参数 appkey"},
		{"POST", "M29 too-large", 413, ""},
		{"POST", "M29 too-large", 413, "<center><h1>413 Request Entity Too Large</h1></center><hr><center>nginx</center>"},
		{"SAFE", "M29 too-large", 400, "http: request body too large"},
		{"POST", "M29 too-large", 500, `{"status":500,"error":"Internal Server Error","message":"Maximum upload size exceeded"}`},
		{"POST", "V17 post-as-get", 500, "KeyError: 'echostr'"},
		{"GET", "V17 get-as-post", 200, "success"},
		{"GET", "V17 get-as-post", 200, "<xml><ToUserName></ToUserName></xml>"},
		{"GET", "V23 status-code", 500, "<pre>RangeError [ERR_HTTP_INVALID_STATUS_CODE]: Invalid status code: 5838479218127814000</pre>"},
		{"GET", "V21 template-name", 404, `{"timestamp":"2026","status":404,"error":"Not Found","path":"/` + echostr + `"}`},
		{"GET", "V29 decrypts", 500, "cipher: input not full blocks, decrypt failed"},
		{"GET", "V52 said", 403, `{"msg":"timestamp expired"}`},
		{"POST", "V52 said", 401, "请求已过期"},
		{"SAFE", "M11 illegal-key", 500, "java.security.InvalidKeyException: Illegal key size"},
		{"SAFE", "M21 key-size", 500, "ValueError: Incorrect AES key length (43 bytes)"},
		{"SAFE", "M22 named", 200, "appid mismatch"},
		{"POST", "M05 body-lost", 500, "InternalServerError: stream is not readable"},
		{"POST", "M19 synchronous-io", 500, "System.InvalidOperationException: Synchronous operations are disallowed. Call ReadAsync or set AllowSynchronousIO to true instead."},

		// Not to be judged.
		{"GET", "", 200, echostr},
		{"GET", "", 200, "\n" + echostr},
		{"GET", "", 200, `{"data":"` + echostr + `"}`},
		{"GET", "", 200, ""},
		{"GET", "", 200, "fail"},
		{"GET", "", 403, `{"code":403,"message":"Forbidden"}`},
		{"GET", "", 403, "refused"},
		{"GET", "", 400, `{"errcode":1,"errmsg":"refused","data":null}`},
		{"GET", "", 404, "404 page not found\n"},
		{"GET", "", 500, "Internal Server Error"},
		{"GET", "", 200, article("how the padding of AES works, and why a token is required: please login, then decrypt base64; invalid signature, timestamp expired, CSRF, welcome to nginx, request blocked, localtunnel")},
		{"GET", "", 404, `<html><head><meta name="csrf-token" content="abc"><title>Not found</title></head><body>Not found</body></html>`},
		{"POST", "", 403, `<html><head><meta name="csrf-token" content="abc"></head><body>no</body></html>`},
		{"POST", "", 200, `<xml><ToUserName>o1</ToUserName><MsgType>text</MsgType><Content>请先登录: invalid signature, csrf</Content></xml>`},
		{"POST", "", 200, "success"},
		{"POST", "", 200, ""},
		{"POST", "", 200, "ok"},
		{"POST", "", 200, `{"ToUserName":"o1","MsgType":"text","Content":"not logged in"}`},
		{"POST", "", 500, "KeyError: 'Content'"},
		{"POST", "", 500, "KeyError: 'user_id'"},
		{"GET", "", 500, "KeyError: 'WECHAT_TOKEN'"},
		{"POST", "", 401, "who are you"},
		{"GET", "", 401, `{"message":"authentication is required"}`},
		{"GET", "", 403, "<html><body>denied</body></html>"},
	} {
		if found := judged(t, got(c.method, c.status, c.body)); found != c.want {
			t.Errorf("%s %d %q: %q, want %q", c.method, c.status, c.body, found, c.want)
		}
	}
}

// article is a page with enough text around words.
func article(words string) string {
	return "<html><body><h1>An article</h1><p>" + words + "</p><p>" + strings.Repeat("There is more to read. ", 300) + "</p></body></html>"
}

// TestFilterLetsPass: a filter that names itself in each answer is not blamed
// for what the handler says.
func TestFilterLetsPass(t *testing.T) {
	for _, body := range []string{`{"code":1}`, "no", "<html><h1>Not Found</h1></html>"} {
		if found := judged(t, got("GET", 404, body, "Server", "yunjiasu-nginx")); found != "" {
			t.Errorf("%q: %q", body, found)
		}
	}
}

// TestAround: a quote shows what matters, wherever it is.
func TestAround(t *testing.T) {
	long := strings.Repeat("文字 and more; ", 60)
	for _, c := range []struct{ body, mark, want string }{
		{"short", "", `"short"`},
		{"", "x", `""`},
		{"<html><head><style>p{}</style></head><body><h1>Sorry</h1>" + long + " the Cause is here " + long, "cause", "the Cause is here"},
		{long + "\x1b[2J KeyError: 'openid'\n" + long, "", "KeyError: 'openid'"},
		{"<title>Error</title><pre>Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    " + long + "\nValueError: the reason\n</pre>", "", "ValueError: the reason"},
		{`{"timestamp":"2026","error":"Internal Server Error","trace":"` + long + `","message":"the reason"}`, "", "the reason"},
		{long, "nowhere", "文字 and more"},
	} {
		q := Around([]byte(c.body), c.mark)
		if s := q.In(finding.English); !strings.Contains(s, c.want) || len(s) > 200 || strings.Contains(s, "\x1b") {
			t.Errorf("%q: %s", c.mark, s)
		}
	}
}

// TestSummary: of a long error page it quotes the error, of the rest the
// beginning.
func TestSummary(t *testing.T) {
	long := strings.Repeat("<p>a frame</p>", 60)
	for _, c := range []struct {
		status     int
		body, want string
	}{
		{200, "", "200 OK, empty body"},
		{500, "no", `500 Internal Server Error, "no"`},
		{500, "<html>" + long + "<pre>ValueError: the reason</pre></html>", "ValueError: the reason"},
		{200, "<html>" + long, `<html><p>a frame</p>`},
	} {
		if s := Summary(got("GET", c.status, c.body)).In(finding.English); !strings.Contains(s, c.want) {
			t.Errorf("%d %.20q: %s", c.status, c.body, s)
		}
	}
}

// FuzzJudge: no answer makes the judge panic, and what it says is fit to print.
func FuzzJudge(f *testing.F) {
	for _, c := range fronts {
		f.Add(c.status, strings.Join(c.header, ": "), c.body)
	}
	for _, c := range crashes {
		f.Add(500, "", c.body)
	}
	f.Add(200, "Content-Encoding: gzip", "\x1f\x8b\x08")
	f.Add(500, "Set-Cookie: \x1b[2J", "\xff\xfe<\x00 KeyError: '\u202e'")
	f.Fuzz(func(t *testing.T, status int, header, body string) {
		name, value, _ := strings.Cut(header, ": ")
		for _, method := range []string{"GET", "POST", "SAFE"} {
			ex := got(method, status, body, name, value)
			judged(t, ex)
			Echoed(ex, echostr)
			for _, found := range Decorations(ex, echostr) {
				catalog.Describe(finding.Chinese, found)
			}
		}
	})
}
