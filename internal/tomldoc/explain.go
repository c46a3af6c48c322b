package tomldoc

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
)

// Hints are how a file is written, for what is to be done about a mistake.
type Hints struct {
	Table string   // a table's header: "[account]"
	Keys  []string // every key there is
}

// Explain puts an error of [Text.Parse] or [Text.Decode] into words.
func (t *Text) Explain(err error, h Hints) *finding.FileError {
	var coding *source.EncodingError
	if errors.As(err, &coding) {
		return t.encoding(coding)
	}
	var unknown *KeyError
	if errors.As(err, &unknown) {
		return t.Refuse(err, "")
	}
	var f *Fault
	if !errors.As(err, &f) {
		return t.refuse(text.Line(err.Error()))
	}
	switch f.Problem {
	case Syntax:
		return t.syntax(f.Offset, h)
	case TooDeep:
		return t.Errorf(f.Offset, tooDeepHint, "not TOML: "+tooDeep)
	case NoValue:
		return t.Errorf(f.Offset, "put it in quotes if it is text", "not TOML: this is not a number, a date or a time, or is out of range")
	case Again:
		return t.Errorf(f.Offset, "define each table once, and each key in it once", "this is already defined in another way")
	}
	if f.Offset < 0 {
		return t.refuse(text.Line(f.Reason))
	}
	return t.Errorf(f.Offset, "", "%s", text.Line(f.Reason))
}

// Refuse is the error of a [*KindError] or a [*KeyError], with the place and a
// hint. That of a key gives way to the nearest one.
func (t *Text) Refuse(err error, hint string) *finding.FileError {
	var key *KeyError
	var kind *KindError
	offset := 0
	switch {
	case errors.As(err, &key):
		if offset = key.Offset; key.Nearest != "" {
			hint = "did you mean " + key.Nearest + "?"
		}
	case errors.As(err, &kind):
		offset = kind.Node.KeyAt
	}
	return t.Errorf(offset, hint, "%v", err)
}

func (t *Text) encoding(err *source.EncodingError) *finding.FileError {
	const hint = "save it as UTF-8"
	switch err.Fault {
	case source.UTF16:
		return t.Errorf(err.Offset, hint, "the file is UTF-16")
	case source.NUL:
		return t.Errorf(err.Offset, hint, "a NUL byte: the file is UTF-16, or not text")
	}
	return t.Errorf(err.Offset, hint, "not UTF-8; it may be GBK")
}

// syntax explains a mistake in the TOML at offset. go-toml's message would
// name a character of the line; these words name the mistake, and show
// nothing of the line but a key that is known.
func (t *Text) syntax(offset int, h Hints) *finding.FileError {
	before := t.Data[:min(offset, len(t.Data))]
	for _, quotes := range []string{`"""`, "'''"} {
		if bytes.Count(before, []byte(quotes))%2 == 1 {
			return t.Errorf(offset, "write the value on one line, in one pair of quotes, or close the block with "+quotes,
				"not TOML: look at the triple quotes above")
		}
	}
	start := bytes.LastIndexByte(before, '\n') + 1
	line, _, _ := bytes.Cut(t.Data[start:], []byte("\n"))
	words, hint := h.words(strings.TrimSpace(string(line)), t.Data[len(before):])
	return t.Errorf(offset, hint, "not TOML: %s", words)
}

// words say what is wrong with a line; rest is the text from the place where
// it went wrong.
func (h Hints) words(line string, rest []byte) (words, hint string) {
	sign := strings.IndexAny(line, "=:：＝") // what joins key and value
	key, value, _ := strings.Cut(line, "=")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	example := `KEY = "VALUE"`
	if slices.Contains(h.Keys, key) {
		example = key + ` = "…"`
	}
	at, _ := utf8.DecodeRune(rest)
	switch {
	case strings.HasPrefix(line, "["):
		return "the line is not a table header", "a table header has a line of its own: " + h.Table
	case line != "" && strings.ContainsRune(`"'`, rune(line[0])) && sign < 0:
		return "the line does not continue the one above", "put commas between the elements of a list, and ] at its end"
	case sign >= 0 && line[sign] != '=':
		return "key and value are joined by =", `write KEY = "VALUE"`
	case sign < 0:
		return `the line is neither a table nor KEY = "VALUE"`, "start a comment with #"
	case key != "" && strings.Trim(key, bareKey+`."' `) != "":
		return "the key has a character that a key cannot have", "the keys are " + List(h.Keys, "and")
	case value == "":
		return "the key has no value", "write " + example + ", or delete the line"
	case strings.ContainsRune("“”‘’＂", at):
		return "the value is in typographic quotes", "write " + example + " with plain quotes"
	case at == '\\', value[0] == '"' && strings.Contains(value, `\`):
		return "the backslash in double quotes starts an escape", `write '…' for text with backslashes`
	case value[0] == '"' || value[0] == '\'':
		return quoteWords(value, example)
	case strings.HasPrefix(value, strings.Repeat("[", absurdDepth)), strings.HasPrefix(value, strings.Repeat("{a=", absurdDepth)):
		return tooDeep, tooDeepHint
	case value[0] == '{':
		return "something in { } is not in quotes, or a comma is missing", `write { KEY = "VALUE", KEY = "VALUE" }`
	case value[0] == '[':
		return "something in [ ] is not in quotes, or a comma is missing", `write ["VALUE", "VALUE"]`
	}
	return "the value is not quoted", "write " + example
}

const (
	tooDeep     = "the value is nested too deep"
	tooDeepHint = "no value here has lists within lists"
)

// absurdDepth is deeper than any value has a reason to be.
const absurdDepth = 20

// bareKey are the characters of a key without quotes.
const bareKey = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

func quoteWords(value, example string) (words, hint string) {
	if strings.Count(value, value[:1]) < 2 {
		return "the quote is not closed", "write " + example
	}
	return "there is something after the quoted value", "write " + example + " and start a comment with #"
}
