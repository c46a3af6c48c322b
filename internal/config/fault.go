package config

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/tomldoc"
)

// Check checks a text that is to be written as k, as [Config.Get] would; of
// env:NAME and file:PATH it checks the form, and reads nothing. name is what
// the error calls it, such as "--token".
func Check(k Key, name, text string) error {
	if k.indirect() && Indirect(text) {
		if !utf8.ValidString(text) {
			return &Error{Msg: name + " is not UTF-8"}
		}
		return checkIndirect(name, text)
	}
	if words, hint := fault(k, text); words != "" {
		return &Error{Msg: name + " " + words, Hint: hint}
	}
	return nil
}

// fault says what is wrong with a value, in words that follow its name,
// or returns "". A secret's words never show a character of it.
func fault(k Key, text string) (words, hint string) {
	if text == "" {
		return "is empty", "omit it to leave the setting unset"
	}
	if words, hint = commonFault(text); words != "" {
		return words, hint
	}
	switch k {
	case Token:
		return tokenFault(text)
	case AppID:
		return appIDFault(text)
	case Secret:
		return secretFault(text)
	case AESKey:
		return aesKeyFault(text)
	case URL, APIBase:
		return urlFault(k, text)
	case Store:
		return storeFault(text)
	}
	return choiceFault(k, text)
}

// commonFault finds what copying, shells and env files do to a value.
func commonFault(text string) (words, hint string) {
	const takeAway = "remove it where the value is set: it counts as part of the value"
	if !utf8.ValidString(text) {
		return "is not UTF-8", "save it as UTF-8"
	}
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	switch {
	case last == '\n' || last == '\r':
		return "ends with a newline", "remove the newline; file:PATH does so by itself"
	case unicode.IsSpace(first):
		return "starts with white space", takeAway
	case unicode.IsSpace(last):
		return "ends with white space", takeAway
	case first == '\uFEFF':
		return "starts with a byte order mark", "save the file as UTF-8 without one"
	case invisible(first):
		return fmt.Sprintf("starts with the invisible character %U", first), takeAway
	case invisible(last):
		return fmt.Sprintf("ends with the invisible character %U", last), takeAway
	case len(text) > 1 && first == last && (first == '"' || first == '\''):
		return "is in quotes, which are part of it", "remove them: to an env file quotes are part of the value"
	}
	return "", ""
}

func invisible(r rune) bool { return !unicode.IsPrint(r) && !unicode.IsSpace(r) }

// badPosition is the place, from 1, of the first character that is not ok,
// or 0.
func badPosition(text string, ok func(rune) bool) int {
	n := 0
	for _, r := range text {
		if n++; !ok(r) {
			return n
		}
	}
	return 0
}

func length(text string) string {
	if len(text) == 1 {
		return "is one character long"
	}
	return fmt.Sprintf("is %d characters long", len(text))
}

func isAlphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

func tokenFault(text string) (words, hint string) {
	hint = "WeChat's console takes 3 to 32 ASCII letters and digits"
	if at := badPosition(text, isAlphanumeric); at > 0 {
		return fmt.Sprintf("has a character at position %d that is not an ASCII letter or digit", at), hint
	}
	if len(text) < 3 || len(text) > 32 {
		return length(text), hint
	}
	return "", ""
}

func aesKeyFault(text string) (words, hint string) {
	hint = "an EncodingAESKey is 43 characters of A-Z, a-z and 0-9"
	if len(text) == 44 && strings.HasSuffix(text, "=") {
		return "is 44 characters long, with = at its end", "drop the =: " + hint
	}
	if at := badPosition(text, isAlphanumeric); at > 0 {
		return fmt.Sprintf("has a character at position %d that is not an ASCII letter or digit", at), hint
	}
	if len(text) != 43 {
		return length(text), hint
	}
	return "", ""
}

// theAppID is the form that official accounts, test accounts, mini programs and
// third-party platforms have.
var theAppID = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^wx[0-9a-f]{16}$`)
})

func appIDFault(s string) (words, hint string) {
	if theAppID().MatchString(s) {
		return "", ""
	}
	hint = "an AppID is wx and 16 hex digits, as in wx0123456789abcdef"
	switch {
	case strings.HasPrefix(s, "gh_"):
		hint = "that is the account's original ID; " + hint
	case theAppID().MatchString(strings.ToLower(s)):
		hint = "write it in lower case: " + hint
	}
	return "is " + text.Quote([]byte(s), maxShown) + ", which is not an AppID", hint
}

func secretFault(text string) (words, hint string) {
	at := badPosition(text, func(r rune) bool { return r != ' ' && unicode.IsPrint(r) })
	if at > 0 {
		return fmt.Sprintf("has a space or a control character at position %d", at),
			"an AppSecret is 32 hex digits"
	}
	return "", ""
}

func choiceFault(k Key, s string) (words, hint string) {
	values := k.Values()
	for _, v := range values {
		if v == s {
			return "", ""
		}
	}
	words = fmt.Sprintf("is %s: it takes %s", text.Quote([]byte(s), maxShown), tomldoc.List(values, "or"))
	best := tomldoc.Near(s, values)
	switch {
	case best != "":
		hint = "did you mean " + best + "?"
	case k == Mode:
		hint = "the console calls them 明文模式 (plain), 兼容模式 (compat) and 安全模式 (safe)"
	}
	return words, hint
}
