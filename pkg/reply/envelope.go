package reply

import (
	"errors"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
)

// open takes an encrypted reply out of its envelope and judges both. What is
// before and after the envelope has been judged already.
func (j *Judgement) open(asked Asked) {
	outer := j.Reply
	j.Reply = nil
	env, err := envelopeOf(outer)
	if err != nil {
		j.wrong(ruleEnvelope, "error", err)
		return
	}
	j.Envelope = env
	if brokenLines(env, asked.Token) { // the wrong signature, if it is one, comes from that
		j.wrong(ruleLineBreaks)
		return
	}
	if err := env.Verify(asked.Token); err != nil {
		j.wrongSignature(asked, err)
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
		j.wrong(ruleOtherAppID, "got", finding.Excerpt(broken.Got), "want", finding.Excerpt(broken.Want))
	default:
		j.undecryptable(err)
		return
	}
	for _, w := range plain.Warnings {
		j.wrong(rulePadding, "error", w)
	}
	j.judgeInner(plain.Msg, asked)
}

// judgeInner judges what was in the envelope.
func (j *Judgement) judgeInner(plain []byte, asked Asked) {
	r, found := Parse(plain)
	j.Reply, j.Plain = r, plain
	switch {
	case r.Type == TypeEncrypted:
		j.wrong(ruleDouble)
		return
	case r.Silent():
		j.wrong(ruleEncryptedWord, "body", shown(plain))
	}
	j.add(found, check(r, asked.Message))
}

// wrong adds a finding about the envelope, which has no place.
func (j *Judgement) wrong(rule ruleID, facts ...any) {
	var p problems
	p.add(rule, -1, facts...)
	j.Findings = append(j.Findings, p.found...)
}

// envelopeOf is the envelope that a reply is, of what was read of it.
func envelopeOf(r *Reply) (*msgcrypt.Reply, error) {
	inJSON := r.Doc.Format == msgcrypt.JSON
	var elements []msgcrypt.Element
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
func brokenLines(env *msgcrypt.Reply, token string) bool {
	if strings.ContainsAny(env.Encrypt, "\r\n") {
		return true
	}
	for _, end := range []string{"\n", "\r\n"} {
		if env.MsgSignature == signature.Message(token, env.TimeStamp, env.Nonce, env.Encrypt+end) {
			return true
		}
	}
	return false
}

// wrongSignature finds out whether a wrong MsgSignature was made with the
// timestamp or nonce of the request.
func (j *Judgement) wrongSignature(asked Asked, err error) {
	env := j.Envelope
	for _, used := range [][2]string{{asked.Timestamp, asked.Nonce}, {asked.Timestamp, env.Nonce}, {env.TimeStamp, asked.Nonce}} {
		if env.MsgSignature == signature.Message(asked.Token, used[0], used[1], env.Encrypt) {
			j.wrong(ruleRequestTime)
			return
		}
	}
	j.wrong(ruleSignature, "error", err)
}

// undecryptable says why an envelope could not be opened, as far as what is in
// it shows that.
func (j *Judgement) undecryptable(err error) {
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
	j.wrong(rule, "error", err)
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
