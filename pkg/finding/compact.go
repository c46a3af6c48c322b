package finding

import "strings"

// maxExpected is what a compact place keeps of what should stand there, which
// may be a whole body.
const maxExpected = 4 << 10

// Compact returns the finding as small as it can be, for those who keep many: its
// facts are no more than what [Fact.In] shows of them, a few hundred bytes
// each, and hold on to nothing else; a long Expected is not known any more; there
// is no Exchange. It reads the same. What is secret in a finding is hidden
// before, by [Facts.Redact], which sees texts whole.
func (f Finding) Compact() Finding {
	c := Finding{ID: f.ID, Variant: f.Variant, Severity: f.Severity}
	if f.Facts != nil {
		c.Facts = make(Facts, len(f.Facts))
		for name, fact := range f.Facts {
			c.Facts[name] = compact(fact)
		}
	}
	c.Place = f.Place.compact()
	return c
}

func (p *Place) compact() *Place {
	if p == nil {
		return nil
	}
	c := *p
	c.File, c.Path, c.Expected, c.And = strings.Clone(p.File), strings.Clone(p.Path), strings.Clone(p.Expected), p.And.compact()
	if len(c.Expected) > maxExpected {
		c.Expected = ""
	}
	return &c
}

func compact(f Fact) Fact {
	switch f.(type) {
	case nil, Count, Duration:
		return f
	}
	s := spoken{en: strings.Clone(f.In(English)), zh: strings.Clone(f.In(Chinese))}
	if s.en == s.zh {
		s.zh = s.en
	}
	return s
}

// spoken is a fact of which only the words are left.
type spoken struct{ en, zh string }

// In implements [Fact].
func (s spoken) In(lang Lang) string {
	if lang == Chinese {
		return s.zh
	}
	return s.en
}

// Redact implements what [Redact] asks of a fact that cuts texts.
func (s spoken) Redact(hide func(string) string) Fact { return spoken{hide(s.en), hide(s.zh)} }
