package reply

import (
	"slices"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// Asked is the push that a reply answers, as far as its judgement depends on
// it. What is left out is not judged by.
type Asked struct {
	Message *message.Message
	Mode    msgcrypt.Mode

	// An encrypted reply is opened only with the Token, and decrypted only with
	// the Codec. The timestamp and nonce are those of the request, with which
	// some servers sign by mistake.
	Token            string
	Codec            *msgcrypt.Codec
	Timestamp, Nonce string
}

// Judgement is what [Judge] found.
type Judgement struct {
	Reply    *Reply          // what the user would see; nil if it could not be decrypted
	Envelope *msgcrypt.Reply // what it came in; nil if it was not encrypted
	Plain    []byte          // the reply's own bytes, decrypted
	Findings []finding.Finding
}

// Judge reads the body of an answer, takes the reply out of its envelope if it
// has one, and applies every rule to both.
func Judge(body []byte, asked Asked) *Judgement {
	one := new(struct { // one allocation
		Judgement
		reply Reply
	})
	j, r := &one.Judgement, &one.reply
	found := r.parse(body)
	j.Reply, j.Plain = r, body
	p := problems{body: body}
	encrypted := r.Type == TypeEncrypted
	switch {
	case ofPlatform(asked.Message) && encrypted: // whatever is in it
		p.add(rulePlatformEncrypted, p.tail(0).want(Success))
		j.Findings = p.found
		return j
	case ofPlatform(asked.Message) && r.Type == TypeEmpty:
		p.add(rulePlatformEmpty, p.tail(0).want(Success))
	case encrypted && asked.Mode == msgcrypt.Plain:
		p.add(ruleUnasked, p.rest(0))
	case !encrypted && asked.Mode == msgcrypt.Safe && r.IsMessage():
		p.add(ruleNotEncrypted, p.rest(0), "type", r.Type)
	}
	j.add(found, p.found, check(r, asked.Message))
	if encrypted && asked.Mode != msgcrypt.Plain && asked.Token != "" {
		(&opening{Judgement: j, asked: asked, outer: problems{body: body}, doc: r.Doc}).open()
	}
	return j
}

// ofPlatform reports whether what was pushed is a ticket or an authorization of a
// third-party platform, which nobody waits for a reply to.
func ofPlatform(m *message.Message) bool { return m != nil && m.Get("InfoType") != "" }

// add adds what was not found before: the same may be wrong with an envelope
// and with what is in it.
func (j *Judgement) add(lists ...[]finding.Finding) {
	for _, list := range lists {
		before := j.Findings
		for _, f := range list {
			if !slices.ContainsFunc(before, func(b finding.Finding) bool { return b.ID == f.ID && b.Variant == f.Variant }) {
				j.Findings = append(j.Findings, f)
			}
		}
	}
}
