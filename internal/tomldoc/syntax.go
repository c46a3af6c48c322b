package tomldoc

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// Forms are the forms of a file's tables and keys, for hints.
type Forms struct {
	Table string   // a table's header: "[account]"
	Keys  []string // every key there is
}

// syntax explains a mistake in the TOML at offset. go-toml's message would
// name a character of the line; these words name the mistake, and show
// nothing of the line but a key that is known.
func (t *Text) syntax(offset int, f Forms) *Error {
	before := t.Data[:min(offset, len(t.Data))]
	for _, quotes := range []string{`"""`, "'''"} {
		if bytes.Count(before, []byte(quotes))%2 == 1 {
			return t.Errorf(offset, "write the value on one line, in one pair of quotes, or close the block with "+quotes,
				"not TOML: look at the triple quotes above")
		}
	}
	start := bytes.LastIndexByte(before, '\n') + 1
	line, _, _ := bytes.Cut(t.Data[start:], []byte("\n"))
	words, hint := f.words(strings.TrimSpace(string(line)), t.Data[len(before):])
	return t.Errorf(offset, hint, "not TOML: %s", words)
}

// words say what is wrong with a line; rest is the text from the place where
// it went wrong.
func (f Forms) words(line string, rest []byte) (words, hint string) {
	sign := strings.IndexAny(line, "=:：＝") // what joins key and value
	key, value, _ := strings.Cut(line, "=")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	example := `KEY = "VALUE"`
	if slices.Contains(f.Keys, key) {
		example = key + ` = "…"`
	}
	at, _ := utf8.DecodeRune(rest)
	switch {
	case strings.HasPrefix(line, "["):
		return "the line is no table", "a table stands alone on its line: " + f.Table
	case line != "" && strings.ContainsRune(`"'`, rune(line[0])) && sign < 0:
		return "the line does not go on from the one above", "put commas between the elements of a list, and ] behind it"
	case sign >= 0 && line[sign] != '=':
		return "key and value are joined by =", `write KEY = "VALUE"`
	case sign < 0:
		return `the line is neither a table nor KEY = "VALUE"`, "write a comment behind #"
	case key != "" && strings.Trim(key, bareKey+`."' `) != "":
		return "the key has a character that a key cannot have", "the keys are " + List(f.Keys, "and")
	case value == "":
		return "the key has no value", "write " + example + ", or take the line out"
	case strings.ContainsRune("“”‘’＂", at):
		return "the value is in typographic quotes", "write " + example + " with plain quotes"
	case at == '\\', value[0] == '"' && strings.Contains(value, `\`):
		return "the backslash in double quotes starts an escape", `write '…' for text with backslashes`
	case value[0] == '"' || value[0] == '\'':
		return quoteWords(value, example)
	case strings.HasPrefix(value, strings.Repeat("[", absurdDepth)), strings.HasPrefix(value, strings.Repeat("{a=", absurdDepth)):
		return "the value is nested too deep", "nothing here has lists in lists"
	case value[0] == '{':
		return "something in { } is not in quotes, or a comma is missing", `write { KEY = "VALUE", KEY = "VALUE" }`
	case value[0] == '[':
		return "something in [ ] is not in quotes, or a comma is missing", `write ["VALUE", "VALUE"]`
	}
	return "the value is not quoted", "write " + example
}

// absurdDepth is deeper than any value has a reason to be.
const absurdDepth = 20

// bareKey are the characters of a key without quotes.
const bareKey = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

func quoteWords(value, example string) (words, hint string) {
	if strings.Count(value, value[:1]) < 2 {
		return "the quote is not closed", "write " + example
	}
	return "something stands beside the quoted value", "write " + example + " and a comment behind #"
}
