package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/wxdev/wxdev/pkg/callback"
	"github.com/wxdev/wxdev/pkg/catalog"
)

// finding is a finding as every --json writes it and every report shows it.
type finding struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Variant  string           `json:"variant,omitempty"`
	Severity catalog.Severity `json:"severity"`
	Title    string           `json:"title"`
	Evidence string           `json:"evidence"`
	Fix      string           `json:"fix"`
	Replay   string           `json:"replay,omitempty"`
	Doc      string           `json:"doc"`

	File   string `json:"file,omitempty"` // of a finding about a file, with the place
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// describe puts a finding into words. Facts are fit to print already.
func describe(lang catalog.Lang, id, variant string, severity catalog.Severity, facts map[string]string, ex *callback.Exchange) finding {
	f := finding{ID: id, Variant: variant, Severity: severity, Doc: "wxdev explain " + id}
	if e, ok := catalog.Lookup(id); ok {
		f.Name = e.Name
		if severity == "" {
			f.Severity = e.Severity
			if v, ok := e.Variant(variant); ok && v.Severity != "" {
				f.Severity = v.Severity
			}
		}
		f.Title, f.Evidence, f.Fix = e.Describe(lang, variant, facts)
	}
	if ex != nil {
		f.Replay = ex.Request.Curl()
	}
	return f
}

// printFindings writes the findings, those worth acting on in full and the
// infos a line each.
func printFindings(w io.Writer, g *globals, findings []finding) {
	p, say := g.Colors(g.env.OutTTY), g.words()
	for _, f := range findings {
		if f.Severity != catalog.Info {
			printFinding(w, g, p, f)
		}
	}
	first := true
	for _, f := range findings {
		if f.Severity != catalog.Info {
			continue
		}
		if first {
			fmt.Fprintf(w, "\n%s\n", p.Bold(say.notes))
			first = false
		}
		text := f.Evidence
		if text == "" {
			text = f.Title
		}
		fmt.Fprintf(w, "  %-4s %s\n", f.ID, wrap(text, g.env.Width-8, "       "))
	}
}

func printFinding(w io.Writer, g *globals, p palette, f finding) {
	say := g.words()
	severity := p.Red(say.severity[f.Severity])
	if f.Severity == catalog.Warning {
		severity = p.Yellow(say.severity[f.Severity])
	}
	width := g.env.Width - 12
	fmt.Fprintf(w, "\n%s %s  %s\n", p.Bold(f.ID), severity, p.Bold(wrap(f.Title, g.env.Width-14, "           ")))
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(w, "  %s%s%s\n", p.Dim(label), strings.Repeat(" ", max(1, 9-columns(label))), text)
		}
	}
	line(say.evidence, wrap(f.Evidence, width, "           "))
	line(say.fix, wrap(f.Fix, width, "           "))
	line(say.replay, f.Replay)
	line(say.more, f.Doc)
}

// vocabulary is what the program itself says in reports, by language. What it
// says of findings is in package catalog.
type vocabulary struct {
	notes, evidence, fix, replay, more string
	severity                           map[catalog.Severity]string
	pass, fail, warn, note             string
	submitNotes, postUnclear           string
	unseen                             string
	checks                             map[string]string // by check: passed
	failed                             map[string]string // by check: why there are findings
	accepted, unsafe, refused, timeout string
	counts                             string
	running                            string
	waiting                            string
	from, cut, bytes                   string // of a delivery
	delivering                         string
	sees, seesNothing, insteadOf       string
}

func (g *globals) words() *vocabulary {
	if g.Lang() == catalog.Chinese {
		return &chinese
	}
	return &english
}

