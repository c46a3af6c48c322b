package verify_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/verify"
)

// expanding reads XML with the entities that a message defines, where resolve
// knows what a file has.
func expanding(resolve func(system string) (string, bool)) func([]byte) (*message.Message, error) {
	return func(body []byte) (*message.Message, error) {
		text := string(body)
		if declared, rest, ok := strings.Cut(text, "]>"); ok && strings.HasPrefix(text, "<!DOCTYPE") {
			_, value, _ := strings.Cut(declared, "<!ENTITY e ")
			value, known := resolve(strings.TrimSuffix(value, ">"))
			if !known {
				return nil, fmt.Errorf("undefined entity")
			}
			var b strings.Builder
			_ = xml.EscapeText(&b, []byte(value))
			text = strings.ReplaceAll(rest, "&e;", b.String())
		}
		clean, _ := message.Sanitize([]byte(text))
		return message.Parse(clean)
	}
}

// TestSecurity: what only an attacker sends is told by what comes back, and a
// parser that knows no document types has nothing to fear.
func TestSecurity(t *testing.T) {
	own := func(v string) (string, bool) { return strings.Trim(v, `"`), strings.HasPrefix(v, `"`) }
	files := func(v string) (string, bool) {
		if strings.Contains(v, "file:///proc/version") {
			return "Linux version 6.1", true
		}
		return own(v)
	}
	for _, mode := range []string{"plain", "safe"} {
		for want, parse := range map[string]func([]byte) (*message.Message, error){
			"M32 files": expanding(files), "M32 expanded": expanding(own), "": nil,
		} {
			t.Run(mode+" "+want, func(t *testing.T) {
				t.Parallel()
				b := &bot{parse: parse, safe: mode == string(msgcrypt.Safe), codec: newCodec(t, appID)}
				r := run(t, messageOptions(t, handler(b)(t), mode))
				describable(t, r)
				inChinese(t, r)
				var got string
				for _, f := range r.Findings {
					if f.ID == "M32" {
						got += f.ID + " " + f.Variant
					}
				}
				want := want
				if mode == "safe" && want == "M32 expanded" {
					want = "" // nobody can send it without the key
				}
				if got != want || len(serious(r)) > 0 != (want == "M32 files") {
					t.Errorf("found %q, %q", got, serious(r))
				}
			})
		}
	}
}

// TestHugeText: a server may refuse a text of a megabyte, and must not end of it.
func TestHugeText(t *testing.T) {
	good := &bot{}
	limited := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
		if len(body) == 64<<10 {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		good.ServeHTTP(w, r)
	})
	r := run(t, messageOptions(t, handler(limited)(t), "plain"))
	i := slices.IndexFunc(r.Checks, func(c verify.Check) bool { return c.Name == verify.Security })
	if c := r.Checks[i]; c.Outcome != verify.Passed || len(serious(r)) > 0 {
		t.Errorf("%s %s, found %q", c.Outcome, c.Reason, serious(r))
	}
}
