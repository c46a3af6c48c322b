package apisign

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"testing"
)

// FuzzExplain: no call and no key makes it panic, and what it says of a call it
// says of its copy.
func FuzzExplain(f *testing.F) {
	v, k := readVectors(f)
	for _, c := range v.Requests {
		h := headerOf(c.Request.Headers)
		f.Add(c.Request.URL, header(h, HeaderAppID), header(h, HeaderTimestamp), header(h, HeaderSignature), []byte(c.Request.Body), k.Symmetric)
	}
	f.Add("://", "", "-1", "ab", []byte(`{"iv":"","data":"","authtag":""}`), "AAAA")
	f.Fuzz(func(t *testing.T, url, appID, timestamp, signature string, body []byte, symmetric string) {
		if len(body)+len(url)+len(timestamp) > 4<<10 {
			return
		}
		k := k
		k.Symmetric = symmetric
		r := Request{Method: "POST", URL: url, Body: body, Header: http.Header{HeaderAppID: {appID}, HeaderTimestamp: {timestamp}, HeaderSignature: {signature}}}
		x := Explain(r, k)
		said(t, x.Mistakes...)
		if _, refused := k.Verify(r, Rules{}, now); refused == nil && !x.OK() && x.Mistakes[0].ID != "E13" { // which is for the API to refuse
			t.Errorf("taken, but %v", ids(x.Mistakes))
		}
	})
}

func FuzzOpen(f *testing.F) {
	v, k := readVectors(f)
	for _, c := range v.Responses {
		h := headerOf(c.Headers)
		f.Add(header(h, HeaderTimestamp), header(h, HeaderSerial), header(h, HeaderSignature), []byte(c.Body))
	}
	f.Fuzz(func(_ *testing.T, timestamp, serial, signature string, body []byte) {
		h := http.Header{HeaderAppID: {k.AppID}, HeaderTimestamp: {timestamp}, HeaderSerial: {serial}, HeaderSignature: {signature}}
		_, _ = k.Open(pageURL, h, body)
		ExplainResponse(Request{URL: pageURL, Header: http.Header{HeaderTimestamp: {"1"}}}, Response{h, body}, k)
	})
}

func FuzzKeys(f *testing.F) {
	v, _ := readVectors(f)
	for _, s := range []string{v.Keys.App.Private, v.Keys.App.Public, v.Keys.Platform.Cert, v.SM["sm2_private_pem"], "MIIB", v.Keys.Symmetric.Key} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if key, err := ParsePrivateKey(text); err == nil && key.N.BitLen() < smallest {
			t.Error("a small key was taken")
		}
		_, _ = ParsePublicKey(text)
		_, _ = ParseCertificate(text)
		if key, err := ParseSymmetricKey(text); err == nil && len(key) != keySize {
			t.Errorf("%d bytes", len(key))
		}
	})
}

// FuzzSignature: whatever decodes, decodes to the same bytes when it is
// written rightly.
func FuzzSignature(f *testing.F) {
	f.Add("AAAA", 0)
	f.Add("zz==", 256)
	f.Fuzz(func(t *testing.T, text string, want int) {
		sig, _ := decodeSignature(text, want)
		if len(sig) < 128 {
			return
		}
		again, variant := decodeSignature(base64.StdEncoding.EncodeToString(sig), len(sig))
		if variant != "" || !bytes.Equal(sig, again) {
			t.Errorf("%q: %s", text, variant)
		}
	})
}

// FuzzWithoutSecurity: what is left is the object without the three members.
func FuzzWithoutSecurity(f *testing.F) {
	f.Add([]byte(`{"_n":"x","a":1,"_appid":"","b":[{"_n":2}],"_timestamp":3}`))
	f.Fuzz(func(t *testing.T, object []byte) {
		out, ok := withoutSecurity(object)
		if !ok {
			return
		}
		var left map[string]json.RawMessage
		if err := json.Unmarshal(out, &left); err != nil && json.Valid(object) {
			t.Errorf("%q became %q: %v", object, out, err)
		}
		if left["_n"] != nil {
			t.Errorf("%q became %q", object, out)
		}
	})
}
