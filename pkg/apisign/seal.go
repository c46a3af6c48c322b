package apisign

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/wxdev/wxdev/internal/wxjson"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Sealed is a call or an answer, ready to be sent, and what it was made of.
type Sealed struct {
	URLPath string
	Body    []byte
	Header  http.Header // with names as the page writes them

	Plaintext    []byte
	AAD          string
	StringToSign []byte
}

// Seal encrypts and signs a call. The address may have a query: its parameters
// are encrypted with those of params, a JSON object or nothing, and the token
// is left out. It needs AppID, Symmetric, SymmetricSN and Private.
func (k *Keys) Seal(address string, params []byte, now time.Time, random io.Reader) (*Sealed, error) {
	query, err := queryOf(address)
	if err != nil {
		return nil, finding.Because(reason.APIParamsQuery)
	}
	first := make([]member, 0, len(query))
	for _, name := range slices.Sorted(maps.Keys(query)) {
		first = append(first, member{name, wxjson.AppendString(nil, query.Get(name))})
	}
	key, err := k.signingKey()
	if err != nil {
		return nil, err
	}
	s, err := k.encrypt(URLPath(address), first, params, now, random)
	if err != nil {
		return nil, err
	}
	s.Header.Set("Content-Type", "application/json")
	if k.AsymmetricSN != "" {
		s.Header[HeaderSerial] = []string{k.AsymmetricSN}
	}
	signature, err := sign(random, key, s.StringToSign)
	s.Header[HeaderSignature] = []string{signature}
	return s, err
}

func (k *Keys) signingKey() (*rsa.PrivateKey, error) {
	if k.Private == nil {
		return nil, finding.Because(reason.APIKeyEmpty)
	}
	return k.Private, nil
}

// SealAnswer encrypts and signs an answer, as WeChat does: it needs AppID,
// Symmetric, SymmetricSN and Certificates with their private keys. With two of
// them it is signed with both, the second being the one that is going out of use.
func (k *Keys) SealAnswer(urlPath string, answer []byte, now time.Time, random io.Reader) (*Sealed, error) {
	s, err := k.encrypt(urlPath, nil, answer, now, random)
	if err != nil {
		return nil, err
	}
	s.Header.Set("Content-Type", "application/json; charset=utf-8")
	for i, names := range [][2]string{{HeaderSerial, HeaderSignature}, {HeaderSerialDeprecated, HeaderSignatureDeprecated}} {
		if i >= len(k.Certificates) {
			break
		}
		signature, err := sign(random, k.Certificates[i].Private, s.StringToSign)
		if err != nil {
			return nil, err
		}
		s.Header[names[0]], s.Header[names[1]] = []string{k.Certificates[i].SN}, []string{signature}
	}
	return s, nil
}

// encrypt does what a call and an answer have in common.
func (k *Keys) encrypt(urlPath string, first []member, object []byte, now time.Time, random io.Reader) (*Sealed, error) {
	key, err := ParseSymmetricKey(k.Symmetric)
	if err != nil {
		return nil, err
	}
	noise := make([]byte, 16+ivSize)
	if _, err := io.ReadFull(random, noise); err != nil {
		return nil, err
	}
	timestamp := strconv.FormatInt(now.Unix(), 10)
	security := []member{
		{"_n", wxjson.AppendString(nil, base64.RawStdEncoding.EncodeToString(noise[:16]))},
		{"_appid", wxjson.AppendString(nil, k.AppID)},
		{"_timestamp", []byte(timestamp)},
	}
	plaintext, err := withMembers(security, first, object)
	if err != nil {
		return nil, err
	}
	s := &Sealed{URLPath: urlPath, Plaintext: plaintext, AAD: AAD(urlPath, k.AppID, timestamp, k.SymmetricSN)}
	gcm, err := newGCM(key, ivSize)
	if err != nil {
		return nil, err
	}
	iv := noise[16:]
	out := gcm.Seal(nil, iv, plaintext, []byte(s.AAD))
	b64 := base64.StdEncoding.EncodeToString
	s.Body = marshal(envelope{b64(iv), b64(out[:len(plaintext)]), b64(out[len(plaintext):])})
	s.StringToSign = StringToSign(urlPath, k.AppID, timestamp, s.Body)
	s.Header = http.Header{HeaderAppID: {k.AppID}, HeaderTimestamp: {timestamp}}
	return s, nil
}

func newGCM(key []byte, nonceSize int) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithNonceSize(block, nonceSize)
}

// sign makes the signature: RSA-PSS with SHA-256 and a salt of 32 bytes. With
// no options, or an automatic length, Go takes the longest salt.
func sign(random io.Reader, key *rsa.PrivateKey, text []byte) (string, error) {
	sum := sha256.Sum256(text)
	signature, err := rsa.SignPSS(random, key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: saltSize, Hash: crypto.SHA256})
	return base64.StdEncoding.EncodeToString(signature), err
}

// verify is what WeChat does with a signature, as far as is known. Without a
// salt length Go would take any.
func verify(key *rsa.PublicKey, text, signature []byte) bool {
	sum := sha256.Sum256(text)
	return rsa.VerifyPSS(key, crypto.SHA256, sum[:], signature, &rsa.PSSOptions{SaltLength: saltSize, Hash: crypto.SHA256}) == nil
}

// member is a member of a JSON object; value is JSON.
type member struct {
	name  string
	value []byte
}

// withMembers puts members in front of those of an object. The bytes of the object
// stay as they are.
func withMembers(security, query []member, object []byte) ([]byte, error) {
	object = bytes.TrimSpace(object)
	if len(object) == 0 {
		object = []byte("{}")
	}
	var have map[string]json.RawMessage
	if json.Unmarshal(object, &have) != nil || have == nil {
		return nil, finding.Because(reason.APIParamsObject)
	}
	out := []byte{'{'}
	for _, m := range security {
		if _, ok := have[m.name]; ok {
			return nil, finding.Because(reason.APIParamsReserved, "name", m.name)
		}
		out = appendMember(out, m)
	}
	if _, ok := have["access_token"]; ok {
		return nil, finding.Because(reason.APIParamsReserved, "name", "access_token")
	}
	for _, m := range query {
		if _, ok := have[m.name]; ok {
			return nil, finding.Because(reason.APIParamsTwice, "name", m.name)
		}
		out = appendMember(out, m)
	}
	inner := bytes.TrimSpace(object[1 : len(object)-1])
	if len(inner) == 0 {
		return append(bytes.TrimSuffix(out, []byte(",")), '}'), nil
	}
	return append(append(out, inner...), '}'), nil
}

func appendMember(out []byte, m member) []byte {
	out = append(wxjson.AppendString(out, m.name), ':')
	return append(append(out, m.value...), ',')
}
