package message

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// Source says how the shape of a type is known.
type Source string

// Observed: a real request was captured. Documented: the official pages show
// it. SDK: SDKs and their test data have it.
const (
	Observed   Source = "observed"
	Documented Source = "documented"
	SDK        Source = "sdk"
)

// Type is a kind of push: one of the messages or events that WeChat sends. It
// is shared by all who look it up, so it is for reading only.
type Type struct {
	Name    string   // as users type it: text, scan, kf_create_session
	Aliases []string // other names that LookupType knows
	Group   string   // message, follow, menu, …: the heading in a list

	MsgType  string // "event" for events, empty for the pushes of a platform
	Event    string
	InfoType string

	En, Zh string // one line each
	JSON   bool   // mini programs have it, so it comes in JSON too
	Source Source
	Seen   string // the day, and the page or the file of a public repository, where its shape was read; empty is not recorded
	Flags  []Flag

	// As the file has them, read on the first use of the shape.
	body, extra string   // what follows the head; what only some pushes have
	arrays      []string // paths that are arrays in JSON
	inline      string   // the group that JSON has not
	quoted      bool     // JSON has numbers as strings

	once  sync.Once
	shape shape
}

// shape is the fields that a type has, with {placeholders} for what New fills in.
type shape struct{ fields, optional []*Field }

// Flag is a short name under which a command offers a field.
type Flag struct {
	Name   string // content, media-id
	Path   string
	Prefix string // what WeChat puts before the value: qrscene_
}

// Set gives the flag's field in m a value.
func (f Flag) Set(m *Message, value string) error {
	return m.Set(f.Path, f.Prefix+value)
}

// FieldSpec is one field of a type, for a list or a completion.
type FieldSpec struct {
	Path     string
	Kind     Kind
	Sample   string
	Optional bool   // only some pushes have it; Set adds it
	Flag     string // its short name, if it has one
}

// Types returns every type, in the order of a list for people.
func Types() []*Type { return slices.Clone(types) }

// LookupType returns the type called name or one of its aliases, in any case,
// with - for _ or the other way round. An event can be called by its own name
// too: LOCATION is the event and location the message.
func LookupType(name string) (*Type, bool) {
	fold := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }
	var folded *Type
	for _, t := range types {
		switch {
		case t.Name == name:
			return t, true
		case fold(t.Name) == fold(name), slices.ContainsFunc(t.Aliases, func(a string) bool { return fold(a) == fold(name) }):
			if folded == nil {
				folded = t
			}
		}
	}
	for _, t := range types {
		if t.Event == name && name != "" {
			return t, true
		}
	}
	return folded, folded != nil
}

// Type returns the type that m is of, or nil if none is known.
func (m *Message) Type() *Type {
	if m.typ != nil {
		return m.typ
	}
	msgType, event, info := m.Get("MsgType"), m.Get("Event"), m.Get("InfoType")
	var best *Type
	most := 0
	for _, t := range types {
		if t.MsgType != msgType && info == "" || !strings.EqualFold(t.Event, event) || t.InfoType != info {
			continue
		}
		if s := t.likeness(m); best == nil || s > most {
			best, most = t, s
		}
	}
	return best
}

// likeness tells types of one event apart: who follows by a QR code has a
// Ticket, who follows otherwise has none, and the key of who has paid before
// begins in its own way. Of lists the length tells.
func (t *Type) likeness(m *Message) int {
	n := 0
	if countFields(t.read().fields) == countFields(m.Fields) {
		n++
	}
	for _, f := range t.read().fields {
		if child(m.Fields, f.Name) != nil {
			n++
		} else {
			n--
		}
		if prefix := strings.TrimRight(f.Value, "0123456789"); f.Name == "EventKey" && prefix != "" && strings.HasPrefix(m.Get("EventKey"), prefix) {
			n++
		}
	}
	return n
}

func countFields(fields []*Field) int {
	n := len(fields)
	for _, f := range fields {
		n += countFields(f.Children)
	}
	return n
}

