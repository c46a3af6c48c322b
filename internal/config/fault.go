package config

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/tomldoc"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Check checks a text that is to be written as k, as [Config.Get] would; of
// env:NAME and file:PATH it checks the form, and reads nothing. name is what
// the error calls it, such as "--token".
func Check(k Key, name, text string) error {
	if k.indirect() && Indirect(text) {
		if !utf8.ValidString(text) {
			return wrong(named(finding.Name(name), finding.Because(reason.NotUTF8)), nil)
		}
		return checkIndirect(name, text)
	}
	if why, hint := fault(k, text); why != nil {
		return wrong(named(finding.Name(name), why), hint)
	}
	return nil
}

// named puts the name of a value before what is wrong with it.
func named(name finding.Fact, why *finding.Reason) *finding.Reason {
	return finding.Because(reason.Named, "name", name, "why", why)
}

// fault says what is wrong with a value, in words that follow its name,
// or returns nil. A secret's words never show a character of it.
func fault(k Key, text string) (why, hint *finding.Reason) {
	if text == "" {
		return finding.Because(reason.Empty), finding.Because(reason.HintOmitSetting)
	}
	if why, hint = commonFault(text); why != nil {
		return why, hint
	}
	switch k {
	case Token:
		return tokenFault(text)
	case AppID, AccountAppID, ProviderCorpID:
		return appIDFault(text)
	case Secret:
		return secretFault(text)
	case AESKey:
		return aesKeyFault(text)
	case URL, AuthURL, APIBase:
		return urlFault(k, text)
	case Store:
		return storeFault(text)
	case SymmetricKey, SymmetricSN, PrivateKey, PrivateSN, Certificate, CertificateSN, CertificateKey:
		return securityFault(k, text)
	}
	return choiceFault(k, text)
}

// commonFault finds what copying, shells and env files do to a value.
func commonFault(text string) (why, hint *finding.Reason) {
	takeAway := finding.Because(reason.HintTakeAway)
	if !utf8.ValidString(text) {
		return finding.Because(reason.NotUTF8), finding.Because(reason.HintSaveAsUTF8)
	}
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	switch {
	case last == '\n' || last == '\r':
		return finding.Because(reason.EndsWithNewline), finding.Because(reason.HintNewline)
	case unicode.IsSpace(first):
		return finding.Because(reason.StartsWithBlank), takeAway
	case unicode.IsSpace(last):
		return finding.Because(reason.EndsWithBlank), takeAway
	case first == '\uFEFF':
		return finding.Because(reason.StartsWithBOM), finding.Because(reason.HintSaveWithoutMark)
	case invisible(first):
		return finding.Because(reason.StartsInvisibly, "character", fmt.Sprintf("%U", first)), takeAway
	case invisible(last):
		return finding.Because(reason.EndsInvisibly, "character", fmt.Sprintf("%U", last)), takeAway
	case len(text) > 1 && first == last && (first == '"' || first == '\''):
		return finding.Because(reason.InQuotes), finding.Because(reason.HintRemoveQuotes)
	}
	return nil, nil
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

func length(text string) *finding.Reason {
	if len(text) == 1 {
		return finding.Because(reason.OneCharacter)
	}
	return finding.Because(reason.CharactersLong, "count", len(text))
}

func notAlphanumeric(position int) *finding.Reason {
	return finding.Because(reason.NotAlphanumericAt, "position", position)
}

func isAlphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

func tokenFault(text string) (why, hint *finding.Reason) {
	hint = finding.Because(reason.HintToken)
	if at := badPosition(text, isAlphanumeric); at > 0 {
		return notAlphanumeric(at), hint
	}
	if len(text) < 3 || len(text) > 32 {
		return length(text), hint
	}
	return nil, nil
}

func aesKeyFault(text string) (why, hint *finding.Reason) {
	hint = finding.Because(reason.HintAESKey)
	if len(text) == 44 && strings.HasSuffix(text, "=") {
		return finding.Because(reason.KeyWithEquals), finding.Because(reason.HintDropEquals)
	}
	if at := badPosition(text, isAlphanumeric); at > 0 {
		return notAlphanumeric(at), hint
	}
	if len(text) != 43 {
		return length(text), hint
	}
	return nil, nil
}

// theAppID is the form that official accounts, test accounts, mini programs and
// third-party platforms have.
var theAppID = lazy.Regexp(`^(wx[0-9a-f]{16}|ww[0-9A-Za-z]{16})$`)

func appIDFault(s string) (why, hint *finding.Reason) {
	if theAppID.Get().MatchString(s) {
		return nil, nil
	}
	hint = finding.Because(reason.HintAppID)
	switch {
	case strings.HasPrefix(s, "gh_"):
		hint = finding.Because(reason.HintAppIDOriginal)
	case theAppID.Get().MatchString(strings.ToLower(s)):
		hint = finding.Because(reason.HintAppIDLower)
	}
	return finding.Because(reason.NotAppID, "value", tomldoc.Quote(s)), hint
}

func secretFault(text string) (why, hint *finding.Reason) {
	at := badPosition(text, func(r rune) bool { return r != ' ' && unicode.IsPrint(r) })
	if at > 0 {
		return finding.Because(reason.BlankAt, "position", at), finding.Because(reason.HintAppSecret)
	}
	return nil, nil
}

func choiceFault(k Key, s string) (why, hint *finding.Reason) {
	values := k.Values()
	for _, v := range values {
		if v == s {
			return nil, nil
		}
	}
	why = finding.Because(reason.IsButTakes, "value", tomldoc.Quote(s), "values", finding.AnyOf(values))
	best := tomldoc.Near(s, values)
	switch {
	case best != "":
		hint = tomldoc.DidYouMean(best)
	case k == Mode:
		hint = finding.Because(reason.HintModes)
	}
	return why, hint
}
