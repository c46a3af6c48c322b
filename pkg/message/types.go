package message

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/wxdev/wxdev/internal/lazy"
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

	fields   []*Field // with {placeholders} for what New fills in
	optional []*Field
}

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

//go:embed types/*.toml
var typeFiles embed.FS

// allTypes reads the embedded files once, on the first use of any type.
var allTypes = lazy.Value[[]*Type]{Make: func() []*Type {
	types, err := loadTypes(typeFiles)
	if err != nil {
		panic(err) // embedded, and a test reads them
	}
	return types
}}

// Types returns every type, in the order of a list for people.
func Types() []*Type { return slices.Clone(allTypes.Get()) }

// LookupType returns the type called name or one of its aliases, in any case,
// with - for _ or the other way round. An event can be called by its own name
// too: LOCATION is the event and location the message.
func LookupType(name string) (*Type, bool) {
	fold := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }
	var folded *Type
	for _, t := range allTypes.Get() {
		switch {
		case t.Name == name:
			return t, true
		case fold(t.Name) == fold(name), slices.ContainsFunc(t.Aliases, func(a string) bool { return fold(a) == fold(name) }):
			if folded == nil {
				folded = t
			}
		}
	}
	for _, t := range allTypes.Get() {
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
	for _, t := range allTypes.Get() {
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
	if countFields(t.fields) == countFields(m.Fields) {
		n++
	}
	for _, f := range t.fields {
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
	m, r := newRoom(countFields(t.fields))
	m.Fields, m.Format, m.typ = r.clone(t.fields), msgcrypt.XML, t
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
	specs := t.specs(nil, t.fields, "", false)
	return t.specs(specs, t.optional, "", true)
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

// typeEntry is a [[type]] of the embedded files.
type typeEntry struct {
	Name     string   `toml:"name"`
	Aliases  []string `toml:"aliases"`
	Group    string   `toml:"group"`
	MsgType  string   `toml:"msgtype"`
	Event    string   `toml:"event"`
	InfoType string   `toml:"infotype"`
	En       string   `toml:"en"`
	Zh       string   `toml:"zh"`
	JSON     bool     `toml:"json"`
	Source   Source   `toml:"source"`
	Seen     string   `toml:"seen"`
	Flags    []string `toml:"flags"`  // name=path or name=path:prefix
	Arrays   []string `toml:"arrays"` // paths that are arrays in JSON
	Inline   string   `toml:"inline"` // the group that JSON has not
	Quoted   bool     `toml:"quoted"` // JSON has numbers as strings
	Body     string   `toml:"body"`
	Optional string   `toml:"optional"`
}

func loadTypes(files fs.FS) ([]*Type, error) {
	names, err := fs.Glob(files, "types/*.toml")
	if err != nil {
		return nil, err
	}
	var types []*Type
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		var file struct {
			Type []typeEntry `toml:"type"`
		}
		if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&file); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, e := range file.Type {
			t, err := e.build()
			if err != nil {
				return nil, fmt.Errorf("%s: type %q: %w", name, e.Name, err)
			}
			types = append(types, t)
		}
	}
	return types, nil
}

func (e *typeEntry) build() (*Type, error) {
	t := &Type{
		Name: e.Name, Aliases: e.Aliases, Group: e.Group,
		MsgType: e.MsgType, Event: e.Event, InfoType: e.InfoType,
		En: e.En, Zh: e.Zh, JSON: e.JSON, Source: e.Source, Seen: e.Seen,
	}
	if t.Event != "" && t.MsgType == "" {
		t.MsgType = "event"
	}
	for _, flag := range e.Flags {
		name, path, _ := strings.Cut(flag, "=")
		path, prefix, _ := strings.Cut(path, ":")
		t.Flags = append(t.Flags, Flag{Name: name, Path: path, Prefix: prefix})
	}
	m, err := Parse([]byte("<xml>" + t.head(e.Body) + e.Body + "</xml>"))
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	optional, err := Parse([]byte("<xml>" + e.Optional + "</xml>"))
	if err != nil {
		return nil, fmt.Errorf("optional: %w", err)
	}
	t.fields, t.optional = m.Fields, optional.Fields
	return t, e.rule(m)
}

// head is the fields that come first in every push, but for an Event that body has
// in a place of its own.
func (t *Type) head(body string) string {
	if t.InfoType != "" {
		return "<AppId><![CDATA[{to}]]></AppId><CreateTime>{now}</CreateTime>" +
			"<InfoType><![CDATA[" + t.InfoType + "]]></InfoType>"
	}
	head := "<ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{from}]]></FromUserName>" +
		"<CreateTime>{now}</CreateTime><MsgType><![CDATA[" + t.MsgType + "]]></MsgType>"
	if t.Event != "" && !strings.Contains(body, "<Event>") {
		head += "<Event><![CDATA[" + t.Event + "]]></Event>"
	}
	return head
}

// rule marks the fields whose JSON is not like their XML.
func (e *typeEntry) rule(m *Message) error {
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
	for _, path := range e.Arrays {
		if err := mark(path, Array); err != nil {
			return err
		}
	}
	if e.Inline != "" {
		if err := mark(e.Inline, Inline); err != nil {
			return err
		}
	}
	if e.Quoted {
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
