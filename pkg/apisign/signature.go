package apisign

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"math/big"
	"net/url"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func decodedInt(b64 string) *big.Int {
	b, _ := base64.StdEncoding.DecodeString(b64)
	return new(big.Int).SetBytes(b)
}

// signature finds out how the signature was made.
func (e *explainer) signature() {
	given := header(e.r.Header, HeaderSignature)
	if given == "" {
		return
	}
	want := 0
	if key := e.k.public(); key != nil {
		want = key.Size()
	}
	sig, variant := decodeSignature(given, want)
	if variant != "" {
		e.out.add(mistake(true, "S13", variant, "signature", finding.Excerpt(given)))
	}
	if sig == nil || e.otherKind(sig, want) {
		return
	}
	key := e.k.public()
	looks := lookInto(key, sig)
	if !slices.ContainsFunc(looks, func(l Look) bool { return l.sure }) {
		if known := lookInto(exampleKey(), sig); len(known) > 0 && known[0].sure {
			e.out.add(mistake(true, "S12", "example"))
			looks = known
		}
	}
	if own := e.k.Private; own != nil && key != nil && !key.Equal(&own.PublicKey) && (len(looks) == 0 || !looks[0].sure) {
		if known := lookInto(&own.PublicKey, sig); len(known) > 0 && known[0].sure {
			e.out.add(mistake(true, "S11", "pair"))
			looks = known
		}
	}
	if key == nil && looks == nil {
		e.out.notChecked(reason.APINoPublicKey)
		return
	}
	if len(looks) == 0 || !e.find(looks) && !looks[0].sure {
		e.out.add(mistake(false, "S11", "other-key", "bits", key.N.BitLen()))
	}
}

// find looks for the text, and says what is wrong with the padding.
func (e *explainer) find(looks []Look) bool {
	s := &searcher{base: e.base}
	var judges []*judge
	for _, l := range looks {
		if j := newJudge(l); j != nil {
			judges = append(judges, j)
			s.fits = append(s.fits, j.fits)
		}
	}
	var got *found
	ok := false
	if e.base.timestamp != "" && len(judges) > 0 {
		got, ok = s.run(e.changes())
	}
	e.out.Tried += s.tried
	if !ok {
		if looks[0].sure {
			e.out.Look = &looks[0]
			e.padding(&looks[0])
			e.out.add(mistake(false, "S99", "unknown", "n", s.tried, "padding", string(looks[0].Padding)))
			if e.k.AsymmetricSN == "" && header(e.r.Header, HeaderSerial) == "" {
				e.out.notChecked(reason.APINoAsymmetricNumber)
			}
		}
		return false
	}
	l := judges[got.which].Look
	l.sure = true
	e.out.Look, e.out.Signed = &l, got.text
	e.padding(&l)
	for _, c := range got.changes {
		if c.id != e.innerID || e.innerID == "" { // which is said already
			e.out.add(c.mistake())
		}
	}
	for _, c := range got.others {
		e.out.Also = append(e.out.Also, c.mistake())
	}
	return true
}

// changes are all that are tried, the likeliest first.
func (e *explainer) changes() []change {
	return slices.Concat(e.urlChanges(), e.numberChanges(), separatorChanges(), e.bodyChanges(), digestChanges(), e.orderChanges(), e.appIDChanges(), e.timeChanges())
}

// padding says what is wrong with it. A salt as long as another digest, and a
// mask of it, come with the digest.
func (e *explainer) padding(l *Look) {
	switch {
	case l.Padding == PKCS1 && l.Hash == 0:
		e.out.add(mistake(true, "S07", "bare"))
	case l.Padding == PKCS1:
		e.out.add(mistake(true, "S07", "pkcs1", "hash", hashName(l.Hash)))
	}
	if l.Hash != crypto.SHA256 && l.Hash != 0 {
		e.out.add(mistake(true, "S10", "hash", "hash", hashName(l.Hash)))
	}
	if l.Padding != PSS {
		return
	}
	if l.MGF != l.Hash && l.MGF != crypto.SHA256 {
		e.out.add(mistake(true, "S09", "mgf1", "hash", hashName(l.MGF)))
	}
	if l.Salt != saltSize && (l.Hash == crypto.SHA256 || l.Salt != l.Hash.Size()) {
		e.out.add(mistake(true, "S08", "salt", "n", l.Salt))
	}
}

// hashName is the name without the second hyphen of Go's: SHA-1, SHA-256, MD5.
func hashName(h crypto.Hash) string { return h.String() }

