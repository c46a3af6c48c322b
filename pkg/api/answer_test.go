package api

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

func TestReadVerdict(t *testing.T) {
	for body, want := range map[string]verdict{
		`{"errcode":0,"errmsg":"ok"}`:                                       {0, "ok", ""},
		` {"errcode":40164,"errmsg":"not in whitelist rid: 640d8707-1-2"}`:  {40164, "not in whitelist", "640d8707-1-2"},
		`{"errcode":40125,"errmsg":"invalid appsecret, rid: 640d8707-1-2"}`: {40125, "invalid appsecret", "640d8707-1-2"},
		`{"errcode":-1,"errmsg":"system error hint: [abc123]"}`:             {-1, "system error hint: [abc123]", ""},
		`{"errcode":40029,"errmsg":"invalid code hints: [ req_id: xyz ]"}`:  {40029, "invalid code hints: [ req_id: xyz ]", ""},
		`{"errcode":"40001","errmsg":"as a string"}`:                        {40001, "as a string", ""},
		`{"errcode":1}`:                                                 {1, "", ""},
		`{"errcode":1,"errmsg":{"a":1}}`:                                {1, `{"a":1}`, ""},
		`{"errcode":1,"errmsg":"\u001b[2J\n"}`:                          {1, `\x1B[2J\n`, ""},
		`{"errcode":1,"errmsg":"rid: x"}`:                               {1, "", "x"},
		`{"errcode":1,"errmsg":"arid: desert"}`:                         {1, "arid: desert", ""},
		`{"errcode":1,"errmsg":"rid: ` + strings.Repeat("a", 65) + `"}`: {1, "rid: " + strings.Repeat("a", 65), ""},
		`{"errcode":1,"errmsg":"rid: \u001b[2J"}`:                       {1, `rid: \x1B[2J`, ""},
	} {
		if got, ok := readVerdict([]byte(body)); !ok || got != want {
			t.Errorf("%s: %+v, %t", body, got, ok)
		}
	}
	for _, body := range []string{
		"", "{", "[]", `{"access_token":"x"}`, "\xff\xd8", `{"errcode":null}`, `{"errcode":1.5}`, `{"errcode":[1]}`,
		`{"data":{"errcode":1}}`, `{"errcode":99999999999999999999}`, "<html>",
	} {
		if got, ok := readVerdict([]byte(body)); ok {
			t.Errorf("%s: %+v", body, got)
		}
	}
}

// Text goes out as itself, whatever it is.
func TestEncode(t *testing.T) {
	for value, want := range map[any]string{
		"a&b<c>d":           `"a&b<c>d"`,
		"你好\u2028\u2029😀":   "\"你好\u2028\u2029😀\"",
		`\u2028 \\u2029`:    `"\\u2028 \\\\u2029"`,
		"\x01\"\\\n":        `"\u0001\"\\\n"`,
		"ends with a \\":    `"ends with a \\"`,
		1234567890123456789: `1234567890123456789`,
	} {
		got, err := Encode(value)
		if err != nil || string(got) != want {
			t.Errorf("%v: %s, %v", value, got, err)
		}
		var back any
		d := json.NewDecoder(strings.NewReader(string(got)))
		d.UseNumber()
		if err := d.Decode(&back); err != nil {
			t.Errorf("%s: %v", got, err)
		} else if text, ok := value.(string); ok && back != text {
			t.Errorf("%q came back as %q", text, back)
		}
	}
	if _, err := Encode(func() {}); err == nil {
		t.Error("a function is JSON")
	}
}

func TestErrorWords(t *testing.T) {
	for want, e := range map[string]*Error{
		"token: errcode 40013: invalid appid":               {Op: "token", Code: 40013, Msg: "invalid appid"},
		"GET /x: errcode -1: system error (rid a-b-c)":      {Op: "GET /x", Code: -1, Msg: "system error", Rid: "a-b-c"},
		"GET /x: http://h: connect: connection refused":     {Op: "GET /x", Why: finding.Name("http://h: connect: connection refused")},
		"ticket: errcode 40164: invalid ip ::1, not listed": {Op: "ticket", Code: 40164, Msg: "invalid ip ::1, not listed"},
	} {
		if e.Error() != want {
			t.Errorf("got %q, want %q", e, want)
		}
	}
	for msg, want := range map[string]string{
		"invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist": "1.2.3.4",
		"invalid ip 2408:8207::1, not in whitelist":                "2408:8207::1",
		"invalid ip ::ffff:1.2.3.4, not":                           "1.2.3.4",
		"invalid ip 1.2.3, not":                                    "",
		"invalid ip":                                               "",
		"some other text":                                          "",
	} {
		if got := (&Error{Msg: msg}).Address(); got != want {
			t.Errorf("%q: address %q", msg, got)
		}
	}
}

// What another process wrote into a shared store is not trusted.
func TestThaw(t *testing.T) {
	e := &Error{Op: "token", Code: 40164, Msg: "m", Rid: "640d8707-1-2", Status: 403}
	var got *Error
	if !errors.As(decodeError(encodeError(e)), &got) || *got != *e {
		t.Errorf("%+v came back as %+v", e, got)
	}
	if err := decodeError(encodeError(errors.New("plain"))); err.Error() != "token: plain" {
		t.Errorf("got %v", err)
	}
	e = &Error{Op: "token", Why: finding.Because(reason.NoAnswerWithin, "limit", "3s")}
	for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
		if err := decodeError(encodeError(e)); finding.ErrorIn(lang, err) != e.In(lang) {
			t.Errorf("%s came back as %s", e.In(lang), finding.ErrorIn(lang, err))
		}
	}
	old := decodeError(`{"op":"token","msg":"of an older wxdev"}`)
	if finding.ErrorIn(finding.Chinese, old) != "token：of an older wxdev" {
		t.Errorf("got %s", finding.ErrorIn(finding.Chinese, old))
	}
	for _, text := range []string{"", "null", "{}", "[", `{"op":"\u001b","msg":"\u001b]0;x\u0007","rid":"\u001b"}`} {
		err := decodeError(text)
		if err == nil || strings.ContainsFunc(err.Error(), unicode.IsControl) {
			t.Errorf("%q: %q", text, err)
		}
	}
}

func FuzzVerdict(f *testing.F) {
	f.Add([]byte(`{"errcode":40164,"errmsg":"invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: 640d8707-66796d60-192e4bee"}`))
	f.Add([]byte(`{"errcode":"0","errmsg":["\u001b"]}`))
	f.Add([]byte(`{"access_token":"a\"b","secret" : "\\","expires_in":1e9}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		v, ok := readVerdict(body)
		if !ok && v != (verdict{}) {
			t.Errorf("%+v, and no verdict", v)
		}
		e := &Error{Op: "x", Code: v.code, Msg: v.msg, Rid: v.rid}
		if text := e.Error() + e.Address(); strings.ContainsFunc(text, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }) {
			t.Errorf("%q is not fit to print", text)
		}
		var back *Error
		if errors.As(decodeError(encodeError(e)), &back) && back.Code != e.Code {
			t.Errorf("%d came back as %d", e.Code, back.Code)
		}
		if c := New(Options{Secret: "5ec4e7"}); strings.Contains(c.scrub(string(body)), "5ec4e7") {
			t.Error("the secret stays")
		}
	})
}
