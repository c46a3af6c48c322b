package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

const (
	loggedQuery = "signature=aa&timestamp=1700000001&nonce=123456789&openid=oAb&encrypt_type=aes&msg_signature=bb"
	loggedXML   = "<xml>\n    <ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\n    <Encrypt><![CDATA[QUJD+/==]]></Encrypt>\n</xml>\n"
	loggedJSON  = `{"ToUserName":"gh_0123456789ab","Encrypt":"QUJD+/=="}`
)

// What people have at hand when a message could not be decrypted.
func TestParseSealed(t *testing.T) {
	oneLine := strings.ReplaceAll(loggedXML, "\n", "")
	for _, test := range []struct {
		name, text, kind string
		hasQuery         bool
	}{
		{"text", " QUJD+/==\r\n", "text", false},
		{"URL and text", "https://example.com/wx?" + loggedQuery + "\nQUJD+/==\n", "text", true},
		{"XML", loggedXML, "push", false},
		{"XML with a byte order mark", "\ufeff" + loggedXML, "push", false},
		{"JSON", loggedJSON, "push", false},
		{"indented JSON", "{\n  \"Encrypt\": \"QUJD+/==\"\n}", "push", false},
		{"declaration", `<?xml version="1.0"?>` + loggedXML, "push", false},
		{"URL and XML", "https://example.com/wx?" + loggedQuery + "\n" + loggedXML, "push", true},
		{"URL and JSON in one line", "https://example.com/wx?" + loggedQuery + " " + loggedJSON, "push", true},
		{"request", "POST /wx?" + loggedQuery + " HTTP/1.0\r\nHost: example.com\r\n\r\n" + loggedXML, "push", true},
		{"query alone", loggedQuery + "\n" + loggedXML, "push", true},
		{"without signature", "/wx?" + loggedQuery[len("signature=aa&"):] + "\n" + loggedXML, "push", true},
		{"HTML-escaped", "/wx?" + strings.ReplaceAll(loggedQuery, "&", "&amp;") + "\n" + loggedXML, "push", true},
		{
			"nginx with $request_body",
			`1.2.3.4 - - [14/Nov/2023:22:13:21 +0000] "POST /wx?` + loggedQuery + ` HTTP/1.0" 200 7 "-" "Mozilla/4.0" "` +
				strings.ReplaceAll(loggedXML, "\n", `\x0A`) + "\"\n",
			"push", true,
		},
		{"nginx with JSON", `"POST /wx?` + loggedQuery + ` HTTP/1.0" "` + strings.ReplaceAll(loggedJSON, `"`, `\x22`) + `" 200`, "push", true},
		{"escaped JSON", `url=/wx?` + loggedQuery + ` body="` + strings.ReplaceAll(loggedJSON, `"`, `\"`) + `" status=200`, "push", true},
		{"escaped XML", `url=/wx?` + loggedQuery + ` body='` + strings.ReplaceAll(loggedXML, "\n", `\n`) + `' status=200`, "push", true},
		{"shown by send -v", "> POST /wx?" + loggedQuery + " HTTP/1.0\n> Host: x\n>\n> " + strings.ReplaceAll(strings.TrimSpace(loggedXML), "\n", "\n> ") + "\n< HTTP/1.0 200 OK\n<\n< <xml></xml>\n= 127.0.0.1\n", "push", true},
		{"quoted XML, then more", `/wx?` + loggedQuery + ` "` + oneLine + `" 200 7`, "push", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := parseSealed(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if s.kind != test.kind || s.encrypt != "QUJD+/==" {
				t.Errorf("kind %q, Encrypt %q", s.kind, s.encrypt)
			}
			if test.hasQuery != (s.timestamp == "1700000001" && s.nonce == "123456789" && s.given == "bb") {
				t.Errorf("timestamp %q, nonce %q, msg_signature %q", s.timestamp, s.nonce, s.given)
			}
		})
	}
}

