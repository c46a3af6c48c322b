// Package message holds the messages and events that WeChat pushes to a
// server: what they are made of, and how they are written byte for byte.
//
// To play WeChat, take a [Type] and write it:
//
//	t, _ := message.LookupType("text")
//	ids := message.NewMsgIDs(nil, time.Now())
//	m := t.New(message.OpenID("alice"), message.OriginalID("demo"), time.Now(), ids.Next())
//	m.Set("Content", "hello")
//	body, err := m.AppendXML(nil)
//
// To be a server, [Parse] what came, and answer with package reply.
//
// A [Message] is a list of fields in order, so that nothing of an unknown
// message is lost and that the bytes are the ones WeChat sends: its pushes
// have an order, a mix of CDATA and bare values and a layout that no XML
// library makes by itself. Numbers stay text: a MsgId does not fit a float64.
//
// Every body is read up to [MaxBody] bytes and [MaxDepth] levels. XML is read
// without entities, so nothing in it can grow.
//
// The page: https://developers.weixin.qq.com/doc/service/guide/capability/basic-message/receive-message
//
// Not here: replies (package reply), signatures (package signature),
// encryption (package msgcrypt) and HTTP (packages wire and receiver).
//
// # Compatibility
//
// The README says what a release may change. The names of types, such as
// "subscribe_scene", stay, since scripts and scenarios use them. The bytes of a
// message follow WeChat, and change when its pushes do.
package message

import (
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// MaxBody is how many bytes of a body are read, MaxDepth how deep its
// elements or objects may be nested.
const (
	MaxBody  = 1 << 20
	MaxDepth = 64
)

// Kind says how a field's value is written.
type Kind uint8

// CDATA is text: <![CDATA[…]]> in XML and a string in JSON. Bare is a value
// without CDATA, a number as a rule: in JSON it is a number, true, false or
// null if it looks like one, else a string. Group has children and no value.
// Literal is what JSON knows and XML does not, an empty array or an array in
// an array; its value is the JSON text.
const (
	CDATA Kind = iota
	Bare
	Group
	Literal
)

// JSONRule says where the JSON of a field differs from its XML.
type JSONRule uint8

const (
	// Array: the field is an element of an array, even if it is the only one.
	// Adjacent fields of one name are an array anyway.
	Array JSONRule = 1 << iota
	// Inline: JSON has the children in place of the group.
	Inline
	// Quoted: a bare value is a string in JSON.
	Quoted
)

// Field is one element of a message, or one member of its JSON object.
type Field struct {
	Name     string
	Kind     Kind
	JSON     JSONRule
	Value    string   // of a Group: text between its elements, which WeChat never sends
	Children []*Field // of a Group

	span // in the body it was read from
}

// span is where a field is in a body, which is no longer than [MaxBody].
type span struct{ pos, inner, innerEnd, end int32 }

// Offset is where the field begins in the body it was read from, in bytes
// from 0.
func (f *Field) Offset() int { return int(f.pos) }

// End is where the field ends in the body it was read from.
func (f *Field) End() int { return int(f.end) }

// Inner is where the field's value begins and ends in the body it was read
// from: between its tags, or with its quotes in JSON. Of <a/> both are where the
// element ends.
func (f *Field) Inner() (start, end int) { return int(f.inner), int(f.innerEnd) }

// Message is one push of WeChat's, or one reply to it. The zero Message is an
// empty one, in XML.
type Message struct {
	Fields []*Field
	Format msgcrypt.Format // what Parse found, and what Append writes; empty is XML

	// Raw lets bytes through that XML or UTF-8 forbids, such as the control
	// characters that some keyboards send. Without it they are an error.
	Raw bool

	typ   *Type
	loose string // see LooseText
}

// LooseText is the text right in the root of a message that was read, without
// the blanks around it. WeChat never sends any.
func (m *Message) LooseText() string { return m.loose }

// Get returns the value of the first field at path, or "" if there is none.
// See [Message.Field] for paths.
func (m *Message) Get(path string) string {
	if f := m.Field(path); f != nil {
		return f.Value
	}
	return ""
}

// Int returns the value at path as an integer; blanks around it are skipped.
func (m *Message) Int(path string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(m.Get(path)), 10, 64)
	return n, err == nil
}

// IsEvent tells an event from a message of the user's. The pushes to a
// third-party platform, which have an InfoType, count as events.
func (m *Message) IsEvent() bool {
	return m.Get("MsgType") == "event" || m.Get("InfoType") != ""
}

// Label names the message as the pages do: "text", "event CLICK".
func (m *Message) Label() finding.Fact {
	if info := m.Get("InfoType"); info != "" {
		return finding.Because(reason.PlatformPush, "type", info)
	}
	if m.IsEvent() {
		return finding.Because(reason.Event, "event", m.Get("Event"))
	}
	return finding.Name(m.Get("MsgType"))
}

// DedupKey returns a text that is the same for each delivery of one message,
// and differs between messages.
//
// The pages say: MsgId for messages, FromUserName and CreateTime for events.
// In the field a MsgId has served two users, and a LOCATION event has come in
// the same second as another event, so sender and time are in every key, and
// an event's name, key and the id of the job it reports on too.
func (m *Message) DedupKey() string {
	names := []string{"FromUserName", "CreateTime", "MsgId"}
	if m.IsEvent() {
		names = []string{
			"FromUserName", "CreateTime", "Event", "EventKey", "MsgID",
			"InfoType", "AppId", "AuthorizerAppid",
		}
	}
	var key []byte
	for i, name := range names {
		if i > 0 {
			key = append(key, ' ')
		}
		key = strconv.AppendQuote(key, m.dedupValue(name))
	}
	return string(key)
}

// dedupValue reads a field at the top. Only the ids of subscription messages
// are deeper, one for each message, and all of them count.
func (m *Message) dedupValue(name string) string {
	if name != "MsgID" {
		if f := child(m.Fields, name); f != nil {
			return f.Value
		}
		return ""
	}
	var ids []string
	for _, path := range []string{"MsgID", "List.MsgID"} {
		for _, f := range m.All(path) {
			ids = append(ids, f.Value)
		}
	}
	return strings.Join(ids, " ")
}

// Clone returns a copy that shares nothing with m.
func (m *Message) Clone() *Message {
	c, r := newRoom(countFields(m.Fields))
	*c = *m
	c.Fields = r.clone(m.Fields)
	return c
}

// Envelope returns what safe mode sends: the receiver, and the encrypted
// message, in the message's format.
func (m *Message) Envelope(encrypt string) *msgcrypt.Envelope {
	env := &msgcrypt.Envelope{Format: m.Format, ToUserName: m.Get("ToUserName"), Encrypt: encrypt}
	if env.ToUserName == "" && m.Get("InfoType") != "" {
		env.AppID = m.Get("AppId")
	}
	return env
}

// Append writes the message in its format: see [Message.AppendXML] and
// [Message.AppendJSON].
func (m *Message) Append(dst []byte) ([]byte, error) {
	if m.Format == msgcrypt.JSON {
		return m.AppendJSON(dst)
	}
	return m.AppendXML(dst)
}