// Title returns what the type is, in lang.
func (t *Type) Title(lang finding.Lang) string {
	if lang == finding.Chinese {
		return t.Zh
	}
	return t.En
}

// New returns a message of the type from the user with the OpenID from to the
// account with the original id to, sent at now, all else samples; id is its
// MsgId if it has one. The push of a platform has no user, and to is the
// platform's AppID.
func (t *Type) New(from, to string, now time.Time, id int64) *Message {
	var room [2 * len("-9223372036854775808")]byte
	seconds := strconv.AppendInt(room[:0], now.Unix(), 10)
	digits := string(strconv.AppendInt(seconds, id, 10))
	m, r := newRoom(countFields(t.read().fields))
	m.Fields, m.Format, m.typ = r.clone(t.read().fields), msgcrypt.XML, t
	for i := range r.fields {
		switch f := &r.fields[i]; f.Value {
		case "{from}":
			f.Value = from
		case "{to}":
			f.Value = to
		case "{now}":
			f.Value = digits[:len(seconds)]
		case "{id}":
			f.Value = digits[len(seconds):]
		}
	}
	return m
}

// Fields lists the fields of a message of the type, then the optional ones.
func (t *Type) Fields() []FieldSpec {
	specs := t.specs(nil, t.read().fields, "", false)
	return t.specs(specs, t.read().optional, "", true)
}

func (t *Type) specs(specs []FieldSpec, fields []*Field, above string, optional bool) []FieldSpec {
	for _, f := range fields {
		path := above + f.Name
		if f.Kind == Group {
			specs = t.specs(specs, f.Children, path+".", optional)
			continue
		}
		spec := FieldSpec{Path: path, Kind: f.Kind, Sample: f.Value, Optional: optional}
		for _, flag := range t.Flags {
			if path == flag.Path || strings.HasSuffix(path, "."+flag.Path) {
				spec.Flag = flag.Name
			}
		}
		specs = append(specs, spec)
	}
	return specs
}

// read returns the shape.
func (t *Type) read() *shape {
	t.once.Do(func() {
		m, err := Parse([]byte("<xml>" + t.head() + t.body + "</xml>"))
		if err == nil {
			err = t.rule(m)
		}
		extra, wrong := Parse([]byte("<xml>" + t.extra + "</xml>"))
		if err := cmp.Or(err, wrong); err != nil {
			panic(fmt.Sprintf("type %s: %v", t.Name, err)) // a test reads them all
		}
		t.shape = shape{m.Fields, extra.Fields}
	})
	return &t.shape
}

// head is the fields that come first in every push, but for an Event that the body
// has in a place of its own.
func (t *Type) head() string {
	if t.InfoType != "" {
		return "<AppId><![CDATA[{to}]]></AppId><CreateTime>{now}</CreateTime>" +
			"<InfoType><![CDATA[" + t.InfoType + "]]></InfoType>"
	}
	head := "<ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{from}]]></FromUserName>" +
		"<CreateTime>{now}</CreateTime><MsgType><![CDATA[" + t.MsgType + "]]></MsgType>"
	if t.Event != "" && !strings.Contains(t.body, "<Event>") {
		head += "<Event><![CDATA[" + t.Event + "]]></Event>"
	}
	return head
}

// rule marks the fields whose JSON is not like their XML.
func (t *Type) rule(m *Message) error {
	mark := func(path string, rule JSONRule) error {
		fields := m.All(path)
		if len(fields) == 0 {
			return fmt.Errorf("there is no %q", path)
		}
		for _, f := range fields {
			f.JSON |= rule
		}
		return nil
	}
	for _, path := range t.arrays {
		if err := mark(path, Array); err != nil {
			return err
		}
	}
	if t.inline != "" {
		if err := mark(t.inline, Inline); err != nil {
			return err
		}
	}
	if t.quoted {
		quote(m.Fields)
	}
	return nil
}

func quote(fields []*Field) {
	for _, f := range fields {
		if f.Kind == Bare {
			f.JSON |= Quoted
		}
		quote(f.Children)
	}
}
