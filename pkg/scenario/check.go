package scenario

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
)

// check compares an answer with what is expected of it, and also returns the
// findings that are not allowed.
func (e *expectation) check(d *push.Delivery, value func(use) string) (wrong []Mismatch, found []finding.Finding) {
	add := func(m Mismatch) { wrong = append(wrong, m) }
	took := total(d)
	if e.under > 0 && took >= e.under {
		add(Mismatch{Kind: Under, Line: e.undLine, Want: e.under.String(), Got: took.Round(time.Millisecond).String()})
	}
	if e.typ == typeFault {
		if d.OK() {
			add(Mismatch{Kind: TypeOf, Line: e.typLine, Want: e.typ, Got: typeOf(d)})
		}
		return wrong, nil
	}
	for _, f := range d.Findings {
		if rank(f.Severity) >= rank(e.limit) {
			found = append(found, f)
		}
	}
	if len(found) > 0 && e.limLine > 0 {
		add(Mismatch{Kind: NoFindings, Line: e.limLine, Want: string(e.limit), Got: ids(found)})
	}
	if got := typeOf(d); !e.takesType(got) {
		add(Mismatch{Kind: TypeOf, Line: e.typLine, Want: e.typ, Got: got})
	}
	return append(wrong, e.content(d, value)...), found
}

func (e *expectation) takesType(got string) bool {
	return e.typ == "" || e.typ == got || e.typ == typeNothing && (&reply.Reply{Type: got}).Silent()
}

// typeOf is the type of an answer, as expect.type has it.
func typeOf(d *push.Delivery) string {
	switch {
	case d.Reply == nil || d.Reply.Type == "":
		return typeFault
	case !d.OK() && !d.Reply.IsMessage():
		return typeFault
	}
	return d.Reply.Type
}

// content compares what the reply says.
func (e *expectation) content(d *push.Delivery, value func(use) string) (wrong []Mismatch) {
	words, spoke := said(d)
	if e.text != nil {
		if want := e.text.expand(value); !spoke || want != words {
			wrong = append(wrong, Mismatch{Kind: Text, Line: e.text.line, Want: want, Got: words, Absent: !spoke})
		}
	}
	for _, w := range e.words {
		if m, ok := w.check(words, value); !ok {
			m.Absent = !spoke
			wrong = append(wrong, m)
		}
	}
	if e.articles >= 0 {
		got := 0
		if spoke {
			got = len(d.Reply.Articles())
		}
		if got != e.articles {
			wrong = append(wrong, Mismatch{Kind: Articles, Line: e.artLine, Want: strconv.Itoa(e.articles), Got: strconv.Itoa(got)})
		}
	}
	for _, a := range e.fields {
		want, m := a.value.expand(value), Mismatch{Kind: Field, Name: a.path, Line: a.value.line, Absent: true}
		if d.Reply != nil && d.Reply.Doc != nil {
			if f := d.Reply.Doc.Field(a.path); f != nil {
				m.Got, m.Absent = f.Value, false
			}
		}
		if m.Absent || m.Got != want {
			m.Want = want
			wrong = append(wrong, m)
		}
	}
	return wrong
}

func (w *wordRule) check(words string, value func(use) string) (Mismatch, bool) {
	m := Mismatch{Kind: w.kind, Line: w.value.line, Got: words}
	switch w.kind {
	case Contains, NotContains:
		m.Want = w.value.expand(value)
		return m, strings.Contains(words, m.Want) == (w.kind == Contains)
	}
	m.Want = w.value.expandPattern(value)
	re := w.pattern
	if re == nil {
		var err error
		if re, err = regexp.Compile(m.Want); err != nil {
			return m, false // it compiled with a letter; a variable made it too large
		}
	}
	return m, re.MatchString(words) == (w.kind == Match)
}

// said is what match and contains look at: the Content of a text, or all values
// of another reply, one per line. It reports false if nothing was said.
func said(d *push.Delivery) (words string, spoke bool) {
	r := d.Reply
	switch {
	case r == nil || !r.IsMessage() || r.Doc == nil:
		return "", false
	case r.Type == "text":
		return r.Text(), true
	}
	var lines []string
	for _, f := range r.Doc.Fields {
		switch f.Name {
		case "ToUserName", "FromUserName", "CreateTime", "MsgType":
		default:
			lines = values(lines, f)
		}
	}
	return strings.Join(lines, "\n"), true
}

func values(lines []string, f *message.Field) []string {
	if f.Kind != message.Group {
		return append(lines, f.Value)
	}
	for _, c := range f.Children {
		lines = values(lines, c)
	}
	return lines
}

// take captures the step's variables, or says which could not be captured.
func (st *Step) take(d *push.Delivery) (map[string]string, []Mismatch) {
	words, spoke := said(d)
	if spoke {
		return takeAll(st.captures, words)
	}
	var wrong []Mismatch
	for _, c := range st.captures {
		miss := c.missed(words)
		miss.Absent = true
		wrong = append(wrong, miss)
	}
	return map[string]string{}, wrong
}

// takeAll captures variables from words.
func takeAll(captures []capture, words string) (map[string]string, []Mismatch) {
	taken := map[string]string{}
	var wrong []Mismatch
	for _, c := range captures {
		if m := c.pattern.FindStringSubmatch(words); m != nil {
			taken[c.name] = m[len(m)-1]
		} else {
			wrong = append(wrong, c.missed(words))
		}
	}
	return taken, wrong
}

func (c capture) missed(words string) Mismatch {
	return Mismatch{Kind: Capture, Name: c.name, Line: c.line, Want: c.pattern.String(), Got: words}
}

// total is how long the user waited, including deliveries in vain.
func total(d *push.Delivery) time.Duration {
	var t time.Duration
	for _, ex := range d.Exchanges {
		t += ex.Times.Total
	}
	return t
}

func rank(s finding.Severity) int {
	switch s {
	case finding.Error:
		return 2
	case finding.Warning:
		return 1
	}
	return 0
}

func ids(found []finding.Finding) string {
	var all []string
	for _, f := range found {
		all = append(all, f.ID)
	}
	return strings.Join(all, ", ")
}
