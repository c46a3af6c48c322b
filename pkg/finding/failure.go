package finding

import (
	"strings"

	"github.com/wxdev/wxdev/internal/text"
)

// Failure is an error as a fact.
func Failure(err error) Fact { return failure{err} }

type failure struct{ err error }

func (f failure) In(lang Lang) string { return clip(ErrorIn(lang, f.err)) }

// clipped is a fact at the length that suits a report.
type clipped struct{ Fact }

func (c clipped) In(lang Lang) string { return clip(c.Fact.In(lang)) }

// ErrorIn is an error on one line, fit to print. Whatever in it is a [Fact], as
// a [Reason] is, or is known of the system (see [System]), is in lang; other
// words stay as they are.
func ErrorIn(lang Lang, err error) string {
	if err == nil {
		return ""
	}
	return errorFact(err).In(lang)
}

// ErrorFact is [ErrorIn] as a fact, for [Redact]: nothing of it is cut yet.
func ErrorFact(err error) Fact {
	if err == nil {
		return words("")
	}
	return errorFact(err)
}

// errorFact is an error as the facts that its words are made of.
func errorFact(err error) Fact {
	if f, ok := err.(Fact); ok {
		return f
	}
	if r := wrapper(err); r != nil {
		return r
	}
	if parts := inside(err); parts != nil {
		return parts
	}
	if r := cause(err); r != nil {
		return r
	}
	return words(err.Error())
}

// words is text without an end to its length.
type words string

func (w words) In(Lang) string { return text.Line(string(w)) }

// chain is facts without anything between them.
type chain []Fact

func (c chain) In(lang Lang) string {
	var s strings.Builder
	for _, f := range c {
		s.WriteString(f.In(lang))
	}
	return s.String()
}

// inside parts the words of an error at those of the errors that it wraps. It
// is nil where it wraps none, or does not show them.
func inside(err error) chain {
	var parts chain
	rest := err.Error()
	for _, inner := range wrapped(err) {
		said := inner.Error()
		at := strings.LastIndex(rest, said) // what is wrapped comes last
		if _, one := err.(interface{ Unwrap() error }); !one {
			at = strings.Index(rest, said)
		}
		if at < 0 || said == "" {
			continue
		}
		if at > 0 {
			parts = append(parts, between(rest[:at]))
		}
		parts = append(parts, errorFact(inner))
		rest = rest[at+len(said):]
	}
	if parts != nil && rest != "" {
		parts = append(parts, words(rest))
	}
	return parts
}

// between is what an error says before the one that it wraps; errors.Join puts
// a line end there. A mark that only joins two errors is the language's own.
func between(s string) Fact {
	switch s {
	case "\n":
		return joint{"; ", "；"}
	case ": ":
		return joint{": ", "："}
	}
	return words(s)
}

// joint is a mark between two errors.
type joint struct{ en, zh string }

func (j joint) In(lang Lang) string {
	if lang == Chinese {
		return j.zh
	}
	return j.en
}

func wrapped(err error) []error {
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			return []error{inner}
		}
	case interface{ Unwrap() []error }:
		return e.Unwrap()
	}
	return nil
}
