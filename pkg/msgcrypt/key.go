package msgcrypt

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// keyChars is the length of an EncodingAESKey.
const keyChars = 43

// Key is a decoded EncodingAESKey. Printing it, with any verb, does not
// reveal it. The zero Key is not a key: using it panics.
type Key struct {
	// A function, because package fmt prints a Key in the unexported field of
	// some other struct without asking Key, and follows pointers when the
	// verb is a wrong one. Of a function it can print the address only.
	mat func() *material
}

type material struct {
	raw   [32]byte
	block cipher.Block
}

// ParseKey decodes an EncodingAESKey: 43 letters and digits. What is wrong
// with one that it refuses is in an [*Error] of [ClassKey], which never holds
// the key or a part of it.
//
// The last of the 43 characters carries two bits that do not count. Most keys
// have some of them set, and decoders that insist on zeros refuse these keys;
// WeChat takes them, and so does ParseKey.
func ParseKey(encodingAESKey string) (Key, error) {
	if err := checkKeyText(encodingAESKey); err != nil {
		return Key{}, err
	}
	m := new(material)
	// Not Strict, and not padded: see above.
	if _, err := base64.RawStdEncoding.Decode(m.raw[:], []byte(encodingAESKey)); err != nil {
		return Key{}, newError(ClassKey, -1, noHint, reason.KeyNotBase64)
	}
	block, err := aes.NewCipher(m.raw[:])
	if err != nil {
		return Key{}, newError(ClassKey, -1, noHint, reason.KeyUnusable)
	}
	m.block = block
	return Key{mat: func() *material { return m }}, nil
}

func checkKeyText(s string) error {
	if n := utf8.RuneCountInString(s); n != keyChars {
		return newError(ClassKey, -1, keyLengthHint(s, n), reason.KeyLength, "count", n)
	}
	at := 0
	for i, r := range s {
		if !isKeyChar(r) {
			return newError(ClassKey, i, reason.HintKeyCopy, reason.KeyCharacter,
				"position", at+1, "kind", finding.Because(kindOf(r)))
		}
		at++
	}
	return nil
}

func keyLengthHint(s string, n int) reason.ID {
	switch {
	case n == 0:
		return reason.HintKeyPlainMode
	case n == keyChars+1 && s[len(s)-1] == '=':
		return reason.HintKeyEquals
	case n == 32:
		return reason.HintKeyOtherSecret
	case isBlank(rune(s[0])), isBlank(rune(s[len(s)-1])):
		return reason.HintKeyBlanks
	}
	return reason.HintKeyCopy
}

// kindOf names a character that no key has. It does not repeat it: an error
// must not hold a part of what may be some other secret.
func kindOf(r rune) reason.ID {
	switch {
	case isBlank(r):
		return reason.CharacterBlank
	case r == '=':
		return reason.CharacterEquals
	case r == '+', r == '/', r == '-', r == '_':
		return reason.CharacterOfBase64
	case r < ' ' || r == utf8.RuneError:
		return reason.CharacterControl
	case r > '~':
		return reason.CharacterNotASCII
	}
	return reason.CharacterPunctuation
}

func isKeyChar(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

func isBlank(r rune) bool {
	return r == ' ' || r == '\t' || r == '\r' || r == '\n'
}

// Equal reports whether k and other are the same AES key. Two texts may be:
// those that differ only in the bits of the last character that do not count.
func (k Key) Equal(other Key) bool {
	if k.mat == nil || other.mat == nil {
		return k.mat == nil && other.mat == nil
	}
	return k.mat().raw == other.mat().raw
}

// String returns a text that says that this is a key, and not which.
func (k Key) String() string {
	if k.mat == nil {
		return "msgcrypt.Key(none)"
	}
	return "msgcrypt.Key(hidden)"
}

// Format prints what String returns, whatever the verb.
func (k Key) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, k.String()) }

// iv returns the IV: WeChat uses the first half of the key, always.
func (m *material) iv() []byte { return m.raw[:aes.BlockSize] }

func (k Key) check() {
	if k.mat == nil {
		panic("msgcrypt: a Key that is not from ParseKey")
	}
}
