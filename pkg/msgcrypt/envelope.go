package msgcrypt

import (
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Envelope is the body of an encrypted push.
type Envelope struct {
	Format     Format // empty is XML
	ToUserName string // the account's original id, gh_…
	AppID      string // in its place in a third-party platform's ticket and authorization pushes
	AgentID    string // of a WeCom app; other products have none
	Encrypt    string
	Robot      bool // a WeCom robot's, which is JSON: Encrypt alone, in lower case

	// Compat says that there are other fields beside Encrypt: the push of the
	// compatible mode, which can be read without decrypting. Only ParseEnvelope
	// sets it, and what is written has no other fields.
	Compat bool

	Warnings []*Error // what ParseEnvelope let pass
}

// ParseEnvelope reads the body of a push, in XML or JSON, of at most
// [MaxBody] bytes. A body without Encrypt, which is one of plain mode, gives
// an Envelope with the rest and an error for which errors.Is finds
// [ErrNoEncrypt]. An error is always an [*Error].
func ParseEnvelope(body []byte) (*Envelope, error) {
	d, e := readBody(reason.APush, body, "ToUserName", "AppId", "AgentID", "Encrypt", robotEncrypt)
	if e != nil {
		return nil, e
	}
	env := &Envelope{
		Format:     d.format,
		ToUserName: d.text("ToUserName"),
		AppID:      d.text("AppId"),
		AgentID:    d.text("AgentID"),
		Compat:     len(d.others) > 0,
		Warnings:   d.blanks(),
	}
	if v, ok := d.found(robotEncrypt); ok && d.format == JSON && v.text != "" && d.text("Encrypt") == "" {
		env.Robot, env.Encrypt = true, v.text
		return env, nil
	}
	if env.Encrypt, e = d.encrypt(); e != nil {
		env.Compat = false
		return env, e
	}
	return env, nil
}

// robotEncrypt is what Encrypt is called in what a WeCom robot gets:
// https://developer.work.weixin.qq.com/document/path/101033
const robotEncrypt = "encrypt"

// text is that of a value, or "".
func (d *document) text(name string) string {
	v, _ := d.found(name)
	return v.text
}

// encrypt returns Encrypt, or an error that says when nothing like it is
// there.
func (d *document) encrypt() (string, *Error) {
	text, e := d.need("Encrypt")
	if e != nil {
		if _, there := d.found("Encrypt"); !there && d.similar("Encrypt") == "" {
			e.err = ErrNoEncrypt
			e.Hint = finding.Because(reason.HintPlainMode)
		}
		return "", e
	}
	if v, _ := d.found("Encrypt"); v.kind == numberValue {
		return "", d.field(v.offset, noHint, reason.FieldIsNumber, "Encrypt")
	}
	return text, nil
}

// Body returns the push in its Format, as WeChat writes it in safe mode: in
// XML with four blanks before the elements and, unlike in plain mode, a line
// end after the last tag; in JSON on one line. AgentID comes last, as in WeCom's
// samples and captures; the template on its page has it before Encrypt.
func (e *Envelope) Body() []byte {
	if e.Robot {
		return appendJSON(nil, []element{{name: robotEncrypt, value: e.Encrypt}})
	}
	to := element{name: "ToUserName", value: e.ToUserName}
	if e.AppID != "" {
		to = element{name: "AppId", value: e.AppID}
	}
	elements := []element{to, {name: "Encrypt", value: e.Encrypt}}
	if e.AgentID != "" {
		elements = append(elements, element{name: "AgentID", value: e.AgentID})
	}
	return appendEnvelope(nil, e.Format, layout{indent: "    ", end: "\n"}, elements...)
}
