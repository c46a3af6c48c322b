package reply

import (
	"errors"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
)

// opening is an envelope as it is opened.
type opening struct {
	*Judgement
	asked Asked
	outer problems // of the envelope's body
	doc   *message.Message
}

// open takes an encrypted reply out of its envelope and judges both. What is
// before and after the envelope has been judged already.
func (j *opening) open() {
	outer, asked := j.Reply, j.asked
	j.Reply = nil
	env, err := envelopeOf(outer)
	if err != nil {
		j.wrong(ruleEnvelope, j.incomplete(err), "error", err)
		return
	}
	j.Envelope = env
	unsigned := env.Verify(asked.Token)
	if where, broken := j.brokenLines(unsigned); broken { // the wrong signature, if it is one, comes from that
		j.wrong(ruleLineBreaks, where)
		return
	}
	if unsigned != nil {
		j.wrongSignature(unsigned)
	}
	if asked.Codec == nil { // a compatible push can be read without
		j.Reply = outer
		return
	}
	plain, err := asked.Codec.Decrypt(env.Encrypt)
	var broken *msgcrypt.Error
	switch {
	case err == nil:
	case plain != nil && errors.As(err, &broken) && broken.Class == msgcrypt.ClassAppID:
		j.wrong(ruleOtherAppID, j.at("Encrypt"), "got", finding.Excerpt(broken.Got), "want", finding.Excerpt(broken.Want))
	default:
		j.undecryptable(err)
		return
	}
	for _, w := range plain.Warnings {
		j.wrong(rulePadding, j.at("Encrypt"), "error", w)
	}
	j.judgeInner(plain.Msg)
}

// judgeInner judges what was in the envelope.
func (j *opening) judgeInner(plain []byte) {
	r, found := Parse(plain)
	j.Reply, j.Plain = r, plain
	switch {
	case r.Type == TypeEncrypted:
		j.wrong(ruleDouble, j.at("Encrypt"))
		return
	case r.Type == TypeEmpty:
		j.wrong(ruleEncryptedWord, j.outer.tail(0).gone(), "body", shown(plain))
	case r.Silent():
		j.wrong(ruleEncryptedWord, j.outer.tail(0).want(Success), "body", shown(plain))
	}
	found = append(found, check(r, j.asked.Message)...)
	for _, f := range found {
		for p := f.Place; p != nil; p = p.And {
			p.In = finding.InReply
		}
	}
	j.add(found)
}

// wrong adds a finding about the envelope.
func (j *opening) wrong(rule ruleID, where spot, facts ...any) {
	p := problems{body: j.outer.body}
	p.add(rule, where, facts...)
	j.Findings = append(j.Findings, p.found...)
}

// at is where the value of an element of the envelope is.
func (j *opening) at(name string) spot {
	if f := exact(j.doc.Fields, name); f != nil {
		return j.outer.valueAt(f)
	}
	return nowhere
}

// instead is where it is, and what should stand there.
func (j *opening) instead(name, want string) spot {
	if f := exact(j.doc.Fields, name); f != nil {
		return j.outer.shouldBe(f, want)
	}
	return nowhere
}

// incomplete is where an envelope has not the elements that it should.
func (j *opening) incomplete(err error) spot {
	for _, name := range []string{"Encrypt", "MsgSignature", "TimeStamp", "Nonce"} {
		there := all(j.doc.Fields, name)
		switch other := child(j.doc.Fields, name); {
		case len(there) > 1:
			return j.outer.surplus(there[1:2])
		case len(there) == 0 && other != nil:
			return j.outer.renamed(other, name)
		case len(there) == 0:
			return j.outer.missing(j.doc, j.doc.Fields, name, "")
		}
	}
	var broken *msgcrypt.Error
	if !errors.As(err, &broken) || broken.Offset < 0 || broken.Offset > len(j.outer.body) {
		return nowhere
	}
	for _, f := range j.doc.Fields { // the error is where the value ends
		if _, end := f.Inner(); broken.Offset == end || broken.Offset == f.End() {
			return j.outer.valueAt(f)
		}
	}
	return at(broken.Offset)
}

// envelopeOf is the envelope that a reply is, of what was read of it.
func envelopeOf(r *Reply) (*msgcrypt.Reply, error) {
	inJSON := r.Doc.Format == msgcrypt.JSON
	elements := make([]msgcrypt.Element, 0, len(r.Doc.Fields))
	for _, f := range r.Doc.Fields {
		bare := inJSON && f.Kind == message.Bare
		number := bare && strings.Trim(f.Value[:1], "-0123456789") == ""
		elements = append(elements, msgcrypt.Element{
			Name: f.Name, Text: f.Value, Offset: f.Offset(), Number: number,
			Nested: bare && !number || f.Kind == message.Group || f.Kind == message.Literal || f.JSON&message.Array != 0,
		})
	}
	return msgcrypt.ReplyOf(r.Doc.Format, len(r.body), elements...)
}

// brokenLines reports whether the base64 has line breaks. One at its end does
// not show in the XML, where blanks do not count, but in the signature.
func (j *opening) brokenLines(unsigned error) (spot, bool) {
	env, token := j.Envelope, j.asked.Token
	if strings.ContainsAny(env.Encrypt, "\r\n") {
		return j.instead("Encrypt", strings.NewReplacer("\r", "", "\n", "").Replace(env.Encrypt)), true
	}
	if unsigned == nil {
		return nowhere, false
	}
	for _, end := range []string{"\n", "\r\n"} {
		if env.MsgSignature == signature.Message(token, env.TimeStamp, env.Nonce, env.Encrypt+end) {
			return j.rightSignature(), true
		}
	}
	return nowhere, false
}

// rightSignature is where MsgSignature is, and what it should be.
func (j *opening) rightSignature() spot {
	env := j.Envelope
	return j.instead("MsgSignature", signature.Message(j.asked.Token, env.TimeStamp, env.Nonce, env.Encrypt))
}

// wrongSignature finds out whether a wrong MsgSignature was made with the
// timestamp or nonce of the request.
func (j *opening) wrongSignature(err error) {
	env, asked := j.Envelope, j.asked
	for _, used := range [][2]string{{asked.Timestamp, asked.Nonce}, {asked.Timestamp, env.Nonce}, {env.TimeStamp, asked.Nonce}} {
		if env.MsgSignature == signature.Message(asked.Token, used[0], used[1], env.Encrypt) {
			j.wrong(ruleRequestTime, j.rightSignature())
			return
		}
	}
	j.wrong(ruleSignature, j.rightSignature(), "error", err)
}

// undecryptable says why an envelope could not be opened, as far as what is in
// it shows that.
func (j *opening) undecryptable(err error) {
	rule := ruleUndecryptable
	var broken *msgcrypt.Error
	switch {
	case !errors.As(err, &broken):
	case broken.Cause == msgcrypt.CauseLittleEndian:
		rule = ruleLittleEndian
	case broken.Cause == msgcrypt.CauseNoRandom:
		rule = ruleNoRandom
	case broken.Cause == msgcrypt.CauseNoPadding:
		rule = ruleNoPadding
	case broken.Class == msgcrypt.ClassLength && broken.Cause == "" && !implausible(broken.Reason):
		rule = ruleLength
	}
	j.wrong(rule, j.at("Encrypt"), "error", err)
}

// implausible reports whether an error names a length that no miscounting
// explains: it is noise, encrypted with another key.
func implausible(why *finding.Reason) bool {
	for _, fact := range why.Args {
		if n, ok := fact.(finding.Count); ok && n > message.MaxBody {
			return true
		}
	}
	return false
}
