package redact

import (
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"
)

// Shortest is how long a value must be to be hidden by what it is: a shorter
// one is part of half of what is printed.
const Shortest = 6

// common are values that are no secret, whoever has chosen them: they are in
// every second address.
var common = []string{"weixin", "wechat"}

// A Redactor hides values that are known. It may be used by several goroutines
// at once; a nil one hides nothing.
type Redactor struct {
	mask     string
	shortest int

	mu     sync.RWMutex
	given  []string // as they were added
	values []string // in every form
}

// New returns a Redactor that writes mask in the place of values, and passes
// over those with fewer than shortest bytes.
func New(mask string, shortest int, values ...string) *Redactor {
	r := &Redactor{mask: mask, shortest: max(shortest, 1)}
	r.Add(values...)
	return r
}

// Add makes it hide these values too, also as URLs, JSON, HTML, base64 and
// dumps have them.
func (r *Redactor) Add(values ...string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range values {
		if len(v) < r.shortest || slices.Contains(r.given, v) || slices.Contains(common, strings.ToLower(v)) {
			continue
		}
		r.given = append(r.given, v)
		for _, form := range formsOf(v) {
			if len(form) >= r.shortest && !slices.Contains(r.values, form) {
				r.values = append(r.values, form)
			}
		}
	}
}

// formsOf is a value as it may be written. What escapes single characters, in
// any of the ways there are, [decoded] undoes.
func formsOf(v string) []string {
	dump := hex.EncodeToString([]byte(v))
	forms := []string{v, url.QueryEscape(v), dump, strings.ToUpper(dump)}
	for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		forms = append(forms, alphabet.EncodeToString([]byte(v)))
		for before := range 3 {
			forms = append(forms, within(alphabet, v, before))
		}
	}
	// What is an escape in the value is undone with those around it.
	for plain, ok := (view{text: v}).decoded(anyEscape); ok; plain, ok = plain.decoded(anyEscape) {
		forms = append(forms, plain.text)
	}
	return forms
}

// within is the base64 of a value that other bytes stand around, before of
// them before it in its group of three: the characters that are of the value
// alone.
func within(alphabet *base64.Encoding, v string, before int) string {
	all := alphabet.EncodeToString([]byte(strings.Repeat("\x00", before) + v))
	from := (before*8 + 5) / 6
	return all[from : (before+len(v))*8/6]
}

// Values are those that it hides, as they were added.
func (r *Redactor) Values() []string {
	if r == nil {
		return nil
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Clone(r.given)
}

// Text hides the values in s. Of values that overlap, nothing is left.
func (r *Redactor) Text(s string) string {
	if r == nil {
		return s
	}
	return r.cover(s, r.spans(view{text: s}))
}

// span is a part of a text.
type span struct{ from, to int }

// spans are where the values are in a text, be they escaped or not.
func (r *Redactor) spans(v view) (found []span) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.values) == 0 {
		return nil
	}
	for depth := 0; ; depth++ {
		for _, value := range r.values {
			last := -1 // the value's last span
			for at := 0; ; at++ {
				n := strings.Index(v.text[at:], value)
				if n < 0 {
					break
				}
				at += n
				one := span{v.place(at), v.place(at + len(value))}
				if last >= 0 && one.from < found[last].to {
					found[last].to = one.to
					continue
				}
				last = len(found)
				found = append(found, one)
			}
		}
		var ok bool
		if v, ok = v.decoded(anyEscape); !ok || depth == maxDepth {
			return found
		}
	}
}

// cover writes the mask over parts of s.
func (r *Redactor) cover(s string, found []span) string {
	if found == nil {
		return s
	}
	sort.Slice(found, func(i, j int) bool { return found[i].from < found[j].from })
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
// split between two writes, which reports, written line by line, do not do. A
// JSON document stays one.
func (r *Redactor) Writer(w io.Writer) io.Writer { return writer{r, w} }

type writer struct {
	r *Redactor
	w io.Writer
}

func (w writer) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.w, w.r.document(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
