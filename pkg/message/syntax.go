package message

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/internal/wxxml"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// SyntaxError says where a body is not the XML or JSON of a message. Its
// texts are fit to print, whatever the body holds.
type SyntaxError struct {
	Format msgcrypt.Format // empty if it looks like neither
	Reason *finding.Reason // such as "</Content> closes <MsgType>"

	Offset       int // in bytes, from 0
	Line, Column int // from 1; columns count characters

	Fault Fault // its class
}

// Fault is a class of syntax errors, for those who word each in its own way.
type Fault uint8

// The classes. Malformed is what is in no other one.
const (
	Malformed     Fault = iota
	BadCharacter        // one that XML or JSON forbids; the Reason's argument "character" is its name, U+0002
	BadUTF8             // a byte that is not UTF-8
	Truncated           // the end comes too early
	TooDeep             // more than [MaxDepth] levels
	BadEncoding         // declared as something else than UTF-8
	LooseCDATAEnd       // ]]> after CDATA that has ended already
	WrongRoot           // a root that is not <xml>
)

func (e *SyntaxError) as(fault Fault) *SyntaxError {
	e.Fault = fault
	return e
}

// forbiddenAt is the error of a character that XML or JSON does not allow.
func forbiddenAt(format msgcrypt.Format, body []byte, i int) *SyntaxError {
	name := strings.ToUpper(string(format))
	if c, valid := characterAt(body, i); valid {
		return syntaxError(format, body, i, reason.CharacterForbidden, "character", c, "format", name).as(BadCharacter)
	}
	return syntaxError(format, body, i, reason.ByteNotUTF8, "byte", hexByte(body[i]), "format", name).as(BadUTF8)
}

// Error implements error: the place and the reason, in English.
func (e *SyntaxError) Error() string { return e.In(finding.English) }

// In implements [finding.Fact].
func (e *SyntaxError) In(lang finding.Lang) string {
	at := reason.FormatAt
	if e.Format == "" {
		at = reason.MessageAt
	}
	return finding.Because(at, "format", string(e.Format), "line", e.Line, "column", e.Column, "reason", e.Reason).In(lang)
}

// syntaxError takes the pairs of the reason why.
func syntaxError(format msgcrypt.Format, body []byte, offset int, why reason.ID, pairs ...any) *SyntaxError {
	line, column := source.Position(body, offset)
	return &SyntaxError{
		Format: format, Reason: finding.Because(why, pairs...),
		Offset: offset, Line: line, Column: column,
	}
}

func excerpt(b []byte, limit int) finding.Quote { return finding.Quote{Text: string(b), Limit: limit} }

var bom = []byte("\xef\xbb\xbf")

// blanks are what XML and JSON call white space.
const blanks = " \t\r\n"

// Parse reads a message in XML or JSON, told apart by the first character. A
// byte order mark before it is skipped. Every field is kept, known or not, in
// its order.
//
// The error is a [*SyntaxError] with the place: where XML or JSON ends, where
// there is a character that XML forbids ([Sanitize] replaces them, and a server
// should), where something follows the message, or where a limit is passed.
func Parse(body []byte) (*Message, error) {
	if len(body) > MaxBody {
		return nil, syntaxError("", body, MaxBody, reason.LongerThan, "limit", MaxBody)
	}
	start := 0
	if bytes.HasPrefix(body, bom) {
		start = len(bom)
	}
	start += len(body) - start - len(bytes.TrimLeft(body[start:], blanks))
	switch {
	case start == len(body):
		return nil, syntaxError("", body, start, reason.NoContent)
	case body[start] == '<':
		return parseXML(body, start)
	case body[start] == '{':
		return parseJSON(body, start)
	}
	return nil, syntaxError("", body, start, reason.BeginsOddly, "text", excerpt(body[start:], 20))
}

// ParseAt reads the message that begins at start, with < or {, and returns
// where it ends. It is for a message with something around it that Parse
// refuses; places are those in body, and what follows is for the caller.
func ParseAt(body []byte, start int) (m *Message, end int, err error) {
	if len(body) > MaxBody {
		return nil, 0, syntaxError("", body, MaxBody, reason.LongerThan, "limit", MaxBody)
	}
	if bytes.HasPrefix(body[start:], []byte("{")) {
		return readJSON(body, start)
	}
	return readXML(body, start)
}

// Sanitize returns body with U+FFFD for each character that XML forbids and
// each byte that is not UTF-8, and how many those were. WeChat passes on what
// users' keyboards make, U+0002 for one, and XML libraries refuse it.
//
// They are not just dropped: of "]]", U+0002 and ">" in somebody's text that
// would make an end of CDATA, and of what follows, elements.
func Sanitize(body []byte) (clean []byte, replaced int) {
	i := wxxml.Forbidden(body)
	if i < 0 {
		return body, 0
	}
	for rest := body; ; {
		clean = append(clean, rest[:i]...)
		clean = append(clean, "\uFFFD"...)
		_, n := utf8.DecodeRune(rest[i:])
		rest = rest[i+n:]
		replaced++
		if i = wxxml.Forbidden(rest); i < 0 {
			return append(clean, rest...), replaced
		}
	}
}
