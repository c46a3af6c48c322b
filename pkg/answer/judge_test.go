package answer

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

const (
	echostr = "5838479218127813673"
	query   = "?signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=" + echostr + "&timestamp=1714036504&nonce=1514711492"
	safe    = "?signature=f464b24fc39322e44b38aa78f5edd27bd1441696&timestamp=1714036504&nonce=1514711492&openid=o1&encrypt_type=aes&msg_signature=0c7a6c2b9d0f4c0a8a57a7f1f7a52a2d9e6d3b11"
	message = "<xml><ToUserName>gh_1</ToUserName><MsgType>text</MsgType><Content>hi</Content></xml>"
)

// got is an exchange with a server that answered so. The method may be SAFE:
// an encrypted push.
func got(method string, status int, body string, header ...string) *wire.Exchange {
	req := wire.NewRequest("GET", "http://wx.example.com/wechat"+query, nil)
	switch method {
	case "POST":
		req = wire.NewRequest("POST", "http://wx.example.com/wechat"+strings.Replace(query, "echostr="+echostr+"&", "", 1), []byte(message))
	case "SAFE":
		req = wire.NewRequest("POST", "http://wx.example.com/wechat"+safe, []byte("<xml><Encrypt>AAAA</Encrypt></xml>"))
	}
	res := &wire.Response{Proto: "HTTP/1.1", Status: status, Reason: http.StatusText(status), Body: []byte(body), Decoded: []byte(body)}
	for i := 0; i+1 < len(header); i += 2 {
		res.Header = append(res.Header, wire.Field{Name: header[i], Value: header[i+1]})
	}
	return &wire.Exchange{Request: req, Response: res, End: wire.EndEOF, Sent: req.Bytes(), Received: []byte(body)}
}

// judged is the id and variant that Judge finds, "" if none. The words of the
// finding are complete, in both languages, and fit to print.
func judged(t *testing.T, ex *wire.Exchange) string {
	t.Helper()
	v, ok := Judge(ex)
	if !ok {
		return ""
	}
	if v.By < Front || v.By > Crash || v.Exchange == nil || v.Severity == "" {
		t.Errorf("%s %s: by %d, %q, %v", v.ID, v.Variant, v.By, v.Severity, v.Exchange)
	}
	for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
		title, evidence, fix := catalog.Describe(lang, v.Finding)
		if title == v.ID || evidence == "" || fix == "" {
			t.Errorf("%s %s has no words in %s", v.ID, v.Variant, lang)
		}
		for _, s := range []string{title, evidence, fix} {
			if strings.ContainsFunc(s, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }) {
				t.Errorf("%s %s is not fit to print: %q", v.ID, v.Variant, s)
			}
		}
		for name := range v.Facts {
			if strings.Contains(title+evidence+fix, "{"+name+"}") {
				t.Errorf("%s %s: {%s} is left", v.ID, v.Variant, name)
			}
		}
	}
	return v.ID + " " + v.Variant
}

// TestStatuses: each status of the table has one finding for each request,
// whatever the body is, and no other status has one.
func TestStatuses(t *testing.T) {
	want := map[string]string{ // from the docs of proxies, and not from the table
		"GET 404": "", "POST 404": "V17 post-unrouted", "GET 415": "", "POST 415": "M29 media-type", "GET 413": "", "POST 413": "M29 too-large",
		"GET 405": "V17 get-unrouted", "POST 405": "V17 post-unrouted", "GET 501": "V17 get-unrouted", "POST 501": "V17 post-unrouted",
		"GET 419": "V07 get-guarded", "POST 419": "V07 post-guarded",
	}
	for kind, statuses := range map[string][]int{
		"V31 host-check": {421}, "V10 challenge": {426, 505}, "V48 refused": {429},
		"V04 gateway": {502, 503, 521, 523, 527}, "V04 gateway-slow": {504, 522, 524}, "V04 gateway-tls": {525, 526},
		"V04 gateway-broken": {520}, "V04 gateway-lost": {530},
	} {
		for _, status := range statuses {
			want["GET "+strconv.Itoa(status)], want["POST "+strconv.Itoa(status)] = kind, kind
		}
	}
	for _, method := range []string{"GET", "POST"} {
		for status := 400; status < 600; status++ {
			for _, body := range []string{"", "sorry", "<html><body><h1>Sorry</h1></body></html>"} {
				if found := judged(t, got(method, status, body)); found != want[method+" "+strconv.Itoa(status)] {
					t.Errorf("%s %d with %q: %q, want %q", method, status, body, found, want[method+" "+strconv.Itoa(status)])
				}
			}
			if m, known := statuses.Get()[status]; known && m.get.id == "V04" && status != 503 != FromProxy(status) {
				t.Errorf("FromProxy(%d) = %v", status, FromProxy(status))
			}
		}
	}
}

