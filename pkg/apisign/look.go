package apisign

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	_ "crypto/md5" // of the mistakes
	"crypto/rsa"
	_ "crypto/sha1" // likewise
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/hex"
	"hash"
	"math/big"
)

// Padding is how a signature is padded.
type Padding string

// The paddings.
const (
	PSS   Padding = "RSA-PSS"
	PKCS1 Padding = "PKCS#1 v1.5"
)

// Look is what a signature shows under a public key, before anything is known of
// the text that was signed.
type Look struct {
	Padding Padding
	Hash    crypto.Hash // 0: a bare digest, without the name of the hash
	MGF     crypto.Hash // of PSS
	Salt    int         // bytes of it

	salt []byte
	sum  []byte // of PSS H, of PKCS#1 the digest
	sure bool   // no other key has this padding by chance
}

// Right reports whether it is what the rules ask for.
func (l *Look) Right() bool {
	return l.Padding == PSS && l.Hash == crypto.SHA256 && l.MGF == crypto.SHA256 && l.Salt == saltSize
}

// hashes are tried in this order.
var hashes = [...]crypto.Hash{crypto.SHA256, crypto.SHA1, crypto.SHA512, crypto.SHA384}

// lookInto undoes the signature. It returns every way to read what comes out,
// the certain ones alone if there are any.
func lookInto(key *rsa.PublicKey, signature []byte) []Look {
	if key == nil || len(signature) != key.Size() || sizeOf(key) != nil {
		return nil
	}
	s := new(big.Int).SetBytes(signature)
	if s.Cmp(key.N) >= 0 {
		return nil
	}
	em := make([]byte, key.Size())
	s.Exp(s, big.NewInt(int64(key.E)), key.N).FillBytes(em)
	if l, ok := readPKCS1(em); ok {
		return []Look{l}
	}
	bits := key.N.BitLen() - 1
	if bits%8 == 0 { // one byte shorter than the modulus
		if em[0] != 0 {
			return nil
		}
		em = em[1:]
	}
	var sure, maybe []Look
	for _, h := range hashes {
		for _, mgf := range hashes {
			if l, ok := readPSS(em, bits, h, mgf); ok && l.sure {
				sure = append(sure, l)
			} else if ok && h == mgf {
				maybe = append(maybe, l)
			}
		}
	}
	if sure != nil {
		return sure
	}
	return maybe
}

// prefixes are the beginnings of a DigestInfo: what stands before the digest.
var prefixes = [...]struct {
	hash crypto.Hash
	der  string
}{
	{crypto.SHA256, "3031300d060960864801650304020105000420"},
	{crypto.SHA1, "3021300906052b0e03021a05000414"},
	{crypto.SHA512, "3051300d060960864801650304020305000440"},
	{crypto.SHA384, "3041300d060960864801650304020205000430"},
	{crypto.MD5, "3020300c06082a864886f70d020505000410"},
}

// readPKCS1 reads 00 01 FF…FF 00 and what follows.
func readPKCS1(em []byte) (Look, bool) {
	if em[0] != 0 || em[1] != 1 {
		return Look{}, false
	}
	rest := bytes.TrimLeft(em[2:], "\xff")
	if padding := len(em) - 2 - len(rest); padding < 8 || len(rest) < 2 || rest[0] != 0 {
		return Look{}, false
	}
	rest = rest[1:]
	l := Look{Padding: PKCS1, sum: rest, sure: true}
	for _, p := range prefixes {
		der, _ := hex.DecodeString(p.der)
		if sum, ok := bytes.CutPrefix(rest, der); ok && len(sum) == p.hash.Size() {
			l.Hash, l.sum = p.hash, sum
		}
	}
	return l, true
}

// safeZeros is how many zero bytes before the salt are no chance: a foreign key
// gives eight of them once in 10^19.
const safeZeros = 8

// readPSS reads a block as if these hashes had been used.
func readPSS(em []byte, bits int, h, mgf crypto.Hash) (Look, bool) {
	size := h.Size()
	if len(em) < size+2 || em[len(em)-1] != 0xbc {
		return Look{}, false
	}
	masked, sum := em[:len(em)-size-1], em[len(em)-size-1:len(em)-1]
	db := mask(mgf, sum, masked)
	db[0] &= 0xff >> (8*len(em) - bits)
	salt := bytes.TrimLeft(db, "\x00")
	if len(salt) == 0 || salt[0] != 1 {
		return Look{}, false
	}
	zeros := len(db) - len(salt)
	salt = salt[1:]
	return Look{Padding: PSS, Hash: h, MGF: mgf, Salt: len(salt), salt: salt, sum: sum, sure: zeros >= safeZeros}, true
}

// mask is MGF1 of the seed, xored with the data.
func mask(h crypto.Hash, seed, data []byte) []byte {
	out := make([]byte, 0, len(data)+h.Size())
	for i := 0; len(out) < len(data); i++ {
		d := h.New()
		d.Write(seed)
		d.Write([]byte{byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)})
		out = d.Sum(out)
	}
	out = out[:len(data)]
	for i, b := range data {
		out[i] ^= b
	}
	return out
}

// judge tells quickly whether a text is the one that was signed. It keeps the
// hashes, since a search asks a hundred thousand times.
type judge struct {
	Look
	digest, outer hash.Hash
	buf           []byte
}

func newJudge(l Look) *judge {
	h := l.Hash
	if h == 0 {
		switch len(l.sum) { // a bare digest, or its text in hex
		case 20, 40:
			h = crypto.SHA1
		case 48, 96:
			h = crypto.SHA384
		case 128:
			h = crypto.SHA512
		case 16:
			h = crypto.MD5
		default:
			h = crypto.SHA256
		}
	}
	if !h.Available() {
		return nil
	}
	return &judge{Look: l, digest: h.New(), outer: h.New()}
}

// form is what is done to the text before it is signed; digestForms are the
// mistaken ones.
type form int

const (
	plain form = iota
	hexDigest
	rawDigest
	base64Digest
)

func (j *judge) fits(text []byte, f form) bool {
	j.digest.Reset()
	j.digest.Write(text)
	j.buf = j.digest.Sum(j.buf[:0])
	if f != plain {
		again := encodeDigest(j.buf, f)
		j.digest.Reset()
		j.digest.Write(again)
		j.buf = j.digest.Sum(j.buf[:0])
	}
	if j.Padding == PKCS1 {
		return bytes.Equal(j.buf, j.sum) || j.Hash == 0 && hex.EncodeToString(j.buf) == string(bytes.ToLower(j.sum))
	}
	j.outer.Reset()
	j.outer.Write(make([]byte, 8))
	j.outer.Write(j.buf)
	j.outer.Write(j.salt)
	j.buf = j.outer.Sum(j.buf[:0])
	return bytes.Equal(j.buf, j.sum)
}

// hmacOf is what is sent by those who take the signature for an HMAC.
func hmacOf(h crypto.Hash, key, text []byte) []byte {
	m := hmac.New(h.New, key)
	m.Write(text)
	return m.Sum(nil)
}
