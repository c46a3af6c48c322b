package reply

import (
	"testing"

	"github.com/wxdev/wxdev/pkg/message"
)

// TestShownAsItIsMeant: what people do write, and what a user wrote first, is
// no mistake.
func TestShownAsItIsMeant(t *testing.T) {
	quote := func(s string) string { return "<Content><![CDATA[" + s + "]]></Content>" }
	for _, c := range []struct{ asked, said string }{
		{"", "really??? yes"},
		{"", "什么？？？"},
		{"", "what?! 你好??"},
		{"", "??"},
		{"???", "you said ???"},
		{"", "café, naïve, Übergröße, «¿qué?»"},
		{"", "Ärger über 5 €; 100 °C; ½ l; ©2024 ®"},
		{"", "欢迎关注，鏖战、浣熊、鈦合金"},
		{"", "繁體中文：開發者、鏈接、錯誤"},
		{"", "日本語のテキスト、こんにちは"},
		{"", "한국어 텍스트"},
		{"", "👍🏽 𠮷野家 é̂"},
		{"", `C:\new\notes`},
		{"", "print with `\\n` or \"\\n\""},
		{`a\nb`, `echo: a\nb`},
		{`\u4f60`, `echo: \u4f60`},
		{"&lt;", "echo: &lt;"},
		{"a<br>b", "echo: a<br>b"},
		{"\ufffd", "echo: \ufffd"},
		{"", "看这里：https://example.com/%E6%82%A8?q=%E5%A5%BD+%E5%A5%BD 吧，100%"},
		{"", `<a href="https://example.com/x y/%E6%82%A8">看</a>`},
		{"", "pages/index?name=%E6%82%A8"},
		{"%E6%82%A8", "echo: %E6%82%A8"},
		{"", "AT&T, a & b; R&D"},
		{"", `<a href="https://example.com/?a=1&amp;b=2">x</a>`},
	} {
		in := sample(t, "text")
		_ = in.Set("Content", c.asked)
		if _, found := judge([]byte(reply("text", quote(c.said))), in); len(found) > 0 {
			t.Errorf("%q to %q: %s %s", c.said, c.asked, found[0].ID, found[0].Variant)
		}
	}
	raw := sample(t, "text")
	raw.Raw = true
	_ = raw.Set("Content", "a\x02b")
	if _, found := judge([]byte(reply("text", quote("a\ufffdb"))), raw); len(found) > 0 {
		t.Errorf("a control character was replaced: %v", found)
	}
}

func TestMojibake(t *testing.T) {
	for shown, want := range map[string]string{
		"ä½\u00a0å¥½":     "你好",
		"echo: æ‚¨å¥½ï¼Œ": "echo: 您好，",
		"ðŸ‘\u008d":       "👍",
		"你好":              "",
		"é à ü":           "",
	} {
		if _, meant := Mojibake(shown); meant != want {
			t.Errorf("%q: %q, want %q", shown, meant, want)
		}
	}
}

func FuzzShown(f *testing.F) {
	f.Add("浣犲ソ", `a\nb`)
	f.Fuzz(func(t *testing.T, said, asked string) {
		Mojibake(said)
		Newlines(said)
		asksNobody(said)
		in := &message.Message{Fields: []*message.Field{{Name: "Content", Value: asked}}}
		if doc, err := message.Parse([]byte(reply("text", "<Content>"+cdata(said)+"</Content>"))); err == nil {
			c := checker{problems: problems{body: []byte(reply("text", "<Content>"+cdata(said)+"</Content>"))}, doc: doc, in: in}
			c.shownAs(exact(doc.Fields, "Content"))
		}
	})
}
