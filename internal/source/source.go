// Package source says where something is in a text: files, bodies and answers
// of every format share its rules.
//
// [Position] turns an offset into a line and a column, as editors count them.
// [Check] finds what keeps bytes from being text, as an error with an offset.
package source

import (
	"bytes"
	"unicode/utf8"
)

// BOM is the byte order mark that some editors write before UTF-8.
const BOM = "\uFEFF"

// Position returns the line and the column of the byte at offset, both from 1.
//
// Lines end with LF or CR LF. Columns count characters, each byte that is not
// UTF-8 as one; every byte of a character has the character's column, and
// both bytes of CR LF have that of the line's end. A byte order mark at the
// start has no column of its own. An offset outside the text is that of its
// start or its end.
func Position(text []byte, offset int) (line, column int) {
	offset = charStart(text, min(max(offset, 0), len(text)))
	before := text[:offset]
	if bytes.HasSuffix(before, []byte("\r")) && bytes.HasPrefix(text[offset:], []byte("\n")) {
		before = before[:offset-1]
	}
	start := bytes.LastIndexByte(before, '\n') + 1
	if start == 0 {
		before = bytes.TrimPrefix(before, []byte(BOM))
	}
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}

// charStart returns where the character of the byte at offset begins.
func charStart(text []byte, offset int) int {
	for at := offset; at >= 0 && at > offset-utf8.UTFMax && at < len(text); at-- {
		if utf8.RuneStart(text[at]) {
			if _, n := utf8.DecodeRune(text[at:]); at+n > offset {
				return at
			}
			break
		}
	}
	return offset
}
