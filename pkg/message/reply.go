package message

import (
	"errors"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// Success is the body that means: received, and there is nothing to say.
const Success = "success"

// What a [Reply] is when it is not a message.
const (
	TypeSuccess   = "success"   // the word, in whatever shape
	TypeEmpty     = "empty"     // zero bytes, or blanks
	TypeEncrypted = "encrypted" // Doc has Encrypt; package msgcrypt has the rest
	TypeOther     = "other"     // XML or JSON without a MsgType
)

// Reply is what a server answered.
type Reply struct {
	Type string   // its MsgType or one of the Type constants; empty if the body could not be read
	Doc  *Message // its elements; nil if it has none

	body []byte
	doc  []byte // the part of body that Doc was read from
}

// Document returns the bytes that Doc was read from, without what stands
// before and behind them.
func (r *Reply) Document() []byte { return r.doc }

// Judge reads a reply and applies every rule to it: [ParseReply] and [Check]
// in one. The message it answers may be nil.
func Judge(body []byte, inbound *Message) (*Reply, []Problem) {
	r, found := ParseReply(body)
	return r, append(found, Check(r, inbound)...)
}

// ParseReply reads the body of a passive reply, and goes on behind what is
// wrong with it as far as it can. The problems are those of the body as a
// whole, in order: what stands before, in and behind the document. What is in
// the document is for [Check].
//
// The reply is never nil. An encrypted one has the type [TypeEncrypted]: take
// it out of its envelope and parse what was in it.
func ParseReply(body []byte) (*Reply, []Problem) {
	p := replyParser{problems: problems{body: body}, reply: &Reply{body: body}}
	if len(body) > MaxBody {
		p.add(ruleTooLarge, -1, "length", strconv.Itoa(len(body)), "limit", strconv.Itoa(MaxBody))
		return p.reply, p.found
	}
	at := p.skipHTTPHead()
	at = p.skipBOM(at)
	if !p.word(at) {
		p.document(at)
	}
	return p.reply, p.found
}

type replyParser struct {
	problems
	reply *Reply
}

// take decides what kind of reply a document is.
func (p *replyParser) take(m *Message) {
	p.reply.Doc = m
	switch {
	case child(m.Fields, "Encrypt") != nil && exact(m.Fields, "MsgType") == nil:
		p.reply.Type = TypeEncrypted
		p.envelope(m)
	case exact(m.Fields, "return_code") != nil && exact(m.Fields, "MsgType") == nil:
		p.reply.Type = TypeSuccess
		p.add(rulePayAck, 0, "body", shown(p.body))
	case len(m.Fields) == 0 && m.Format == msgcrypt.XML && strings.EqualFold(m.loose, Success):
		p.reply.Type = TypeSuccess
		p.add(ruleWrappedSuccess, 0, "body", shown(p.body))
	default:
		p.reply.Type = TypeOther
		if f := exact(m.Fields, "MsgType"); f != nil {
			p.reply.Type = strings.TrimSpace(f.Value)
		}
	}
}

// envelope checks an encrypted reply from outside. WeCom's JSON has its names
// in lower case, which is another format.
func (p *replyParser) envelope(m *Message) {
	if f := child(m.Fields, "Encrypt"); f.Name != "Encrypt" {
		p.add(ruleCase, f.pos, "element", text.Line(f.Name), "want", "Encrypt")
	}
	f := child(m.Fields, "TimeStamp")
	if f != nil && len(trim(f.Value)) == 13 && allDigits(trim(f.Value)) {
		p.add(ruleEnvelopeMillis, f.pos, "value", shown(f.Value))
	}
}

// syntax reports why the document could not be read.
func (p *replyParser) syntax(failure error) {
	var err *SyntaxError
	if !errors.As(failure, &err) {
		panic(failure) // the readers have no other errors
	}
	switch err.kind {
	case badCharacter:
		char, _, _ := strings.Cut(err.Reason, " ")
		p.add(ruleControl, err.Offset, "char", char)
	case badUTF8:
		p.add(ruleUTF8, err.Offset, "bytes", text.Hex(p.body, err.Offset, 4))
	case looseCDATAEnd:
		p.add(ruleCDATAEnd, err.Offset)
	case truncated:
		p.add(ruleTruncated, err.Offset, "reason", err.Reason)
	case tooDeep:
		p.add(ruleTooDeep, err.Offset, "limit", strconv.Itoa(MaxDepth))
	case badEncoding:
		p.add(ruleEncoding, err.Offset, "reason", err.Reason)
	case malformed, wrongRoot:
		p.add(ruleMalformed, err.Offset, "reason", err.Reason)
	}
}

func exact(fields []*Field, name string) *Field {
	for _, f := range fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
