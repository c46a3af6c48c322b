package scenario

import (
	"strconv"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// NeedsAnswers returns the place of the first variable that an answer gives, as a
// [*finding.FileError]: the messages of such a scenario cannot be sent by
// themselves. It is nil when there is none.
func (s *Scenario) NeedsAnswers() error {
	for _, st := range s.Steps {
		values := []*template{st.value}
		for _, a := range st.set {
			values = append(values, a.value)
		}
		for _, v := range values {
			if v == nil {
				continue
			}
			for _, u := range v.uses {
				if u.step >= 0 {
					return s.text.Fail(v.offset, nil, finding.Because(reason.NeedsAnswer, "name", u.name))
				}
			}
		}
	}
	return nil
}

// Type is what the step sends.
func (st *Step) Type() *message.Type { return st.typ }

// Message makes the step's message by itself, as often as wanted and by whomever:
// the sender is {{openid}}, and {{n}} the number. The account's original id and the
// format are those of the step, where it has them. A scenario that [NeedsAnswers]
// has no such messages.
func (st *Step) Message(from, to string, at time.Time, id, n int64, format msgcrypt.Format) (*message.Message, error) {
	if st.to != "" {
		to = st.to
	}
	if st.format != "" {
		format = st.format
	}
	return st.message(from, to, at, id, format, func(u use) string {
		if u.name == "n" {
			return strconv.FormatInt(n, 10)
		}
		return from
	})
}

// message is the step's message, with the values of its variables.
func (st *Step) message(from, to string, at time.Time, id int64, format msgcrypt.Format, value func(use) string) (*message.Message, error) {
	m := st.typ.New(from, to, at, id)
	m.Format, m.Raw = format, st.raw
	if st.value != nil {
		if err := st.typ.Flags[0].Set(m, st.value.expand(value)); err != nil {
			return nil, err
		}
	}
	for _, a := range st.set {
		if err := m.Set(a.path, a.value.expand(value)); err != nil {
			return nil, err
		}
	}
	return m, nil
}
