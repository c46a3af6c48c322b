package apisign

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Refusal is what WeChat answers to a call that it does not take: plain JSON,
// with status 200.
type Refusal struct {
	Code int
	Msg  string // without its rid

	// ID names the finding that [Explain] would come to first. It is for a log;
	// WeChat does not say it.
	Mistakes []Mistake
}

// Error implements error.
func (r *Refusal) Error() string { return strconv.Itoa(r.Code) + " " + r.Msg }

// wireTexts are the errmsgs. Where nobody has shown one it is made after the
// code's name in the page; see the catalogue for the sources.
var wireTexts = [...]struct {
	code int
	msg  string
	seen bool
}{
	{40230, "missing Wechatmp-Serial", false},
	{40231, "missing Wechatmp-TimeStamp", false},
	{40232, "missing Wechatmp-Signature", false},
	{40233, "missing Wechatmp-Appid", false},
	{40234, "invalid signature", true},
	{40235, "invalid encrypt", true},
	{40236, "invalid Wechatmp-Appid", false},
	{40237, "invalid Wechatmp-Appid match request", true},
	{40238, "developer secret sym serial not existed", true},
	{40239, "developer secret asym serial not existed", false},
	{40240, "Wechatmp-TimeStamp expired", true},
}

// WireText is the errmsg of a code, and whether anybody has shown it.
func WireText(code int) (msg string, seen bool) {
	for _, w := range wireTexts {
		if w.code == code {
			return w.msg, w.seen
		}
	}
	return "", false
}

// Rules are what is not known of WeChat's side.
type Rules struct {
	Skew    time.Duration // that a time may be off, in both directions; 0 is 300 s
	Serial  bool          // a call without Wechatmp-Serial is refused with 40230; else it may be left out
	Account string        // the AppID that the access_token belongs to; empty is that of the keys

	// URLPaths that may be signed beside that of WeChat: a client that calls an
	// emulator may hard-code either.
	URLPaths []string
}

// Verified is a call that was taken.
type Verified struct {
	Plaintext []byte
	Params    []byte // without _n, _appid and _timestamp
	URLPath   string // that was signed
}

// Verify takes or refuses a call as WeChat does, as far as is known: the
// headers, the AppID, whether keys are set, the time, the signature, the
// encryption, in this order. The order of time and AppID is not known. It
// needs AppID, Symmetric, SymmetricSN and Public.
func (k *Keys) Verify(r Request, rules Rules, now time.Time) (*Verified, *Refusal) {
	refuse := func(code int) (*Verified, *Refusal) {
		msg, _ := WireText(code)
		return nil, &Refusal{Code: code, Msg: msg}
	}
	appID, timestamp, given := header(r.Header, HeaderAppID), header(r.Header, HeaderTimestamp), header(r.Header, HeaderSignature)
	switch {
	case rules.Serial && header(r.Header, HeaderSerial) == "":
		return refuse(40230)
	case timestamp == "":
		return refuse(40231)
	case given == "":
		return refuse(40232)
	case appID == "":
		return refuse(40233)
	case !strings.HasPrefix(appID, "wx"):
		return refuse(40236)
	case appID != k.AppID || rules.Account != "" && rules.Account != k.AppID:
		return refuse(40237)
	case k.Symmetric == "":
		return refuse(40238)
	case k.public() == nil:
		return refuse(40239)
	case !fresh(timestamp, now, rules.Skew):
		return refuse(40240)
	}
	signature, err := base64.StdEncoding.Strict().DecodeString(given)
	if err != nil {
		return refuse(40234)
	}
	signed := ""
	for _, path := range append([]string{Target(r.URL)}, rules.URLPaths...) {
		if verify(k.public(), StringToSign(path, appID, timestamp, r.Body), signature) {
			signed = path
			break
		}
	}
	if signed == "" {
		return refuse(40234)
	}
	v, ok := k.openCall(r, signed, timestamp)
	if !ok {
		return refuse(40235)
	}
	return v, nil
}

func fresh(timestamp string, now time.Time, skew time.Duration) bool {
	if skew == 0 {
		skew = maxSkew
	}
	n, err := strconv.ParseInt(timestamp, 10, 64)
	return err == nil && len(timestamp) <= 12 && now.Sub(time.Unix(n, 0)).Abs() <= skew
}

// openCall decrypts a call whose signature is right. What WeChat answers to
// JSON that is no object, or lacks a member, is unknown: it is refused.
func (k *Keys) openCall(r Request, urlPath, timestamp string) (*Verified, bool) {
	env, ok := readEnvelope(r.Body)
	key, err := ParseSymmetricKey(k.Symmetric)
	if !ok || err != nil {
		return nil, false
	}
	p, ok := openGCM(key, env, AAD(urlPath, k.AppID, timestamp, k.SymmetricSN))
	if !ok {
		return nil, false
	}
	params, ok := withoutSecurity(p)
	var s struct {
		Nonce string `json:"_n"`
	}
	if !ok || json.Unmarshal(p, &s) != nil || s.Nonce == "" || k.inside(p, timestamp) != nil {
		return nil, false
	}
	return &Verified{Plaintext: p, Params: params, URLPath: urlPath}, true
}
