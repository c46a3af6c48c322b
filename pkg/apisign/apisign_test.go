package apisign

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// The example of
// https://developers.weixin.qq.com/miniprogram/dev/server/getting_started/api_signature.
// Its keys are everybody's.
const (
	pageURL      = "https://api.weixin.qq.com/wxa/getuserriskrank"
	pageAppID    = "wxba6223c06417af7b"
	pageBody     = `{"iv":"fmW/zNxXlytUZBgj","data":"0IDVdrPtSPF/Oe2CTXCV2vVNPbVJdJlP2WaTMQnoYLh5iCrrSNfQFh25EnStDMf0hLlVNBCZQtf9NaV0m4aRA4AAYIO7oR/Ge+4yY4EmZp5EVPB42xjScgMx5X3D4VdLCfynXIUKUtZHZvk1zmLVE3RauzJgiM1BB1CPmwcENo3MTJ0z8Vfkf5tMv54kOXobDLlV5rfqKdAX7gM/rP82DgZdt9vvZX44ipdbHIjJvw83ZXAFtvftdVw2Qd8=","authtag":"5qeM/2vZv+6KtScN94IpMg=="}`
	pageSigned   = "wcSSWHZunjz9VKl9q+If9deiyECXDAELfAJNZ4+5T+NhFr8zfhkwdQtlgQ7nN5xs99R57La9UjBTRBGge2KYyshWtw7HIMPAqWNsnpHvx0b2f7s6Bt7OpfOQLlIfNgepgTVmUwrqW8/7A12szj7tCe/bRFilwnaX6N0w4duHlfL7ic7IIZXouvy9dLRAa5GtEk1eD/LPWRiKh0SvJ3znPY/pSiQW9zSkXVdj9UGGM8qcKLzPGJ7gSmt3ZOPkFapk9wqFmhJwQj//xN5+hUlr2UiNPMNSHve5Y2ADLsNHqk5t7RfAZ8nW9/8lzhVt4t+toy1FeehxCGIC8qgmjIl1hg=="
	pageAnswer   = `{"iv":"r2WDQt56rEAmMuoR","data":"HExs66Ik3el+iM4IpeQ7SMEN934FRLFYOd3EmeaIrpP4EPTHckoco6O+PaoRZRa3lqaPRZT7r52f7LUok6gLxc6cdR8C4vpIIfh4xfLC4L7FNy9GbuMK1hcoi8b7gkWJcwZMkuCFNEDmqn3T49oWzAQOrY4LZnnnykv6oUJotdAsnKvmoJkLK7hRh7M2B1d2UnTnRuoIyarXc5Iojwoghx4BOvnV","authtag":"z2BFD8QctKXTuBlhICGOjQ=="}`
	pageAnswered = "Ht0VfQkkEweJ4hU266C14Aj64H9AXfkwNi5zxUZETCvR2svU1ZYdosDhFX/voLj1TyszqKsVxAlENGt7PPZZ8RQX7jnA4SKhiPUhW4LTbyTenisHJ+ohSfDjYnXavjQsBHspFS+BlPHuSSJ2xyQzw1+HuC6nid09ZL4FnGSYo4OI5MJrSb9xLzIVZMIDuUQchGKi/KaB1KzxECLEZcfjqbAgmxC7qOmuBLyO1WkHYDM95NJrHJWba5xv4wrwPru9yYTJSNRnlM+zrW5w9pOubC4Jtj3szTAEuOz9AcqUmgaAvMLNAIa8hfODLRe3n/cu4SgYlN/ZkNRU4QXVNbPGMg=="
	pageCert     = "MIID0jCCArqgAwIBAgIUeE+Yy7vM/o+eHHsfM+1bGJJEZTQwDQYJKoZIhvcNAQELBQAwXjELMAkGA1UEBhMCQ04xEzARBgNVBAoTClRlbnBheS5jb20xHTAbBgNVBAsTFFRlbnBheS5jb20gQ0EgQ2VudGVyMRswGQYDVQQDExJUZW5wYXkuY29tIFJvb3QgQ0EwHhcNMjIwOTA1MDgzOTIyWhcNMjcwOTA0MDgzOTIyWjBkMRswGQYDVQQDDBJ3eGQ5MzBlYTVkNWEyNThmNGYxFTATBgNVBAoMDFRlbmNlbnQgSW5jLjEOMAwGA1UECwwFV3hnTXAxCzAJBgNVBAYMAkNOMREwDwYDVQQHDAhTaGVuWmhlbjCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAM5D9qlkCmk1kr3FpF0e9pc3kGsvz5RA0/YRny9xPKIyV2UVMDZvRQ+mDHsiQQFE6etg457KFYSxTDKtItbdl6hJQVGeAvg0mqPYE9SkHRGTfL/AnXRbKBG2GC2OcaPSAprsLOersjay2me+9pF8VHybV8aox78ANsU75G/OO3V1iEE0s5Pmglqk8DEiw9gB/dGJzsNfXwzvyJyiUP9ZujYexyjsS+/ZGdSOUkqL/th+16yHj8alcdyga6YGfWEDyWkt/i/B28cwx4nzwk8xgrurifPaLuMk0+9wJQLCfAn/f7zyHrC8PcD1XvvRt9VBNMBASXs3710ODyyVf2lkMgkCAwEAAaOBgTB/MAkGA1UdEwQCMAAwCwYDVR0PBAQDAgTwMGUGA1UdHwReMFwwWqBYoFaGVGh0dHA6Ly9ldmNhLml0cnVzLmNvbS5jbi9wdWJsaWMvaXRydXNjcmw/Q0E9MUJENDIyMEU1MERCQzA0QjA2QUQzOTc1NDk4NDZDMDFDM0U4RUJEMjANBgkqhkiG9w0BAQsFAAOCAQEAL2MK9tYu+ljLVBlSbfEeaKyF07TN+G31Ya5NBzeS1ZCx4joUEIyACWmGfUkKNKiKV+EMzxeEhKRso1Qif3E7Ipl+PQBoQw6OSR/jFHciYurnGR9CLkL03Zo1qw1Xetv9OipsvlpA0SOWc207e/XpGdm8C7FMXM6bzvVp8I/STTjC1vqjIZu9WavIRgGM4jyAPz2XogUq0BNijef8BXbbav9fAsXjHSwn5BQv4iLms3fiLm/eoyQ6dZ2RoTudrlcyr1bG4vwETLmHF+3yfVp9dpvJ+lyfiviwDwyfa8t2WlJm27DuF4vWoxirmjgj9tDutIFqxLIovLyg3uiAYtSQ/Q=="
)

