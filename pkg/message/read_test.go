package message

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

func TestReadsKindsAndOrder(t *testing.T) {
	m, err := Parse([]byte("\xef\xbb\xbf\n<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- c --><xml>" +
		"<A> <![CDATA[x]]> </A><B> 1 </B><C/><D>a&amp;&#x4f60;<![CDATA[<b>]]></D>" +
		"<E>\n <F>1</F>\n <F><![CDATA[]]></F> t</E><A><![CDATA[a]]]]><![CDATA[>b\r\n]]></A></xml>\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Field{
		{Name: "A", Value: "x"},
		{Name: "B", Kind: Bare, Value: " 1 "},
		{Name: "C", Kind: Bare},
		{Name: "D", Value: "a&你<b>"},
		{Name: "E", Kind: Group, Value: "t"},
		{Name: "A", Value: "a]]>b\r\n"},
	}
	if len(m.Fields) != len(want) {
		t.Fatalf("got %d fields", len(m.Fields))
	}
	for i, w := range want {
		if f := m.Fields[i]; f.Name != w.Name || f.Kind != w.Kind || f.Value != w.Value {
			t.Errorf("field %d: got %+v, want %+v", i, *f, w)
		}
	}
	if n := len(m.All("E.F")); n != 2 {
		t.Errorf("%d of E.F", n)
	}
	if n, ok := m.Int("B"); n != 1 || !ok {
		t.Errorf("B is %d, %v", n, ok)
	}
}

func TestReadsJSON(t *testing.T) {
	const body = `{"MsgId":23892468385179204,"Text":"a\u0002\"<","List":[{"A":"1"},{"A":2}],"One":[3],"None":[],` +
		`"Deep":[[1,{"a":[]}]],"Null":null,"True":true,"Group":{"X":1.50,"Y":{}}}`
	m, err := Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"MsgId": "23892468385179204", "Text": "a\x02\"<", "List.A": "1", "List[2].A": "2", "One": "3",
		"None": "[]", "Deep": `[1,{"a":[]}]`, "Null": "null", "True": "true", "Group.X": "1.50",
	} {
		if got := m.Get(path); got != want {
			t.Errorf("%s: got %q", path, got)
		}
	}
	if got, err := m.AppendJSON(nil); err != nil || string(got) != body {
		t.Errorf("got %s, %v", got, err)
	}
}

// Ids above 2^53 must come through both formats and every change of format.
func TestLargeIDsSurvive(t *testing.T) {
	for _, id := range []string{"9007199254740993", "23892468385179205", "5836982729904121631", "9223372036854775807", "18221983235484218331"} {
		m := sample(t, "text", "MsgId", id)
		for range 2 {
			for _, format := range []msgcrypt.Format{msgcrypt.JSON, msgcrypt.XML} {
				m.Format = format
				body, err := m.Append(nil)
				if err != nil {
					t.Fatal(err)
				}
				if m, err = Parse(body); err != nil || m.Get("MsgId") != id {
					t.Fatalf("%s in %s: got %s, %v", id, format, m.Get("MsgId"), err)
				}
			}
		}
	}
}

