package devserver

import (
	"cmp"
	"net/http"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
)

// wording is what the server and its pages say besides the catalogue. The
// exported ones go to the browser.
type wording struct {
	and, refused, noTicket, noNonce, noURL, notJSON, notCall, noPath, method string

	Right       string `json:"right"`
	Wrong       string `json:"wrong"`
	Elsewhere   string `json:"elsewhere"` // right, on a host that cannot be registered
	Signed      string `json:"signed"`
	Page        string `json:"page"`
	Proof       string `json:"proof"`
	Fix         string `json:"fix"`
	More        string `json:"more"`
	Close       string `json:"close"`
	Unreachable string `json:"unreachable"` // {server}, {origin}
	ReadyToo    string `json:"readyToo"`
	NotHere     string `json:"notHere"`

	Title string      `json:"title"`
	Lead  string      `json:"lead"`
	Cases [][2]string `json:"cases"` // id and label
}

var words = lazy.Value[map[finding.Lang]wording]{Make: func() map[finding.Lang]wording {
	return map[finding.Lang]wording{
		finding.English: {
			and:      "; and ",
			refused:  "this origin or host name is not let in: see the option origin",
			noTicket: "there is no ticket: what wxdev prints says why",
			noNonce:  "there is no random number: what wxdev prints says why",
			noPath:   "there is nothing at this path: see /",
			method:   "this path takes another method: see the header Allow",
			noURL:    "the URL is missing or too long: /sign?url= + encodeURIComponent(location.href.split('#')[0])",
			notJSON:  `this takes application/json: {"config": {…}, "url": location.href}`,
			notCall:  `this takes application/json: {"call": "scanQRCode", "args": {…}, "url": location.href}`,

			Right: "WeChat would accept this wx.config.", Wrong: "WeChat would refuse this wx.config.",
			Elsewhere: "The signature is right, and the page goes on. In WeChat it would not: config:fail,invalid url domain.",
			Signed:    "signed", Page: "page", Proof: "proof", Fix: "fix", More: "more", Close: "close",
			Unreachable: "wxdev at {server} does not answer this page. Is it running, and does its option origin let {origin} in?",
			ReadyToo:    "wx.ready runs all the same, as it does in WeChat.",
			NotHere:     "nothing happens here, only in WeChat",

			Title: "wx.config, tried out",
			Lead:  "This page asks wxdev for its wx.config and hands it to the stand-in for jweixin. Make a mistake and see what it says:",
			Cases: [][2]string{
				{"right", "as it should be"},
				{"nonce", "noncestr for nonceStr"},
				{"upper", "signature in upper case"},
				{"entities", "&amp; for &"},
				{"route", "the old signature on a new route"},
				{"missing", "no timestamp"},
			},
		},
		finding.Chinese: {
			and:      "；并且",
			refused:  "不允许这个来源或主机名访问：见 origin 选项",
			noTicket: "没有 ticket：原因见 wxdev 的输出",
			noNonce:  "取不到随机数：原因见 wxdev 的输出",
			noPath:   "没有这个路径：参见 /",
			method:   "这个路径不接受此请求方法：参见响应头 Allow",
			noURL:    "缺少 url 或过长：/sign?url= 后面接 encodeURIComponent(location.href.split('#')[0])",
			notJSON:  `这里接收 application/json：{"config": {…}, "url": location.href}`,
			notCall:  `这里接收 application/json：{"call": "scanQRCode", "args": {…}, "url": location.href}`,

			Right: "微信会接受这个 wx.config。", Wrong: "微信会拒绝这个 wx.config。",
			Elsewhere: "签名正确，页面可以继续调试。但在微信里，这个地址会报 config:fail,invalid url domain。",
			Signed:    "签名 URL", Page: "页面 URL", Proof: "证据", Fix: "解决", More: "详情", Close: "关闭",
			Unreachable: "{server} 上的 wxdev 没有响应本页面。它在运行吗？origin 选项是否允许 {origin} 访问？",
			ReadyToo:    "wx.ready 照样会执行，和微信里一样。",
			NotHere:     "这里什么都不会发生，要在微信里才行",

			Title: "试试 wx.config",
			Lead:  "本页面向 wxdev 获取 wx.config，交给 jweixin 的替身检查。试着犯个错，看看提示：",
			Cases: [][2]string{
				{"right", "正确的写法"},
				{"nonce", "nonceStr 写成 noncestr"},
				{"upper", "签名用大写"},
				{"entities", "& 写成 &amp;"},
				{"route", "换了路由还用旧签名"},
				{"missing", "缺少 timestamp"},
			},
		},
	}
}}

// language is the one that the browser asks for.
func (s *Server) language(r *http.Request) finding.Lang {
	return finding.Accepted(r.Header.Get("Accept-Language"), cmp.Or(s.Lang, finding.English))
}
