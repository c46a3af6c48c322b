package msgcrypt

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Plaintext is what an Encrypt text holds.
type Plaintext struct {
	Random [16]byte // WeChat's is 16 lower-case hex characters; any bytes are allowed
	Msg    []byte   // the message: XML or JSON of the plain mode
	AppID  string   // as the sender wrote it, not yet fit to print
	Pad    int      // 1..32

	// Warnings are flaws that WeChat's own decoder does not mind: padding to
	// 16 instead of 32, uneven padding bytes.
	Warnings []*Error
}

// CheckUTF8 returns an [*Error] of [ClassUTF8] with the offset in Msg when the
// message is not UTF-8. Decrypting does not fail for that: WeChat passes on
// broken text of users, and whoever parses the message sees it anyway.
func (p *Plaintext) CheckUTF8() error {
	at := source.InvalidUTF8(p.Msg)
	if at < 0 {
		return nil
	}
	return newError(ClassUTF8, at, reason.HintOtherEncoding, reason.DocNotUTF8,
		"what", finding.Because(reason.AMessage), "offset", at, "byte", hexByte(p.Msg[at]))
}

// Decrypt opens the text of an Encrypt element and checks that it ends with
// the Codec's AppID. When only that check fails, the Plaintext is returned
// together with the error, for tools that show it; a server must not use it.
// An error is always an [*Error].
func (c *Codec) Decrypt(encrypt string) (*Plaintext, error) {
	p, err := c.key.decrypt(encrypt, c.appID)
	if err != nil {
		return nil, err
	}
	if p.AppID != c.appID {
		return p, appIDError(p, c.appID)
	}
	return p, nil
}

// Decrypt opens the text of an Encrypt element without checking whom it was
// encrypted for. Servers use [Codec.Decrypt]; this is for tools that want to
// learn the AppID. It panics when k is not from [ParseKey].
func (k Key) Decrypt(encrypt string) (*Plaintext, error) {
	k.check()
	p, err := k.decrypt(encrypt, "")
	if err != nil {
		return nil, err
	}
	return p, nil
}

// decrypt takes the AppID that is expected, if one is, to tell what is cut off.
func (k Key) decrypt(encrypt, appID string) (*Plaintext, *Error) {
	buf, e := decodeBase64(encrypt)
	if e != nil {
		return nil, e
	}
	if n := len(buf); n == 0 || n%aes.BlockSize != 0 {
		return nil, newError(ClassBlock, -1, blockHint(encrypt, buf), reason.EncryptBlocks, "count", n)
	}
	m := k.mat()
	cipher.NewCBCDecrypter(m.block, m.iv()).CryptBlocks(buf, buf)
	pad, e := padding(buf, encrypt, appID)
	if e != nil {
		return nil, e
	}
	p, e := split(buf[:len(buf)-pad])
	if e != nil {
		return nil, e
	}
	p.Pad = pad
	p.warn(buf)
	return p, nil
}

// decodeBase64 wants the text as it is in WeChat's bodies. Its last character
// may have bits that do not count, because nothing is signed but the text.
func decodeBase64(s string) ([]byte, *Error) {
	if s == "" {
		return nil, newError(ClassBase64, -1, reason.HintNothingEncrypted, reason.EncryptEmpty)
	}
	// The decoder skips line ends, so they are looked for first.
	if strings.IndexByte(s, '\n') < 0 && strings.IndexByte(s, '\r') < 0 {
		if buf, err := base64.StdEncoding.DecodeString(s); err == nil {
			return buf, nil
		}
	}
	return nil, base64Error(s)
}

// padding returns how many bytes the padding has. Only the last byte counts,
// as in the decoders that WeChat publishes.
func padding(buf []byte, encrypt, appID string) (int, *Error) {
	pad := int(buf[len(buf)-1])
	if pad < 1 || pad > padBlock || pad > len(buf) {
		return 0, paddingError(buf, encrypt, appID)
	}
	return pad, nil
}

// split takes the decrypted bytes apart, without the padding.
func split(b []byte) (*Plaintext, *Error) {
	if len(b) < headSize {
		return nil, newError(ClassLength, -1, reason.HintWrongKey, reason.EncryptTooShort, "count", len(b))
	}
	p := new(Plaintext)
	copy(p.Random[:], b)
	n := binary.BigEndian.Uint32(b[randomSize:])
	rest := b[headSize:]
	if uint64(n) > uint64(len(rest)) {
		hint, cause := lengthHint(b)
		e := newError(ClassLength, -1, hint, reason.EncryptLength, "given", int64(n), "count", len(rest))
		e.Cause = cause
		return nil, e
	}
	p.Msg = rest[:n:n]
	p.AppID = string(rest[n:])
	return p, nil
}

// warn notes what is odd in the decrypted bytes, the padding included.
func (p *Plaintext) warn(buf []byte) {
	if len(buf)%padBlock != 0 {
		p.Warnings = append(p.Warnings, newError(ClassPadding, -1, reason.HintPadTo32, reason.EncryptPaddedTo16))
	}
	for _, c := range buf[len(buf)-p.Pad:] {
		if int(c) != p.Pad {
			p.Warnings = append(p.Warnings, newError(ClassPadding, -1, reason.HintPaddingBytes, reason.EncryptUnevenPadding, "count", p.Pad))
			break
		}
	}
}
