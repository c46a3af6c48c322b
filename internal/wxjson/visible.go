package wxjson

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Visible escapes in the strings of a JSON document what a terminal would act
// on or not show: C1, characters that change the direction, those without a
// width. The document means the same.
func Visible(document []byte) []byte {
	at := bytes.IndexFunc(document, invisible)
	if at < 0 {
		return document
	}
	out := bytes.NewBuffer(make([]byte, 0, len(document)+64))
	for {
		out.Write(document[:at])
		r, n := utf8.DecodeRune(document[at:])
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(out, `\u%04x`, unit)
		}
		document = document[at+n:]
		if at = bytes.IndexFunc(document, invisible); at < 0 {
			out.Write(document)
			return out.Bytes()
		}
	}
}

func invisible(r rune) bool { return r != '\n' && r != '\t' && r != '\r' && !unicode.IsPrint(r) }
