package apisign

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// pasted are the ways in which a call and its answer are copied from a terminal.
func pasted(url string, h http.Header, body, answer string) map[string]string {
	var raw, marked, bash, cmd, power strings.Builder
	fmt.Fprintf(&raw, "POST %s HTTP/1.1\nHost: api.weixin.qq.com\n", strings.TrimPrefix(url, official))
	fmt.Fprintf(&bash, "curl -v '%s'", url)
	fmt.Fprintf(&cmd, "curl ^\"%s^\"", strings.ReplaceAll(url, "&", "^&"))
	fmt.Fprintf(&power, "curl.exe '%s'", url)
	for _, name := range sortedKeys(h) {
		fmt.Fprintf(&raw, "%s: %s\n", name, h[name][0])
		fmt.Fprintf(&bash, " \\\n  -H '%s: %s'", name, h[name][0])
		fmt.Fprintf(&cmd, " ^\r\n  -H ^\"%s: %s^\"", name, h[name][0])
		fmt.Fprintf(&power, " `\r\n  -H '%s: %s'", name, h[name][0])
	}
	for line := range strings.Lines(raw.String()) {
		marked.WriteString("> " + line)
	}
	fmt.Fprintf(&bash, " \\\n  -d '%s'", body)
	fmt.Fprintf(&cmd, " ^\r\n  --data-raw ^\"%s^\"", strings.NewReplacer(`\`, `^\^\`, `"`, `^\^"`).Replace(body))
	fmt.Fprintf(&power, " `\r\n  -d '%s'", body)
	head := "HTTP/1.1 200 OK\nContent-Type: application/json\n\n"
	counted := fmt.Sprintf("%sContent-Length: %d\n\n%s", raw.String(), len(body), body)
	notes := "* Connected to api.weixin.qq.com\n> POST / HTTP/2\n> Host: api.weixin.qq.com\n> \n* upload completely sent off\n< HTTP/2 200 \n< content-type: application/json\n< \n"
	return map[string]string{
		"HTTP, answer":                raw.String() + "\n" + body + "\n\n" + head + answer + "\n",
		"HTTP, body of the answer":    raw.String() + "\n" + body + "\n\n" + answer + "\n",
		"HTTP with length, answer":    counted + "\n" + head + answer,
		"HTTP with length, only body": counted + "\n" + answer,
		"curl":                        bash.String(),
		"curl, answer":                "$ " + bash.String() + "\n" + answer + "\n$ ",
		"curl -v, answer":             "root@web-1:~# " + bash.String() + "\n" + notes + answer + "\n* Connection left intact\n",
		"curl, its pipe":              "/usr/bin/" + bash.String() + " 2>/dev/null | jq .\n" + answer,
		"curl, its file":              bash.String() + " -s > out.json 2>&1; cat out.json\n" + answer,
		"curl of cmd.exe":             `C:\Users\x>` + cmd.String() + "\r\n" + answer,
		"curl of PowerShell":          `PS C:\x> ` + power.String() + "\r\n" + answer,
		"marked":                      "* Trying\n" + marked.String() + "> \n" + body + "\n< HTTP/1.1 200 OK\n< \n" + answer + "\n",
	}
}

// TestPasted: what stands around a call is none of it, and the answer is read.
func TestPasted(t *testing.T) {
	k := testKeys(t)
	s, err := k.Seal(pageURL, []byte(`{"a":"b"}`), now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	url := s.URLPath + "?access_token=T&x=1"
	for form, text := range pasted(url, s.Header, string(s.Body), `{"errcode":40234,"errmsg":"invalid signature rid: 6955b900-12345678-9abcdef0"}`) {
		c, err := Read(text, nil)
		if err != nil {
			t.Errorf("%s: %v\n%s", form, err, text)
			continue
		}
		r := c.Request
		if r.URL != url || r.Method != "POST" || string(r.Body) != string(s.Body) || header(r.Header, HeaderSignature) != header(s.Header, HeaderSignature) {
			t.Errorf("%s: %s %q %q", form, r.Method, r.URL, r.Body)
		}
		if c.Response == nil && form != "curl" || c.Response != nil && (r.ErrCode != 40234 || r.At.IsZero()) {
			t.Errorf("%s: the answer is %+v, %d", form, c.Response, r.ErrCode)
		}
	}
}

// TestPastedSealedAnswer: an answer keeps its own headers.
func TestPastedSealedAnswer(t *testing.T) {
	c, err := Read("POST /x HTTP/1.1\nHost: api.weixin.qq.com\n\n{\"iv\":\"a\",\"data\":\"b\"}\nHTTP/1.1 200 OK\nWechatmp-TimeStamp: 1767225600\n\n{\"iv\":\"c\",\"data\":\"d\"}\n", nil)
	if err != nil || c.Response == nil || string(c.Response.Body) != `{"iv":"c","data":"d"}` || c.Request.At.Unix() != 1767225600 || string(c.Request.Body) != `{"iv":"a","data":"b"}` {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestNothingPasted: a body with text behind it that is no answer is left as it
// is, since that is what was sent; and curl -v alone has no body to judge.
func TestNothingPasted(t *testing.T) {
	for _, body := range []string{`{"iv":"a","data":"b"}x`, `{"iv":"a","data":"b"}{"c":1}`, "a=1\nb=2"} {
		if c, err := Read("POST /x HTTP/1.1\n\n"+body, nil); err != nil || string(c.Request.Body) != body || c.Response != nil {
			t.Errorf("%q: %+v, %v", body, c, err)
		}
	}
	var r *finding.Reason
	if _, err := Read("> POST /x HTTP/1.1\n> Host: api.weixin.qq.com\n> \n< HTTP/1.1 200 OK\n< \n{\"errcode\":40234}\n", nil); !errors.As(err, &r) || r.ID != reason.APICallUnknown {
		t.Error(err)
	}
	for text, want := range map[string]string{
		"curl https://x/y?a=1&b=2 -d {}":              "https://x/y?a=1&b=2",
		"curl https://x/y?access_token=<TOKEN> -d {}": "https://x/y?access_token=<TOKEN>",
		"curl https://x/y https://x/z":                "https://x/y",
		"curl -X POST\n'https://x/y'\n-d '{}'":        "https://x/y",
	} {
		if c, err := Read(text, nil); err != nil || c.Request.URL != want {
			t.Errorf("%s: %+v, %v", text, c, err)
		}
	}
}

// TestDecryptingIsBounded: a body that no key opens costs its own size a few
// times over, and not once for each way to read it.
func TestDecryptingIsBounded(t *testing.T) {
	data := make([]byte, 1<<20)
	if _, err := rand.Read(data); err != nil {
		t.Fatal(err)
	}
	e := &explainer{k: testKeys(t), env: &envelope{IV: "AAAAAAAAAAAAAAAA", Data: string(encodeDigest(data, base64Digest)), Tag: "AAAAAAAAAAAAAAAAAAAAAA=="}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, ok := e.decrypt(); ok {
		t.Error("noise was opened")
	}
	runtime.ReadMemStats(&after)
	if times := (after.TotalAlloc - before.TotalAlloc) / uint64(len(data)); times > 40 {
		t.Errorf("%d times the body was allocated", times)
	}
}

// TestFirstBlock: texts that are opened are not lost by a look at their
// beginning.
func TestFirstBlock(t *testing.T) {
	for text, want := range map[string]bool{
		`{"name":"` + "\xc4\xe3\xba\xc3\xca\xc0": true, "plain text, long": true, "\ufeff{\"a\":\"bcdefg": true, "汉字汉字汉字": true, "\n\t {\"a\": \"bcde": true,
		"\x00\x01\x02\x03 is no text": false, "\xff\xfe\xfd\xfcxxxxxxxxxxxx": false,
	} {
		if got := opensText([]byte(text)[:min(16, len(text))], 100); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestKeysThatAreNamed: what is wrong with a key file is said whichever key it
// was given for.
func TestKeysThatAreNamed(t *testing.T) {
	k := testKeys(t)
	der := x509.MarshalPKCS1PrivateKey(k.Private)
	old := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC,00"}, Bytes: der[5:]}))
	whole := pemOf("RSA PRIVATE KEY", der)
	for text, want := range map[string]reason.ID{
		old: reason.APIKeyEncrypted, pemOf("ENCRYPTED PRIVATE KEY", der): reason.APIKeyEncrypted, whole[:600]: reason.APIKeyTorn, strings.Replace(whole, "END RSA", "END", 1): reason.APIKeyTorn,
		small512: reason.APIKeySmall, ed25519: reason.APIKeySm2, pemOf("PUBLIC KEY", der[5:]): reason.APIKeyPublic,
	} {
		var r *finding.Reason
		if _, err := ParsePrivateKey(text); !errors.As(err, &r) || r.ID != want {
			t.Errorf("%.60q as a private key: %v, want %s", text, err, want)
		}
		if want == reason.APIKeyPublic {
			want = reason.APIKeyUnreadable
		}
		if _, err := ParsePublicKey(text); !errors.As(err, &r) || r.ID != want {
			t.Errorf("%.60q as a public key: %v, want %s", text, err, want)
		}
	}
	if _, err := ParsePublicKey(ed25519Public); err == nil || !strings.Contains(err.Error(), "SM2") {
		t.Errorf("an Ed25519 public key: %v", err)
	}
}

// Made for this test with openssl genrsa 512 and openssl genpkey -algorithm ed25519.
const (
	small512 = `-----BEGIN PRIVATE KEY-----
MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEAz06dzKzlk2BUzddb
V8kJveglQinCACbiXmbt+4b3BEjvVGW5nHFcuid9DUsqh3OIOP7vyKE8S4plIxPl
JOQgbwIDAQABAkAAlP/say/Z0hNq4IfpHy9f0R8JqIRa68EG8tMIOcDHyktUwgcs
6oQEk4vkRyRdCYM4QhFlhn/1mtUwYA7QtWzBAiEA/7xgtg/DyCefTvESI1RXFHPc
ypYWxgC3i0/zmsMPC1MCIQDPhW7YfzHYnkS/DN8XpV7gnGKgMq9aUhG/Gb0+L2lO
9QIhANrbRhDJEQ38CrQuTw15IkTYmv2s0LSG7I0G0T2C7R8NAiB3KfcByOBVtGRj
lL+Ss3ps3kBgH1rEMbZRFzWtPMpq9QIgSGtq9lWwX8O0LbHfE2JYhbLjs789HSFU
hpKY4ZVuToE=
-----END PRIVATE KEY-----`
	ed25519 = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIO9npv41HRaDTR6dh6RjtPfyIW1Xv0jEQiiMPboFk3iG
-----END PRIVATE KEY-----`
	ed25519Public = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAdF/skxuam+nstFGT6kBzvQO6AOlZZj4xRFZKZB3cSZA=
-----END PUBLIC KEY-----`
)
