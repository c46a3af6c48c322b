package apisign

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Opened is an answer that was verified and decrypted.
type Opened struct {
	Plaintext []byte // as it was encrypted
	Body      []byte // without _n, _appid and _timestamp: what the API answered
	Time      time.Time
	Serial    string // the number of the certificate that it was verified with

	// Renew: the certificate is the one that goes out of use; the current one is
	// to be downloaded.
	Renew bool
}

// A Fault is why an answer is not to be trusted. It has the finding to report.
type Fault struct{ Mistake Mistake }

// Error implements error, in English.
func (f *Fault) Error() string { return f.In(finding.English) }

// In implements [finding.Fact].
func (f *Fault) In(lang finding.Lang) string {
	title, evidence, _ := catalog.Describe(lang, f.Mistake.Finding)
	return finding.Because(reason.AtPlace, "place", title, "why", evidence).In(lang)
}

func fault(id, variant string, facts ...any) error {
	return &Fault{mistake(true, id, variant, facts...)}
}

// Open verifies and decrypts an answer. It needs AppID, Symmetric, SymmetricSN
// and Certificates. The time and the number are those of the answer's headers,
// not of the call's. An answer that is not encrypted is a [*Fault] (R05), and so
// is one without a signature (R04), with an unknown number (R02), with a wrong
// signature (R03) or that does not open (R01).
func (k *Keys) Open(urlPath string, h http.Header, body []byte) (*Opened, error) {
	env, ok := readEnvelope(body)
	if !ok {
		return nil, plainAnswer(body)
	}
	o, err := k.verifyAnswer(urlPath, h, body)
	if err != nil {
		return nil, err
	}
	timestamp := header(h, HeaderTimestamp)
	o.Plaintext, err = k.decryptAnswer(env, AAD(urlPath, k.AppID, timestamp, k.SymmetricSN))
	if err != nil {
		return nil, err
	}
	n, _ := strconv.ParseInt(timestamp, 10, 64)
	o.Time = time.Unix(n, 0)
	if o.Body, ok = withoutSecurity(o.Plaintext); !ok {
		return nil, fault("R01", "inside")
	}
	return o, k.inside(o.Plaintext, timestamp)
}

// plainAnswer is the fault of an answer that is no envelope: a refusal, nearly
// always.
func plainAnswer(body []byte) error {
	code, msg := errcodeOf(body)
	if code != 0 {
		return fault("R05", "refusal", "errcode", strconv.Itoa(code), "errmsg", finding.Verbatim(msg))
	}
	return fault("R05", "plain", "body", finding.Excerpt(body))
}

func errcodeOf(body []byte) (code int, msg string) {
	var e struct {
		Code int    `json:"errcode"`
		Msg  string `json:"errmsg"`
	}
	_ = json.Unmarshal(body, &e)
	return e.Code, e.Msg
}

