package scenario

import (
	"cmp"
	"strconv"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// CheckAlone reports what keeps the messages of a scenario from being sent by
// themselves, all in one mode and format, as a [*finding.FileError]: a variable that
// an answer gives, another mode or format, or a message that the format does not
// have. Empty is plain, and XML.
func (s *Scenario) CheckAlone(mode msgcrypt.Mode, format msgcrypt.Format) error {
	mode, format = cmp.Or(mode, msgcrypt.Plain), cmp.Or(format, msgcrypt.XML)
	for _, st := range s.Steps {
		if v, name := st.needsAnswer(); v != nil {
			return s.text.Fail(v.offset, finding.Because(reason.HintAlone), finding.Because(reason.NeedsAnswer, "name", name))
		}
		if st.mode != "" && st.mode != mode {
			return s.differs(st.offsets.mode, "mode", string(st.mode), string(mode))
		}
		if st.format != "" && st.format != format {
			return s.differs(st.offsets.format, "format", string(st.format), string(format))
		}
		if err := s.unfit(st, format); err != nil {
			return err
		}
	}
	return nil
}

func (s *Scenario) differs(at int, key, value, all string) error {
	return s.text.Fail(at, finding.Because(reason.HintAloneFlag, "key", key, "value", value), finding.Because(reason.AloneDiffers, "key", key, "value", value, "all", all))
}

// needsAnswer is the first value of the step that has a variable which an answer
// gives, with its name; nil is none.
func (st *Step) needsAnswer() (*template, string) {
	for _, v := range st.sends() {
		for _, u := range v.uses {
			if u.step >= 0 {
				return v, u.name
			}
		}
	}
	return nil, ""
}

// Type is what the step sends.
func (st *Step) Type() *message.Type { return st.typ }

// Message makes the step's message by itself, as often as wanted and by whomever:
// the sender is {{openid}}, and {{n}} the number. The account's original id and the
// format are those of the step, where it has them. A scenario that fails
// [Scenario.CheckAlone] has no such messages.
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
