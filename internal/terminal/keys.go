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

// control is the key of a control character, "" for one without a name.
func control(c byte) Key {
	switch c {
	case '\r', '\n':
		return KeyEnter
	case 0x7f, 0x08:
		return KeyBackspace
	case 0x03:
		return KeyInterrupt
	case 0x0c:
		return KeyRedraw
	case 0x15:
		return KeyErase
	case 0x1a:
		return KeySuspend
	}
	return ""
}

// sequenceKey is the key for which terminals send this after ESC [ or ESC O.
func sequenceKey(s string) Key {
	switch s {
	case "A":
		return KeyUp
	case "B":
		return KeyDown
	case "C":
		return KeyRight
	case "D":
		return KeyLeft
	case "H", "1~", "7~":
		return KeyHome
	case "F", "4~", "8~":
		return KeyEnd
	case "5~":
		return KeyPageUp
	case "6~":
		return KeyPageDown
	}
	return ""
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
		return control(c), 1
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
		return sequenceKey(string(b[2:3])), 3
	case b[1] != '[':
		return KeyEsc, 1
	}
	for i := 2; i < len(b); i++ {
		if b[i] >= 0x40 && b[i] <= 0x7e {
			return sequenceKey(string(b[2 : i+1])), i + 1
		}
	}
	return "", 0
}
