package main

import (
	"errors"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/tokenstore"
)

// explained adds to an error of the API what its errcode means and what to
// do about it. Other errors stay as they are.
func (c *caller) explained(err error) error {
	var refused *api.Error
	var store *tokenstore.StoreError
	switch {
	case errors.As(err, &store) && c.file == nil && store.Late:
		return withHint(failed(words.TokenErrLate, "error", err), hint(words.TokenHintLate))
	case errors.As(err, &store) && c.file == nil:
		return withHint(failed(words.TokenErrStore, "error", err), hint(words.TokenHintStore))
	case !errors.As(err, &refused):
		return err
	case refused.Code == 0 && c.client.Base() != api.DefaultBase:
		v, _ := c.conf.Get(config.APIBase)
		return withHint(err, hint(words.APIErrorBase, "from", text.Line(v.From)))
	case refused.Code == 0:
		return err
	}
	var hints []finding.Fact
	for _, h := range codeHints(c.Lang(), refused) {
		hints = append(hints, literal(h))
	}
	return withHint(err, hints...)
}

// codeHints are the lines below an errcode: both meanings, the cause, the
// address for the white list, when it happened, and where to read on.
func codeHints(lang finding.Lang, e *api.Error) []string {
	say := sayIn(lang)
	var hints []string
	if e.Code == 0 { // it never got as far as an answer
		return nil
	}
	if c, ok := catalog.LookupCode(e.Code); ok {
		hints = append(hints, say(words.APIErrorMeaning, "code", strconv.Itoa(e.Code), "zh", c.Zh, "en", exampleAddress(c.En, e.Address())))
		if cause := c.Cause(lang); cause != "" {
			hints = append(hints, cause)
		}
	}
	if a := e.Address(); a != "" {
		hints = append(hints, say(words.APIErrorAddress, "address", a))
	}
	if e.SameToken {
		hints = append(hints, say(words.APIErrorSameToken))
	}
	if when, ok := e.Called(); ok {
		hints = append(hints, say(words.APIErrorCalled, "utc", when.Format("2006-01-02 15:04:05 UTC"), "beijing", when.In(beijing()).Format("15:04:05 +08:00")))
	}
	if id := codeFindings.Get()[e.Code]; id != "" {
		hints = append(hints, say(words.APIErrorMore, "id", id))
	}
	return hints
}

// codeFindings are the findings that tell more about an errcode.
var codeFindings = lazy.Value[map[int]string]{Make: func() map[int]string {
	return map[int]string{
		40001: "A01", 40014: "A01", 42001: "A01",
		40164: "A02", 61004: "A02",
		45009: "A03",
		40033: "A04", 47002: "A04",
		40016: "A06",
	}
}}

// exampleAddress puts the real address into the catalogue's sample text.
func exampleAddress(text, address string) string {
	if address == "" {
		return text
	}
	return strings.ReplaceAll(text, "1.2.3.4", address)
}
