package config

import (
	"bytes"
	"slices"
	"strings"
)

// syntax explains a mistake in the TOML at offset. go-toml's message would
// name a character of the line; these words name the mistake, and show
// nothing of the line but a key that is one of ours.
func (p *parser) syntax(offset int) error {
	if bytes.Contains(p.data[:offset], []byte(`"""`)) || bytes.Contains(p.data[:offset], []byte("'''")) {
		return p.fail(offset, "write the value on one line, in one pair of quotes", "not TOML: look at the triple quotes above")
	}
	start := bytes.LastIndexByte(p.data[:offset], '\n') + 1
	line, _, _ := bytes.Cut(p.data[start:], []byte("\n"))
	words, hint := syntaxWords(strings.TrimSpace(string(line)))
	return p.fail(offset, hint, "not TOML: %s", words)
}

func syntaxWords(line string) (words, hint string) {
	sign := strings.IndexAny(line, "=:：＝") // what joins key and value
	key, value, _ := strings.Cut(line, "=")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	example := `KEY = "VALUE"`
	if slices.Contains(keyNames(), key) {
		example = key + ` = "…"`
	}
	switch {
	case strings.HasPrefix(line, "["):
		return "the line is no table", "a table stands alone on its line: [account]"
	case sign >= 0 && line[sign] != '=':
		return "key and value are joined by =", `write KEY = "VALUE"`
	case sign < 0:
		return `the line is neither a table nor KEY = "VALUE"`, "write a comment behind #"
	case key != "" && strings.Trim(key, bareKey+`."' `) != "":
		return "the key has a character that a key cannot have", "the keys are " + list(keyNames(), "and")
	case value == "":
		return "the key has no value", "write " + example + ", or take the line out"
	case strings.HasPrefix(value, "“") || strings.HasPrefix(value, "”") || strings.HasPrefix(value, "＂") || strings.HasPrefix(value, "‘"):
		return "the value is in typographic quotes", "write " + example + " with plain quotes"
	case value[0] == '"' && strings.Contains(value, `\`):
		return "the backslash in double quotes starts an escape", `write '…' for text with backslashes`
	case value[0] == '"' || value[0] == '\'':
		return quoteWords(value, example)
	}
	return "the value is not quoted", "write " + example
}

// bareKey are the characters of a key without quotes.
const bareKey = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

func quoteWords(value, example string) (words, hint string) {
	if strings.Count(value, value[:1]) < 2 {
		return "the quote is not closed", "write " + example
	}
	return "something stands beside the quoted value", "write " + example + " and a comment behind #"
}
