package tomldoc

import (
	"strings"
	"testing"
	"unicode"

	"github.com/pelletier/go-toml/v2"
)

var encoded = []struct{ text, want string }{
	{"", `""`},
	{"https://example.com/你好?a=1", `"https://example.com/你好?a=1"`},
	{`a "b" 'c' \d`, `"a \"b\" 'c' \\d"`},
	{`"""`, `"\"\"\""`},
	{"a\nb\r\nc\td", `"a\nb\r\nc\td"`},
	{"\x00\x1b[2J\x7f", `"\u0000\u001B[2J\u007F"`},
	{"\u0085\u00a0\u200b\u2028\u202e\ufeff", `"\u0085\u00A0\u200B\u2028\u202E\uFEFF"`},
	{"😀\U000e0001", `"😀\U000E0001"`},
	{"\ufffd\xff", `"��"`},
}

func TestEncodeString(t *testing.T) {
	for _, c := range encoded {
		if got := EncodeString(c.text); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
		roundTrip(t, c.text)
	}
}

func TestEncodeLiteral(t *testing.T) {
	for text, want := range map[string]string{`号码是 (\d+)`: `'号码是 (\d+)'`, "": "''", `it's \d`: `"it's \\d"`, "a\n": `"a\n"`, "\xff": `"�"`} {
		if got := EncodeLiteral(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
		roundTrip(t, text)
	}
}

func TestEncodeKey(t *testing.T) {
	for text, want := range map[string]string{
		"MsgType": "MsgType", "a-b_9": "a-b_9", "a.b": `"a.b"`, "": `""`, "a b": `"a b"`, "名": `"名"`, `"`: `"\""`,
	} {
		if got := EncodeKey(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
		roundTrip(t, text)
	}
}

func FuzzEncode(f *testing.F) {
	for _, c := range encoded {
		f.Add(c.text)
	}
	f.Fuzz(roundTrip)
}

// roundTrip has go-toml read what was written, as a value and as a key.
func roundTrip(t *testing.T, text string) {
	written := EncodeKey(text) + " = " + EncodeString(text)
	if i := strings.IndexFunc(written, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("%q: not printable at %d: %s", text, i, written)
	}
	literal := EncodeKey(text) + " = " + EncodeLiteral(text)
	var same, got map[string]string
	if err := toml.Unmarshal([]byte(literal), &same); err != nil || same[string([]rune(text))] != string([]rune(text)) {
		t.Errorf("%q: %v, %v\n%s", text, same, err, literal)
	}
	if err := toml.Unmarshal([]byte(written), &got); err != nil {
		t.Fatalf("%q: %v\n%s", text, err, written)
	}
	want := string([]rune(text)) // U+FFFD for every byte that is not UTF-8
	if value, ok := got[want]; !ok || value != want {
		t.Errorf("%q: %q after\n%s", text, got, written)
	}
}