func TestParseSealedRefuses(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"nothing", " \n", "the input is empty"},
		{"URL only", "https://example.com/wx?" + loggedQuery, "nothing to decrypt"},
		{"two nonces", "/wx?" + loggedQuery + "&nonce=2\n" + loggedXML, "nonce occurs twice"},
		{"no nonce", "/wx?signature=a&timestamp=1\n" + loggedXML, "no nonce"},
		{"bad escape", "/wx?msg_signature=%zz\n" + loggedXML, "bad percent-encoding"},
		{"junk behind", loggedXML + "junk", "text outside <xml>"},
		{"cut in quotes", `"<xml><Encrypt>`, "unexpected EOF"},
		{"reply without nonce", "<xml><Encrypt>a</Encrypt><MsgSignature>b</MsgSignature><TimeStamp>1</TimeStamp></xml>", "the reply has no Nonce"},
	} {
		if _, err := parseSealed(test.text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func FuzzParseSealed(f *testing.F) {
	f.Add("POST /wx?" + loggedQuery + " HTTP/1.0\n\n" + loggedXML)
	f.Add(`"` + strings.ReplaceAll(loggedJSON, `"`, `\x22`) + `"`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseSealed(text)
		var broken *msgcrypt.Error
		if err == nil && s.encrypt == "" || errors.As(err, &broken) && s == nil {
			t.Errorf("%q gives %+v, %v", text, s, err)
		}
	})
}

// sealHello is hello, or what else, as encrypt prints it.
func sealHello(t *testing.T, args ...string) string {
	t.Helper()
	env, out, _ := cryptEnv("")
	if err := execute(newEncrypt, env, args...); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Bytes of a message reach a file or a pipe as they are, and a terminal
// escaped.
func TestDecryptOutput(t *testing.T) {
	const hostile = "\x1b[2J\x1b]0;owned\a你好\u202e\r\nlast"
	encrypt := sealHello(t, hostile)
	env, out, _ := cryptEnv(encrypt)
	if err := execute(newDecrypt, env); err != nil || out.String() != hostile {
		t.Errorf("in a pipe: %v\n%q", err, out)
	}
	env, out, errs := cryptEnv(encrypt)
	env.OutTTY = true
	if err := execute(newDecrypt, env, "--show-steps"); err != nil {
		t.Fatal(err)
	}
	if want := `\x1B[2J\x1B]0;owned\x07你好\xE2\x80\xAE` + "\nlast\n"; out.String() != want {
		t.Errorf("on a terminal: %q, want %q", out, want)
	}
	if strings.ContainsAny(errs.String(), "\x1b\a\u202e") {
		t.Errorf("control characters on stderr: %q", errs)
	}
}

func TestDecryptNotUTF8(t *testing.T) {
	env, out, _ := cryptEnv("")
	env.In = strings.NewReader(sealHello(t, "\xc4\xe3\xba\xc3"))
	if err := execute(newDecrypt, env, "--json"); err != nil {
		t.Fatal(err)
	}
	var r decryptResult
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if !r.OK || r.Message != nil || string(r.MessageBytes) != "\xc4\xe3\xba\xc3" || len(r.Warnings) != 1 || r.Warnings[0].Class != "utf8" || *r.Warnings[0].Offset != 0 {
		t.Errorf("got %+v", r)
	}
}

// No form of the result has the Token or the key in it.
func TestDecryptHidesSecrets(t *testing.T) {
	reply := sealHello(t, "hello", "--reply", "--nonce", "1")
	for _, args := range [][]string{
		{"--show-steps"},
		{"--show-steps", "--json"},
		{"--show-steps", "--timestamp", "2"},
		{"--show-steps", "--appid", "wxffffffffffffffff"},
		{"--show-steps", "--token", "nobodyknows"},
		{"--show-steps", "--aes-key", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"},
	} {
		env, out, errs := cryptEnv(reply)
		if err := execute(newDecrypt, env, args...); err != nil && !errors.Is(err, errNo) {
			t.Fatalf("%q: %v", args, err)
		}
		for _, secret := range []string{"wxdevwxdev", "nobodyknows", "abcdefghijkl"} {
			if text := out.String() + errs.String(); strings.Contains(text, secret) {
				t.Errorf("%q shows %q:\n%s", args, secret, text)
			}
		}
	}
}

// A reply that lacks its signature is not taken, but what is in it is shown.
func TestDecryptBrokenReply(t *testing.T) {
	reply := sealHello(t, "hello", "--reply", "--nonce", "1")
	reply = strings.Replace(reply, "<Nonce><![CDATA[1]]></Nonce>", "", 1)
	env, out, errs := cryptEnv(reply)
	if err := execute(newDecrypt, env, "--appid", "wxffffffffffffffff"); !errors.Is(err, errNo) {
		t.Errorf("error %v", err)
	}
	if out.String() != "hello" || !strings.Contains(errs.String(), "the reply has no Nonce") || !strings.Contains(errs.String(), "AppID          wrong") {
		t.Errorf("stdout %q, stderr\n%s", out, errs)
	}
}

// A length that counts characters does not pass for another account.
func TestDecryptShortLength(t *testing.T) {
	key, err := msgcrypt.ParseKey("wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd")
	if err != nil {
		t.Fatal(err)
	}
	// After the message come "hort" and the AppID.
	encrypt, err := msgcrypt.New(key, "hortwx0123456789abcdef").EncryptWith([16]byte{}, []byte("s"))
	if err != nil {
		t.Fatal(err)
	}
	env, out, errs := cryptEnv(encrypt)
	if err := execute(newDecrypt, env); !errors.Is(err, errNo) {
		t.Errorf("error %v", err)
	}
	if out.String() != "s" || !strings.Contains(errs.String(), "failed: length: ") || strings.Contains(errs.String(), "AppID          wrong") {
		t.Errorf("stdout %q, stderr\n%s", out, errs)
	}
}
