// Package reply holds passive replies: what a server answers to a message that
// WeChat pushed to it. It makes them, reads them, and is the one judge of
// what WeChat would refuse, drop or show wrongly.
//
// To be a server, read what came with package message and answer with [Text],
// [News] or one of the others, or with [Success]:
//
//	in, err := message.Parse(body)
//	answer, err := reply.Text(in, time.Now(), "hello").Append(nil)
//
// To judge a server's answer, [Judge] it by what it answers. What comes back is
// the [Reply] as the user sees it, out of its envelope if it is encrypted, and
// the findings, each with the id of the catalogue (M13) and its place in the
// body. To know only what a reply says, [Parse] it. [Show] says what the phone
// shows then.
//
// A body is read up to [message.MaxBody] bytes and [message.MaxDepth] levels.
// Reading goes on after a mistake as far as that makes sense: a byte order
// mark does not hide that the user's name is wrong.
//
// The page: https://developers.weixin.qq.com/doc/service/en/guide/product/message/Passive_user_reply_message.html
//
// Not here: sending the message that is answered (package push), and the HTTP
// of the answer, such as its status and headers (packages wire and push).
//
// # Compatibility
//
// The README says what a release may change. The rules are WeChat's: when they
// change, or more is known of them, [Judge] may object to a reply that it did
// not object to before.
package reply

import (
	"errors"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// Success is the body that means: received, and there is nothing to say.
const Success = "success"

// TypeTransfer is the MsgType of the reply that hands the user to customer
// service.
const TypeTransfer = "transfer_customer_service"

// What a [Reply] is when it is not a message.
const (
	TypeSuccess   = "success"   // the word, in whatever shape
	TypeEmpty     = "empty"     // zero bytes, or blanks
	TypeEncrypted = "encrypted" // Doc has Encrypt; package msgcrypt has the rest
	TypeOther     = "other"     // XML or JSON without a MsgType
)

// Reply is what a server answered.
type Reply struct {
	Type string           // its MsgType or one of the Type constants; empty if the body could not be read
	Doc  *message.Message // its elements; nil if it has none

	body []byte
}

// Parse reads the body of a passive reply, and goes on after what is
// wrong with it as far as it can. The problems are those of the body as a
// whole, in order: what is before the document, how it is written, and what is
// after it. What the document says is for [Judge].
//
// The reply is never nil. An encrypted one has the type [TypeEncrypted].
func Parse(body []byte) (*Reply, []finding.Finding) {
	r := new(Reply)
	return r, r.parse(body)
}

func (r *Reply) parse(body []byte) []finding.Finding {
	r.body = body
	p := parser{problems: problems{body: body}, reply: r}
	if len(body) > message.MaxBody {
		p.add(ruleTooLarge, nowhere, "length", len(body), "limit", message.MaxBody)
		return p.found
	}
	at := p.skipHTTPHead()
	at = p.skipBOM(at)
	if !p.word(at) {
		p.document(at)
	}
	return p.found
}

type parser struct {
	problems
	reply *Reply
}

// take decides what kind of reply a document is.
func (p *parser) take(m *message.Message) {
	p.reply.Doc = m
	switch {
	case child(m.Fields, "Encrypt") != nil && exact(m.Fields, "MsgType") == nil:
		p.reply.Type = TypeEncrypted
		p.envelope(m)
	case exact(m.Fields, "return_code") != nil && exact(m.Fields, "MsgType") == nil:
		p.reply.Type = TypeSuccess
		p.add(rulePayAck, p.tail(0).want(Success), "body", shown(p.body))
	case len(m.Fields) == 0 && m.Format == msgcrypt.XML && strings.EqualFold(m.LooseText(), Success):
		p.reply.Type = TypeSuccess
		p.add(ruleWrappedSuccess, p.tail(0).want(Success), "body", shown(p.body))
	default:
		p.reply.Type = TypeOther
		if f := exact(m.Fields, "MsgType"); f != nil {
			p.reply.Type = strings.TrimSpace(f.Value)
		}
	}
}

// envelope checks an encrypted reply from outside. WeCom's JSON has its names
// in lower case, which is another format.
func (p *parser) envelope(m *message.Message) {
	if f := child(m.Fields, "Encrypt"); f.Name != "Encrypt" {
		p.add(ruleCase, p.renamed(f, "Encrypt"), "element", f.Name, "want", "Encrypt")
	}
	f := child(m.Fields, "TimeStamp")
	if f != nil && len(trim(f.Value)) == 13 && allDigits(trim(f.Value)) {
		p.add(ruleEnvelopeMillis, p.shouldBe(f, trim(f.Value)[:10]), "value", shown(f.Value))
	}
}

// syntax reports why the document could not be read.
func (p *parser) syntax(failure error) {
	var err *message.SyntaxError
	if !errors.As(failure, &err) {
		panic(failure) // the readers have no other errors
	}
	where := p.fault(err)
	switch err.Fault {
	case message.BadCharacter:
		p.add(ruleControl, where, "char", err.Reason.Args["character"])
	case message.BadUTF8:
		p.add(ruleUTF8, where, "bytes", finding.Hex(p.body[err.Offset:min(err.Offset+4, len(p.body))]))
	case message.LooseCDATAEnd:
		p.add(ruleCDATAEnd, where)
	case message.Truncated:
		p.add(ruleTruncated, where, "reason", err.Reason)
	case message.TooDeep:
		p.add(ruleTooDeep, where, "limit", message.MaxDepth)
	case message.BadEncoding:
		p.add(ruleEncoding, where, "reason", err.Reason)
	case message.Malformed, message.WrongRoot:
		p.add(ruleMalformed, where, "reason", err.Reason)
	}
}
