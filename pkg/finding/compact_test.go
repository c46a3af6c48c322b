package finding

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// large is a finding that holds on to a body of size bytes in every way.
func large(size int) Finding {
	body := strings.Repeat("长", size/3)
	err := fmt.Errorf("reading %w", errors.New(body))
	f := New(
		"M06", "plain-text",
		"quote", Quote{body, 80}, "all", Quoted(body), "name", body[:30], "long", Name(body), "hex", Hex(body[:4]), "part", Quote{Text: body[10:20]},
		"error", err, "reason", Because("answer-body", "status", Status{200, body}, "body", body, "error", err), "list", Names(body, "b"), "any", AnyOf([]string{"a", body}),
		"count", 3, "took", time.Second,
	)
	f.Place = &Place{In: InBody, Line: 1, Column: 2, Length: 3, Expected: body}
	f.Exchange = &Exchange{Sent: []byte(body), Received: []byte(body), Replay: body}
	return f
}

// TestCompactReadsTheSame: in both languages.
func TestCompactReadsTheSame(t *testing.T) {
	f := large(9000)
	c := f.Compact()
	if c.ID != f.ID || c.Variant != f.Variant || c.Severity != f.Severity || c.Exchange != nil || c.Place.Known() || c.Place.Column != 2 || !f.Place.Known() {
		t.Errorf("%+v", c)
	}
	for name := range f.Facts {
		for _, lang := range []Lang{English, Chinese} {
			if was, is := f.Facts.Text(lang, name), c.Facts.Text(lang, name); was != is || len(is) > 3*maxFact {
				t.Errorf("%s in %s: %q, was %q", name, lang, is, was)
			}
		}
	}
	hidden := c.Facts.Redact(func(s string) string { return strings.ReplaceAll(s, "长", "*") })
	if text := hidden.Text(Chinese, "quote"); strings.Contains(text, "长") || !strings.Contains(text, "*") {
		t.Errorf("hidden: %q", text)
	}
	if c := (Finding{ID: "M01"}).Compact(); c.Facts != nil || c.Place != nil {
		t.Errorf("%+v", c)
	}
}

// TestCompactIsSmall: a hundred findings about bodies of 64 KiB keep none of them.
func TestCompactIsSmall(t *testing.T) {
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	kept := make([]Finding, 100)
	for i := range kept {
		kept[i] = large(64 << 10).Compact()
	}
	const most = 3 << 20 // of more than 30 MiB of bodies and what is made of them; the words are some 10 KiB each
	if after := heap(); after > before+most {
		t.Errorf("%d findings keep %d KiB", len(kept), (after-before)/1024)
	}
	runtime.KeepAlive(kept)
}
