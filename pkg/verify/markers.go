package verify

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

// The marks by which pages are known that are not the server's own answer.
// Each is a text that such a page has and that no echostr and no answer of a
// callback handler has; they are compared without regard to case.

// debugMarks are of toolbars, trace panels, notices and error pages.
var debugMarks = append([]string{
	"phpdebugbar", "think_page_trace", "sf-toolbar", "yii-debug-toolbar", "djdebug", "laravel-debugbar",
	"sf-dump",
}, reply.ErrorMarks()...)

// tunnelMarks are of the warning pages that free tunnels show to browsers.
var tunnelMarks = []string{
	"ngrok-skip-browser-warning", "err_ngrok_6024", "localtunnel", "friendly reminder", "tunnel password",
	"pinggy.link", "you are about to visit",
}

// blockMarks are of the pages that carriers and hosters show for a domain
// that is not filed. 备案 alone will not do: a site that is filed must say so,
// with a link to beian.miit.gov.cn.
var blockMarks = []string{
	"server: beaver", "未备案", "没有备案", "尚未备案", "备案管理办法", "webblock", "batit.aliyun.com", "non-compliance icp filing",
	"domain is not filed",
}

// challengeMarks are of firewalls and anti-bot services.
var challengeMarks = []string{
	"server: cloudwaf", "cf-mitigated", "cf-chl", "acw_sc__v2", "请求已被", "访问被拦截", "已被拦截", "safeline",
	"/.well-known/.safeline", "just a moment...", "attention required! | cloudflare", "incapsula", "_incap_",
	"server: wts", "server: yunjiasu", "waf_block", "request blocked", "aliyun_waf", "verify you are human",
	"verify you are not a robot", "人机验证", "访问验证",
}

// defaultPageMarks are of web servers that were given no site.
var defaultPageMarks = []string{
	"welcome to nginx", "welcome to openresty", "welcome to tengine", "apache2 debian default page",
	"apache2 ubuntu default page", "<h1>it works!</h1>", "iis windows server", "test page for the",
	"congratulations! your web server", "没有找到站点", "站点创建成功", "caddy works",
}

// hostCheckMarks are of frameworks that refuse a Host they were not told of.
var hostCheckMarks = []string{
	"invalid http_host header", "disallowedhost", "invalid host header", "blocked request. this host",
	"blocked host", "this host is not allowed", "misdirected request",
}

// loginMarks are of filters that want a session or a token of their own, in
// the words of Shiro, Spring Security, Sa-Token, Laravel, Django and RuoYi.
var loginMarks = []string{
	"请先登录", "请登录", "未登录", "尚未登录", "登录已过期", "登录过期", "登录失效", "登录状态", "无法访问系统资源",
	"full authentication is required", "not_login", "notlogin", "not logged in", "login required", "please log in",
	"please login", "authentication credentials were not provided", `"unauthenticated."`, "missing authorization header",
}

// decryptMarks are of code that tries to decrypt.
var decryptMarks = []string{
	"decrypt", "base64", "illegal base64", "padding", "ciphertext", "aes", "block size", "block length", "-40007",
	"-40004", "-40010", "解密",
}

// templateMarks are of code that looks for a view.
var templateMarks = []string{
	"template", "view", "resolv", "render", "layout", "模板", "no static resource", "\"path\":\"/",
}

var missingParam = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(undefined|missing|required|keyerror|badrequestkeyerror|not present|must not be (null|empty)|缺少|不能为空|cannot read propert|nonetype|nullpointer|null)` +
		`[^\n]{0,120}?\b(signature|echostr|timestamp|nonce)\b|\b(signature|echostr|timestamp|nonce)\b[^\n]{0,80}?(undefined|missing|required|is not present|is not set|must not be|缺少|不能为空|field required)`)
})

// visible is an answer as a reader sees it: without the markup, where words
// such as csrf-token and padding stand on many a page, and without cookies,
// which a form guard sets on every answer.
func visible(r *wire.Response) *wire.Response {
	v := &wire.Response{Status: r.Status, Decoded: push.WithoutMarkup(readable(r))}
	for _, f := range r.Header {
		if !strings.EqualFold(f.Name, "Set-Cookie") && !strings.EqualFold(f.Name, "Content-Encoding") {
			v.Header = append(v.Header, f)
		}
	}
	return v
}

// guardMark is the word by which an answer is known for a form guard's, or "".
func guardMark(r *wire.Response) string { return push.GuardMark(visible(r)) }

// mark returns the first of the marks that the answer has, in its body or as
// "name: value" in its headers.
func mark(r *wire.Response, marks []string) string {
	body := bytes.ToLower(readable(r))
	var head strings.Builder
	for _, f := range r.Header {
		head.WriteString(strings.ToLower(f.Name + ": " + f.Value + "\n"))
	}
	for _, m := range marks {
		if bytes.Contains(body, []byte(m)) || strings.Contains(head.String(), m) {
			return m
		}
	}
	return ""
}

// debugMarker is mark over debugMarks for a body alone.
func debugMarker(body []byte) string {
	lower := bytes.ToLower(body)
	for _, m := range debugMarks {
		if bytes.Contains(lower, []byte(m)) {
			return m
		}
	}
	return ""
}

// loginForm reports whether the answer is a page to log in.
func loginForm(body []byte) bool {
	return isHTML(body) && bytes.Contains(bytes.ToLower(body), []byte(`type="password"`))
}
