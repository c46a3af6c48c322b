// Package apisign signs and encrypts calls of WeChat's server API (服务端 API
// 签名加密, "API 安全" in the console), verifies and opens the answers, and says of
// a call that was refused which mistake made it.
//
// [Keys.Seal] makes the body and the headers of a call; [Keys.Open] verifies
// and decrypts its answer, with the time and the certificate number of the
// answer:
//
//	sealed, err := keys.Seal("https://api.weixin.qq.com/wxa/getuserriskrank", params, time.Now(), rand.Reader)
//	// POST sealed.Body with sealed.Header, to the URL with access_token
//	opened, err := keys.Open(sealed.URLPath, resp.Header, body)
//
// A refusal is 40234 "invalid signature" or 40235 "invalid encrypt", and says
// no more. [Explain] does: it looks into the signature with the public key,
// which shows padding, hash and salt before anything of the text is guessed,
// and then finds the text that was signed; it decrypts without the tag, which
// proves key and iv, and then finds the additional data. [Read] reads a call
// out of what people have: HTTP, a curl command, a HAR entry, an SDK's log.
// [ExplainResponse] does the same for an answer.
//
// [Keys.Verify] is WeChat's side, as far as it is known: it refuses what
// WeChat refuses, in the order in which WeChat looks. [Keys.SealAnswer] makes
// the answer. An emulator uses both.
//
// Only AES-256-GCM and RSA-PSS are here. SM2 and SM4, which the console offers
// beside them, are recognized and said so.
//
// The rules are on
// https://developers.weixin.qq.com/miniprogram/dev/server/getting_started/api_signature.
// Not on it, and unknown: how old a time may be, how a GET is signed, what
// binary answers look like, whether a salt of another length is refused (the
// page says 32).
//
// # Compatibility
//
// The README says what a release may change. New releases know more mistakes,
// and may rank what [Explain] returns in another order.
package apisign

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/wxdev/wxdev/internal/wxjson"
)

// The headers of a signed call and of its answer, as the page writes them.
// Case does not matter in HTTP.
const (
	HeaderAppID     = "Wechatmp-Appid"
	HeaderTimestamp = "Wechatmp-TimeStamp"
	HeaderSignature = "Wechatmp-Signature"
	HeaderSerial    = "Wechatmp-Serial"

	// Of answers, while the platform's certificate is being changed.
	HeaderSerialDeprecated    = "Wechatmp-Serial-Deprecated"
	HeaderSignatureDeprecated = "Wechatmp-Signature-Deprecated"
)

// The sizes that the rules give.
const (
	saltSize = 32
	ivSize   = 12
	tagSize  = 16
	keySize  = 32
)

// Keys are what the console's page "API 安全" shows, and the private key that it
// gives once. Each use says which of them it needs; the others may be empty.
type Keys struct {
	AppID        string // of the account; of the platform, where a third-party platform calls
	Symmetric    string // base64, as the console shows it
	SymmetricSN  string // its number (编号)
	Private      *rsa.PrivateKey
	Public       *rsa.PublicKey // set in the console; nil is that of Private
	AsymmetricSN string

	Certificates []Certificate // of the platform, the current one first

	// What Explain may find in the place of the right values.
	OtherAppIDs []string
	Secret      string
}

// Certificate is a certificate of the platform. Its number is WeChat's own,
// and not the one that is in it.
type Certificate struct {
	SN      string
	Public  *rsa.PublicKey
	Private *rsa.PrivateKey   // an emulator's; WeChat's is not known
	X509    *x509.Certificate // nil where it does not matter
}

// public is the key that signatures of calls are verified with.
func (k *Keys) public() *rsa.PublicKey {
	if k.Public == nil && k.Private != nil {
		return &k.Private.PublicKey
	}
	return k.Public
}

// URLPath is the URL of a call as it is signed: without query and fragment.
func URLPath(address string) string {
	address, _, _ = strings.Cut(address, "#")
	address, _, _ = strings.Cut(address, "?")
	return address
}

// StringToSign is what the signature is of: four lines, and no line end after
// the body.
func StringToSign(urlPath, appID, timestamp string, body []byte) []byte {
	s := make([]byte, 0, len(urlPath)+len(appID)+len(timestamp)+len(body)+3)
	s = append(append(s, urlPath...), '\n')
	s = append(append(s, appID...), '\n')
	s = append(append(s, timestamp...), '\n')
	return append(s, body...)
}

// AAD is the additional data of the encryption.
func AAD(urlPath, appID, timestamp, symmetricSN string) string {
	return urlPath + "|" + appID + "|" + timestamp + "|" + symmetricSN
}

// header is the first value of a header, whatever the case of its name.
func header(h http.Header, name string) string {
	if v := h[name]; len(v) > 0 {
		return v[0]
	}
	for key, v := range h {
		if strings.EqualFold(key, name) && len(v) > 0 {
			return v[0]
		}
	}
	return ""
}

// envelope is the body of a call or an answer. Its member order is the page's.
type envelope struct {
	IV   string `json:"iv"`
	Data string `json:"data"`
	Tag  string `json:"authtag"`
}

// readEnvelope reports whether a body is an envelope: an object with the texts iv
// and data, by just these names.
func readEnvelope(body []byte) (envelope, bool) {
	var all map[string]json.RawMessage
	if json.Unmarshal(body, &all) != nil {
		return envelope{}, false
	}
	var e envelope
	iv := json.Unmarshal(all["iv"], &e.IV)
	data := json.Unmarshal(all["data"], &e.Data)
	if raw, ok := all["authtag"]; ok && json.Unmarshal(raw, &e.Tag) != nil {
		return envelope{}, false
	}
	return e, iv == nil && data == nil
}

// IsEnvelope reports whether a body is encrypted.
func IsEnvelope(body []byte) bool {
	_, ok := readEnvelope(body)
	return ok
}

// marshal is JSON without escapes of & < >: the plaintext of a struct cannot
// fail.
func marshal(v any) []byte {
	b, err := wxjson.Marshal(v)
	if err != nil {
		panic(err) // structs of strings and numbers only
	}
	return b
}

// queryOf are the parameters of a call's URL but the token, which is never
// among those that are encrypted.
func queryOf(address string) (url.Values, error) {
	_, query, _ := strings.Cut(address, "?")
	query, _, _ = strings.Cut(query, "#")
	values, err := url.ParseQuery(query)
	values.Del("access_token")
	return values, err
}
