package source

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Fault is why bytes are not text.
type Fault string

// The faults that [Check] finds.
const (
	UTF16   Fault = "UTF-16" // by its byte order mark, or the zeros of its first characters
	NUL     Fault = "a NUL byte"
	NotUTF8 Fault = "not UTF-8"
)

// EncodingError is the first fault of a text.
type EncodingError struct {
	Fault  Fault
	Offset int // in bytes, from 0
}

func (e *EncodingError) Error() string { return fmt.Sprintf("%s at byte %d", e.Fault, e.Offset) }

// Check demands UTF-8 without NUL. The error is an [*EncodingError].
func Check(text []byte) error {
	if isUTF16(text) {
		return &EncodingError{UTF16, 0}
	}
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return &EncodingError{NUL, at}
	}
	if at := InvalidUTF8(text); at >= 0 {
		return &EncodingError{NotUTF8, at}
	}
	return nil
}

// isUTF16 reports whether text has the byte order mark of UTF-16 or, as files
// that begin with two ASCII characters do without one, a zero in every other of
// its first four bytes.
func isUTF16(text []byte) bool {
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return true
	}
	if len(text) < 4 {
		return false
	}
	first, second := text[0] == 0, text[1] == 0
	return first != second && first == (text[2] == 0) && second == (text[3] == 0)
}

// InvalidUTF8 returns the offset of the first byte that is not UTF-8, or -1.
func InvalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	at := 0
	for {
		r, n := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && n <= 1 {
			return at
		}
		at += n
	}
}
