package apisign

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// vectors are calls and answers, each wrong in its own way, made with keys of
// their own.
type vectors struct {
	Now  int64 `json:"now"`
	Keys struct {
		AppID     string `json:"appid"`
		Component string `json:"component_appid"`
		Symmetric struct{ SN, Key string }
		App       struct {
			SN      string `json:"sn"`
			Private string `json:"private_pem"`
			Public  string `json:"public_pem"`
		}
		Platform           vectorCert
		PlatformDeprecated vectorCert `json:"platform_deprecated"`
	}
	Requests []struct {
		ID      string
		What    string
		Expect  []string
		Errcode any `json:"wechat_errcode"`
		Request struct {
			Method, URL, Body string
			Headers           map[string]string
		}
		Plaintext string
		AAD       string
		Signed    string `json:"signed_string_sha256"`
	}
	Responses []struct {
		ID        string
		URL       string `json:"request_url"`
		Timestamp string `json:"request_timestamp"`
		Headers   map[string]string
		Body      string
		Plaintext string
		Verdict   string
	}
	SM map[string]string `json:"sm"`
}

type vectorCert struct {
	SN      string `json:"sn"`
	Private string `json:"private_pem"`
	Cert    string `json:"cert_pem"`
}

func readVectors(t testing.TB) (v vectors, k Keys) {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	public, err := ParsePublicKey(v.Keys.App.Public)
	if err != nil {
		t.Fatal(err)
	}
	k = Keys{
		AppID: v.Keys.AppID, Symmetric: v.Keys.Symmetric.Key, SymmetricSN: v.Keys.Symmetric.SN, Public: public,
		AsymmetricSN: v.Keys.App.SN, OtherAppIDs: []string{v.Keys.Component},
	}
	for _, c := range []vectorCert{v.Keys.Platform} {
		cert, err := ParseCertificate(c.Cert)
		if err != nil {
			t.Fatal(err)
		}
		cert.SN = c.SN
		k.Certificates = append(k.Certificates, cert)
	}
	return v, k
}

func headerOf(m map[string]string) http.Header {
	h := http.Header{}
	for name, value := range m {
		h[name] = []string{value}
	}
	return h
}

func ids(list []Mistake) []string {
	var ids []string
	for _, m := range list {
		ids = append(ids, m.ID)
	}
	return slices.Compact(ids)
}

// TestVectors: the mistakes are named, and no others.
func TestVectors(t *testing.T) {
	v, k := readVectors(t)
	for _, c := range v.Requests {
		t.Run(c.ID, func(t *testing.T) {
			r := Request{Method: c.Request.Method, URL: c.Request.URL, Header: headerOf(c.Request.Headers), Body: []byte(c.Request.Body), At: time.Unix(v.Now, 0)}
			x := Explain(r, k)
			var want []string
			for _, id := range c.Expect {
				want = append(want, strings.Split(id, "+")...)
			}
			if got := ids(x.Mistakes); !slices.Equal(got, slices.Compact(want)) {
				t.Errorf("%s: found %v, want %v (%d texts)", c.What, got, want, x.Tried)
			}
			for _, m := range x.Mistakes {
				t.Log(m.ID, m.Variant, m.Certain, m.Facts)
			}
			if sum := sha256.Sum256(x.Signed); x.Signed != nil && hex.EncodeToString(sum[:]) != c.Signed {
				t.Errorf("found another text: %q", x.Signed)
			}
			if c.Plaintext != "" && string(x.Plaintext) != c.Plaintext {
				t.Errorf("opened %q, want %q", x.Plaintext, c.Plaintext)
			}
			if aad := strings.TrimSuffix(c.AAD, "(none)"); c.AAD != "" && x.AAD != aad {
				t.Errorf("additional data %q, want %q", x.AAD, aad)
			}
			code := 0
			if _, refused := k.Verify(r, Rules{}, time.Unix(v.Now, 0)); refused != nil {
				code = refused.Code
			}
			if want, ok := c.Errcode.(float64); ok && int(want) != code {
				t.Errorf("answered %d, WeChat %d", code, int(want))
			}
			if len(want) == 0 && code != 0 {
				t.Errorf("refused with %d", code)
			}
		})
	}
}

func TestResponseVectors(t *testing.T) {
	v, k := readVectors(t)
	for _, c := range v.Responses {
		r := Request{URL: c.URL, Header: http.Header{HeaderTimestamp: {c.Timestamp}}}
		x := ExplainResponse(r, Response{headerOf(c.Headers), []byte(c.Body)}, k)
		got := strings.Join(ids(x.Mistakes), " ")
		want, _, _ := strings.Cut(c.Verdict, " ")
		if strings.HasPrefix(c.Verdict, "ok") {
			want = ""
		}
		if got != want {
			t.Errorf("%s: %q, want %q", c.ID, got, c.Verdict)
		}
		if want == "" && c.Plaintext != "" && string(x.Plaintext) != c.Plaintext {
			t.Errorf("%s: opened %q", c.ID, x.Plaintext)
		}
	}
}
