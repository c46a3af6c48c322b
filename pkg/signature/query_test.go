package signature

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/bilingual"
)

// The request of vector V1, as different logs and people write it.
const (
	officialSignature = "f464b24fc39322e44b38aa78f5edd27bd1441696"
	officialQuery     = "signature=" + officialSignature + "&echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492"
)

var officialForms = map[string]string{
	"query":            officialQuery,
	"query with ?":     "?" + officialQuery,
	"URL":              "https://example.com/wechat?" + officialQuery,
	"path":             "/wechat?" + officialQuery,
	"URL and fragment": "https://example.com/wechat?" + officialQuery + "#top",
	"nginx":            `101.226.103.61 - - [25/Apr/2024:17:15:04 +0800] "GET /wechat?` + officialQuery + ` HTTP/1.0" 200 19 "-" "Mozilla/4.0"`,
	"nginx error":      `2024/04/25 17:15:04 [error] 7#7: *3 upstream timed out, request: "GET /wechat?` + officialQuery + ` HTTP/1.0", host: "example.com"`,
	"IIS":              "2024-04-25 09:15:04 10.0.0.4 GET /wechat " + officialQuery + " 80 - 101.226.103.61 Mozilla/4.0 - 200 0 0 31",
	"JSON":             `{"time":"2024-04-25T17:15:04+08:00","uri":"/wechat?` + strings.ReplaceAll(officialQuery, "&", `\u0026`) + `","status":200}`,
	"JSON, all of it":  `{"uri":"\/wechat\u003f` + strings.NewReplacer("&", `\u0026`, "=", `\u003d`).Replace(officialQuery) + `"}`,
	"JSON in JSON":     `{"log":"{\"uri\":\"/wechat?` + officialQuery + `\"}"}`,
	"HTML":             `<a href="https://example.com/wechat?` + strings.ReplaceAll(officialQuery, "&", "&amp;") + `">`,
	"logfmt":           `level=info method=GET query=` + officialQuery + ` status=200`,
	"logfmt, quoted":   `level=info uri="/wechat?` + officialQuery + `"`,
	"brackets":         `GIN: [GET /wechat?` + officialQuery + `]`,
	"sentence":         `微信请求的地址是“https://example.com/wechat?` + officialQuery + `”。`,
	"spaces around":    "  \t" + officialQuery + "\r\n",
	"referrer":         `"GET /wechat?` + officialQuery + ` HTTP/1.1" 200 "http://x/?signature=aaa&timestamp=1&nonce=2"`,
	"own parameters":   "http://example.com/index.php?s=/api/wechat&" + officialQuery,
	"a repeated value": "/wechat?" + officialQuery + "&nonce=1514711492",
}

func TestParseRequestForms(t *testing.T) {
	for name, text := range officialForms {
		q, err := ParseRequest(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if q.Signature != officialSignature || q.Timestamp != "1714036504" || q.Nonce != "1514711492" || q.Echostr != "4375120948345356249" {
			t.Errorf("%s: %+v", name, q)
		}
	}
}

func TestParseRequestPush(t *testing.T) {
	q, err := ParseRequest("/m?a=%E4%BD%A0%2B+x&signature=s&timestamp=1&nonce=2&openid=oAb-_c&encrypt_type=aes&msg_signature=m&b=")
	if err != nil {
		t.Fatal(err)
	}
	if q.OpenID != "oAb-_c" || q.EncryptType != "aes" || q.MsgSignature != "m" || q.Echostr != "" {
		t.Errorf("%+v", q)
	}
	r := q.Request("t")
	want := []Param{{"a", "你+ x"}, {"openid", "oAb-_c"}, {"encrypt_type", "aes"}, {"b", ""}}
	if len(r.Extra) != len(want) {
		t.Fatalf("extra parameters %v, want %v", r.Extra, want)
	}
	for i := range want {
		if r.Extra[i] != want[i] {
			t.Errorf("extra parameter %v, want %v", r.Extra[i], want[i])
		}
	}
}

func TestParseRequestDecodesOnce(t *testing.T) {
	q, err := ParseRequest("signature=s&timestamp=1&nonce=a%252Bb")
	if err != nil || q.Nonce != "a%2Bb" {
		t.Errorf("nonce %q, %v", q.Nonce, err)
	}
}

func TestParseRequestErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", `no signature parameter in ""`},
		{"GET /favicon.ico HTTP/1.1", `no signature parameter in "GET /favicon.ico`},
		{"/w?mysignature=1&timestamp=2&nonce=3", "no signature parameter"},
		{"/w?msg_signature=1&timestamp=2&nonce=3&echostr=x", "msg_signature alone is WeCom's"},
		{"/w?signature=&timestamp=2&nonce=3", "no signature in"},
		{"/w?signature=1&nonce=3", `no timestamp in "signature=1&nonce=3"`},
		{"/w?signature=1&timestamp=2", "no nonce in"},
		{"/w?signature=1&timestamp=2&nonce=3&nonce=4", `parameter nonce occurs twice, as "3" and as "4"`},
		{"/w?signature=1&timestamp=2&nonce=%zz", `nonce is "%zz": bad percent-encoding`},
		{"/w?signature=1&timestamp=2&nonce=3&%zz=1", `parameter name "%zz": bad percent-encoding`},
	} {
		_, err := ParseRequest(c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
	if _, err := ParseRequest("/robots.txt"); !errors.Is(err, ErrNoSignature) {
		t.Errorf("not ErrNoSignature: %v", err)
	}
}

func FuzzParseRequest(f *testing.F) {
	for _, text := range officialForms {
		f.Add(text)
	}
	f.Add("signature=%00&timestamp=\x1b[2J&nonce=\xff")
	f.Add("q=signature=a&timestamp=1&nonce=2?signature=b")
	f.Fuzz(func(t *testing.T, text string) {
		q, err := ParseRequest(text)
		if err != nil {
			if s := err.Error(); !utf8.ValidString(s) || strings.ContainsAny(s, "\x1b\r\n\x00") {
				t.Errorf("the error is not fit to print: %q", s)
			}
			return
		}
		if q.Signature == "" || q.Timestamp == "" || q.Nonce == "" {
			t.Errorf("something is missing in %+v", q)
		}
		again := make([]string, len(q.Params))
		for i, p := range q.Params {
			again[i] = encode(p.Name) + "=" + encode(p.Value)
		}
		back, err := ParseRequest(strings.Join(again, "&"))
		if err != nil || back.Signature != q.Signature || back.Timestamp != q.Timestamp || back.Nonce != q.Nonce || len(back.Params) != len(q.Params) {
			t.Errorf("%q came back as %+v, %v", again, back, err)
		}
		for _, m := range Explain("0", q.Request("token")) {
			t.Errorf("a mistake makes a signature of one digit: %+v", m)
		}
	})
}

// encode writes every byte as %XX, so that no log's rule can touch it.
func encode(s string) string {
	const digits = "0123456789ABCDEF"
	if (&Query{}).field(s) != nil {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte('%')
		b.WriteByte(digits[s[i]>>4])
		b.WriteByte(digits[s[i]&15])
	}
	return b.String()
}

// What is wrong with a request is said in Chinese too.
func TestParseRequestInChinese(t *testing.T) {
	for _, text := range []string{
		"nothing", "?msg_signature=a&timestamp=1", "?signature=a&signature=b", "?signature=a&timestamp=1", "?signature=%zz", "?signature=a&%zz=1",
	} {
		_, err := ParseRequest(text)
		if fault := bilingual.Fault(err); fault != "" {
			t.Errorf("%s: %s", text, fault)
		}
	}
}
