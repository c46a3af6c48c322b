package terminal

import "unicode/utf8"

// Key is a key that was pressed: the character that it types, or one of the
// names below.
type Key string

// The keys that type nothing.
const (
	KeyUp        Key = "up"
	KeyDown      Key = "down"
	KeyLeft      Key = "left"
	KeyRight     Key = "right"
	KeyPageUp    Key = "page up"
	KeyPageDown  Key = "page down"
	KeyHome      Key = "home"
	KeyEnd       Key = "end"
	KeyEnter     Key = "enter"
	KeyEsc       Key = "esc"
	KeyBackspace Key = "backspace"
	KeyInterrupt Key = "ctrl-c"
	KeyRedraw    Key = "ctrl-l"
	KeyErase     Key = "ctrl-u"
	KeySuspend   Key = "ctrl-z"
)

var controls = map[byte]Key{
	'\r': KeyEnter, '\n': KeyEnter, 0x7f: KeyBackspace, 0x08: KeyBackspace,
	0x03: KeyInterrupt, 0x0c: KeyRedraw, 0x15: KeyErase, 0x1a: KeySuspend,
}

// sequences are what terminals send for keys, after ESC [ or ESC O.
var sequences = map[string]Key{
	"A": KeyUp, "B": KeyDown, "C": KeyRight, "D": KeyLeft, "H": KeyHome, "F": KeyEnd,
	"5~": KeyPageUp, "6~": KeyPageDown, "1~": KeyHome, "7~": KeyHome, "4~": KeyEnd, "8~": KeyEnd,
}

// keyReader makes keys of the bytes that a terminal sends. The zero value is
// ready.
type keyReader struct{ held []byte } // the beginning of a key

// Feed returns the keys that are complete with b.
func (k *keyReader) Feed(b []byte) []Key {
	b = append(k.held, b...)
	var keys []Key
	for len(b) > 0 {
		key, n := readKey(b)
		if n == 0 {
			break
		}
		if key != "" {
			keys = append(keys, key)
		}
		b = b[n:]
	}
	k.held = append([]byte(nil), b...)
	return keys
}

// Waits reports whether a key has begun.
func (k *keyReader) Waits() bool { return len(k.held) > 0 }

// End returns the key that an ESC is, which nothing followed.
func (k *keyReader) End() []Key {
	held := k.held
	k.held = nil
	if len(held) > 0 && held[0] == 0x1b {
		return []Key{KeyEsc}
	}
	return nil
}

// readKey reads the first key of b, and none of what has no name here. It is
// not complete when n is 0.
func readKey(b []byte) (key Key, n int) {
	switch c := b[0]; {
	case c == 0x1b:
		return readSequence(b)
	case c < ' ' || c == 0x7f:
		return controls[c], 1
	case !utf8.FullRune(b):
		return "", 0
	}
	r, n := utf8.DecodeRune(b)
	if r == utf8.RuneError {
		return "", n
	}
	return Key(b[:n]), n
}

func readSequence(b []byte) (key Key, n int) {
	switch {
	case len(b) == 1:
		return "", 0
	case b[1] == 'O' && len(b) == 2:
		return "", 0
	case b[1] == 'O':
		return sequences[string(b[2:3])], 3
	case b[1] != '[':
		return KeyEsc, 1
	}
	for i := 2; i < len(b); i++ {
		if b[i] >= 0x40 && b[i] <= 0x7e {
			return sequences[string(b[2:i+1])], i + 1
		}
	}
	return "", 0
}
