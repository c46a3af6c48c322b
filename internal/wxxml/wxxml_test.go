package wxxml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestAppend(t *testing.T) {
	for s, want := range map[string][2]string{
		"":          {"<![CDATA[]]>", ""},
		"a<b>&\r\n": {"<![CDATA[a<b>&\r\n]]>", "a&lt;b&gt;&amp;&#13;\n"},
		"]]>":       {"<![CDATA[]]]]><![CDATA[>]]>", "]]&gt;"},
		"]]>]]>x":   {"<![CDATA[]]]]><![CDATA[>]]]]><![CDATA[>x]]>", "]]&gt;]]&gt;x"},
		"]]]>":      {"<![CDATA[]]]]]><![CDATA[>]]>", "]]]&gt;"},
	} {
		if got := string(AppendCDATA([]byte("x"), s)); got != "x"+want[0] {
			t.Errorf("%q as CDATA: %s", s, got)
		}
		if got := string(AppendText([]byte("x"), s)); got != "x"+want[1] {
			t.Errorf("%q as text: %s", s, got)
		}
	}
}

func TestForbidden(t *testing.T) {
	for s, want := range map[string]int{
		"": -1, "a\t\r\n\x7f\u0085你😀\ufffd\ue000": -1, "ab\x00": 2, "\x02": 0, "你\ufffe": 3, "\uffff": 0,
		"a\xff": 1, "a\xed\xa0\x80": 1, "你\xe4\xbd": 3,
	} {
		if got := Forbidden(s); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
		if got := Forbidden([]byte(s)); got != want {
			t.Errorf("bytes %q: %d, want %d", s, got, want)
		}
	}
}

func TestValidName(t *testing.T) {
	for name, want := range map[string]bool{
		"ToUserName": true, "a-b.c:d_1": true, "_": true,
		"": false, "1a": false, "-a": false, ":a": false, "a b": false, "名": false, "a\x00": false,
	} {
		if got := ValidName(name); got != want {
			t.Errorf("%q: %t", name, got)
		}
	}
}

// all reads tokens up to an error.
func all(body string, start, limit int) (tokens []string, err error) {
	r := NewReader([]byte(body), start, limit)
	for {
		token, err := r.Next()
		if err != nil {
			return tokens, err
		}
		at := fmt.Sprintf("%d-%d ", token.Offset, r.Offset())
		switch token.Kind {
		case Start:
			tokens = append(tokens, fmt.Sprintf("%s%d<%s>", at, token.Depth, token.Qualified))
		case End:
			tokens = append(tokens, fmt.Sprintf("%s%d</%s>", at, token.Depth, token.Name))
		case Text:
			tokens = append(tokens, fmt.Sprintf("%s%d%q", at, token.Depth, token.Text))
		case CDATA:
			tokens = append(tokens, fmt.Sprintf("%s%d%q[%q]", at, token.Depth, token.Text, token.Raw))
		}
	}
}

func TestReader(t *testing.T) {
	for body, want := range map[string]string{
		"<xml><A>1</A></xml>":                      `0-5 1<xml>, 5-8 2<A>, 8-9 2"1", 9-13 2</A>, 13-19 1</xml>`,
		"<?xml version=\"1.0\"?><!-- --><a/>\n":    `29-33 1<a>, 33-33 1</a>, 33-34 0"\n"`,
		"<a>x\r\ny<![CDATA[\r\n&]]>&amp;&#13;</a>": `0-3 1<a>, 3-7 1"x\ny", 7-22 1"\n&"["\r\n&"], 22-32 1"&\r", 32-36 1</a>`,
		"<a><![CDATA[]]></a>":                      `0-3 1<a>, 3-15 1""[""], 15-19 1</a>`,
		"x<a/><b/>":                                `0-1 0"x", 1-5 1<a>, 5-5 1</a>, 5-9 1<b>, 9-9 1</b>`,
		"<a:b/>":                                   `0-6 1<a:b>, 6-6 1</a:b>`,
		`<a xmlns="u" xmlns:p="v"><b/><p:b/><b xmlns=""/><q:b/><b/></a>`: `0-25 1<u:a>, 25-29 2<u:b>, 29-29 2</b>, 29-35 2<v:b>, 35-35 2</p:b>, ` +
			`35-48 2<b>, 48-48 2</b>, 48-54 2<q:b>, 54-54 2</q:b>, 54-58 2<u:b>, 58-58 2</b>, 58-62 1</a>`,
	} {
		tokens, err := all(body, 0, 9)
		if got := strings.Join(tokens, ", "); got != want || !errors.Is(err, io.EOF) {
			t.Errorf("%s:\n got %s, %v\nwant %s", body, got, err, want)
		}
	}
	if tokens, err := all("junk<a/>", 4, 1); fmt.Sprint(tokens, err) != "[4-8 1<a> 8-8 1</a>] EOF" {
		t.Error(tokens, err)
	}
}

