package redact

import (
	"encoding/xml"
	"net/url"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	for name, secret := range map[string]bool{
		"secret": true, "Secret": true, "appSecret": true, "app_secret": true, "component_appsecret": true, "corpsecret": true,
		"access_token": true, "stable_token": true, "refresh_token": true, "accessToken": true, "Token": true, "WX_TOKEN": true,
		"component_access_token": true, "authorizer_access_token": true, "authorizer_refresh_token": true,
		"component_verify_ticket": true, "ComponentVerifyTicket": true, "ticket": true, "jsapi_ticket": true,
		"session_key": true, "js_code": true, "auth_code": true, "AuthorizationCode": true, "PreAuthCode": true, "pre_auth_code": true,
		"aes_key": true, "EncodingAESKey": true, "WX_AES_KEY": true, "api_key": true, "apikey": true, "password": true,

		"": false, "appid": false, "grant_type": false, "code": false, "openid": false, "errcode": false, "expires_in": false,
		"timestamp": false, "signature": false, "AuthorizationCodeExpiredTime": false, "key": false, "EventKey": false, "secre": false,
	} {
		if Secrets.Name(name) != secret {
			t.Errorf("Secrets: %q: %v", name, !secret)
		}
		lower := strings.ToLower(name)
		credential := strings.Contains(lower, "secret") || lower == "session_key" ||
			strings.HasSuffix(fold(name), "accesstoken") || strings.HasSuffix(fold(name), "refreshtoken")
		if Credentials.Name(name) != credential {
			t.Errorf("Credentials: %q: %v", name, !credential)
		}
	}
	for name, secret := range map[string]bool{
		"signature": true, "msg_signature": true, "apikey": true, "Nonce": true, "": true,
		"timestamp": false, "nonce": false, "openid": false, "encrypt_type": false, "echostr": false,
	} {
		if Unknown.Name(name) != secret {
			t.Errorf("Unknown: %q: %v", name, !secret)
		}
	}
	if (Rule{}).Name("secret") || !Envelopes.Name("encrypt") || !Envelopes.Name("MsgSignature") || Envelopes.Name("Nonce") {
		t.Error("the empty rule, or that of envelopes")
	}
}