// decodeSignature decodes the header, and says in which way it is no plain
// base64. A text that decodes in more than one way is taken for a signature of the
// size that is wanted.
func decodeSignature(text string, want int) (sig []byte, variant string) {
	fits := func(b []byte) bool { return want != 0 && len(b) == want }
	trimmed := strings.Trim(text, " \t\r\n")
	if b, err := hex.DecodeString(trimmed); err == nil && len(b) >= 16 { // hex first: it is base64, too
		return b, "hex"
	}
	strict := base64.StdEncoding.Strict()
	if b, err := strict.DecodeString(text); err == nil && !strings.ContainsAny(text, "\r\n") {
		for _, decode := range []func(string) ([]byte, error){hex.DecodeString, strict.DecodeString} {
			if inner, err := decode(string(b)); err == nil && (fits(inner) || want == 0 && len(inner) >= 128) && !fits(b) {
				return inner, "twice"
			}
		}
		return b, ""
	}
	var first []byte
	firstVariant := ""
	for _, f := range signatureForms(trimmed) {
		b, err := f.encoding.DecodeString(f.text)
		if err != nil {
			continue
		}
		if fits(b) || want == 0 && (len(b) == 256 || len(b) == 384 || len(b) == 512) {
			return b, f.variant
		}
		if first == nil {
			first, firstVariant = b, f.variant
		}
	}
	if first == nil {
		return nil, "unreadable"
	}
	return first, firstVariant
}

type signatureForm struct {
	variant  string
	text     string
	encoding *base64.Encoding
}

func signatureForms(text string) []signatureForm {
	joined := strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\r' || r == '\n' || r == '\t' }), "")
	literal := strings.NewReplacer(`\r`, "", `\n`, "").Replace(joined)
	unescaped, err := url.PathUnescape(text)
	if err != nil {
		unescaped = text
	}
	unquoted := strings.NewReplacer(`\/`, "/", `"`, "", "'", "").Replace(text)
	list := []signatureForm{
		{"wrapped", joined, base64.StdEncoding},
		{"plus", strings.ReplaceAll(text, " ", "+"), base64.StdEncoding},
		{"wrapped", literal, base64.StdEncoding},
		{"url-safe", joined, base64.URLEncoding},
		{"url-safe", joined, base64.RawURLEncoding},
		{"percent", unescaped, base64.StdEncoding},
		{"quoted", unquoted, base64.StdEncoding},
		{"unpadded", strings.TrimRight(joined, "="), base64.RawStdEncoding},
	}
	return list
}

// otherKind recognizes what is no signature of this key by its length.
func (e *explainer) otherKind(sig []byte, want int) bool {
	switch n := len(sig); {
	case want != 0 && n == want:
		return false
	case n == 16 || n == 20 || n == 32 || n == 48 || n == 64 && e.provenHMAC(sig):
		if !e.provenHMAC(sig) {
			e.out.add(mistake(false, "S14", "digest", "n", n))
		}
		return true
	case n >= 68 && n <= 72 && sig[0] == 0x30:
		e.out.add(mistake(false, "S14", "sm2", "n", n))
		return true
	case n == 64:
		e.out.add(mistake(false, "S14", "sm2", "n", n))
		return true
	case want == 0 && (n == 128 || n == 256 || n == 384 || n == 512):
		return false
	case want != 0 && n%64 == 0 && n >= 64:
		e.out.add(mistake(true, "S14", "size", "bits", n*8, "want", want*8))
		return true
	}
	e.out.add(mistake(true, "S14", "length", "n", len(sig)))
	return true
}

// provenHMAC finds the key and the text of an HMAC.
func (e *explainer) provenHMAC(sig []byte) bool {
	keys := [][]byte{[]byte(e.k.Symmetric), []byte(e.k.Secret), []byte(e.k.AsymmetricSN), []byte(e.k.SymmetricSN)}
	if b, err := base64.StdEncoding.DecodeString(e.k.Symmetric); err == nil {
		keys = append(keys, b)
	}
	texts := [][]byte{StringToSign(e.base.url, e.base.appID, e.base.timestamp, e.r.Body), e.r.Body}
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA1, crypto.SHA512, crypto.SHA384, crypto.MD5} {
		if h.Size() != len(sig) {
			continue
		}
		for _, text := range texts {
			d := h.New()
			d.Write(text)
			if bytes.Equal(d.Sum(nil), sig) {
				e.out.add(mistake(true, "S14", "hash", "hash", hashName(h)))
				return true
			}
			for _, key := range keys {
				if len(key) > 0 && bytes.Equal(hmacOf(h, key, text), sig) {
					e.out.add(mistake(true, "S14", "hmac", "hash", hashName(h)))
					return true
				}
			}
		}
	}
	return false
}
