package main

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
)

// errNo is returned by a command whose check ran and whose answer is no: the
// report is already on stdout, so nothing more is printed.
var errNo = errors.New("no")

// childError is the exit code of a program that this one has run.
type childError struct {
	error
	code int
}

// said is something to say, as data: a text of package words and what fills it.
// It is put into words where the reader's language is known.
type said struct {
	id    words.ID
	pairs []any // name, value, name, value…; see spoken
}

// problem is an error that is said; as an error it reads in English.
type problem struct{ said }

// hint says something beside an error, or in another text. The pairs are as in
// [words.Fill]; a value may also be an error, a fact, an int or a duration.
func hint(id words.ID, pairs ...any) finding.Fact { return said{id, pairs} }

// failed is the error that something could not be done. An error among the
// pairs is the one that it is about.
func failed(id words.ID, pairs ...any) error { return &problem{said{id, pairs}} }

// usage is a mistake in the command line or in a file, found before anything
// was tried.
func usage(id words.ID, pairs ...any) error { return usageError{failed(id, pairs...)} }

// In implements [finding.Fact].
func (s said) In(lang finding.Lang) string {
	filled := make([]string, len(s.pairs))
	for i, v := range s.pairs {
		filled[i] = spoken(lang, v)
	}
	return words.Fill(lang, s.id, filled...)
}

// Redact hides secrets before anything is cut, as [finding.Redact] asks for it.
func (s said) Redact(hide func(string) string) finding.Fact {
	hidden := said{s.id, slices.Clone(s.pairs)}
	for i := 1; i < len(s.pairs); i += 2 {
		switch v := s.pairs[i].(type) {
		case string:
			hidden.pairs[i] = hide(v)
		case finding.Fact:
			hidden.pairs[i] = finding.Redact(v, hide)
		case error:
			hidden.pairs[i] = finding.Redact(finding.ErrorFact(v), hide)
		}
	}
	return hidden
}

func (p *problem) Error() string { return p.In(finding.English) }

func (p *problem) Unwrap() error {
	for _, v := range p.pairs {
		if err, ok := v.(error); ok {
			return err
		}
	}
	return nil
}

// spoken is a value of a text. A string is fit to print already.
func spoken(lang finding.Lang, value any) string {
	switch v := value.(type) {
	case string:
		return v
	case finding.Fact:
		return v.In(lang)
	case error:
		return finding.ErrorIn(lang, v)
	case time.Duration:
		return v.String()
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	panic("a text is filled with a value of no known kind")
}

// literal is a hint that is in the reader's language already.
type literal string

// In implements [finding.Fact].
func (l literal) In(finding.Lang) string { return string(l) }

// quoted is a text of the user's in quotation marks, whole.
func quoted(s string) string { return text.Quote([]byte(s), 0) }

// usageError makes an error one of the command line, see [usage].
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// In implements [finding.Fact].
func (e usageError) In(lang finding.Lang) string { return finding.ErrorIn(lang, e.error) }

// Redact is that of the error.
func (e usageError) Redact(hide func(string) string) finding.Fact {
	return finding.Redact(finding.ErrorFact(e.error), hide)
}

// unwritten makes an error one that an interruption does not explain: what was
// to be written at the end was not.
func unwritten(err error) error { return unwrittenError{err} }

type unwrittenError struct{ error }

func (e unwrittenError) Unwrap() error { return e.error }

// In implements [finding.Fact].
func (e unwrittenError) In(lang finding.Lang) string { return finding.ErrorIn(lang, e.error) }

// Redact is that of the error.
func (e unwrittenError) Redact(hide func(string) string) finding.Fact {
	return finding.Redact(finding.ErrorFact(e.error), hide)
}

// hintedError carries, below the error, lines that say what to do.
type hintedError struct {
	error
	hints []finding.Fact
}

func (e hintedError) Unwrap() error { return e.error }

// In implements [finding.Fact].
func (e hintedError) In(lang finding.Lang) string { return finding.ErrorIn(lang, e.error) }

// Redact is that of the error.
func (e hintedError) Redact(hide func(string) string) finding.Fact {
	return finding.Redact(finding.ErrorFact(e.error), hide)
}

// withHint adds hints below those that err has already.
func withHint(err error, hints ...finding.Fact) error {
	var inner hintedError
	if errors.As(err, &inner) {
		hints = slices.Concat(inner.hints, hints)
	}
	return hintedError{err, hints}
}

// hintsOf are the hints that an error carries.
func hintsOf(lang finding.Lang, err error) []string {
	var hinted hintedError
	var conf *config.Error
	switch {
	case errors.As(err, &hinted):
		var all []string
		for _, h := range hinted.hints {
			all = append(all, h.In(lang))
		}
		return all
	case errors.As(err, &conf) && conf.Hint != nil:
		return []string{conf.Hint.In(lang)}
	}
	return nil
}

// fileError makes a mistake in a TOML file one of the command line: nothing
// was tried.
func fileError(err error) error {
	var at *finding.FileError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &at) && at.Hint != nil:
		return withHint(usageError{err}, at.Hint)
	}
	return usageError{err}
}
