package reply

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mojibake names the encoding that a text in UTF-8 was read in by mistake
// before it was written as UTF-8 again, and says what was meant, as far as
// that can be told; "" if it was not.
func Mojibake(shown string) (encoding, meant string) {
	if meant := fromLatin(shown); meant != shown {
		return "Latin-1", meant
	}
	if asGBK(shown) && !strings.Contains(shown, lostInGBK) {
		return "GBK", ""
	}
	return "", ""
}

// lostInGBK is what two replacement characters become in GBK.
const lostInGBK = "锟斤拷"

// fromLatin undoes what reading UTF-8 as Latin-1, or as the Windows encoding
// that is much like it, has done, where three bytes or more made a character.
func fromLatin(s string) string {
	if strings.IndexByte(s, latinStart) < 0 {
		return s
	}
	var out strings.Builder
	for s != "" {
		if s[0] < utf8.RuneSelf {
			n := strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
			if n < 0 {
				n = len(s)
			}
			out.WriteString(s[:n])
			s = s[n:]
			continue
		}
		bytes, length := latinBytes(s)
		r, size := utf8.DecodeRune(bytes)
		if r != utf8.RuneError && size >= 3 {
			out.WriteRune(r)
			s = s[length(size):]
			continue
		}
		_, size = utf8.DecodeRuneInString(s)
		out.WriteString(s[:size])
		s = s[size:]
	}
	return out.String()
}

// latinStart is in UTF-8 the first byte of all characters of Latin-1 that are
// bytes with which three bytes or more of UTF-8 begin: à to ô.
const latinStart = 0xC3

// latinBytes are the first bytes of what was read as s, and how much of s that
// many of them are.
func latinBytes(s string) (bytes []byte, length func(n int) int) {
	var ends []int
	for i, r := range s {
		b, ok := latinByte(r)
		if !ok || len(bytes) == utf8.UTFMax {
			break
		}
		bytes, ends = append(bytes, b), append(ends, i+utf8.RuneLen(r))
	}
	return bytes, func(n int) int { return ends[n-1] }
}

// latinByte is the byte that is r in Latin-1 or in Windows-1252. ASCII is not
// of interest.
func latinByte(r rune) (byte, bool) {
	switch {
	case r < 0x80 || r > '™': // the last one of those below
		return 0, false
	case r <= 0xff:
		return byte(r), true
	}
	// 80 to 9F; what the encoding leaves open is read as Latin-1.
	const windows = "€\x00‚ƒ„…†‡ˆ‰Š‹Œ\x00Ž\x00\x00‘’“”•–—˜™š›œ\x00žŸ"
	at := 0
	for _, w := range windows {
		if w == r && r != 0 {
			return byte(0x80 + at), true
		}
		at++
	}
	return 0, false
}

// asGBK reports whether a text was read as GBK: what begins a character of
// UTF-8 stands before what ends it.
func asGBK(s string) bool {
	begun := false
	for _, r := range s {
		if r < 0x80 {
			begun = false
			continue
		}
		if begun && gbk.Get().meets.has(r) {
			return true
		}
		begun = gbk.Get().begins.has(r)
	}
	return false
}

// QuestionMarks is a text as an encoding without Chinese writes it.
func QuestionMarks(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x80 {
			return '?'
		}
		return r
	}, s)
}

// asksNobody reports whether a text has question marks in a row where no
// question ends: at its beginning, or after what is no letter.
func asksNobody(s string) bool {
	if !strings.Contains(s, "??") {
		return false
	}
	run, marks, before := 0, 0, rune(0)
	for _, r := range s + "\x00" {
		switch {
		case r >= utf8.RuneSelf:
			return false // what can be shown was shown
		case r == '?':
			run++
			continue
		case run >= 2 && !unicode.IsLetter(before) && !unicode.IsDigit(before):
			marks += run
		}
		run, before = 0, r
	}
	return marks >= 3
}

// What is shown as it is written: nothing in a chat undoes it.
var (
	entity = &pattern{
		expr:    `&(?:lt|gt|amp|quot|apos|nbsp|[lr][sd]quo|hellip|mdash|#[0-9]{2,6}|#x[0-9A-Fa-f]{2,5});`,
		needles: []string{"&"},
	}
	unicodeEscape = &pattern{
		expr:    `\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|\\x[0-9A-Fa-f]{2}\\x[0-9A-Fa-f]{2}`,
		needles: []string{`\`},
	}
	percentEscape = &pattern{ // of three bytes, as Chinese has
		expr:    `%[Ee][4-9]%[89ABab][0-9A-Fa-f]%[89ABab][0-9A-Fa-f]`,
		needles: []string{"%"},
	}
	address    = &pattern{expr: `\S*[/=]\S*`, needles: []string{"/", "="}}
	lineEscape = &pattern{expr: `(?i)\\r?\\n|\\n|<br */?>`, needles: []string{`\`, "<b", "<B"}}
	tag        = &pattern{expr: `<a[ \t\r\n][^<>]*>`, needles: []string{"<a"}}
	inCode     = &pattern{expr: "[A-Za-z]:\\\\|[\"'`]\\\\[nr]|\\\\[nr][\"'`]", needles: []string{`\`}}
)

// references returns the first reference to a character in a text, or "". Of the
// attributes of a link there are rules of their own.
func references(s string) string {
	if !entity.suspects(s) {
		return ""
	}
	return entity.find(tag.replace(s, ""))
}

// Newlines returns the first thing in a text that was meant as a line end and
// is not shown as one, or "". Paths and quoted code have a backslash of their
// own.
func Newlines(s string) string {
	escape := lineEscape.find(s)
	if escape == "" || inCode.find(s) != "" {
		return ""
	}
	return escape
}

// Escape is the first escape of a character in a text, as JSON or a URL has it, or
// "". In an address it is where it belongs.
func Escape(s string) string {
	if escape := unicodeEscape.find(s); escape != "" {
		return escape
	}
	if !percentEscape.suspects(s) {
		return ""
	}
	return percentEscape.find(address.replace(tag.replace(s, ""), ""))
}
