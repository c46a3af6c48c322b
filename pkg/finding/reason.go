package finding

import (
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Reason is why something failed, as data: an id of package reason and its
// arguments. It is an error, which reads in English, and a [Fact], which each
// language words in its own way.
type Reason struct {
	ID   reason.ID
	Args Facts

	err error
}

// Because makes a Reason. The pairs are those of [NewFacts]. An error among
// them that is called "error" is wrapped as well: this is how context is added
// to an error in both languages.
func Because(id reason.ID, pairs ...any) *Reason {
	r := &Reason{ID: id, Args: NewFacts(pairs...)}
	for i := 0; i+1 < len(pairs); i += 2 {
		if err, ok := pairs[i+1].(error); ok && pairs[i] == "error" {
			r.err = err
		}
	}
	return r
}

// Wrap returns the Reason with err for errors.Is and errors.As to find. It
// does not show in the words.
func (r *Reason) Wrap(err error) *Reason {
	c := *r
	c.err = err
	return &c
}

// Error implements error.
func (r *Reason) Error() string { return r.In(English) }

// Unwrap returns what was wrapped, or nil.
func (r *Reason) Unwrap() error { return r.err }

// In implements [Fact].
func (r *Reason) In(lang Lang) string {
	en, zh := reason.Text(r.ID)
	if lang == Chinese {
		return r.Args.Fill(lang, zh)
	}
	return r.Args.Fill(lang, en)
}