func TestURL(t *testing.T) {
	for _, c := range []struct {
		rule     Rule
		in, want string
	}{
		{Secrets, "", ""},
		{Secrets, "/cgi-bin/token?appid=wx1&secret=abc&grant_type=client_credential", "/cgi-bin/token?appid=wx1&secret=***&grant_type=client_credential"},
		{Secrets, "http://x/?ACCESS_TOKEN=a%20b", "http://x/?ACCESS_TOKEN=***"},
		{Secrets, "GET /a?access_token=a&x=\"b\" HTTP/1.1", "GET /a?access_token=***&x=\"b\" HTTP/1.1"},
		{Secrets, "/?s%65cret=a&%zzsecret=b&secret=", "/?s%65cret=***&%zzsecret=***&secret="},
		{Secrets, "/?secret", "/?secret"},
		{Secrets, "/?&secret=a b&", "/?&secret=***&"},
		{Secrets, "/?a=b=c&token=d=e&&=f", "/?a=b=c&token=***&&=f"},
		{Credentials, "/?access_token=a&token=c&appSecret=b", "/?access_token=***&token=c&appSecret=***"},
		{Unknown, "http://127.0.0.1/a?apikey=FWD%2FSECRET&x=1", "http://127.0.0.1/a?apikey=***&x=***"},
		{Unknown, "POST /w?timestamp=1&nonce=2&time%73tamp=3&openid=o&signature=s&flag HTTP/1.0", "POST /w?timestamp=1&nonce=2&time%73tamp=3&openid=o&signature=***&flag HTTP/1.0"},
		{Rule{}, "/?secret=a", "/?secret=a"},
	} {
		if got := c.rule.URL(c.in); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
	if got := strings.Join(Unknown.Values("POST /?signature=a%2Fb&nonce=n&x=&y HTTP/1.0"), " "); got != "a%2Fb a/b" {
		t.Errorf("values %q", got)
	}
}

func TestHeader(t *testing.T) {
	for name, want := range map[string][2]bool{ // hidden by Secrets, by Unknown
		"Authorization": {true, true}, "cookie": {true, true}, "Set-Cookie": {true, true}, "Proxy-Authorization": {true, true},
		"X-API-Key": {true, true}, "X-Wx-Token": {true, true}, " Authorization": {true, true},
		"X-Forwarded-For": {false, true}, "Location": {false, true},
		"User-Agent": {false, false}, "HOST": {false, false}, "Content-Type ": {false, false},
	} {
		if got := [2]bool{Secrets.Header(name, "v") == Mask, Unknown.Header(name, "v") == Mask}; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if (Rule{}).Header("Cookie", "v") != "v" || Envelopes.Header("Cookie", "v") != "v" {
		t.Error("a rule without headers hides one")
	}
}

func TestBody(t *testing.T) {
	for in, want := range map[string]string{
		"":   "",
		"  ": "  ",
		// JSON
		`{"appid":"wx1","secret" : "a\"b\\","x":"secret"}`:            `{"appid":"wx1","secret" : "***","x":"secret"}`,
		`{"s\u0065cret":"a","access_token":"b"}`:                      `{"s\u0065cret":"***","access_token":"***"}`,
		`{"secret":"","token":12,"ticket":null,"x":{"token":"\\\\"}}`: `{"secret":"","token":***,"ticket":null,"x":{"token":"***"}}`,
		// lists, and JSON in JSON
		`["token","ticket"]`:     `["token","ticket"]`,
		`{"a":"secret","b":"c"}`: `{"a":"secret","b":"c"}`,
		`{"b":"{\"access_token\":\"a\\\"b\\\\\",\"x\":\"y\"}"}`: `{"b":"{\"access_token\":\"***\",\"x\":\"y\"}"}`,
		`{"b":"{\"c\":\"{\\\"token\\\": \\\"a\\\"}\"}"}`:        `{"b":"{\"c\":\"{\\\"token\\\": \\\"***\\\"}\"}"}`,
		`{"b":"{\"token\":\"cut", "x":"y"}`:                     `{"b":"{\"token\":\"***", "x":"y"}`,
		`{"request_url":"access_token=66_a\u0026x=1"}`:          `{"request_url":"access_token=***\u0026x=1"}`,
		`{"url":"https://x/?a=b&secret=c","title":"token"}`:     `{"url":"https://x/?a=b&secret=***","title":"token"}`,
		`{"secret":"cut`:  `{"secret":"***`,
		`{"secret":"cut\`: `{"secret":"***`,
		// XML
		"<xml><Ticket><![CDATA[a]]></Ticket><ToUserName>t</ToUserName></xml>": "<xml><Ticket><![CDATA[***]]></Ticket><ToUserName>t</ToUserName></xml>",
		"<xml><Secret> a&lt;b </Secret></xml>":                                "<xml><Secret> ***</Secret></xml>",
		"<Secret><![CDATA[a]]]]><![CDATA[>b]]></Secret>":                      "<Secret>***</Secret>",
		"<Secret>a<!-- -->b<![CDATA[c]]></Secret>":                            "<Secret>***</Secret>",
		"<a:Token x='1'>v</a:Token><Token/>w<Token></Token>":                  "<a:Token x='1'>***</a:Token><Token/>w<Token></Token>",
		"<Secret><![CDATA[a":                                                  "<Secret><![CDATA[***",
		"<Secret>a":                                                           "<Secret>***",
		"<Secret><x>a</x></Secret>":                                           "<Secret><x>a</x></Secret>",
		"<secret":                                                             "<secret",
		// forms
		"appid=a&secret=b\"c d&x=y": "appid=a&secret=***&x=y",
		"line\nappsecret=b c":       "line\nappsecret=***",
		"\uFEFF{\"secret\":\"a\"}":  "\uFEFF{\"secret\":\"***\"}",
	} {
		if got := Secrets.Body(in); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
	if got := (Rule{}).Body(`{"secret":"a"}`); got != `{"secret":"a"}` {
		t.Errorf("the empty rule: %s", got)
	}
	if got := Secrets.Text("at /a?x=1&ticket=t timestamp 17 WX_TOKEN=a, b"); got != "at /a?x=1&ticket=*** timestamp 17 WX_TOKEN=*** b" {
		t.Errorf("text: %s", got)
	}
	if got := Envelopes.Text("x\n<xml><encrypt> <![CDATA[AA+/=]]></encrypt><MsgSignature><![CDATA[bb"); got != "x\n<xml><encrypt> <![CDATA[***]]></encrypt><MsgSignature><![CDATA[***" {
		t.Errorf("an envelope: %s", got)
	}
}

// forms write a name and a value in every form that Body knows: what is before
// the value, the value, and what is after it.
func forms(name, value string) (texts [][3]string) {
	before, written, after := `{"x":"y","`+name+`": "`, inJSON(value), `","z":"a=b"}`
	for range 3 { // JSON, in a string of JSON, and in one of that
		texts = append(texts, [3]string{before, written, after})
		before, written, after = `{"body":"`+inJSON(before), inJSON(written), inJSON(after)+`"}`
	}
	texts = append(texts, [3]string{"a=b&" + url.QueryEscape(name) + "=", url.QueryEscape(value), "&c=d"})
	var escaped strings.Builder
	_ = xml.EscapeText(&escaped, []byte(value)) // a Builder takes everything
	texts = append(texts, [3]string{"<xml><A>b</A><" + name + ">", escaped.String(), "</" + name + "></xml>"})
	if !strings.Contains(value, "]]>") {
		texts = append(texts, [3]string{"<xml><" + name + "><![CDATA[", value, "]]></" + name + "><C>d</C></xml>"})
	}
	return texts
}

// FuzzNoSecretSurvives writes a secret in every form. What comes out is the
// text with the mask in its place; and of a text that is cut anywhere, no part
// of the secret is left.
func FuzzNoSecretSurvives(f *testing.F) {
	for _, name := range []string{"access_token", "appSecret", "Ticket", "session_key", "PreAuthCode"} {
		for _, value := range []string{"abc", `a"b\c&d<e>]]>`, "\u2028\x00 \n", `\\\"`, "a=b"} {
			f.Add(name, value)
		}
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		const core = "5ec4e75ec4e7"
		name = "x" + strings.Map(func(r rune) rune {
			if r < 0x80 && isElementName(byte(r)) && r != ':' {
				return r
			}
			return -1
		}, name)
		if len(name) > maxName/2 || !Secrets.Name(name) {
			return
		}
		value = core + strings.ToValidUTF8(value, "") + core
		for _, form := range forms(name, value) {
			in, want := strings.Join(form[:], ""), form[0]+Mask+form[2]
			if got := Secrets.Body(in); got != want {
				t.Fatalf("%q\n got %q\nwant %q", in, got, want)
			}
			for n := range in {
				if got := Secrets.Body(in[:n]); strings.Contains(got, core[:4]) {
					t.Fatalf("%q cut: the secret is in %q", in[:n], got)
				}
			}
		}
	})
}

// FuzzNothingElseChanges: what comes out of any text is that text with masks
// in it.
func FuzzNothingElseChanges(f *testing.F) {
	f.Add(`{"secret":"a","b":"token=\"c\""}<Token>x`)
	f.Add(`\\"token\\":\\"x"secret=`)
	f.Add("<token><![CDATA[<token>]]>")
	f.Fuzz(func(t *testing.T, s string) {
		for _, rule := range []Rule{Secrets, Credentials, Unknown, Envelopes} {
			for _, hide := range []func(string) string{rule.Text, rule.Body, rule.Query, rule.URL} {
				got := hide(s)
				rest := s
				for i, part := range strings.Split(got, Mask) {
					n := strings.Index(rest, part)
					if n < 0 || i == 0 && n > 0 {
						t.Fatalf("%q becomes %q", s, got)
					}
					rest = rest[n+len(part):]
				}
			}
		}
	})
}
