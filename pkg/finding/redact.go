package finding

// Redact returns the facts with the texts in them as hide makes them. It sees
// texts whole, while [Fact.In] cuts long ones: of a secret that is cut in two,
// neither half could be found.
func (f Facts) Redact(hide func(string) string) Facts {
	if f == nil {
		return nil
	}
	hidden := make(Facts, len(f))
	for name, v := range f {
		hidden[name] = Redact(v, hide)
	}
	return hidden
}

// Redact is [Facts.Redact] for one fact. One of another package's has a method
// Redact if it cuts anything.
func Redact(f Fact, hide func(string) string) Fact {
	switch f := f.(type) {
	case nil, Count, Duration:
		return f
	case Name:
		return Name(hide(string(f)))
	case Quote:
		return Quote{hide(f.Text), f.Limit}
	case Hex:
		return Hex(hide(string(f)))
	case Status:
		return Status{f.Code, hide(f.Reason)}
	case List:
		l := make(List, len(f))
		for i, v := range f {
			l[i] = Redact(v, hide)
		}
		return l
	case All:
		return All(Redact(List(f), hide).(List))
	case Any:
		return Any(Redact(List(f), hide).(List))
	case chain:
		c := make(chain, len(f))
		for i, v := range f {
			c[i] = Redact(v, hide)
		}
		return c
	case *Reason:
		r := *f
		r.Args = f.Args.Redact(hide)
		return &r
	case interface {
		Redact(hide func(string) string) Fact
	}:
		return f.Redact(hide)
	case failure:
		return clipped{Redact(errorFact(f.err), hide)}
	case clipped:
		return clipped{Redact(f.Fact, hide)}
	}
	return redacted{f, hide}
}

// redacted is a fact of another package's.
type redacted struct {
	Fact
	hide func(string) string
}

// In implements [Fact].
func (r redacted) In(lang Lang) string { return r.hide(r.Fact.In(lang)) }
