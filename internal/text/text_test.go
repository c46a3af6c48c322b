package text

import (
	"strings"
	"testing"
	"unicode"
)

func TestQuote(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"", 0, `""`},
		{"583847", 0, `"583847"`},
		{"\xef\xbb\xbf58", 0, `"\xEF\xBB\xBF58"`},
		{"a\r\n\tb", 0, `"a\r\n\tb"`},
		{`say "hi" \`, 0, `"say \"hi\" \\"`},
		{"\x1b[2J\x07", 0, `"\x1B[2J\x07"`},
		{"\u202edrow", 0, `"\xE2\x80\xAEdrow"`},
		{"你好", 4, `"你"… (6 bytes)`},
		{"\x80\x80\x80", 1, `""… (3 bytes)`},
	} {
		if got := Quote([]byte(c.in), c.limit); got != c.want {
			t.Errorf("Quote(%q, %d) = %s, want %s", c.in, c.limit, got, c.want)
		}
	}
}

func TestBlockKeepsLines(t *testing.T) {
	if got := Block("a\r\nb\x1b\n"); got != "a\nb\\x1B\n" {
		t.Errorf("got %q", got)
	}
}

func TestHead(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		head string
		more int
	}{{"", 0, "", 0}, {"abc", 3, "abc", 0}, {"abc", 2, "ab", 1}, {"你好", 4, "你", 3}, {"你好", 9, "你好", 0}, {"\x80\x80", 1, "", 2}} {
		if head, more := Head(c.in, c.n); head != c.head || more != c.more {
			t.Errorf("Head(%q, %d) = %q, %d", c.in, c.n, head, more)
		}
	}
}

func TestHex(t *testing.T) {
	if got := Hex([]byte("abc"), 1, 5); got != "62 63" {
		t.Errorf("got %q", got)
	}
	if got := Hex([]byte("abc"), 3, 5); got != "end" {
		t.Errorf("got %q", got)
	}
}

func FuzzNoControl(f *testing.F) {
	f.Add([]byte("\x1b[31m\u202e\x00\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, s := range []string{Quote(b, 0), Quote(b, 7), Line(string(b)), strings.ReplaceAll(Block(string(b)), "\n", "")} {
			for _, r := range s {
				if !unicode.IsPrint(r) {
					t.Fatalf("%q leaves %U", b, r)
				}
			}
		}
	})
}
