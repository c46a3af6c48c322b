package message

import (
	"strings"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// OddText is a text that users send and servers stumble over.
type OddText struct {
	Name string
	Text string
	Raw  bool   // XML forbids something in it: [Message.Raw] must be set
	JSON string // how JSON has it, where only an escape can: a [Literal]
}

// In makes m say the text, in m's format. It reports whether that format can.
func (o OddText) In(m *Message) bool {
	switch f := m.Field("Content"); {
	case f == nil:
		return false
	case m.Format != msgcrypt.JSON:
		f.Value, m.Raw = o.Text, o.Raw
	case o.JSON != "":
		f.Kind, f.Value = Literal, o.JSON
	case o.Raw:
		return false
	default:
		f.Value = o.Text
	}
	return true
}

// OddTexts returns contents to try a server with. Each has broken some server,
// and WeChat may send it or has been seen to.
func OddTexts() []OddText {
	return []OddText{
		{Name: "cdata-end", Text: "a]]>b"},
		{Name: "nested-xml", Text: "<a><b/></a>"},
		{Name: "xml-message", Text: "<xml><MsgType>text</MsgType></xml>"},
		{Name: "escapes", Text: `&amp; &lt; &#20320; %E4%BD%A0 \u4f60 "q" 'q' \`},
		{Name: "emoji", Text: "👍🏽 👨‍👩‍👧 🇨🇳"},
		{Name: "emoji-codes", Text: "/::) [Lol] [微笑]"},
		{Name: "rare-han", Text: "𠮷野家 㐂"},
		{Name: "lines", Text: "  one\n\n\ttwo\r\nthree  "},
		{Name: "digits", Text: "12345678901234567890"}, // a number to those who guess types
		{Name: "zeros", Text: "007"},
		{Name: "zero", Text: "0"}, // nothing, to those who ask whether there is a text
		{Name: "null", Text: "null"},
		{Name: "long", Text: strings.Repeat("长", 600)},
		{Name: "link", Text: `<a href="https://example.com/?a=1&b=2">x</a>`},
		{Name: "zero-width", Text: "a\u200b\u202eb\ufeff"},
		{Name: "control-stx", Text: "a\x02b", Raw: true, JSON: `"a\u0002b"`},
		{Name: "control-gs", Text: "a\x1db", Raw: true, JSON: `"a\u001db"`},
		{Name: "surrogate", Text: "a\xed\xa0\x80b", Raw: true, JSON: `"a\ud83db"`},
		{Name: "cut-character", Text: "你\xe4\xbd", Raw: true},
	}
}
