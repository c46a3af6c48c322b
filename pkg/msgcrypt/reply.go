package msgcrypt

import (
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/signature"
)

// Reply is an encrypted reply: what a server answers in the safe mode, and
// may answer in the compatible mode. The replies "success" and the empty one
// are never encrypted.
type Reply struct {
	Format       Format // empty is XML
	Encrypt      string
	MsgSignature string
	TimeStamp    string // seconds; text, because the signature is made of the text
	Nonce        string

	Warnings []*Error // what ParseReply let pass
}

// NewReply returns a signed reply. WeChat's advice is the current time and
// the nonce of the request.
func NewReply(token, timestamp, nonce, encrypt string) *Reply {
	return &Reply{
		Encrypt:      encrypt,
		MsgSignature: signature.Message(token, timestamp, nonce, encrypt),
		TimeStamp:    timestamp,
		Nonce:        nonce,
	}
}

// ParseReply reads an encrypted reply, in XML or JSON, of at most [MaxBody]
// bytes. All four values must be there; a Reply that comes with an error has
// those that are. For a reply in plain text errors.Is finds [ErrNoEncrypt]. It
// checks neither the signature, see [Reply.Verify], nor what is encrypted. An
// error is always an [*Error].
func ParseReply(body []byte) (*Reply, error) {
	d, e := readBody(reason.AReply, body, replyNames...)
	if e != nil {
		return nil, e
	}
	return d.reply()
}

var replyNames = []string{"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}

// ReplyOf is ParseReply for a body of length bytes whose top level was read
// already.
func ReplyOf(format Format, length int, elements ...Element) (*Reply, error) {
	d := newDocument(reason.AReply, length, replyNames)
	d.format = format
	for _, e := range elements {
		if err := d.add(e.Name, e.value()); err != nil {
			return nil, err
		}
	}
	return d.reply()
}

func (d *document) reply() (*Reply, error) {
	r := &Reply{Format: d.format, Warnings: d.blanks()}
	var e *Error
	if r.Encrypt, e = d.encrypt(); e != nil {
		return nil, e
	}
	for _, f := range []struct {
		name string
		text *string
	}{{"MsgSignature", &r.MsgSignature}, {"TimeStamp", &r.TimeStamp}, {"Nonce", &r.Nonce}} {
		if *f.text, e = d.need(f.name); e != nil {
			return r, e
		}
	}
	r.warn(d)
	return r, nil
}

func (r *Reply) warn(d *document) {
	note := func(at string, hint, why reason.ID, name string) {
		v, _ := d.found(at)
		r.Warnings = append(r.Warnings, d.field(v.offset, hint, why, name))
	}
	switch {
	case !isDigits(r.TimeStamp):
		note("TimeStamp", reason.HintInSeconds, reason.FieldNotWhole, "TimeStamp")
	case len(r.TimeStamp) == 13:
		note("TimeStamp", reason.HintInSeconds, reason.FieldInMillis, "TimeStamp")
	}
	if v, _ := d.found("TimeStamp"); r.Format == JSON && v.kind != numberValue {
		note("TimeStamp", reason.HintTimestampNumber, reason.FieldIsString, "TimeStamp")
	}
	if v, _ := d.found("Nonce"); v.kind == numberValue {
		note("Nonce", reason.HintNonceString, reason.FieldIsNumber, "Nonce")
	}
	for _, name := range d.others {
		if name == "ToUserName" || name == "FromUserName" {
			note("Encrypt", reason.HintInsideOnly, reason.FieldBesideEncrypt, name)
		}
	}
}

// Verify checks MsgSignature. Its error is an [*Error] of [ClassSign] with
// both signatures in Want and Got; its text has neither, so that it may be
// logged.
func (r *Reply) Verify(token string) error {
	want := signature.Message(token, r.TimeStamp, r.Nonce, r.Encrypt)
	if signature.Equal(r.MsgSignature, want) {
		return nil
	}
	e := newError(ClassSign, -1, reason.HintReplySignature, reason.ReplySignature)
	if strings.EqualFold(r.MsgSignature, want) {
		e.Hint = finding.Because(reason.HintLowerCaseHex)
	}
	e.Want, e.Got = want, r.MsgSignature
	return e
}

// Body returns the reply in its Format, in the layout of WeChat's samples:
// TimeStamp is a number if it can be one.
func (r *Reply) Body() []byte {
	return appendEnvelope(nil, r.Format, layout{},
		element{name: "Encrypt", value: r.Encrypt},
		element{name: "MsgSignature", value: r.MsgSignature},
		element{name: "TimeStamp", value: r.TimeStamp, bare: isDigits(r.TimeStamp)},
		element{name: "Nonce", value: r.Nonce})
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
