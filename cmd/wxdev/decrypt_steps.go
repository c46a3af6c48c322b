package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
)

// maskedToken replaces the Token, which is not shown.
const maskedToken = "(token)"

// decryptSteps are the values on the way from a request to the message. What
// could not be computed is absent. Neither the Token nor the key is in them.
type decryptSteps struct {
	Sorted  []string `json:"sorted,omitempty"`       // as they go into the SHA-1
	Lengths []int    `json:"sha1_lengths,omitempty"` // of each, in bytes
	SHA1    string   `json:"sha1,omitempty"`

	EncryptChars int    `json:"encrypt_chars"`
	KeyBytes     int    `json:"key_bytes"`
	IV           string `json:"iv"` // where it comes from
	CipherBytes  int    `json:"ciphertext_bytes,omitempty"`

	plain *msgcrypt.Plaintext
}

func (d *decryption) steps() *decryptSteps {
	s := &decryptSteps{
		EncryptChars: len(d.encrypt),
		KeyBytes:     32,
		IV:           "the first 16 bytes of the AES key",
		plain:        d.plain,
	}
	if raw, err := base64.StdEncoding.DecodeString(d.encrypt); err == nil {
		s.CipherBytes = len(raw)
	}
	if d.token.Text != "" && d.timestamp != "" && d.nonce != "" && d.encrypt != "" {
		s.sort(d)
	}
	return s
}

func (s *decryptSteps) sort(d *decryption) {
	type part struct{ text, shown string }
	parts := []part{
		{d.token.Text, maskedToken}, {d.timestamp, d.timestamp}, {d.nonce, d.nonce}, {d.encrypt, d.encrypt},
	}
	slices.SortStableFunc(parts, func(a, b part) int { return strings.Compare(a.text, b.text) })
	for _, p := range parts {
		s.Sorted = append(s.Sorted, p.shown)
		s.Lengths = append(s.Lengths, len(p.text))
	}
	s.SHA1 = signature.Message(d.token.Text, d.timestamp, d.nonce, d.encrypt)
}

func (s *decryptSteps) print(w io.Writer) {
	line := func(label, format string, args ...any) {
		fmt.Fprintf(w, "%-14s %s\n", label, fmt.Sprintf(format, args...))
	}
	if s.Sorted == nil {
		line("1 signature", "not computed: it takes token, timestamp, nonce and Encrypt")
	} else {
		var quoted, lengths []string
		total := 0
		for i, content := range s.Sorted {
			if content != maskedToken {
				content = text.Quote([]byte(content), 24)
			}
			quoted = append(quoted, content)
			lengths = append(lengths, fmt.Sprint(s.Lengths[i]))
			total += s.Lengths[i]
		}
		line("1 sort", "%s", strings.Join(quoted, " "))
		line("2 join", "%s = %d bytes", strings.Join(lengths, " + "), total)
		line("3 SHA-1", "%s", s.SHA1)
	}
	line("4 AES key", `base64-decode(EncodingAESKey + "="): %d bytes, not shown`, s.KeyBytes)
	line("  IV", "%s", s.IV)
	if s.CipherBytes == 0 {
		line("5 ciphertext", "none: the %d characters of Encrypt do not decode", s.EncryptChars)
	} else {
		line("5 ciphertext", "base64-decode(Encrypt): %d characters are %d bytes", s.EncryptChars, s.CipherBytes)
	}
	s.printPlain(line)
}

func (s *decryptSteps) printPlain(line func(label, format string, args ...any)) {
	if s.plain == nil {
		line("6 plaintext", "none")
		return
	}
	n := len(s.plain.Msg)
	line("6 random", "%s", text.Quote(s.plain.Random[:], 0))
	line("  msg_len", "%d (%02X %02X %02X %02X)", n, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	line("  msg", "%s", text.Quote(s.plain.Msg, 60))
	line("  AppID", "%s", text.Quote([]byte(s.plain.AppID), 64))
	pad := fmt.Sprintf("%d × 0x%02X", s.plain.Pad, s.plain.Pad)
	if s.plain.Pad > 16 {
		pad += ": more than the 16 that AES libraries take away by themselves"
	}
	line("  padding", "%s", pad)
}
