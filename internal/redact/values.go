package redact

import (
	"encoding/json"
	"html"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// How long a value must be to be hidden.
const (
	// ShortestChosen is for values that people choose: a shorter one, such as
	// the Token weixin, is part of half the addresses that are printed.
	ShortestChosen = 8

	// ShortestIssued is for what WeChat makes: AppSecrets, tokens, tickets.
	ShortestIssued = 4
)

// A Redactor hides values that are known. It may be used by several goroutines
// at once; a nil one hides nothing.
type Redactor struct {
	mask     string
	shortest int

	mu     sync.RWMutex
	values []string
}

// New returns a Redactor that writes mask in the place of values, and passes
// over those with fewer than shortest bytes.
func New(mask string, shortest int, values ...string) *Redactor {
	r := &Redactor{mask: mask, shortest: max(shortest, 1)}
	r.Add(values...)
	return r
}

// Add makes it hide these values too, also as URLs, JSON and HTML have them.
func (r *Redactor) Add(values ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range values {
		if len(v) < r.shortest {
			continue
		}
		for _, form := range []string{v, url.QueryEscape(v), url.PathEscape(v), inJSON(v), html.EscapeString(v)} {
			if !slices.Contains(r.values, form) {
				r.values = append(r.values, form)
			}
		}
	}
}

func inJSON(v string) string {
	quoted, err := json.Marshal(v)
	if err != nil {
		return v // a string always marshals
	}
	return string(quoted[1 : len(quoted)-1])
}

// Text hides the values in s. Of values that overlap, nothing is left.
func (r *Redactor) Text(s string) string {
	if r == nil {
		return s
	}
	type span struct{ from, to int }
	var found []span
	r.mu.RLock()
	for _, v := range r.values {
		last := -1 // v's last span
		for at := 0; ; at++ {
			n := strings.Index(s[at:], v)
			if n < 0 {
				break
			}
			at += n
			if last >= 0 && at < found[last].to {
				found[last].to = at + len(v)
				continue
			}
			last = len(found)
			found = append(found, span{at, at + len(v)})
		}
	}
	r.mu.RUnlock()
	if found == nil {
		return s
	}
	slices.SortFunc(found, func(a, b span) int { return a.from - b.from })
	var out strings.Builder
	done := 0
	for i, f := range found {
		if i == 0 || f.from >= done { // else it begins in one that is hidden
			out.WriteString(s[done:f.from])
			out.WriteString(r.mask)
		}
		done = max(done, f.to)
	}
	out.WriteString(s[done:])
	return out.String()
}

// Writer hides the values in what is written to w. It sees those that are not
// split between two writes, which reports, written line by line, do not do.
func (r *Redactor) Writer(w io.Writer) io.Writer { return writer{r, w} }

type writer struct {
	r *Redactor
	w io.Writer
}

func (w writer) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.w, w.r.Text(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