func pageKeys(t *testing.T) Keys {
	cert, err := ParseCertificate(pageCert)
	if err != nil {
		t.Fatal(err)
	}
	cert.SN = "79ba700ea147819f640941bceb38b1d1"
	return Keys{
		AppID: pageAppID, Symmetric: "otUpngOjU+nVQaWJIC3D/yMLV17RKaP6t4Ot9tbnzLY=", SymmetricSN: "fa05fe1e5bcc79b81ad5ad4b58acf787",
		Public: exampleKey(), AsymmetricSN: "97845f6ed842ea860df6fdf65941ff56", Certificates: []Certificate{cert},
	}
}

func pageCall() Request {
	return Request{
		Method: "POST", URL: pageURL + "?access_token=ACCESS_TOKEN", Body: []byte(pageBody),
		Header: http.Header{HeaderAppID: {pageAppID}, HeaderTimestamp: {"1635927954"}, HeaderSignature: {pageSigned}},
	}
}

// TestThePagesExample: what WeChat prints is right, in both directions. That its
// key is everybody's is said only where another one was meant.
func TestThePagesExample(t *testing.T) {
	k := pageKeys(t)
	r := pageCall()
	if x := Explain(r, k); !x.OK() || !x.Look.Right() || x.AAD == "" || !strings.Contains(string(x.Plaintext), "oEWzBfmdLqhFS2mTXCo2E4Y9gJAM") {
		t.Errorf("the call: %v, %+v", ids(x.Mistakes), x.Look)
	}
	if _, refused := k.Verify(r, Rules{}, time.Unix(1635927960, 0)); refused != nil {
		t.Errorf("refused: %v", refused)
	}
	h := http.Header{HeaderAppID: {pageAppID}, HeaderTimestamp: {"1635927956"}, HeaderSerial: {k.Certificates[0].SN}, HeaderSignature: {pageAnswered}}
	o, err := k.Open(pageURL, h, []byte(pageAnswer))
	if err != nil || string(o.Body) != `{"errcode":0,"errmsg":"getuserriskrank succ","risk_rank":0,"unoin_id":2258658297}` || o.Renew {
		t.Errorf("the answer: %+v, %v", o, err)
	}
	if x := Explain(r, Keys{}); strings.Join(ids(x.Mistakes), " ") != "S12" {
		t.Errorf("without keys: %v", ids(x.Mistakes))
	}
}

