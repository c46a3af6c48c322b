package apisign

import (
	"slices"
	"strings"
)

// The bounds of a search: half a second's work.
const (
	mostTexts = 130_000
	mostBytes = 192 << 20
)

// recipe is how a text to be signed, or additional data, is put together.
type recipe struct {
	url, appID, timestamp, method string
	body                          []byte // of additional data: the number of the key
	number                        string // a number that does not belong there
	order                         string // letters of fields
	sep, head, tail               string
	form                          form
}

// The letters of a recipe's fields.
const (
	fieldURL    = 'u'
	fieldAppID  = 'a'
	fieldTime   = 't'
	fieldBody   = 'b'
	fieldNumber = 's'
	fieldMethod = 'm'
)

func (r *recipe) render(out []byte) []byte {
	out = append(out[:0], r.head...)
	for i := range len(r.order) {
		if i > 0 {
			out = append(out, r.sep...)
		}
		switch r.order[i] {
		case fieldURL:
			out = append(out, r.url...)
		case fieldAppID:
			out = append(out, r.appID...)
		case fieldTime:
			out = append(out, r.timestamp...)
		case fieldBody:
			out = append(out, r.body...)
		case fieldNumber:
			out = append(out, r.number...)
		case fieldMethod:
			out = append(out, r.method...)
		}
	}
	return append(out, r.tail...)
}

// change is a mistake that changes a recipe.
type change struct {
	id, variant string
	facts       []any // name, value
	dim         dim
	apply       func(*recipe)
}

// dim is what a change is about: a pair has two of different dims.
type dim int

const (
	dimURL dim = iota
	dimNumber
	dimSeparator
	dimBody
	dimTime
	dimOrder
	dimAppID
	dimDigest
	dimMillis // many: paired with few
)

// found is what a search ends with.
type found struct {
	changes []change // none: the right text; two: a pair
	others  []change // that give the same text as the first
	text    []byte
	which   int // of the tests
}

// searcher looks for the text that a test knows.
type searcher struct {
	base  recipe
	fits  []func(text []byte, f form) bool
	each  int // bytes that a test reads beside the text
	tried int
	bytes int
	buf   []byte
}

func (s *searcher) try(r *recipe) (int, bool) {
	s.buf = r.render(s.buf)
	s.tried++
	s.bytes += len(s.buf) + s.each
	for i, fits := range s.fits {
		if fits(s.buf, r.form) {
			return i, true
		}
	}
	return 0, false
}

func (s *searcher) spent() bool { return s.tried >= mostTexts || s.bytes >= mostBytes }

// run tries the right recipe, each change alone, and then all pairs.
func (s *searcher) run(changes []change) (*found, bool) {
	if which, ok := s.try(&s.base); ok {
		return &found{text: slices.Clone(s.buf), which: which}, true
	}
	if f, ok := s.singles(changes); ok {
		return f, true
	}
	return s.pairs(changes)
}

func (s *searcher) singles(changes []change) (*found, bool) {
	var f *found
	for _, c := range changes {
		if s.spent() && f == nil {
			return nil, false
		}
		r := s.base
		c.apply(&r)
		which, ok := s.try(&r)
		switch {
		case ok && f == nil:
			f = &found{changes: []change{c}, text: slices.Clone(s.buf), which: which}
		case ok && c.dim != f.changes[0].dim:
			f.others = append(f.others, c)
		}
	}
	return f, f != nil
}

func (s *searcher) pairs(changes []change) (*found, bool) {
	for i, a := range changes {
		if a.dim == dimMillis {
			continue
		}
		r := s.base
		a.apply(&r)
		for _, b := range changes[i+1:] {
			if b.dim == a.dim || b.dim == dimMillis && a.dim != dimURL && a.dim != dimSeparator && a.dim != dimNumber {
				continue
			}
			if s.spent() {
				return nil, false
			}
			both := r
			b.apply(&both)
			if which, ok := s.try(&both); ok {
				return &found{changes: []change{a, b}, text: slices.Clone(s.buf), which: which}, true
			}
		}
	}
	return nil, false
}

// insert puts a field after another, or at the front where after is 0.
func insert(order string, field, after byte) string {
	i := 0
	if after != 0 {
		i = strings.IndexByte(order, after) + 1
	}
	return order[:i] + string(field) + order[i:]
}

// permutations are all orders of the fields but the given one.
func permutations(fields string) []string {
	var all []string
	var walk func(done, rest string)
	walk = func(done, rest string) {
		if rest == "" && done != fields {
			all = append(all, done)
		}
		for i := range len(rest) {
			walk(done+rest[i:i+1], rest[:i]+rest[i+1:])
		}
	}
	walk("", fields)
	return all
}
