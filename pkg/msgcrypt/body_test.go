package msgcrypt_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

const safeXML = `<xml>
    <ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>
    <Encrypt><![CDATA[QUJD+/==]]></Encrypt>
</xml>
`

const safeJSON = `{"ToUserName":"gh_0123456789ab","Encrypt":"QUJD+/=="}`

const compatXML = `<xml>
    <ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>
    <FromUserName><![CDATA[oAbCdEfGhIjKlMnOpQrStUvWxYz0]]></FromUserName>
    <CreateTime>1700000000</CreateTime>
    <MsgType><![CDATA[event]]></MsgType>
    <ScanCodeInfo><ScanType><![CDATA[qrcode]]></ScanType>
    <Encrypt><![CDATA[not this one]]></Encrypt>
    </ScanCodeInfo>
    <Encrypt><![CDATA[QUJD+/==]]></Encrypt>
</xml>
`

const plainXML = `<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>
<Content><![CDATA[hello]]></Content>
</xml>`

const ticketXML = `<xml>
    <AppId><![CDATA[wx0123456789abcdef]]></AppId>
    <Encrypt><![CDATA[QUJD+/==]]></Encrypt>
</xml>
`

func TestParseEnvelope(t *testing.T) {
	const to, text = "gh_0123456789ab", "QUJD+/=="
	for _, test := range []struct {
		name, body string
		want       msgcrypt.Envelope
	}{
		{"safe XML", safeXML, msgcrypt.Envelope{Format: "xml", ToUserName: to, Encrypt: text}},
		{"safe JSON", safeJSON, msgcrypt.Envelope{Format: "json", ToUserName: to, Encrypt: text}},
		{"compat XML", compatXML, msgcrypt.Envelope{Format: "xml", ToUserName: to, Encrypt: text, Compat: true}},
		{
			"compat JSON", `{"ToUserName":"gh_0123456789ab","MsgId":23892468385179204,"List":[{"Encrypt":"x"}],"Encrypt":"QUJD+/=="}`,
			msgcrypt.Envelope{Format: "json", ToUserName: to, Encrypt: text, Compat: true},
		},
		{"ticket", ticketXML, msgcrypt.Envelope{Format: "xml", AppID: "wx0123456789abcdef", Encrypt: text}},
		{"no CDATA", "<xml><Encrypt>QUJD+/==</Encrypt></xml>", msgcrypt.Envelope{Format: "xml", Encrypt: text}},
		{"split CDATA", "<xml><Encrypt><![CDATA[QUJD]]><![CDATA[+/==]]></Encrypt></xml>", msgcrypt.Envelope{Format: "xml", Encrypt: text}},
		{"declaration and comment", `<?xml version="1.0" encoding="UTF-8"?><!-- a --><xml><Encrypt>QUJD+/==</Encrypt></xml>` + "\n", msgcrypt.Envelope{Format: "xml", Encrypt: text}},
		{"escapes", `{"ToUserName":"gh_0123456789ab","Encrypt":"QUJD+\/=\u003d"}`, msgcrypt.Envelope{Format: "json", ToUserName: to, Encrypt: text}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := msgcrypt.ParseEnvelope([]byte(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(*got, test.want) {
				t.Errorf("got %+v, want %+v", *got, test.want)
			}
		})
	}
}

func TestEnvelopeWritesItself(t *testing.T) {
	for _, body := range []string{safeXML, safeJSON, ticketXML} {
		env, err := msgcrypt.ParseEnvelope([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(env.Body()); got != body {
			t.Errorf("got %q\nwant %q", got, body)
		}
	}
	hostile := msgcrypt.Envelope{ToUserName: "a]]></ToUserName><x>\"&<\u2028", Encrypt: "QUJD"}
	for _, hostile.Format = range []msgcrypt.Format{msgcrypt.XML, msgcrypt.JSON} {
		body := hostile.Body()
		if env, err := msgcrypt.ParseEnvelope(body); err != nil || env.ToUserName != hostile.ToUserName {
			t.Errorf("%s\ncomes back as %+v, %v", body, env, err)
		}
	}
	if got := string(hostile.Body()); !strings.Contains(got, "\\\"&<\u2028") {
		t.Errorf("JSON with escapes: %s", got)
	}
}

func TestPlainBody(t *testing.T) {
	for _, body := range []string{plainXML, `{"ToUserName":"gh_0123456789ab","Content":"hello"}`} {
		env, err := msgcrypt.ParseEnvelope([]byte(body))
		if !errors.Is(err, msgcrypt.ErrNoEncrypt) {
			t.Fatalf("%s: %v", body, err)
		}
		if env == nil || env.ToUserName != "gh_0123456789ab" || env.Compat {
			t.Errorf("%s: %+v", body, env)
		}
		if _, err := msgcrypt.ParseReply([]byte(body)); !errors.Is(err, msgcrypt.ErrNoEncrypt) {
			t.Errorf("as a reply: %v", err)
		}
	}
}

// Both readers refuse these, with the place.
func TestParseRefuses(t *testing.T) {
	deep := "<xml>" + strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40) + "</xml>"
	for _, test := range []struct {
		name, body string
		class      msgcrypt.Class
		at         int
		want       string
	}{
		{"empty", "", "syntax", 0, "is empty"},
		{"blank", " \n", "syntax", 0, "is empty"},
		{"text", "success", "syntax", 0, `is neither XML nor JSON: it begins with "success"`},
		{"hostile text", " \x1b[2Jx", "syntax", 1, `begins with "\x1B[2Jx"`},
		{"long text", strings.Repeat("x", 99), "syntax", 0, "(99 bytes)"},
		{"BOM", "\ufeff" + safeXML, "syntax", 0, "byte order mark"},
		{"not UTF-8", "<xml><Encrypt>\xc4\xe3</Encrypt></xml>", "syntax", 14, "byte 14 is 0xC4"},
		{"too long", "<xml>" + strings.Repeat(" ", msgcrypt.MaxBody), "syntax", msgcrypt.MaxBody, "longer than 1048576 bytes"},
		{"cut XML", safeXML[:60], "syntax", 60, "line 2: unexpected EOF"},
		{"not closed", "<xml>\n<a></b></xml>", "syntax", 13, "line 2: element <a> closed by </b>"},
		{"ampersand", "<xml>\n<Encrypt>a & b</Encrypt></xml>", "syntax", 18, "line 2: invalid character entity"},
		{"control", "<xml><Encrypt>\x01</Encrypt></xml>", "syntax", 15, "illegal character code U+0001"},
		{"second root", safeXML + safeXML, "syntax", len(safeXML), "second <xml>"},
		{"junk behind", safeXML + "Notice: x", "syntax", len(safeXML) - 1, `text outside <xml>: "Notice: x"`},
		{"other root", "<html><body></body></html>", "syntax", 0, "root is <html>"},
		{"foreign root", `<xml xmlns="urn:x"><Encrypt>QUJD</Encrypt></xml>`, "syntax", 0, "root is <urn:x:xml>"},
		{"DOCTYPE", `<!DOCTYPE xml [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>`, "syntax", 0, "<!…> declaration"},
		{"entity", "<xml><Encrypt>&a;</Encrypt></xml>", "syntax", 17, "invalid character entity &a;"},
		{"only a comment", "<!-- x -->", "syntax", 10, "has no <xml> element"},
		{"GBK declared", `<?xml version="1.0" encoding="GBK"?><xml/>`, "syntax", 36, `encoding "GBK" declared`},
		{"deep", deep, "syntax", 98, "more than 32 deep"},
		{"twice", "<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>", "field", 45, "has Encrypt twice"},
		{"nested", "<xml><Encrypt><b>x</b></Encrypt></xml>", "field", 32, "is not text"},
		{"empty Encrypt", "<xml><Encrypt></Encrypt></xml>", "field", 24, "Encrypt of the"},
		{"prefix", "<xml><a:Encrypt>QUJD</a:Encrypt></xml>", "field", 38, "has no Encrypt"},
		{"upper case", `{"ENCRYPT":"QUJD"}`, "field", 18, `has "ENCRYPT" where "Encrypt" belongs`},
		{"bad JSON", `{"Encrypt":"a",}`, "syntax", 15, "offset 15: invalid character '}'"},
		{"cut JSON", `{"Encrypt":"a`, "syntax", 12, "unexpected end of JSON input"},
		{"junk behind JSON", `{"Encrypt":"a"} x`, "syntax", 16, "after top-level value"},
		{"JSON twice", `{"Encrypt":"a","Encrypt":"b"}`, "field", 28, "has Encrypt twice"},
		{"JSON null", `{"Encrypt":null}`, "field", 15, "is not text"},
		{"JSON number", `{"Encrypt":12}`, "field", 13, "is a number"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, pushErr := msgcrypt.ParseEnvelope([]byte(test.body))
			_, replyErr := msgcrypt.ParseReply([]byte(test.body))
			for what, err := range map[string]error{"push": pushErr, "reply": replyErr} {
				var e *msgcrypt.Error
				if !errors.As(err, &e) {
					t.Fatalf("%s: %v", what, err)
				}
				if e.Class != test.class || e.Offset != test.at || !strings.Contains(e.Error(), test.want) || !strings.Contains(e.Error(), what) {
					t.Errorf("%s: class %s, offset %d: %s", what, e.Class, e.Offset, e.Error())
				}
			}
		})
	}
}

// A name of a megabyte that is part of the error does not flood the terminal,
// and no control character of it arrives.
func TestErrorTextIsTame(t *testing.T) {
	_, err := msgcrypt.ParseEnvelope([]byte("<" + strings.Repeat("a", 1000) + "/>"))
	if len(err.Error()) > 300 {
		t.Errorf("%d bytes of error", len(err.Error()))
	}
	_, err = msgcrypt.ParseEnvelope([]byte("<xml><!x \u009b\u202e></xml>"))
	if err == nil || strings.ContainsAny(err.Error(), "\u009b\u202e") {
		t.Errorf("error %q", err)
	}
}