var english = vocabulary{
	notes: "Worth knowing:", evidence: "proof", fix: "fix", replay: "replay", more: "more",
	severity: map[catalog.Severity]string{catalog.Error: "error", catalog.Warning: "warning", catalog.Info: "info"},
	pass:     "ok", fail: "FAIL", warn: "warn", note: "note",
	submitNotes: "before you submit the URL: see below",
	postUnclear: "a POST with a wrong signature got: {unclear}; --messages tells more",
	unseen:      "What no request can show:",
	checks: map[string]string{
		"reach":     "connected to {address} in {time}",
		"echo":      "the echostr came back as it was, in {time}",
		"cause":     "no cause found",
		"twice":     "a second echostr came back as well, in {second}",
		"signature": "wrong and missing signatures are refused",
		"order":     "token, timestamp and nonce are sorted as text",
		"echostr":   "the echostr is taken for text, not for a number",
		"encrypted": "encrypt_type and msg_signature change nothing",
		"transport": "HTTP/1.1 from a browser gets the same answer",
		"post":      "message POSTs reach the server too",
		"addresses": "every address of the name answers",
		"submit":    "the URL can be submitted as it is",

		"message":   "a text message is answered, in {time}",
		"silence":   "the server says nothing, in whatever form it is asked",
		"refusals":  "messages that are not WeChat's are refused",
		"msg-order": "msg_signature is right for every order of its parts",
		"repeats":   "a repeated message is answered once",
		"contents":  "odd contents are taken: {count}",
		"types":     "messages and events of every type are taken: {count}",
	},
	failed: map[string]string{
		"reach": "no HTTP answer",
		"echo":  "{status}, and the body is not the echostr alone",
	},
	accepted:   "WeChat would accept this URL.",
	unsafe:     "WeChat may accept this URL, but it is not right yet.",
	refused:    "WeChat would refuse this URL. The console would say: token验证失败",
	timeout:    "WeChat would refuse this URL. The console would say: 请求URL超时",
	counts:     "{errors}, {warnings}; {requests} in {time}",
	running:    "checking {check}: {requests} requests",
	waiting:    "waiting for {url}",
	delivering: "delivering about {count} messages as the test user {openid}",
	from:       " from {openid}", cut: "cut before it was complete", bytes: "{n} bytes",
	sees: "The user sees:", seesNothing: "The user sees nothing, and no fault: the server has nothing to say.",
	insteadOf: "instead of",
}

var chinese = vocabulary{
	notes: "提示：", evidence: "证据", fix: "解决", replay: "重现", more: "详情",
	severity: map[catalog.Severity]string{catalog.Error: "错误", catalog.Warning: "警告", catalog.Info: "提示"},
	pass:     "通过", fail: "失败", warn: "警告", note: "注意", submitNotes: "提交前请看下面的提示",
	postUnclear: "签名错误的 POST 得到：{unclear}；用 --messages 进一步检查",
	unseen:      "以下情况发请求查不出来，请自行确认：",
	checks: map[string]string{
		"reach":     "已连接 {address}，用时 {time}",
		"echo":      "echostr 原样返回，用时 {time}",
		"cause":     "没有找到原因",
		"twice":     "第二个 echostr 也原样返回，用时 {second}",
		"signature": "签名错误或缺少签名的请求都被拒绝",
		"order":     "token、timestamp、nonce 按字典序排序",
		"echostr":   "echostr 按文本处理，没有转成数字",
		"encrypted": "带上 encrypt_type 和 msg_signature 结果不变",
		"transport": "模拟浏览器用 HTTP/1.1 请求，结果相同",
		"post":      "消息推送（POST）也能到达服务器",
		"addresses": "域名的每个地址都有响应",
		"submit":    "这个 URL 可以直接提交",

		"message":   "文本消息得到回复，用时 {time}",
		"silence":   "无论怎样推送，服务器都不回复内容",
		"refusals":  "不是微信发来的消息都被拒绝",
		"msg-order": "msg_signature 在各种排序情形下都正确",
		"repeats":   "重复推送的消息只处理一次",
		"contents":  "各种特殊内容都能处理：{count} 种",
		"types":     "各种消息和事件都能处理：{count} 种",
	},
	failed: map[string]string{
		"reach": "没有收到 HTTP 响应",
		"echo":  "{status}，但响应体不只是 echostr",
	},
	accepted:   "微信会接受这个 URL。",
	unsafe:     "微信可能会接受这个 URL，但服务器还有问题要改。",
	refused:    "微信会拒绝这个 URL，公众平台会提示：“token验证失败”",
	timeout:    "微信会拒绝这个 URL，公众平台会提示：“请求URL超时”",
	counts:     "{errors}，{warnings}；共 {requests}，用时 {time}",
	running:    "正在检查 {check}：{requests} 个请求",
	waiting:    "等待 {url} 响应",
	delivering: "将以测试用户 {openid} 的身份推送约 {count} 条消息",
	from:       "，来自 {openid}", cut: "没收完就被断开", bytes: "{n} 字节",
	sees: "用户看到：", seesNothing: "用户什么都看不到，也不会提示故障：服务器无需回复。",
	insteadOf: "而不是",
}

// fill puts values in place of {names}.
func fill(text string, values map[string]string) string {
	pairs := make([]string, 0, 2*len(values))
	for k, v := range values {
		pairs = append(pairs, "{"+k+"}", v)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
