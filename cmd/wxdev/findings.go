package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/signature"
)

// finding is a finding as every --json writes it and every report shows it.
type findingJSON struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Variant  string           `json:"variant,omitempty"`
	Severity finding.Severity `json:"severity"`
	Title    string           `json:"title"`
	Evidence string           `json:"evidence"`
	Fix      string           `json:"fix"`
	Replay   string           `json:"replay,omitempty"`
	Doc      string           `json:"doc"`

	File   string `json:"file,omitempty"` // of a finding about a file, with the place
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Path   string `json:"path,omitempty"` // within the file: "button[0].url"
}

// describe puts a finding into words. Facts are fit to print already.
func describe(lang finding.Lang, found finding.Finding) findingJSON {
	f := findingJSON{ID: found.ID, Variant: found.Variant, Severity: found.Severity, Doc: "wxdev explain " + found.ID}
	if e, ok := catalog.Lookup(f.ID); ok {
		f.Name, f.Severity = e.Name, cmp.Or(f.Severity, catalog.SeverityOf(f.ID, f.Variant))
		f.Title, f.Evidence, f.Fix = e.Describe(lang, f.Variant, found.Facts)
	}
	if found.Place != nil && found.Place.File != "" {
		f.File, f.Line, f.Column, f.Path = found.Place.File, found.Place.Line, found.Place.Column, found.Place.Path
	}
	if found.Exchange != nil {
		f.Replay = found.Exchange.Replay
	}
	return f
}

// errorText is an error for people.
func (g *globals) errorText(err error) string {
	return finding.ErrorIn(g.Lang(), err)
}

// describeMistake puts into words what is wrong with a signature that somebody
// computed. What the texts have in evidence is about a server that was asked,
// which none was.
func describeMistake(lang finding.Lang, m signature.Mistake) findingJSON {
	f := describe(lang, m.Finding)
	if e, ok := catalog.Lookup(m.ID); ok {
		f.Title, f.Fix = e.DescribeSigned(lang, m.Variant, m.Facts)
	}
	f.Evidence = ""
	return f
}

