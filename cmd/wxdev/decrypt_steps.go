package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
)

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
	layout := msgcrypt.LayoutOf(d.encrypt, d.plain)
	s := &decryptSteps{
		EncryptChars: layout.EncryptChars,
		CipherBytes:  layout.CipherBytes,
		KeyBytes:     32,
		IV:           d.say(words.DecryptStepIV),
		plain:        d.plain,
	}
	if d.token.Text != "" && d.timestamp != "" && d.nonce != "" && d.encrypt != "" {
		a := signature.ArithmeticOf(d.token.Text, d.timestamp, d.nonce, d.encrypt)
		s.Sorted, s.Lengths, s.SHA1 = a.Sorted, a.Lengths, a.SHA1
	}
	return s
}

// stepWidth is the width of the labels; those of the checks stand below them.
const stepWidth = 14

func (s *decryptSteps) print(w io.Writer, g *globals) {
	say := g.sayer()
	line := func(label, text string) { fmt.Fprintln(w, padded(label, stepWidth)+" "+text) }
	number := strconv.Itoa
	if s.Sorted == nil {
		line(say(words.DecryptLabelSignature), say(words.DecryptStepUnsigned))
	} else {
		var quoted, lengths []string
		total := 0
		for i, content := range s.Sorted {
			if content != signature.TokenShown {
				content = g.quote(content, 24)
			}
			quoted = append(quoted, content)
			lengths = append(lengths, number(s.Lengths[i]))
			total += s.Lengths[i]
		}
		line(say(words.DecryptLabelSort), strings.Join(quoted, " "))
		line(say(words.DecryptLabelJoin), strings.Join(lengths, " + ")+" = "+say(words.DeliveryBytes, "n", number(total)))
		line("3 SHA-1", s.SHA1)
	}
	line(say(words.DecryptLabelKey), say(words.DecryptStepKey, "n", number(s.KeyBytes)))
	line("  IV", s.IV)
	ciphertext := words.DecryptStepCiphertext
	if s.CipherBytes == 0 {
		ciphertext = words.DecryptStepUndecoded
	}
	line(say(words.DecryptLabelCiphertext), say(ciphertext, "chars", number(s.EncryptChars), "bytes", number(s.CipherBytes)))
	s.printPlain(line, g)
}

func (s *decryptSteps) printPlain(line func(label, text string), g *globals) {
	say := g.sayer()
	if s.plain == nil {
		line(say(words.DecryptLabelPlaintext), say(words.ConfigNone))
		return
	}
	n := len(s.plain.Msg)
	line(say(words.DecryptLabelRandom), text.Quote(s.plain.Random[:], 0))
	line("  msg_len", fmt.Sprintf("%d (%02X %02X %02X %02X)", n, byte(n>>24), byte(n>>16), byte(n>>8), byte(n)))
	line("  msg", g.quote(string(s.plain.Msg), 60))
	line("  AppID", g.quote(s.plain.AppID, 64))
	pad := fmt.Sprintf("%d × 0x%02X", s.plain.Pad, s.plain.Pad)
	if s.plain.Pad > 16 {
		pad = say(words.DecryptStepPad, "pad", pad)
	}
	line(say(words.DecryptLabelPadding), pad)
}
