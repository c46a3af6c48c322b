package msgcrypt

import (
	"encoding/base64"
	"encoding/hex"
)

// Layout is what is in an Encrypt text, measured: for people to see how a message
// is encrypted. The key is not in it. Without a Plaintext only the first two are
// known.
type Layout struct {
	EncryptChars int `json:"encrypt_chars"`          // of the text
	CipherBytes  int `json:"cipher_bytes,omitempty"` // that it decodes to; 0 for what is no base64

	Random string `json:"random16,omitempty"` // the 16 random bytes, in hex
	Length int    `json:"length,omitempty"`   // of the message, as the four bytes before it say
	AppID  string `json:"appid,omitempty"`    // as the sender wrote it, not yet fit to print
	Pad    int    `json:"pad,omitempty"`      // 1..32
}

// LayoutOf measures an Encrypt text and what it was decrypted to, which may be
// nil.
func LayoutOf(encrypt string, p *Plaintext) *Layout {
	l := &Layout{EncryptChars: len(encrypt)}
	if raw, err := base64.StdEncoding.DecodeString(encrypt); err == nil {
		l.CipherBytes = len(raw)
	}
	if p != nil {
		l.Random, l.Length, l.AppID, l.Pad = hex.EncodeToString(p.Random[:]), len(p.Msg), p.AppID, p.Pad
	}
	return l
}
