package catalog

import (
	"regexp"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
)

// english finds three words of finding.English in a row. Quotations, code and what
// HTTP calls its statuses may be finding.English in a finding.Chinese text.
var (
	english = regexp.MustCompile(`\b[A-Za-z]+ [A-Za-z]+ [A-Za-z]+\b`)
	allowed = regexp.MustCompile("“[^”]*”|\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'|`[^`]*`|\\b[1-5][0-9][0-9] [A-Z][A-Za-z' -]+|https?://\\S+|\\b[0-9A-F]{2} [0-9A-F]{2}\\b")
	command = regexp.MustCompile(`(?:[A-Za-z0-9_./=-]+ )*(?:wxdev|docker|php|printf|curl|openssl|git|npm|pip|certbot|systemctl|redis-cli)(?: [A-Za-z0-9_./=$:-]+)*`)
	names   = regexp.MustCompile(`(?:HTTP/1\.[01]|User-Agent) \S+|Spring [A-Z]\w+(?: [A-Z]\w+)*|Let's Encrypt|Process Framework|TLS Client Auth`)
)

func leftInEnglish(text string) string {
	text = allowed.ReplaceAllString(text, "〇")
	text = command.ReplaceAllString(text, "〇")
	text = names.ReplaceAllString(text, "〇")
	return english.FindString(text)
}

func TestChineseTextsAreChinese(t *testing.T) {
	for _, id := range IDs() {
		e, _ := Lookup(id)
		texts := []string{e.Zh.Title, e.Zh.Fix, e.Zh.SignedTitle, e.Zh.SignedFix} // see and why tell errors as they are
		for _, v := range e.Variants {
			texts = append(texts, v.Zh.Title, v.Zh.Evidence, v.Zh.Fix, v.Zh.SignedTitle)
		}
		for _, text := range texts {
			if found := leftInEnglish(text); found != "" {
				t.Errorf("%s: %q in %s", id, found, text)
			}
		}
	}
}

func TestLocalize(t *testing.T) {
	for _, test := range []struct{ fact, want string }{
		{"no such host", "域名不存在"},
		{"connect: connection refused", "连接被拒绝"},
		{"connection closed without an answer", "没有响应就关闭了连接"},
		{"EOF", "对方直接关闭了连接（EOF）"},
		{"the answer is not HTTP", "响应不是 HTTP"},
		{"tls: handshake failure", "tls 报错“handshake failure”"},
		{"403 Forbidden, empty body", "403 Forbidden，响应体为空"},
		{`200 OK, "no such host, EOF"`, `200 OK，"no such host, EOF"`},
		{`"aa\"a"… (265 bytes)`, `"aa\"a"……（共 265 字节）`},
		{"control-stx, surrogate", "control-stx、surrogate"},
		{`HTTP/1.0, Mozilla/4.0 (403 Forbidden, "no")`, `HTTP/1.0、Mozilla/4.0（403 Forbidden，"no"）`},
		{"HTTP/1.1, browser", "HTTP/1.1、浏览器"},
		{"event subscribe", "事件 subscribe"},
		{"</Content> closes <MsgType>", "<MsgType> 的结束标签写成了 </Content>"},
		{"xml, line 3, column 5: ends inside <Content>", "xml 第 3 行第 5 列：<Content> 还没结束，内容就没有了"},
		{`the reply is not well-formed XML: line 2: unexpected EOF`, `回复不是格式正确的 XML：第 2 行“unexpected EOF”`},
		{`the reply has "encrypt" where "Encrypt" belongs`, `应为 "Encrypt" 的地方写成了 "encrypt"`},
		{"the reply has no MsgSignature", "缺少 MsgSignature"},
		{"the padding is wrong: the last decrypted byte is 200, not 1..32", "填充错误：解密后的最后一个字节是 200，不在 1～32 之间"},
		{`the AppID is "wx1"… (99 bytes), not "wx2"`, `AppID 是 "wx1"……（共 99 字节），应为 "wx2"`},
		{"the message's length is given as 3 bytes, but 4 stand before the AppID", "写明的消息长度是 3 字节，AppID 之前却有 4 字节"},
		{"invalid character 'x' after top-level value", "“invalid character 'x' after top-level value”"},
		{"the message is not encrypted, and safe mode demands it", "消息没有加密，而安全模式要求加密"},
	} {
		if got := Localize(finding.Chinese, test.fact); got != test.want {
			t.Errorf("%q is %q, want %q", test.fact, got, test.want)
		}
		if got := Localize(finding.English, test.fact); got != test.fact {
			t.Errorf("in finding.English %q is %q", test.fact, got)
		}
	}
}

// What nobody knows stays, and what a server wrote is never lost.
func FuzzLocalize(f *testing.F) {
	f.Add(`200 OK, "a"`)
	f.Add("\x000\x00\"x\"")
	f.Fuzz(func(t *testing.T, fact string) {
		got := Localize(finding.Chinese, fact)
		for _, q := range quoted().FindAllString(fact, -1) {
			if !strings.Contains(fact, "\x00") && !strings.Contains(got, q) {
				t.Errorf("%q lost %s: %q", fact, q, got)
			}
		}
	})
}
