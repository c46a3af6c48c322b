package source

import (
	"bytes"
	"errors"
	"testing"
	"unicode/utf8"
)

func TestPosition(t *testing.T) {
	for _, c := range []struct {
		text                 string
		offset, line, column int
	}{
		{"", 0, 1, 1},
		{"", 5, 1, 1},
		{"ab", -1, 1, 1},
		{"ab", 0, 1, 1},
		{"ab", 2, 1, 3},
		{"ab", 1000, 1, 3},
		{"a\nb", 1, 1, 2}, // the line's end belongs to the line
		{"a\nb", 2, 2, 1},
		{"a\n", 2, 2, 1},
		{"a\n\nb", 2, 2, 1},
		{"a\n\nb", 3, 3, 1},
		{"a\r\nb", 1, 1, 2},
		{"a\r\nb", 2, 1, 2}, // within CR LF
		{"a\r\nb", 3, 2, 1},
		{"\r\n\r\n", 2, 2, 1},
		{"\r\n\r\n", 4, 3, 1},
		{"a\rb", 2, 1, 3}, // CR alone ends no line
		{"令牌 = 1", 0, 1, 1},
		{"令牌 = 1", 3, 1, 2},
		{"令牌 = 1", 4, 1, 2}, // within a character
		{"令牌 = 1", 5, 1, 2},
		{"令牌 = 1", 6, 1, 3},
		{"😀x", 3, 1, 1},
		{"😀x", 4, 1, 2},
		{"\xff\xfex", 2, 1, 3}, // each stray byte is a character
		{"\xe4\xbb", 1, 1, 2},
		{"\x80\x80\x80\x80\x80", 4, 1, 5},
		{BOM + "ab", 0, 1, 1},
		{BOM + "ab", 2, 1, 1},
		{BOM + "ab", 3, 1, 1},
		{BOM + "ab", 4, 1, 2},
		{BOM + "\nab", 5, 2, 2},
		{"a\n" + BOM + "b", 5, 2, 2},
	} {
		if line, column := Position([]byte(c.text), c.offset); line != c.line || column != c.column {
			t.Errorf("byte %d of %q is at %d:%d, want %d:%d", c.offset, c.text, line, column, c.line, c.column)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		text  string
		fault Fault
		at    int
	}{
		{"", "", 0},
		{BOM + "令牌\uFFFD", "", 0},
		{"\xff\xfea\x00", UTF16, 0},
		{"\xfe\xff\x00a", UTF16, 0},
		{"[\x00a\x00", UTF16, 0},
		{"\x00[\x00a\x00", UTF16, 0},
		{"ab\x00\xff", NUL, 2},
		{"a\x00b", NUL, 1},
		{"\x00\x00\x00\x00", NUL, 0},
		{"a\x00\x00b", NUL, 1},
		{"令\xff", NotUTF8, 3},
		{"ab\xe4\xbb", NotUTF8, 2},
		{"\xed\xa0\x80", NotUTF8, 0}, // half a surrogate pair
	} {
		err := Check([]byte(c.text))
		var e *EncodingError
		switch {
		case c.fault == "" && err != nil:
			t.Errorf("%q: %v", c.text, err)
		case c.fault != "" && (!errors.As(err, &e) || e.Fault != c.fault || e.Offset != c.at):
			t.Errorf("%q: %v, want %s at byte %d", c.text, err, c.fault, c.at)
		}
	}
}

// FuzzPosition holds Position against a count from the start, byte by byte.
func FuzzPosition(f *testing.F) {
	for _, s := range []string{"", "a\nb", "a\r\nb", "\r\r\n", "令牌\n= 1", "\xff\xe4\xbb\n", BOM + "a"} {
		f.Add([]byte(s), len(s)/2)
	}
	f.Fuzz(func(t *testing.T, text []byte, offset int) {
		line, column := Position(text, offset)
		wantLine, wantColumn := count(text, min(max(offset, 0), len(text)))
		if line != wantLine || column != wantColumn {
			t.Errorf("byte %d of %q is at %d:%d, want %d:%d", offset, text, line, column, wantLine, wantColumn)
		}
		if at := InvalidUTF8(text); (at < 0) != utf8.Valid(text) || at >= 0 && !utf8.Valid(text[:at]) {
			t.Errorf("%q is not UTF-8 at byte %d", text, at)
		}
	})
}

func count(text []byte, offset int) (line, column int) {
	line, column = 1, 1
	at := 0
	if bytes.HasPrefix(text, []byte(BOM)) {
		if at = len(BOM); offset < at {
			return line, column
		}
	}
	for at < offset {
		_, n := utf8.DecodeRune(text[at:])
		if bytes.HasPrefix(text[at:], []byte("\r\n")) {
			n = 2
		}
		if at += n; at > offset {
			break
		}
		if column++; text[at-1] == '\n' {
			line, column = line+1, 1
		}
	}
	return line, column
}
