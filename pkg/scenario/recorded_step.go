package scenario

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/recording"
	"github.com/wxdev/wxdev/pkg/reply"
)

// ownFields are filled in by whoever sends a message.
var ownFields = []string{"ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "InfoType", "Encrypt"}

// message finds out what the message has that one of its type does not have by
// default.
func (st *recorded) message(m *message.Message) {
	value, set := Parts(m)
	if value != nil {
		v := st.anonymous(*value)
		st.value = &v
	}
	for _, f := range set {
		st.set.add(f[0], st.anonymous(f[1]))
	}
}

// Parts are what a step, or the command send, has to say to make such a message:
// the value of its type's first field, nil where the type has none, and the other
// fields, as path and value, that one of its type does not have by itself. The
// type must be known.
func Parts(m *message.Message) (value *string, set [][2]string) {
	t := m.Type()
	model := model(m)
	mine := func(path string) bool {
		switch path {
		case "AppId":
			return t.InfoType != ""
		case "MsgId":
			return model.Field(path) != nil
		}
		return slices.Contains(ownFields, path)
	}
	for _, l := range leaves(nil, "", m.Fields) {
		if mine(l.path) {
			continue
		}
		if len(t.Flags) > 0 && t.Flags[0].Path == l.path {
			if v, ok := strings.CutPrefix(l.value, t.Flags[0].Prefix); ok {
				value = &v
				continue
			}
		}
		if f := model.Field(l.path); f == nil || f.Value != l.value {
			set = append(set, [2]string{l.path, l.value})
		}
	}
	for _, l := range leaves(nil, "", model.Fields) {
		if m.Field(l.path) == nil && !mine(l.path) {
			set = append(set, [2]string{l.path, ""})
		}
	}
	return value, set
}

// model is a message of the same type as it is sent if nothing is set. In JSON
// some types have fewer groups.
func model(m *message.Message) *message.Message {
	bare := m.Type().New("", "", time.Unix(0, 0), 0)
	if m.Format != msgcrypt.JSON {
		return bare
	}
	b, err := bare.AppendJSON(nil)
	if err != nil {
		return bare
	}
	if asJSON, err := message.Parse(b); err == nil {
		return asJSON
	}
	return bare
}

// leaf is a field with a value.
type leaf struct{ path, value string }

// leaves lists the fields that have values, each by a path that is its own.
func leaves(all []leaf, above string, fields []*message.Field) []leaf {
	count, at := map[string]int{}, map[string]int{}
	for _, f := range fields {
		count[f.Name]++
	}
	for _, f := range fields {
		path := above + f.Name
		if at[f.Name]++; count[f.Name] > 1 {
			path += fmt.Sprintf("[%d]", at[f.Name])
		}
		if f.Kind == message.Group {
			all = leaves(all, path+".", f.Children)
		} else {
			all = append(all, leaf{path, f.Value})
		}
	}
	return all
}

// anonymous is hide where it does not matter who else was named.
func (st *recorded) anonymous(s string) string {
	s, _ = st.hide(s)
	return s
}

// hide puts the variable for the sender in place of the OpenID, and made-up ones
// in place of all others'. It reports whether there were any: there is no
// variable for them.
func (st *recorded) hide(s string) (hidden string, others bool) {
	var pairs []string
	for _, openID := range slices.SortedFunc(maps.Keys(st.people), longerFirst) {
		switch {
		case len(openID) < redact.Shortest: // it may be a word
		case openID == st.from:
			pairs = append(pairs, openID, "{{openid}}")
		default:
			pairs = append(pairs, openID, message.OpenID(st.people[openID]))
			others = others || strings.Contains(s, openID)
		}
	}
	s = strings.NewReplacer(pairs...).Replace(s)
	s = idWord.Get().ReplaceAllStringFunc(s, func(word string) string {
		if !message.IsOpenID(word) || strings.HasPrefix(word, message.TestPrefix) || strings.ToLower(word) == word {
			return word
		}
		others = true
		return message.OpenID("somebody else")
	})
	return s, others
}

func longerFirst(a, b string) int {
	return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
}

// idWord is a word that may be an OpenID.
var idWord = lazy.Regexp(`[A-Za-z0-9_-]{28,}`)

// reply makes the recorded reply the expectation.
func (st *recorded) reply(x *recording.Record) {
	st.expect = nil
	body := string(x.Answer.Body)
	r, _ := reply.Parse([]byte(body))
	_, others := st.hide(body)
	certain := !others && !strings.Contains(body, redact.Mask) && !variable.Get().MatchString(body)
	switch {
	case st.fault:
		st.expect.add("type", typeFault)
	case r.Silent(), r.IsMessage() && !certain:
		st.expect.add("type", r.Type)
	case r.Type == "text":
		st.expect.add("text", st.anonymous(r.Text()))
	case r.Type == "news":
		st.expect.add("articles", len(r.Articles()))
		st.fields(r, func(path string) bool { return strings.HasSuffix(path, ".Title") })
	case r.IsMessage():
		st.expect.add("type", r.Type)
		st.fields(r, func(path string) bool { return strings.Contains(path, ".") })
	}
}

// fields expects those fields of a reply that count.
func (st *recorded) fields(r *reply.Reply, counts func(path string) bool) {
	var t Table
	for _, l := range leaves(nil, "", r.Doc.Fields) {
		if counts(l.path) {
			t.add(l.path, st.anonymous(l.value))
		}
	}
	if len(t) > 0 {
		st.expect.add("fields", t)
	}
}
