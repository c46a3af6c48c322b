package scenario

import (
	"github.com/wxdev/wxdev/internal/tomldoc"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/push"
)

var laterKeys = []string{"type", "text", "match", "not_match", "contains", "not_contains", "under", "times", "capture"}

// later reads what a step expects after its answer.
func (d *decoder) later(st *Step, in *tomldoc.Node) error {
	wanted, err := in.AsTable()
	if err != nil {
		return d.text.Refuse(err, finding.Because(reason.HintWriteLater))
	}
	l := &later{expectation: noExpectation(), times: anyTimes, line: d.line(in.KeyAt), offset: in.KeyAt}
	for _, p := range wanted {
		var err error
		switch p.Key {
		case "type":
			l.typLine = d.line(p.KeyAt)
			l.typ, err = d.choice(p, customTypes()...)
		case "text":
			l.text, err = d.scalar(p)
		case "match", "not_match", "contains", "not_contains":
			err = d.words(&l.expectation, p)
		case "under":
			l.undLine = d.line(p.KeyAt)
			l.under, err = d.duration(p)
		case "times":
			l.timesLine = d.line(p.KeyAt)
			l.times, err = d.count(p, 0, 20)
		case "capture":
			l.captures, err = d.captures(p, st.captures)
		default:
			err = d.unknown(p, laterKeys, "")
		}
		if err != nil {
			return err
		}
	}
	if l.text != nil && l.typ != "" && l.typ != "text" {
		return d.text.Fail(in.Get("text").KeyAt, finding.Because(reason.HintRemoveOne), finding.Because(reason.GoesWith, "key", "text", "needs", typeIs("text"), "type", tomldoc.Quote(l.typ)))
	}
	if len(l.captures) > 0 && l.times == 0 {
		return d.text.Fail(in.Get("capture").KeyAt, finding.Because(reason.HintRemoveOne), finding.Because(reason.NothingLater))
	}
	st.later = l
	return nil
}

func customTypes() []string {
	var names []string
	for _, t := range api.CustomTypes() {
		names = append(names, t.Name)
	}
	return names
}

// deliverAgain makes a step whose later messages are counted one that is
// delivered as often as WeChat does it: only then does the number say anything.
// A step that says itself how often stays as it is.
func (st *Step) deliverAgain() {
	if st.later != nil && st.later.times > 0 && st.Retry == 0 && st.Duplicate == 0 {
		st.Duplicate = push.Attempts - 1
	}
}
