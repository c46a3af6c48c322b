// Package wxxml is XML as WeChat reads and writes it.
//
// [AppendCDATA] and [AppendText] write values: WeChat puts text into CDATA even
// when it is empty, and numbers bare, which no XML library does. [Reader] gives
// the tokens of a body with their places, up to a depth, and without document
// types, so that nothing in a body can grow. [Forbidden] finds what XML does
// not allow and people's keyboards send all the same.
//
// What a message or an envelope is made of is for packages message and
// msgcrypt, and so are the words: an [Error] has a kind and a place.
package wxxml

import (
	"strings"
	"unicode/utf8"
)

const cdataStart, cdataEnd = "<![CDATA[", "]]>"

// AppendCDATA appends s as CDATA. A section cannot hold its own end, so that
// is split over two.
func AppendCDATA(dst []byte, s string) []byte {
	dst = append(dst, cdataStart...)
	for i := strings.Index(s, cdataEnd); i >= 0; i = strings.Index(s, cdataEnd) {
		dst = append(append(dst, s[:i+2]...), cdataEnd+cdataStart...)
		s = s[i+2:]
	}
	return append(append(dst, s...), cdataEnd...)
}

// AppendText appends s for outside of CDATA. A CR is written as a reference: a
// reader would make LF of a bare one.
func AppendText(dst []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; c {
		case '&':
			dst = append(dst, "&amp;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '\r':
			dst = append(dst, "&#13;"...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// Forbidden returns where the first character is that XML 1.0 does not allow,
// or the first byte that is not UTF-8; -1 if there is none.
func Forbidden[T string | []byte](s T) int {
	for i := 0; i < len(s); {
		if i+8 <= len(s) && printable(uint64(s[i])|uint64(s[i+1])<<8|uint64(s[i+2])<<16|uint64(s[i+3])<<24|
			uint64(s[i+4])<<32|uint64(s[i+5])<<40|uint64(s[i+6])<<48|uint64(s[i+7])<<56) {
			i += 8
			continue
		}
		switch c := s[i]; {
		case c >= ' ' && c < utf8.RuneSelf, c == '\n', c == '\r', c == '\t':
			i++
		case c < ' ':
			return i
		case isCommon(c) && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80:
			i += 3
		default:
			r, n := utf8.DecodeRuneInString(string(s[i:min(len(s), i+utf8.UTFMax)]))
			if r == utf8.RuneError && n == 1 || r == 0xFFFE || r == 0xFFFF {
				return i
			}
			i += n
		}
	}
	return -1
}

// printable reports whether none of eight bytes is below a blank or beyond ASCII.
func printable(eight uint64) bool {
	const ones = 0x0101010101010101
	return (eight|(eight-' '*ones))&(0x80*ones) == 0
}

// isCommon reports whether c begins a character of three bytes of which all are
// allowed, as Chinese is.
func isCommon(c byte) bool { return c >= 0xE1 && c <= 0xEE && c != 0xED }

// ValidName reports whether an element can be called name: as XML allows, but
// with no letters outside ASCII, which WeChat's names do without.
func ValidName(name string) bool {
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
		case i > 0 && (c >= '0' && c <= '9' || c == '-' || c == '.' || c == ':'):
		default:
			return false
		}
	}
	return name != ""
}
