package tomldoc

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
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
		return t.Refuse(err, nil)
	}
	var f *Fault
	if !errors.As(err, &f) {
		return t.refuse(finding.Failure(err))
	}
	switch f.Problem {
	case Syntax:
		return t.syntax(f.Offset, h)
	case TooDeep:
		return t.notTOML(f.Offset, tooDeep())
	case NoValue:
		return t.notTOML(f.Offset, mistake{reason.NotNumberOrDate, finding.Because(reason.HintQuoteText)})
	case Again:
		return t.Fail(f.Offset, finding.Because(reason.HintDefineOnce), finding.Because(reason.DefinedAgain))
	}
	why := finding.Because(reason.ValueRefused, "text", finding.Verbatim(f.Reason))
	if f.First != nil {
		why = finding.Because(reason.KindMisfit, "key", Dotted([]string{f.First.Key}), "got", f.First.Kind)
	}
	if f.Offset < 0 {
		return t.refuse(why)
	}
	return t.Fail(f.Offset, nil, why)
}

// Refuse is the error of a [*KindError] or a [*KeyError], with the place and a
// hint, which may be nil. That of a key gives way to the nearest one.
func (t *Text) Refuse(err error, hint *finding.Reason) *finding.FileError {
	var key *KeyError
	var kind *KindError
	offset := 0
	switch {
	case errors.As(err, &key):
		if offset = key.Offset; key.Nearest != "" {
			hint = DidYouMean(key.Nearest)
		}
	case errors.As(err, &kind):
		offset = kind.Node.KeyAt
	}
	return t.Fail(offset, hint, finding.Failure(err))
}

func (t *Text) encoding(err *source.EncodingError) *finding.FileError {
	return t.Fail(err.Offset, finding.Because(reason.HintSaveAsUTF8), finding.Because(WhyNoText(err.Fault)))
}

// mistake is what is wrong with the TOML, and what to do.
type mistake struct {
	why  reason.ID
	hint *finding.Reason
}

func (t *Text) notTOML(offset int, m mistake) *finding.FileError {
	return t.Fail(offset, m.hint, finding.Because(reason.NotTOML, "why", finding.Because(m.why)))
}

// syntax explains a mistake in the TOML at offset. go-toml's message would
// name a character of the line; these words name the mistake, and show
// nothing of the line but a key that is known.
func (t *Text) syntax(offset int, h Hints) *finding.FileError {
	before := t.Data[:min(offset, len(t.Data))]
	for _, quotes := range []string{`"""`, "'''"} {
		if bytes.Count(before, []byte(quotes))%2 == 1 {
			return t.notTOML(offset, mistake{reason.TripleQuotes, finding.Because(reason.HintTripleQuotes, "quotes", quotes)})
		}
	}
	start := bytes.LastIndexByte(before, '\n') + 1
	line, _, _ := bytes.Cut(t.Data[start:], []byte("\n"))
	return t.notTOML(offset, h.mistake(strings.TrimSpace(string(line)), t.Data[len(before):]))
}

// mistake is what is wrong with a line; rest is the text from the place where
// it went wrong.
func (h Hints) mistake(line string, rest []byte) mistake {
	sign := strings.IndexAny(line, "=:：＝") // what joins key and value
	key, value, _ := strings.Cut(line, "=")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	example := `KEY = "VALUE"`
	if slices.Contains(h.Keys, key) {
		example = key + ` = "…"`
	}
	hint := func(id reason.ID) *finding.Reason { return finding.Because(id, "example", example) }
	at, _ := utf8.DecodeRune(rest)
	switch {
	case strings.HasPrefix(line, "["):
		return mistake{reason.NotTableHeader, finding.Because(reason.HintTableHeader, "table", h.Table)}
	case line != "" && strings.ContainsRune(`"'`, rune(line[0])) && sign < 0:
		return mistake{reason.LineNotContinued, finding.Because(reason.HintCommas)}
	case sign >= 0 && line[sign] != '=':
		return mistake{reason.NotJoined, Write(`KEY = "VALUE"`)}
	case sign < 0:
		return mistake{reason.NotTableOrKey, finding.Because(reason.HintComment)}
	case key != "" && strings.Trim(key, bareKey+`."' `) != "":
		return mistake{reason.OddKey, finding.Because(reason.HintKeys, "keys", finding.AllOf(h.Keys))}
	case value == "":
		return mistake{reason.KeyWithoutValue, hint(reason.HintWriteOrDelete)}
	case strings.ContainsRune("“”‘’＂", at):
		return mistake{reason.TypographicQuotes, hint(reason.HintPlainQuotes)}
	case at == '\\', value[0] == '"' && strings.Contains(value, `\`):
		return mistake{reason.BackslashEscapes, finding.Because(reason.HintBackslash)}
	case value[0] == '"' || value[0] == '\'':
		if strings.Count(value, value[:1]) < 2 {
			return mistake{reason.QuoteNotClosed, Write(example)}
		}
		return mistake{reason.AfterQuotedValue, hint(reason.HintWriteAndComment)}
	case strings.HasPrefix(value, strings.Repeat("[", absurdDepth)), strings.HasPrefix(value, strings.Repeat("{a=", absurdDepth)):
		return tooDeep()
	case value[0] == '{':
		return mistake{reason.InBraces, Write(`{ KEY = "VALUE", KEY = "VALUE" }`)}
	case value[0] == '[':
		return mistake{reason.InBrackets, Write(`["VALUE", "VALUE"]`)}
	}
	return mistake{reason.ValueNotQuoted, Write(example)}
}

func tooDeep() mistake {
	return mistake{reason.ValueTooDeep, finding.Because(reason.HintNoNesting)}
}

// absurdDepth is deeper than any value has a reason to be.
const absurdDepth = 20

// bareKey are the characters of a key without quotes.
const bareKey = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

// WhyNoText is why a file is not text, in the words of both languages.
func WhyNoText(f source.Fault) reason.ID {
	switch f {
	case source.UTF16:
		return reason.FileUTF16
	case source.NUL:
		return reason.FileNul
	}
	return reason.FileNotUTF8
}
