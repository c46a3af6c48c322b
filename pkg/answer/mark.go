package answer

import (
	"bytes"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Kind is a kind of page, or of error, that is known by texts it has.
type Kind int

// The kinds there are.
const (
	Debug        Kind = iota // toolbars, trace panels, notices and error pages
	Tunnel                   // the warning pages that free tunnels show to browsers
	Block                    // what carriers and hosters show for a domain that is not filed
	Challenge                // firewalls and anti-bot services
	DefaultPage              // web servers that were given no site
	HostCheck                // frameworks that refuse a Host they were not told of
	Login                    // filters that want a session or a token of their own
	Decrypt                  // code that tries to decrypt
	Template                 // code that looks for a view
	LostBody                 // code that did not get to see the body
	KeyPolicy                // a JDK that will not take a key of 256 bits
	KeySize                  // libraries that will not take the key
	StrictBase64             // decoders that will not take a last character with bits left over
)

// marks are the texts by which a kind is known. Each is one that such a page
// has and that no echostr and no answer of a callback handler has; they are
// compared without regard to case.
var marks = map[Kind][]string{
	Debug: {
		"phpdebugbar", "think_page_trace", "sf-toolbar", "yii-debug-toolbar", "djdebug", "laravel-debugbar",
		"sf-dump",
	},
	Tunnel: {
		"ngrok-skip-browser-warning", "err_ngrok_6024", "localtunnel", "friendly reminder", "tunnel password",
		"pinggy.link", "you are about to visit",
	},
	// 备案 alone will not do: a site that is filed must say so, with a link to
	// beian.miit.gov.cn.
	Block: {
		"server: beaver", "未备案", "没有备案", "尚未备案", "备案管理办法", "webblock", "batit.aliyun.com", "non-compliance icp filing",
		"domain is not filed",
	},
	Challenge: {
		"server: cloudwaf", "cf-mitigated", "cf-chl", "acw_sc__v2", "请求已被", "访问被拦截", "已被拦截", "safeline",
		"/.well-known/.safeline", "just a moment...", "attention required! | cloudflare", "incapsula", "_incap_",
		"server: wts", "server: yunjiasu", "waf_block", "request blocked", "aliyun_waf", "verify you are human",
		"verify you are not a robot", "人机验证", "访问验证",
	},
	DefaultPage: {
		"welcome to nginx", "welcome to openresty", "welcome to tengine", "apache2 debian default page",
		"apache2 ubuntu default page", "<h1>it works!</h1>", "iis windows server", "test page for the",
		"congratulations! your web server", "没有找到站点", "站点创建成功", "caddy works",
	},
	HostCheck: {
		"invalid http_host header", "disallowedhost", "invalid host header", "blocked request. this host",
		"blocked host", "this host is not allowed", "misdirected request",
	},
	// In the words of Shiro, Spring Security, Sa-Token, Laravel, Django and RuoYi.
	Login: {
		"请先登录", "请登录", "未登录", "尚未登录", "登录已过期", "登录过期", "登录失效", "登录状态", "无法访问系统资源",
		"full authentication is required", "not_login", "notlogin", "not logged in", "login required", "please log in",
		"please login", "authentication credentials were not provided", `"unauthenticated."`, "missing authorization header",
	},
	Decrypt: {
		"decrypt", "base64", "illegal base64", "padding", "ciphertext", "aes", "block size", "block length", "-40007",
		"-40004", "-40010", "解密",
	},
	Template: {
		"template", "view", "resolv", "render", "layout", "模板", "no static resource", "\"path\":\"/",
	},
	LostBody: {
		"stream is not readable", "http_raw_post_data", "cannot read properties of undefined", "cannot read property",
		"undefined index", "undefined array key", "undefined property", "undefined variable", "nonetype", "no element found",
		"document is empty", "start tag expected",
	},
	KeyPolicy:    {"illegal key size"},
	KeySize:      {"invalid key size", "invalid key length", "incorrect aes key length", "key must be", "wrong key size"},
	StrictBase64: {"illegal base64", "last encoded character", "not a possible value"},
}

// errorMarks are of the notices and error pages of languages and frameworks,
// where they are printed into an answer.
var errorMarks = []string{
	"<b>notice</b>", "<b>warning</b>", "<b>deprecated</b>", "<b>fatal error</b>", "<b>parse error</b>",
	"php notice:", "php warning:", "php deprecated:", "notice: ", "warning: ", "deprecated: ",
	"fatal error: ", "parse error: ", "uncaught ", "traceback (most recent call last)", "whoops", "xdebug-error",
}

// ErrorAt is where the notice or error page of a language or framework begins
// in a body, or -1.
func ErrorAt(body []byte) int {
	lower := text.Lower(body)
	at := -1
	for _, mark := range errorMarks {
		if i := bytes.Index(lower, []byte(mark)); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	return at
}

// Mark returns the first of the texts of a kind that the answer has, in its
// body or as "name: value" in its headers; "" if it has none.
func Mark(res *wire.Response, kind Kind) string {
	body := bytes.ToLower(Readable(res))
	var head strings.Builder
	for _, f := range res.Header {
		head.WriteString(strings.ToLower(f.Name + ": " + f.Value + "\n"))
	}
	for _, m := range marks[kind] {
		if bytes.Contains(body, []byte(m)) || strings.Contains(head.String(), m) {
			return m
		}
	}
	return ""
}

// VisibleMark is Mark for an answer as a reader sees it: without markup, where
// words such as padding are on many a page, and without cookies.
func VisibleMark(res *wire.Response, kind Kind) string { return Mark(visible(res), kind) }

// debugMark is the first mark of Debug or of an error page in a body, or "".
func debugMark(body []byte) string {
	lower := bytes.ToLower(body)
	for _, m := range slices.Concat(marks[Debug], errorMarks) {
		if bytes.Contains(lower, []byte(m)) {
			return m
		}
	}
	return ""
}

// LoginForm reports whether a body is a page to log in.
func LoginForm(body []byte) bool {
	return IsHTML(body) && bytes.Contains(bytes.ToLower(body), []byte(`type="password"`))
}