// printFindings writes the findings, those worth acting on in full and the
// infos a line each. A request that several stand on is shown once: that of an
// encrypted push fills half a screen.
func printFindings(w io.Writer, g *globals, findings []findingJSON) {
	p, say := g.Colors(g.env.OutTTY), g.words()
	shown := map[string]string{} // by request: the finding that shows it
	for _, f := range findings {
		if f.Severity == finding.Info {
			continue
		}
		if first := shown[f.Replay]; first != "" && f.Replay != "" {
			f.Replay = fill(say.sameRequest, map[string]string{"id": first})
		} else {
			shown[f.Replay] = f.ID
		}
		printFinding(w, g, p, f)
	}
	first := true
	for _, f := range findings {
		if f.Severity != finding.Info {
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

func printFinding(w io.Writer, g *globals, p palette, f findingJSON) {
	say := g.words()
	severity := p.Red(say.severity[f.Severity])
	if f.Severity == finding.Warning {
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
	severity                           map[finding.Severity]string
	pass, fail, warn, note, skip       string
	postUnclear, taken                 string
	skipped, leftOut, limited          string // why a check was not made
	unseen                             string
	checks                             map[string]string // by check: passed
	failed                             map[string]string // by check, and by what the body is: why there are findings
	noted                              map[string]string // by check: passed, but not all of it
	accepted, unsafe, refused, timeout string
	counts                             string
	running                            string
	waiting                            string
	from, cut, bytes                   string // of a delivery
	delivering                         string
	sees, seesNothing, insteadOf       string
	seesEmpty                          string
	seesNoFault                        string                 // nothing, though the server is wrong
	unseenReply                        map[push.Unseen]string // above a reply that nobody sees
	comma, colon, bracket, list        string                 // punctuation; bracket is a format
	sameRequest                        string
	modes                              map[msgcrypt.Mode]string
}

// mode is what people call a mode.
func (v *vocabulary) mode(m msgcrypt.Mode) string {
	if name, ok := v.modes[m]; ok {
		return name
	}
	return string(m)
}

func (g *globals) words() *vocabulary {
	if g.Lang() == finding.Chinese {
		return &chinese
	}
	return &english
}

var english = vocabulary{
	notes: "Worth knowing:", evidence: "proof", fix: "fix", replay: "replay", more: "more",
	severity: map[finding.Severity]string{finding.Error: "error", finding.Warning: "warning", finding.Info: "info"},
	pass:     "ok", fail: "FAIL", warn: "warn", note: "note", skip: "skip",
	taken:       "a text message is taken, without a reply, in {time}",
	skipped:     "not checked: without a reply nobody can tell what became of a message",
	leftOut:     "left out by --only or --skip",
	limited:     "not checked: the server refuses all requests by now",
	postUnclear: "a POST with a wrong signature got: {unclear}; the checks of --messages tell more",
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
		"silence":   "a text gets no reply, in whatever form it is sent",
		"refusals":  "messages that are not WeChat's are refused",
		"msg-order": "msg_signature is right for every order of its parts",
		"repeats":   "a repeated message gets the same answer; whether the work is done twice shows on the server only",
		"contents":  "odd contents are taken: {count}",
		"types":     "messages and events of every type are taken: {count}",
	},
	failed: map[string]string{
		"reach":        "no HTTP answer",
		"echo":         "{status}, and the body is not the echostr",
		"echo empty":   "{status}, and the body is empty",
		"echo echostr": "{status}, and the body is not the echostr alone",
		"message":      "a text message fails, for the reason above",
	},
	noted: map[string]string{
		"submit":   "before you submit the URL: see below",
		"refusals": "not everything that is not WeChat's is refused: see below",
		"contents": "{count} of {of} odd contents are taken",
		"types":    "{count} of {of} types of messages and events are taken",
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
	seesEmpty: "The user sees nothing, and no fault: the answer was empty, as it is when there is nothing to say. A server that refuses or " +
		"cannot read a message without a word looks the same; 'wxdev verify --messages' tells more.",
	sees: "The user sees:", seesNothing: "The user sees nothing, and no fault: the server has nothing to say.",
	seesNoFault: "The user sees nothing, no fault either, though the server's answer is wrong or missing.",
	unseenReply: map[push.Unseen]string{
		push.UnseenUnsubscribed: "Nobody sees the reply, since the user has left:",
		push.UnseenMiniProgram:  "The server replied, but a mini program may show nothing of it:",
	},
	insteadOf:   "instead of",
	sameRequest: "the same request as for {id}", comma: ", ", colon: ": ", bracket: " (%s)", list: ", ",
}

var chinese = vocabulary{
	notes: "提示：", evidence: "证据", fix: "解决", replay: "重现", more: "详情",
	severity: map[finding.Severity]string{finding.Error: "错误", finding.Warning: "警告", finding.Info: "提示"},
	pass:     "通过", fail: "失败", warn: "警告", note: "注意", skip: "跳过",
	taken:       "文本消息已被接收，没有回复，用时 {time}",
	skipped:     "没有检查：没有回复，就看不出消息有没有被处理",
	leftOut:     "按 --only 或 --skip 跳过",
	limited:     "没有检查：服务器此时已拒绝所有请求",
	postUnclear: "签名错误的 POST 得到：{unclear}；--messages 的检查会进一步说明",
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
		"silence":   "文本消息换各种形式推送，都没有回复",
		"refusals":  "不是微信发来的消息都被拒绝",
		"msg-order": "msg_signature 在各种排序情形下都正确",
		"repeats":   "重复推送的消息得到相同的回复；有没有处理两遍，只有服务器上能看出来",
		"contents":  "各种特殊内容都能处理：{count} 种",
		"types":     "各种消息和事件都能处理：{count} 种",
	},
	failed: map[string]string{
		"reach":        "没有收到 HTTP 响应",
		"echo":         "{status}，响应体不是 echostr",
		"echo empty":   "{status}，响应体为空",
		"echo echostr": "{status}，但响应体不只是 echostr",
		"message":      "文本消息推送失败，原因见上",
	},
	noted: map[string]string{
		"submit":   "提交前请看下面的提示",
		"refusals": "有不是微信发来的消息没有被拒绝，见下面的提示",
		"contents": "{of} 种特殊内容中，{count} 种能处理",
		"types":    "{of} 种消息和事件中，{count} 种能处理",
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
	seesEmpty: "用户什么都看不到，也不会提示故障：响应为空，表示无需回复。如果服务器拒绝了消息、或者读不懂却不报错，看起来也是这样；可以用 'wxdev verify --messages' 进一步检查。",
	sees:      "用户看到：", seesNothing: "用户什么都看不到，也不会提示故障：服务器无需回复。",
	seesNoFault: "用户什么都看不到，也没有故障提示，但服务器的响应有误或没有响应。",
	unseenReply: map[push.Unseen]string{
		push.UnseenUnsubscribed: "用户已取消关注，没有人会看到这条回复：",
		push.UnseenMiniProgram:  "服务器有回复，但小程序里可能什么都不会显示：",
	},
	insteadOf:   "而不是",
	sameRequest: "与 {id} 的请求相同", comma: "，", colon: "：", bracket: "（%s）", list: "、",
	modes: map[msgcrypt.Mode]string{msgcrypt.Plain: "明文模式", msgcrypt.Compat: "兼容模式", msgcrypt.Safe: "安全模式"},
}

// fill puts values in place of {names}.
func fill(text string, values map[string]string) string {
	pairs := make([]string, 0, 2*len(values))
	for k, v := range values {
		pairs = append(pairs, "{"+k+"}", v)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
