// Package bilingual is for tests: whether an error that people read says in
// Chinese what it says in English.
//
//	if fault := bilingual.Fault(err); fault != "" {
//		t.Error(fault)
//	}
package bilingual

import (
	"errors"
	"fmt"
	"regexp"
	"unicode"

	"github.com/wxdev/wxdev/pkg/finding"
)

// Fault is what is wrong with the Chinese of an error and of its hint, or "".
func Fault(err error) string {
	if err == nil {
		return "no error"
	}
	if s := In(finding.ErrorIn(finding.Chinese, err)); s != "" {
		return fmt.Sprintf("%v: %s", err, s)
	}
	var hinted interface {
		HintIn(lang finding.Lang) string
	}
	if errors.As(err, &hinted) && hinted.HintIn(finding.English) != "" {
		if s := In(hinted.HintIn(finding.Chinese)); s != "" {
			return fmt.Sprintf("hint of %v: %s", err, s)
		}
	}
	return ""
}

var (
	quotation = regexp.MustCompile(`"[^"]*"|“[^”]*”|'[^']*'|` + "`[^`]*`" + `|\{[^}]*\}|https?://\S+`)
	english   = regexp.MustCompile(`[a-z]+(,? [a-z]+){3,}`)
)

// In is what is wrong with a text that should be Chinese, or "". Names,
// quotations and protocol words are English in both languages; four words in a
// row are a sentence.
func In(text string) string {
	bare := quotation.ReplaceAllString(text, "…")
	for _, r := range bare {
		if unicode.Is(unicode.Han, r) {
			if words := english.FindString(bare); words != "" {
				return fmt.Sprintf("English %q in %q", words, text)
			}
			return ""
		}
	}
	return fmt.Sprintf("no Chinese in %q", text)
}