// testKeys makes keys that are used for one test.
func testKeys(t testing.TB) Keys {
	t.Helper()
	v, k := readVectors(t)
	key, err := ParsePrivateKey(v.Keys.App.Private)
	if err != nil {
		t.Fatal(err)
	}
	k.Private, k.Public = key, nil
	k.Certificates = nil
	for _, c := range []vectorCert{v.Keys.Platform, v.Keys.PlatformDeprecated} {
		cert, err := ParseCertificate(c.Cert)
		if err != nil {
			t.Fatal(err)
		}
		if cert.Private, err = ParsePrivateKey(c.Private); err != nil {
			t.Fatal(err)
		}
		cert.SN = c.SN
		k.Certificates = append(k.Certificates, cert)
	}
	return k
}

var now = time.Unix(1767225600, 0)

func call(s *Sealed, address string) Request {
	return Request{Method: "POST", URL: address, Header: s.Header, Body: s.Body, At: now}
}

// TestSealed: what is made is right for every judge there is, and keeps the
// bytes of the parameters.
func TestSealed(t *testing.T) {
	k := testKeys(t)
	for _, c := range []struct{ address, params, inside string }{
		{pageURL, `{"openid":"o<&>A","n":1.50,"文":"字\/"}`, `,"openid":"o<&>A","n":1.50,"文":"字\/"}`},
		{pageURL + "?access_token=T&openid=oA&a=%26", " {\n \"x\": [1, 2]\n}\n", `,"a":"&","openid":"oA","x": [1, 2]}`},
		{pageURL + "?openid=oA", "", `,"openid":"oA"}`},
		{pageURL, "{}", `"_timestamp":1767225600}`},
	} {
		s, err := k.Seal(c.address, []byte(c.params), now, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(string(s.Plaintext), c.inside) || !json.Valid(s.Plaintext) {
			t.Errorf("inside: %s", s.Plaintext)
		}
		if x := Explain(call(s, c.address), k); !x.OK() || !x.Look.Right() || !bytes.Equal(x.Signed, s.StringToSign) || x.AAD != s.AAD {
			t.Errorf("%s: %v", c.address, ids(x.Mistakes))
		}
		if _, refused := k.Verify(call(s, c.address), Rules{Serial: true}, now); refused != nil {
			t.Errorf("%s: %v", c.address, refused)
		}
	}
	for params, want := range map[string]reason.ID{
		`[]`: reason.APIParamsObject, `{`: reason.APIParamsObject, `null`: reason.APIParamsObject, `{"_n":1}`: reason.APIParamsReserved,
		`{"access_token":"x"}`: reason.APIParamsReserved, `{"openid":"x"}`: reason.APIParamsTwice,
	} {
		var r *finding.Reason
		if _, err := k.Seal(pageURL+"?openid=oA", []byte(params), now, rand.Reader); !errors.As(err, &r) || r.ID != want {
			t.Errorf("%s: %v", params, err)
		}
	}
}

// TestAnswers: one that is sealed is opened; with one byte changed it is not.
func TestAnswers(t *testing.T) {
	k := testKeys(t)
	s, err := k.SealAnswer(pageURL, []byte(`{"errcode":0}`), now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	client := k
	for i, renew := range []bool{false, true} {
		client.Certificates = k.Certificates[i : i+1]
		o, err := client.Open(pageURL, s.Header, s.Body)
		if err != nil || string(o.Body) != `{"errcode":0}` || o.Renew != renew || !o.Time.Equal(now) {
			t.Errorf("%d: %+v, %v", i, o, err)
		}
	}
	want := func(id string, h http.Header, body []byte, k Keys) {
		t.Helper()
		var f *Fault
		if _, err := k.Open(pageURL, h, body); !errors.As(err, &f) || f.Mistake.ID != id {
			t.Errorf("want %s: %v", id, err)
		}
	}
	client.Certificates = k.Certificates[:1]
	want("R03", s.Header, append(bytes.Clone(s.Body), ' '), client)
	want("R05", http.Header{}, []byte(`{"errcode":40234,"errmsg":"invalid signature"}`), client)
	want("R04", http.Header{}, s.Body, client)
	other := client
	other.SymmetricSN = "0"
	want("R01", s.Header, s.Body, other)
	for _, number := range []string{k.AsymmetricSN, k.SymmetricSN, k.Certificates[0].X509.SerialNumber.Text(16), "?"} {
		other = client
		other.Certificates = []Certificate{client.Certificates[0]}
		other.Certificates[0].SN = number
		want("R02", s.Header, s.Body, other)
	}
	lower := http.Header{}
	for name, value := range s.Header {
		lower[strings.ToLower(name)] = value
	}
	if _, err := client.Open(pageURL, lower, s.Body); err != nil {
		t.Errorf("names in lower case: %v", err)
	}
	if n := len(s.Header); n != 7 {
		t.Errorf("%d headers: %v", n, s.Header)
	}
}

// TestRequestTime: an answer that was made with the time of the call is told
// from one that is broken.
func TestRequestTime(t *testing.T) {
	k := testKeys(t)
	s, err := k.SealAnswer(pageURL, []byte(`{}`), now.Add(-2*time.Second), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := s.Header.Clone()
	h[HeaderTimestamp] = []string{"1767225600"}
	r := Request{URL: pageURL, Header: http.Header{HeaderTimestamp: {header(s.Header, HeaderTimestamp)}}}
	if x := ExplainResponse(r, Response{h, s.Body}, k); len(x.Mistakes) != 1 || x.Mistakes[0].Variant != "request-time" {
		t.Errorf("%v", x.Mistakes)
	}
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// TestKeyFiles: each file that people have is read, or named.
func TestKeyFiles(t *testing.T) {
	v, _ := readVectors(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, _ := x509.MarshalPKCS8PrivateKey(key)
	spki, _ := x509.MarshalPKIXPublicKey(&key.PublicKey)
	pkcs1 := pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
	for name, text := range map[string]string{
		"pkcs1": pkcs1, "pkcs8": pemOf("PRIVATE KEY", pkcs8), "crlf": strings.ReplaceAll(pkcs1, "\n", "\r\n"), "escaped": strings.ReplaceAll(pkcs1, "\n", `\n`),
		"bare": strings.TrimSuffix(strings.Join(strings.Split(pkcs1, "\n")[1:], ""), "-----END RSA PRIVATE KEY-----"),
	} {
		if got, err := ParsePrivateKey(text); err != nil || !got.Equal(key) {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := ParsePublicKey(text); err != nil || !got.Equal(&key.PublicKey) {
			t.Errorf("the public one of %s: %v", name, err)
		}
	}
	if got, err := ParsePublicKey(pemOf("PUBLIC KEY", spki)); err != nil || !got.Equal(&key.PublicKey) {
		t.Error(err)
	}
	if _, err := ParsePublicKey(v.Keys.Platform.Cert); err != nil {
		t.Error(err)
	}
	for text, want := range map[string]reason.ID{
		"": reason.APIKeyEmpty, "hello": reason.APIKeyNotPem, pemOf("PUBLIC KEY", spki): reason.APIKeyPublic, v.Keys.Platform.Cert: reason.APIKeyCertificate,
		pemOf("ENCRYPTED PRIVATE KEY", pkcs8): reason.APIKeyEncrypted, v.SM["sm2_private_pem"]: reason.APIKeySm2, pemOf("PRIVATE KEY", []byte("x")): reason.APIKeyUnreadable,
	} {
		var r *finding.Reason
		if _, err := ParsePrivateKey(text); !errors.As(err, &r) || r.ID != want {
			t.Errorf("%.30q: %v, want %s", text, err, want)
		}
	}
	var r *finding.Reason
	if _, err := ParsePublicKey(v.SM["sm2_public_pem"]); !errors.As(err, &r) || r.ID != reason.APIKeySm2 {
		t.Errorf("the public SM2 key: %v", err)
	}
	for text, want := range map[string]reason.ID{
		v.SM["sm4_key"]: reason.APISymKeySm4, strings.Repeat("ab", 32): reason.APISymKeyHex, "?": reason.APISymKeyBase64, "AAAA": reason.APISymKeySize,
	} {
		if _, err := ParseSymmetricKey(text); !errors.As(err, &r) || r.ID != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestSM: its signature is recognized.
func TestSM(t *testing.T) {
	v, k := readVectors(t)
	for _, name := range []string{"signature_asn1_id_is_asym_sn", "signature_asn1_id_is_default"} {
		r := Request{URL: v.SM["url"], Body: []byte(v.SM["body"]), Header: http.Header{
			HeaderAppID: {v.SM["appid"]}, HeaderTimestamp: {v.SM["timestamp"]}, HeaderSignature: {v.SM[name]},
		}}
		x := Explain(r, k)
		if len(x.Mistakes) == 0 || x.Mistakes[0].ID != "S14" || x.Mistakes[0].Variant != "sm2" {
			t.Errorf("%v", x.Mistakes)
		}
	}
}

var unfilled = regexp.MustCompile(`\{[a-z_]+\}`)

// said fails where a mistake has no words, or lacks a fact.
func said(t *testing.T, list ...Mistake) {
	t.Helper()
	for _, m := range list {
		for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
			title, evidence, fix := catalog.Describe(lang, m.Finding)
			if title == "" || evidence == "" || fix == "" || unfilled.MatchString(title+fix) || unfilled.MatchString(strings.ReplaceAll(evidence, "{members}", "{}")) {
				t.Errorf("%s %s in %s: %q, %q, %q", m.ID, m.Variant, lang, title, evidence, fix)
			}
		}
	}
}

// TestMistakesHaveWords: all that may be found, in both languages.
func TestMistakesHaveWords(t *testing.T) {
	v, k := readVectors(t)
	for _, c := range v.Requests {
		r := Request{Method: "POST", URL: c.Request.URL + "&openid=x", Header: headerOf(c.Request.Headers), Body: []byte(c.Request.Body), At: now}
		said(t, Explain(r, k).Mistakes...)
		said(t, Explain(r, Keys{}).Mistakes...)
		e := &explainer{r: r, k: k, out: &Explanation{}}
		e.base = recipe{url: Target(r.URL), appID: "wx", timestamp: "1767225600", method: "POST", body: r.Body, order: "uatb", sep: "\n"}
		e.env, _ = envelopeOf(r.Body)
		e.plaintext = []byte(`{"_n":"x","_appid":"wx1","a":1}`)
		for _, c := range e.changes() {
			said(t, c.mistake())
		}
		e.base.timestamp = "1767225600123"
		for _, c := range e.timeChanges() {
			said(t, c.mistake())
		}
		for _, c := range e.aadChanges() {
			said(t, mistake(true, c.id, c.variant, append(c.facts, "aad", "x", "want", "y")...))
		}
	}
	for _, list := range [][]reading{keyForms(k.Symmetric), ivForms("AAAAAAAAAAAAAAAA"), dataForms("AAAA")} {
		for _, f := range list {
			for i, id := range []string{"E05", "E06", "E07"} {
				if f.variant != "" && i == 0 && len(list) > 8 {
					said(t, mistake(true, id, f.variant, "n", 1))
				}
			}
		}
	}
}

func envelopeOf(body []byte) (*envelope, bool) {
	env, ok := readEnvelope(body)
	return &env, ok
}