func TestSubscriptionListsOfBothShapes(t *testing.T) {
	for _, file := range []string{"subscribe_msg_popup_event.json", "subscribe_msg_popup_event_two.json", "subscribe_msg_popup_event_two.xml"} {
		m, err := Parse([]byte(vector(t, file)))
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, f := range m.All("List.TemplateId") {
			ids = append(ids, f.Value)
		}
		if got := strings.Join(ids, ","); got != "T1" && got != "T1,T2" || m.Get("List.PopupScene") != "0" {
			t.Errorf("%s: got %s", file, got)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	for body, want := range map[string]string{
		"":                                  "message, line 1, column 1: empty",
		" \n\t":                             "message, line 2, column 2: empty",
		"hello\x1b[2J":                      `message, line 1, column 1: neither XML nor JSON: begins with "hello\x1B[2J"`,
		"<html></html>":                     "xml, line 1, column 1: the root is <html>, not <xml>",
		"<xml>\n<A>你</B></xml>":             "xml, line 2, column 5: </B> closes <A>",
		"<xml>\n<A>":                        "xml, line 2, column 4: ends inside <A>",
		"<xml><A><![CDATA[x":                "xml, line 1, column 19: ends inside <A>",
		"<xml></xml><xml/>":                 `xml, line 1, column 12: something follows </xml>: "<xml/>"`,
		"<xml></xml>\nok":                   `xml, line 2, column 1: something follows </xml>: "ok"`,
		"<!-- -->x<xml/>":                   `xml, line 1, column 9: text outside <xml>: "x"`,
		"<xml><A>a&b</A></xml>":             "xml, line 1, column 9: invalid character entity &b (no semicolon)",
		"<xml><A>&lol;</A></xml>":           "xml, line 1, column 9: invalid character entity &lol;",
		"<xml><A>a\x02</A></xml>":           "xml, line 1, column 10: U+0002 is not allowed in XML",
		"<xml><A>\n你\xed\xa0\x80</A></xml>": "xml, line 2, column 2: byte 0xED, which is not UTF-8, is not allowed in XML",
		"<xml><A>]]></A></xml>":             "xml, line 1, column 9: ]]> appears in text outside a CDATA section",
		"<!DOCTYPE xml [<!ENTITY a \"b\">]><xml/>":  "xml, line 1, column 1: a document type is not allowed",
		"<?xml version=\"1.0\" encoding=\"GBK\"?>a": `xml, line 1, column 1: only UTF-8 is read: encoding "GBK" declared but Decoder.CharsetReader is nil`,
		"</xml>":               "xml, line 1, column 1: </xml> has no opening tag",
		"{":                    "json, line 1, column 2: ends before the object does",
		`{"a":1`:               "json, line 1, column 7: ends before the object does",
		"{\n\"a\":[1,\n":       "json, line 3, column 1: ends before the object does",
		"{\"a\":1}\n{}":        `json, line 2, column 1: something follows the object: "{}"`,
		"{\"a\":1,\n \"a\":2}": `json, line 2, column 2: "a" appears twice`,
		"{\"a\":\n tru}":       "json, line 2, column 2: invalid character '}' in literal true (expecting 'e')",
		"{\"a\" 1}":            "json, line 1, column 6: invalid character '1' after object key",
		"{\"a\":\"\xff\"}":     "json, line 1, column 7: byte 0xFF, which is not UTF-8, is not allowed in JSON",
		`{"a":[[1,2}]}`:        "json, line 1, column 11: invalid character '}' after array element",
		`{"a":"` + "\n" + `"}`: `json, line 1, column 6: invalid character '\n' in string literal`,
	} {
		m, err := Parse([]byte(body))
		var syntax *SyntaxError
		if m != nil || !errors.As(err, &syntax) || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %s", body, err, want)
		}
	}
}

func TestSyntaxErrorIn(t *testing.T) {
	for body, want := range map[string]string{
		"":                              "消息第 1 行第 1 列：内容为空",
		"hello":                         `消息第 1 行第 1 列：既不是 XML 也不是 JSON，开头是 "hello"`,
		"<xml><MsgType>\n<A></Content>": "xml 第 2 行第 4 列：<A> 的结束标签写成了 </Content>",
		"<xml>\n\n<Content>":            "xml 第 3 行第 10 列：<Content> 还没结束，内容就没有了",
		"<xml></xml>ok":                 `xml 第 1 行第 12 列：</xml> 后面还有内容："ok"`,
		"<xml>\x02</xml>":               "xml 第 1 行第 6 列：XML 不允许出现 U+0002",
		"<xml>\xed</xml>":               "xml 第 1 行第 6 列：字节 0xED 不是 UTF-8，XML 不允许出现",
		"<xml>a&b</xml>":                "xml 第 1 行第 6 列：“invalid character entity &b (no semicolon)”",
		"<?xml version=\"1.0\" encoding=\"GBK\"?>a": `xml 第 1 行第 1 列：只支持 UTF-8：“encoding "GBK" declared but Decoder.CharsetReader is nil”`,
		`{"a":1,"a":2}`: `json 第 1 行第 8 列："a" 出现了两次`,
		`{"a":1`:        "json 第 1 行第 7 列：对象还没结束，内容就没有了",
		`{"a" 1}`:       "json 第 1 行第 6 列：“invalid character '1' after object key”",
	} {
		_, err := Parse([]byte(body))
		if got := finding.ErrorIn(finding.Chinese, err); got != want {
			t.Errorf("%q:\n got %s\nwant %s", body, got, want)
		}
	}
}

// Those who word errors in their own way go by the class.
func TestFaults(t *testing.T) {
	for body, want := range map[string]Fault{
		"<xml><A>a&b</A></xml>":                   Malformed,
		"<xml><A>]]></A></xml>":                   Malformed,
		`{"a":tru}`:                               Malformed,
		"<xml><A>\x02</A></xml>":                  BadCharacter,
		"<xml><A>\xe4\xbd</A></xml>":              BadUTF8,
		"{\"a\":\"\xff\"}":                        BadUTF8,
		"<xml><A>":                                Truncated,
		"<!-- -->":                                Truncated,
		`{"a":[1`:                                 Truncated,
		"<xml>" + strings.Repeat("<a>", 100):      TooDeep,
		strings.Repeat(`{"a":`, 100):              TooDeep,
		`{"a":` + strings.Repeat("[", 100):        TooDeep,
		`<?xml version="1.0" encoding="GBK"?><a>`: BadEncoding,
		"<xml><A><![CDATA[a]]>b]]></A></xml>":     LooseCDATAEnd,
		"<html></html>":                           WrongRoot,
	} {
		_, err := Parse([]byte(body))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Fault != want {
			t.Errorf("%.60q: %v, want fault %d", body, err, want)
		}
	}
}

// A message in the middle of something is read to its end, and places are
// those in the whole.
func TestParseAt(t *testing.T) {
	for body, c := range map[string]struct {
		start, end, field int
	}{
		"<b>x</b>\n<xml>\n<A>1</A></xml>toolbar": {9, 29, 15},
		"junk{\"B\":{},  \"A\":1} {}":            {4, 20, 14},
		"<xml><A/></xml>":                        {0, 15, 5},
	} {
		m, end, err := ParseAt([]byte(body), c.start)
		if err != nil || end != c.end || m.Field("A").Offset() != c.field {
			t.Errorf("%q: ends at %d, %v", body, end, err)
		}
	}
	body := []byte("two\nlines<xml><A></B></xml>")
	_, _, err := ParseAt(body, 9)
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || syntax.Offset != 17 || syntax.Line != 2 || syntax.Column != 14 {
		t.Errorf("got %+v", err)
	}
	for _, start := range []int{len(body), len(body) - 1} {
		if m, _, err := ParseAt(body, start); m != nil || err == nil {
			t.Errorf("at %d: got %+v", start, m)
		}
	}
	if _, _, err := ParseAt(make([]byte, MaxBody+1), 0); err == nil {
		t.Error("a body that is too long was read")
	}
}

func TestLooseText(t *testing.T) {
	for body, want := range map[string]string{
		"<xml>\n<A>a</A>\n</xml>": "", "<xml> a <A/> b </xml>": "a  b", "<xml><![CDATA[success]]></xml>": "success", "{}": "",
	} {
		if m, err := Parse([]byte(body)); err != nil || m.LooseText() != want {
			t.Errorf("%s: got %q, %v", body, m.LooseText(), err)
		}
	}
}

func TestLimits(t *testing.T) {
	deepXML := func(n int) string {
		return "<xml>" + strings.Repeat("<a>", n) + strings.Repeat("</a>", n) + "</xml>"
	}
	deepJSON := func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }
	start := time.Now()
	for what, body := range map[string]string{
		"long":          "<xml>" + strings.Repeat("x", MaxBody),
		"65 levels":     deepXML(MaxDepth + 1),
		"10000 levels":  deepXML(10000),
		"unclosed":      "<xml>" + strings.Repeat("<a>", 10000),
		"JSON 65":       deepJSON(MaxDepth + 1),
		"JSON 10000":    deepJSON(10000),
		"JSON arrays":   `{"a":` + strings.Repeat("[", 10000),
		"JSON unclosed": strings.Repeat(`{"a":`, 10000),
	} {
		if m, err := Parse([]byte(body)); err == nil || m != nil {
			t.Errorf("%s: no error", what)
		} else if len(err.Error()) > 200 {
			t.Errorf("%s: %d bytes of error", what, len(err.Error()))
		}
	}
	if d := time.Since(start); d > 5*busy.Net {
		t.Errorf("took %v", d)
	}
	for _, body := range []string{deepXML(MaxDepth), deepJSON(MaxDepth)} {
		m, err := Parse([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := m.Append(nil); err != nil || len(got) < len(body) {
			t.Errorf("%s, %v", got, err)
		}
	}
	deep := &Field{Name: "a", Kind: Group}
	for range MaxDepth - 1 {
		deep = &Field{Name: "a", Kind: Group, Children: []*Field{deep}}
	}
	m := &Message{Fields: []*Field{deep}}
	writers := map[string]func(*Message) ([]byte, error){
		"XML":      func(m *Message) ([]byte, error) { return m.AppendXML(nil) },
		"indented": func(m *Message) ([]byte, error) { return m.appendIndented(nil) },
		"JSON":     func(m *Message) ([]byte, error) { return m.AppendJSON(nil) },
	}
	for what, write := range writers {
		if _, err := write(m); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := write(&Message{Fields: []*Field{{Name: "a", Kind: Group, Children: []*Field{deep}}}}); err == nil {
			t.Errorf("%s went too deep", what)
		}
	}
}

func TestSanitize(t *testing.T) {
	for in, want := range map[string]string{
		"plain 你\n": "plain 你\n", "a\x02b\x1dc": "a\ufffdb\ufffdc", "\xed\xa0\x80x": "\ufffd\ufffd\ufffdx",
		"\x00": "\ufffd", "你\xe4\xbd": "你\ufffd\ufffd", "\uffff!": "\ufffd!", "]]\x02>": "]]\ufffd>",
	} {
		got, replaced := Sanitize([]byte(in))
		if string(got) != want || replaced != strings.Count(want, "\ufffd") {
			t.Errorf("%q: got %q, %d replaced", in, got, replaced)
		}
	}
}

// What a server that sanitizes gets of each odd text, and what one that does
// not must be ready for.
func TestOddTexts(t *testing.T) {
	names := map[string]bool{}
	for _, odd := range OddTexts() {
		if names[odd.Name] {
			t.Errorf("%s stands twice", odd.Name)
		}
		names[odd.Name] = true
		m := sample(t, "text", "Content", odd.Text)
		if _, err := m.AppendXML(nil); (err != nil) != odd.Raw {
			t.Errorf("%s: raw is %v, the error %v", odd.Name, odd.Raw, err)
		}
		m.Raw = odd.Raw
		body, err := m.AppendXML(nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(body); (err != nil) != odd.Raw {
			t.Errorf("%s: raw is %v, the parser says %v", odd.Name, odd.Raw, err)
		}
		clean, _ := Sanitize(body)
		got, err := Parse(clean)
		want, _ := Sanitize([]byte(odd.Text))
		if err != nil || got.Get("Content") != string(want) {
			t.Errorf("%s: got %q, %v", odd.Name, got.Get("Content"), err)
		}
	}
}
