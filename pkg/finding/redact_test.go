package finding

import (
	"errors"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// A secret is hidden wherever it is in a fact, also where the text is cut.
func TestRedact(t *testing.T) {
	const secret = "0123456789abcdef"
	hide := func(s string) string { return strings.ReplaceAll(s, secret, "***") }
	atCut := strings.Repeat("x", 112) + secret
	for _, value := range []any{
		secret, "a " + secret, []byte(atCut), Quoted(secret),
		Quote{atCut, 120},
		Hex("a" + secret),
		Status{500, secret},
		Names("a", secret),
		List{Excerpt(atCut)},
		errors.New(secret),
		Because(reason.NoAddress, "host", secret), error(Because(reason.NoAddress, "host", Excerpt(atCut))),
		failure{Because(reason.NoAddress, "host", Excerpt(atCut))},
	} {
		f := NewFacts("x", value, "n", 1)
		for _, lang := range []Lang{English, Chinese} {
			if got := f.Redact(hide).Text(lang, "x"); strings.Contains(got, secret[:8]) || !strings.Contains(got, "***") && !strings.Contains(got, "2A 2A 2A") {
				t.Errorf("%T: %q", value, got)
			}
			if got := f.Redact(hide).Text(lang, "n"); got != "1" {
				t.Errorf("a number becomes %q", got)
			}
			same := func(s string) string { return s }
			if got, want := f.Redact(same).Text(lang, "x"), f.Text(lang, "x"); got != want {
				t.Errorf("%T: %q, want %q", value, got, want)
			}
		}
	}
	if Facts(nil).Redact(hide) != nil {
		t.Error("facts come out of none")
	}
}