func TestErrors(t *testing.T) {
	for body, want := range map[string]Error{
		"":                            {Kind: NoRoot},
		"<!-- x -->":                  {Kind: NoRoot, Offset: 10, Stop: 10},
		"<a":                          {Kind: Truncated, Offset: 2, Stop: 2, Detail: "unexpected EOF"},
		"<a/><!--":                    {Kind: Truncated, Offset: 8, Stop: 8, Detail: "unexpected EOF"},
		"<a><b>":                      {Kind: Truncated, Offset: 6, Stop: 6, Name: "b", Detail: "unexpected EOF"},
		"<a><![CDATA[x":               {Kind: Truncated, Offset: 13, Stop: 13, Name: "a", Detail: "unexpected EOF in CDATA section"},
		"<a>\n<b></c></a>":            {Kind: Mismatch, Offset: 7, Stop: 11, Name: "c", Open: "b"},
		"<a/></p:b>":                  {Kind: Unopened, Offset: 4, Stop: 10, Name: "p:b"},
		"<a>x]]></a>":                 {Kind: BareCDATAEnd, Offset: 3, Stop: 7, Detail: "unescaped ]]> not in CDATA section"},
		"<a><![CDATA[x]]>y]]></a>":    {Kind: LooseCDATAEnd, Offset: 16, Stop: 20, Detail: "unescaped ]]> not in CDATA section"},
		"<a><b><![CDATA[]]></b>]]>":   {Kind: BareCDATAEnd, Offset: 22, Stop: 25, Detail: "unescaped ]]> not in CDATA section"},
		"<a>b&c</a>":                  {Kind: Malformed, Offset: 3, Stop: 6, Detail: "invalid character entity &c (no semicolon)"},
		"<a>&lol;</a>":                {Kind: Malformed, Offset: 3, Stop: 8, Detail: "invalid character entity &lol;"},
		"<a><!DOCTYPE b></a>":         {Kind: Declaration, Offset: 3, Stop: 15, Detail: "DOCTYPE b"},
		`<?xml encoding="gbk"?><a/>`:  {Kind: Encoding, Stop: 22, Detail: `encoding "gbk" declared but Decoder.CharsetReader is nil`},
		`<?xml version="2.0"?><a/>`:   {Kind: Encoding, Stop: 21, Detail: `unsupported version "2.0"; only version 1.0 is supported`},
		"<a><b><c/></b><b><c><d/>":    {Kind: TooDeep, Offset: 20, Stop: 24},
		strings.Repeat("<a>", 100000): {Kind: TooDeep, Offset: 9, Stop: 12},
	} {
		_, err := all(body, 0, 3)
		var e *Error
		if !errors.As(err, &e) || *e != want {
			t.Errorf("%.40s:\n got %+v\nwant %+v", body, e, want)
		}
	}
}

// FuzzReader: tokens come one after the other within the body, and all that
// encoding/xml takes is taken.
func FuzzReader(f *testing.F) {
	for _, body := range []string{
		"", "<xml>", "<xml><A><![CDATA[a]]>b]]></A></xml>", "<a>x\r\n&#13;<![CDATA[\r]]></a>", "<a><b></a></b>", "<!DOCTYPE a><a/>",
		`<p:a xmlns="u" xmlns:p="v"><b xmlns="w"/><p:b/></p:a>`, "<?xml version=\"1.0\" encoding=\"GBK\"?><xml/>", "<a/>x<b/>", "<a>\x02\xff</a>",
	} {
		f.Add([]byte(body))
	}
	const limit = 8
	f.Fuzz(func(t *testing.T, body []byte) {
		r, before := NewReader(body, 0, limit), 0
		for {
			token, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			var e *Error
			if errors.As(err, &e) {
				if e.Offset < before || e.Offset > len(body) || e.Stop < before || e.Stop > len(body) {
					t.Fatalf("%q: %+v after %d", body, e, before)
				}
				if whole(body) && e.Kind != Declaration && e.Kind != TooDeep && e.Kind != NoRoot {
					t.Fatalf("%q: %+v, but it is XML", body, e)
				}
				return
			}
			if err != nil || token.Offset < before || r.Offset() > len(body) || token.Depth > limit {
				t.Fatalf("%q: %+v, %v after %d", body, token, err, before)
			}
			before = r.Offset()
		}
	})
}

func whole(body []byte) bool {
	dec := xml.NewDecoder(strings.NewReader(string(body)))
	for {
		if _, err := dec.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// FuzzAppend: what is written is read as it was.
func FuzzAppend(f *testing.F) {
	f.Add("a]]>]]]>b\r\n<&>")
	f.Fuzz(func(t *testing.T, s string) {
		if Forbidden(s) >= 0 {
			return
		}
		body := append([]byte("<a>"), AppendCDATA(nil, s)...)
		body = append(append(body, "</a>"...), "<b>"...)
		body = append(AppendText(body, s), "</b>"...)
		var cdata, text []byte
		r := NewReader(body, 0, 1)
		for {
			token, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v", body, err)
			}
			if token.Kind == Text {
				text = append(text, token.Text...)
			}
			cdata = append(cdata, token.Raw...)
		}
		if string(cdata) != s || string(text) != s {
			t.Fatalf("%q: read as %q and %q", s, cdata, text)
		}
	})
}
