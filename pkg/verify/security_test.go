package verify_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
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
	limited := func(v string) (string, bool) {
		return strings.Trim(v, `"`), strings.HasPrefix(v, `"`) && !strings.Contains(v, "&")
	}
	own := func(v string) (string, bool) {
		v, internal := strings.CutPrefix(v, `"`)
		_, v, _ = strings.Cut(v, ";") // what is nested is empty
		return strings.TrimSuffix(v, `"`), internal
	}
	files := func(v string) (string, bool) {
		if strings.Contains(v, "file:///proc/version") {
			return "Linux version 6.1", true
		}
		return own(v)
	}
	for _, mode := range []string{"plain", "compat", "safe"} {
		for want, parse := range map[string]func([]byte) (*message.Message, error){
			"M32 files": expanding(files), "M32 unlimited": expanding(own), "": nil, " a limit": expanding(limited),
		} {
			t.Run(mode+" "+want, func(t *testing.T) {
				t.Parallel()
				b := &bot{parse: parse, safe: mode != string(msgcrypt.Plain), codec: newCodec(t, appID)}
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
				if mode != "plain" && want == "M32 unlimited" || want == " a limit" {
					want = "" // nobody can send it without the key, or no harm is done
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

// TestEnvelopeEntity: who expands entities does it in the envelope too, before
// there is a signature to check.
func TestEnvelopeEntity(t *testing.T) {
	for _, expands := range []bool{true, false} {
		good := &bot{safe: true, codec: newCodec(t, appID)}
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if declared, rest, ok := strings.Cut(string(body), "]>"); ok && expands && strings.HasPrefix(declared, "<!DOCTYPE") {
				_, value, _ := strings.Cut(declared, `<!ENTITY e "&n5;`)
				body = []byte(strings.Replace(rest, "&e;", strings.TrimSuffix(value, `">`), 1))
			}
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			good.ServeHTTP(w, r)
		})
		r := run(t, messageOptions(t, handler(h)(t), "safe"))
		describable(t, r)
		inChinese(t, r)
		if got := names(r, "M32 envelope"); got != expands || len(serious(r)) > 0 != expands {
			t.Errorf("expands %t: M32 envelope %t, found %q", expands, got, serious(r))
		}
	}
}

// TestOldSignature: that an old signature is accepted, and in plain mode goes with
// any message, is one note at most, whatever else is sent.
func TestOldSignature(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]bool{}
	recent := func(q url.Values, _ string) bool {
		at, _ := strconv.ParseInt(q.Get("timestamp"), 10, 64)
		return rightMessage(q, "") && time.Since(time.Unix(at, 0)).Abs() < 10*time.Minute
	}
	fresh := func(q url.Values, _ string) bool {
		mu.Lock()
		defer mu.Unlock()
		was := seen[q.Get("nonce")]
		seen[q.Get("nonce")] = true
		return rightMessage(q, "") && !was
	}
	for name, c := range map[string]struct {
		b    *bot
		mode string
	}{
		"any":               {&bot{}, "plain"},
		"recent":            {&bot{check: recent}, "plain"},
		"a nonce once":      {&bot{check: fresh}, "plain"},
		"of the message":    {&bot{safe: true, codec: newCodec(t, appID)}, "safe"},
		"none is looked at": {&bot{check: anySignature}, "plain"},
	} {
		r := run(t, messageOptions(t, handler(c.b)(t), c.mode))
		describable(t, r)
		inChinese(t, r)
		var notes []string
		for _, f := range r.Findings {
			if f.Severity == finding.Info && f.ID == "V09" {
				notes = append(notes, f.Variant)
			}
		}
		if !slices.Equal(notes, []string{"stale"}) {
			t.Errorf("%s: notes of V09 %q; found %q", name, notes, serious(r))
		}
	}
}

// TestEscapesInJSON: what XML forbids comes as an escape in JSON, and to refuse
// half a character is a note.
func TestEscapesInJSON(t *testing.T) {
	var mu sync.Mutex
	escapes := map[string]bool{}
	strict := func(body []byte) (*message.Message, error) {
		mu.Lock()
		defer mu.Unlock()
		for _, e := range []string{`\u0002`, `\u001d`, `\ud83d`} {
			escapes[e] = escapes[e] || strings.Contains(string(body), e)
		}
		if strings.Contains(string(body), `\ud83d`) {
			return nil, fmt.Errorf("lone leading surrogate")
		}
		return message.Parse(body)
	}
	o := messageOptions(t, handler(&bot{parse: strict, answer: func(*message.Message) string { return "success" }})(t), "plain")
	o.Format = "json"
	r := run(t, o)
	describable(t, r)
	inChinese(t, r)
	if len(escapes) != 3 || !escapes[`\u0002`] || !escapes[`\u001d`] || !escapes[`\ud83d`] {
		t.Errorf("sent %v", escapes)
	}
	if i := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return f.ID == "M07" && f.Variant == "raw-text" }); i < 0 || len(serious(r)) > 0 {
		t.Errorf("found %q", serious(r))
	}
}