// verifyAnswer finds the pair of headers whose number is known, and verifies
// the signature.
func (k *Keys) verifyAnswer(urlPath string, h http.Header, body []byte) (*Opened, error) {
	var missing []string
	for _, name := range []string{HeaderAppID, HeaderTimestamp, HeaderSerial, HeaderSignature} {
		if header(h, name) == "" {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return nil, fault("R04", "unsigned", "headers", finding.AllOf(missing))
	}
	if id := header(h, HeaderAppID); k.AppID != "" && id != k.AppID {
		return nil, fault("R04", "appid", "sent", id, "want", k.AppID)
	}
	text := StringToSign(urlPath, k.AppID, header(h, HeaderTimestamp), body)
	for i, names := range [][2]string{{HeaderSerial, HeaderSignature}, {HeaderSerialDeprecated, HeaderSignatureDeprecated}} {
		number := header(h, names[0])
		at := slices.IndexFunc(k.Certificates, func(c Certificate) bool { return c.SN == number })
		if number == "" || at < 0 {
			continue
		}
		signature, err := base64.StdEncoding.DecodeString(header(h, names[1]))
		if err != nil || !verify(k.Certificates[at].Public, text, signature) {
			return nil, fault("R03", "signature", "number", number)
		}
		return &Opened{Serial: number, Renew: i == 1}, nil
	}
	return nil, k.unknownNumber(h)
}

// unknownNumber says what is configured in the place of the certificate's
// number.
func (k *Keys) unknownNumber(h http.Header) error {
	sent := header(h, HeaderSerial)
	var have []string
	for _, c := range k.Certificates {
		have = append(have, c.SN)
		switch {
		case c.SN == "":
		case c.SN == k.AsymmetricSN:
			return fault("R02", "app-key", "sent", sent, "have", c.SN)
		case c.SN == k.SymmetricSN:
			return fault("R02", "symmetric-key", "sent", sent, "have", c.SN)
		case c.X509 != nil && sameNumber(c.SN, c.X509.SerialNumber.Text(16)):
			return fault("R02", "x509", "sent", sent, "have", c.SN)
		}
	}
	return fault("R02", "unknown", "sent", sent, "have", finding.AnyOf(have))
}

func sameNumber(a, hex string) bool {
	bare := strings.NewReplacer(":", "", " ", "").Replace(strings.ToLower(a))
	return strings.TrimLeft(bare, "0") == strings.TrimLeft(hex, "0")
}

func (k *Keys) decryptAnswer(env envelope, aad string) ([]byte, error) {
	key, err := ParseSymmetricKey(k.Symmetric)
	if err != nil {
		return nil, err
	}
	p, ok := openGCM(key, env, aad)
	if !ok {
		return nil, fault("R01", "not-open", "aad", finding.Quote{Text: aad, Limit: 200})
	}
	return p, nil
}

// openGCM is the strict way: standard base64, 12 bytes, 16 bytes.
func openGCM(key []byte, env envelope, aad string) ([]byte, bool) {
	strict := base64.StdEncoding.Strict()
	iv, err1 := strict.DecodeString(env.IV)
	data, err2 := strict.DecodeString(env.Data)
	tag, err3 := strict.DecodeString(env.Tag)
	if err1 != nil || err2 != nil || err3 != nil || len(iv) != ivSize || len(tag) != tagSize {
		return nil, false // GCM panics at another length
	}
	gcm, err := newGCM(key, ivSize)
	if err != nil {
		return nil, false
	}
	p, err := gcm.Open(nil, iv, append(data, tag...), []byte(aad))
	return p, err == nil
}

// inside compares what was encrypted with the headers.
func (k *Keys) inside(plaintext []byte, timestamp string) error {
	var s struct {
		AppID string          `json:"_appid"`
		Time  json.RawMessage `json:"_timestamp"`
	}
	if json.Unmarshal(plaintext, &s) != nil || s.AppID != k.AppID || string(bytes.TrimSpace(s.Time)) != timestamp {
		return fault("R01", "inside")
	}
	return nil
}

// Response is the answer to a Request.
type Response struct {
	Header http.Header
	Body   []byte
}

// Deprecated is what an answer with Renew tells: the number of the certificate
// that verified it, and that of the new one.
func Deprecated(number string, h http.Header) Mistake {
	return mistake(true, "R03", "deprecated", "number", number, "new", header(h, HeaderSerial))
}

// ExplainResponse says what is wrong with an answer, or why a client cannot
// open it. The request may lack everything but its URL and header.
func ExplainResponse(r Request, resp Response, k Keys) *Explanation {
	out := &Explanation{}
	urlPath := Target(r.URL)
	if k.AppID == "" {
		k.AppID = header(resp.Header, HeaderAppID)
	}
	o, err := k.Open(urlPath, resp.Header, resp.Body)
	var f *Fault
	switch {
	case err == nil:
		out.Plaintext = o.Plaintext
		if o.Renew {
			out.add(Deprecated(o.Serial, resp.Header))
		}
		return out
	case !asFault(err, &f):
		out.notChecked(reason.APINoSymmetricKey)
		return out
	}
	if env, ok := readEnvelope(resp.Body); ok && f.Mistake.ID == "R03" || ok && f.Mistake.ID == "R01" {
		if m, ok := requestTime(r, resp, k, env); ok {
			out.add(m)
			return out
		}
	}
	if f.Mistake.ID == "R02" && len(k.Certificates) == 0 {
		out.notChecked(reason.APINoCertificate)
		return out
	}
	out.add(f.Mistake)
	return out
}

func asFault(err error, f **Fault) bool {
	got, ok := err.(*Fault)
	*f = got
	return ok
}

// requestTime reports whether an answer was sealed, or is opened, with the time
// of the call.
func requestTime(r Request, resp Response, k Keys, env envelope) (Mistake, bool) {
	call, answer := header(r.Header, HeaderTimestamp), header(resp.Header, HeaderTimestamp)
	key, err := ParseSymmetricKey(k.Symmetric)
	if err != nil || call == "" || call == answer {
		return Mistake{}, false
	}
	if _, ok := openGCM(key, env, AAD(Target(r.URL), k.AppID, call, k.SymmetricSN)); ok {
		return mistake(true, "R01", "request-time", "call", call, "answer", answer), true
	}
	return Mistake{}, false
}