// TestOneJudge: what stands in front of a handler is the same to a GET and to a
// push.
func TestOneJudge(t *testing.T) {
	for _, c := range fronts {
		if c.get == "" {
			continue
		}
		for _, method := range []string{"GET", "POST", "SAFE"} {
			want := c.get
			if c.post != "" && method != "GET" {
				want = c.post
			}
			if found := judged(t, got(method, c.status, c.body, c.header...)); found != want {
				t.Errorf("%s: %s: %q, want %q", c.name, method, found, want)
			}
		}
	}
}

// sample is a page, and what it is; an empty post means the same as get.
type sample struct {
	name      string
	get, post string
	status    int
	body      string
	header    []string
}

const nginx503 = "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"

var fronts = []sample{
	{"nginx, nothing behind", "V04 gateway", "", 502, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.24.0</center>\r\n</body>\r\n</html>\r\n", nil},
	{"nginx, limit or ingress", "V04 nginx-503", "", 503, nginx503, []string{"Server", "nginx"}},
	{"limit, with Retry-After", "V48 refused", "", 503, nginx503, []string{"Server", "nginx", "Retry-After", "1"}},
	{"Sentinel", "V48 refused", "", 429, "Blocked by Sentinel (flow limiting)", nil},
	{"limit in Chinese", "V48 refused", "", 503, `{"code":503,"msg":"请求过于频繁，请稍后再试"}`, nil},
	{"Envoy, nothing behind", "V04 gateway", "", 503, "upstream connect error or disconnect/reset before headers. reset reason: connection failure", []string{"Server", "envoy"}},
	{"Cloudflare 521", "V04 gateway", "", 521, "error code: 521", []string{"Server", "cloudflare"}},
	{"Cloudflare 522, page", "V04 gateway-slow", "", 522, "<!DOCTYPE html><html><head><title>wx.example.com | 522: Connection timed out</title></head><body><h1>Connection timed out</h1></body></html>", []string{"Server", "cloudflare"}},
	{"Cloudflare 526", "V04 gateway-tls", "", 526, "error code: 526", nil},
	{"Cloudflare 1016", "V04 gateway-lost", "", 530, "error code: 1016", nil},
	{"cloudflared is down", "V32 offline", "", 530, "error code: 1033", nil},
	{"ngrok is down", "V32 offline", "", 404, `<!DOCTYPE html><html class="h-full" lang="en-US" dir="ltr"><head><noscript>The endpoint abc.ngrok-free.app is offline. (ERR_NGROK_3200)</noscript></head><body></body></html>`, []string{"Ngrok-Error-Code", "ERR_NGROK_3200"}},
	{"ngrok, no server", "V32 no-server", "", 502, "<!DOCTYPE html><html><body>Traffic was successfully tunneled to the ngrok agent, but the agent failed to establish a connection to the upstream web service at http://localhost:80. (ERR_NGROK_8012)</body></html>", []string{"Ngrok-Error-Code", "ERR_NGROK_8012"}},
	{"ngrok, quota", "V32 error", "", 403, "<!DOCTYPE html><html><body>You've hit your monthly request limit. (ERR_NGROK_727)</body></html>", []string{"Ngrok-Error-Code", "ERR_NGROK_727"}},
	{"ngrok's warning", "V32 tunnel", "", 200, `<!DOCTYPE html><html><head><noscript>You are about to visit abc.ngrok-free.app, served by 1.2.3.4. (ERR_NGROK_6024)</noscript></head><body></body></html>`, []string{"Ngrok-Error-Code", "ERR_NGROK_6024"}},
	{"natapp is down", "V32 offline", "", 404, "Tunnel abc.natappfree.cc not found", nil},
	{"natapp, no server", "V32 no-server", "", 502, "<html><body>The connection to http://abc.natappfree.cc was successfully tunneled to your client, but the client was unable to establish a connection to local address 127.0.0.1:80.</body></html>", nil},
	{"frp knows no such host", "V32 offline", "", 404, "<!DOCTYPE html>\n<html>\n<head>\n<title>Not Found</title></head>\n<body>\n<h1>The page you requested was not found.</h1>\n<p>Sorry, the page you are looking for is currently unavailable.<br/>\nPlease try again later.</p>\n<p>The server is powered by <a href=\"https://github.com/fatedier/frp\">frp</a>.</p>\n<p><em>Faithfully yours, frp.</em></p>\n</body>\n</html>\n", nil},
	{"not filed", "V15 block-page", "", 403, "<html><title>Non-compliance ICP Filing</title></html>", []string{"Server", "Beaver"}},
	{"not filed, redirected", "V15 block-page", "", 302, "", []string{"Location", "https://dnspod.qcloud.com/static/webblock.html?d=wx.example.com"}},
	{"Heroku", "V31 no-site", "", 404, `<!DOCTYPE html><html><head><title>No such app</title></head><body><iframe src="//www.herokucdn.com/error-pages/no-such-app.html"></iframe></body></html>`, nil},
	{"Vercel has none", "V31 no-site", "", 404, "The deployment could not be found on Vercel.\n\nDEPLOYMENT_NOT_FOUND\n\nhkg1::abc", []string{"X-Vercel-Error", "DEPLOYMENT_NOT_FOUND"}},
	{"object store", "V31 no-site", "", 405, "<?xml version='1.0' encoding='utf-8' ?>\n<Error>\n\t<Code>MethodNotAllowed</Code>\n\t<Message>The specified method is not allowed against this resource.</Message>\n</Error>\n", nil},
	{"nginx's own page", "V31 default-page", "", 200, "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n<h1>Welcome to nginx!</h1>\n</body>\n</html>", nil},
	{"Django's hosts", "V31 host-check", "", 400, "<!DOCTYPE html><html><head><title>DisallowedHost at /wechat</title></head><body><h1>DisallowedHost at /wechat</h1><pre>Invalid HTTP_HOST header: &#x27;wx.example.com&#x27;.</pre></body></html>", nil},
	{"Vite's hosts", "V31 host-check", "", 403, "Blocked request. This host (\"wx.example.com\") is not allowed.", nil},
	{"Cloudflare's challenge", "V10 challenge", "", 403, "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>", []string{"Cf-Mitigated", "challenge"}},
	{"Cloudflare denies", "V10 challenge", "", 403, "error code: 1020", []string{"Server", "cloudflare"}},
	{"Aliyun's WAF", "V10 challenge", "", 405, `<!doctypehtml><html lang="zh-cn"><head><title>405</title></head><body><p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p><script src="https://errors.aliyun.com/error.js"></script></body></html>`, nil},
	{"Huawei's WAF", "V10 challenge", "", 418, "<html><head><title>418</title></head><body></body></html>", []string{"Server", "CloudWAF"}},
	{"a panel's firewall", "V10 challenge", "", 403, "<html><head><title>网站防火墙</title></head><body>您的请求带有不合法参数，已被网站管理员设置拦截！</body></html>", nil},
	{"Envoy and HTTP/1.0", "V10 challenge", "", 426, "", []string{"Server", "envoy"}},
	{"nginx's TLS port", "V38 tls-port", "", 400, "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body></body></html>", nil},
	{"Go's TLS port", "V38 tls-port", "", 400, "Client sent an HTTP request to an HTTPS server.\n", nil},
	{"a form guard", "V07 get-guarded", "V07 post-guarded", 403, "<h1>Forbidden</h1><p>CSRF verification failed. Request aborted.</p>", nil},
	{"Laravel's guard", "V07 get-guarded", "V07 post-guarded", 419, "<title>Page Expired</title>", nil},
	{"a password", "V42 basic", "", 401, "", []string{"WWW-Authenticate", `Basic realm="staging"`}},
	{"RuoYi's filter", "V42 filter", "", 200, `{"code":401,"msg":"请求访问：/wechat，认证失败，无法访问系统资源"}`, nil},
	{"Spring Security", "V42 filter", "", 401, `{"error":"Unauthorized","message":"Full authentication is required to access this resource"}`, nil},
	{"a login page", "V42 form", "", 200, `<html><form action="/login"><input name="u"><input type="password" name="p"></form></html>`, nil},
	{"Tomcat, other verb", "V17 get-unrouted", "V17 post-unrouted", 400, "<html><body><p><b>Message</b> HTTP method POST is not supported by this URL</p></body></html>", nil},
	{"Vue's shell", "V05 front-end", "", 200, `<!DOCTYPE html><html lang=""><head><meta charset="utf-8"><title>admin</title><script type="module" src="/assets/index-4f2.js"></script></head><body><noscript>Please enable it.</noscript><div id="app"></div></body></html>`, nil},
	{"React's shell", "V05 front-end", "", 200, `<!doctype html><html><head><title>React App</title><script defer src="/static/js/main.js"></script></head><body><div id="root"></div></body></html>`, nil},
	{"a jump", "V08 in-page", "M18 in-page", 200, `<html><script>window.location.href="https://wx.example.com/wechat"</script></html>`, nil},
	{"to https", "V08 to-https", "M18 post-redirected", 301, "", []string{"Location", "https://wx.example.com/wechat" + query}},
	{"to a login", "V08 login", "M18 post-redirected", 302, "", []string{"Location", "/login?next=%2Fwechat"}},
}
