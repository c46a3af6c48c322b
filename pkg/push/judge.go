package push

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

func (d *Delivery) find(id, variant string, ex *wire.Exchange, facts ...string) {
	d.Findings = append(d.Findings, NewFinding(id, variant, ex, facts...))
}

// judge finds out what is wrong with the last answer, and what the user sees.
func (c *Pusher) judge(d *Delivery) {
	ex := d.Last()
	switch {
	case ex.Response == nil:
		d.noAnswer(ex)
	case ex.Response.Status != 200:
		d.badStatus(ex)
	case !ex.Complete():
		d.unfinished(ex)
	default:
		c.judgeBody(d, ex)
		d.late()
	}
	d.see()
}

// late tells of attempts before the one that was answered in time.
func (d *Delivery) late() {
	for i, ex := range d.Exchanges[:len(d.Exchanges)-1] {
		if !timedOut(ex) {
			d.find("M01", "failed-first", ex, "attempt", strconv.Itoa(i+1), "answer", Answer(ex))
			return
		}
	}
	if n := len(d.Exchanges); n > 1 {
		d.find("M01", "late", d.Exchanges[0], "attempts", strconv.Itoa(n))
	}
}

func timedOut(ex *wire.Exchange) bool {
	return ex.Err != nil && ex.Err.Kind == wire.Timeout || ex.Response != nil && ex.End == wire.EndTimeout
}

func (d *Delivery) noAnswer(ex *wire.Exchange) {
	switch found := Unreachable(ex); {
	case found != nil:
		d.Findings = append(d.Findings, found...)
	case ex.Err.Kind == wire.Timeout:
		d.find("M01", "timeout", ex, "attempts", strconv.Itoa(len(d.Exchanges)), "seconds", seconds(ex.Times.Total))
	default:
		d.find("M30", "no-answer", ex, "error", text.Line(ex.Err.Error()), "type", d.label())
	}
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s" }

func (d *Delivery) badStatus(ex *wire.Exchange) {
	res := ex.Response
	status := text.Line(res.StatusText())
	switch f, ok := Unrouted(ex); {
	case ok:
		d.Findings = append(d.Findings, f)
	case res.Status >= 500:
		d.find("M19", "error-status", ex, "type", d.label(), "status", status, "excerpt", text.Excerpt(res.Decoded))
	case res.Status >= 400:
		d.find("M29", "refused", ex, "status", status, "excerpt", text.Excerpt(res.Decoded), "mode", string(d.Push.Mode))
	default:
		d.other2xx(ex, status)
	}
}

// other2xx reads a reply that came with another status than 200. Whether
// WeChat takes the status for a failure is unconfirmed: that matters where it
// brings a reply.
func (d *Delivery) other2xx(ex *wire.Exchange, status string) {
	d.Reply, _ = reply.Parse(ex.Response.Decoded)
	d.Plain = ex.Response.Decoded
	if d.Reply.Type == reply.TypeSuccess || d.Reply.Type == reply.TypeEmpty {
		d.find("V44", "other-2xx", ex, "status", status)
	} else {
		d.find("V44", "reply-2xx", ex, "status", status)
	}
}

// label is what the push is, for a finding.
func (d *Delivery) label() string {
	if d.Push.Message == nil {
		return "body"
	}
	return text.Line(d.Push.Message.Label())
}

func (d *Delivery) unfinished(ex *wire.Exchange) {
	switch ex.End {
	case wire.EndLimit:
		d.find("V40", "oversized", ex, "bytes", strconv.Itoa(len(ex.Received)))
	case wire.EndShort:
		d.find("V25", "length", ex, "declared", text.Line(ex.Response.Get("Content-Length")), "got", strconv.Itoa(len(ex.Response.Body)))
	default:
		d.find("M01", "timeout", ex, "attempts", strconv.Itoa(len(d.Exchanges)), "seconds", seconds(ex.Times.Total))
	}
}

// judgeBody reads the reply, out of its envelope if it has one.
func (c *Pusher) judgeBody(d *Delivery, ex *wire.Exchange) {
	res := ex.Response
	if enc := res.Coding(); enc != "" {
		d.find("V41", "compressed", ex, "encoding", text.Excerpt([]byte(enc)))
		return
	}
	if res.Chunked && len(res.Body) != len(res.Decoded) {
		d.find("V20", "chunked", ex, "hex", text.Hex(res.Body, 0, 24))
	}
	r, problems := reply.Parse(res.Decoded)
	d.Plain = res.Decoded
	encrypted := r.Type == reply.TypeEncrypted
	d.add(ex, problems)
	switch {
	case encrypted && d.Push.Mode == msgcrypt.Plain:
		d.find("M03", "unasked", ex)
	case encrypted:
		d.add(ex, reply.Check(r, d.Push.Message))
		c.open(d, ex, r)
		return
	case d.Push.Mode == msgcrypt.Safe && r.IsMessage():
		d.find("M03", "plaintext", ex, "type", text.Line(r.Type))
	}
	d.Reply = r
	d.add(ex, reply.Check(r, d.Push.Message))
}

// open takes a reply out of its envelope and judges both. What stands around
// the envelope was found before, and does not matter here.
func (c *Pusher) open(d *Delivery, ex *wire.Exchange, outer *reply.Reply) {
	env, err := msgcrypt.ParseReply(outer.Document())
	if err != nil {
		d.find("M03", "envelope", ex, "error", text.Line(err.Error()))
		return
	}
	d.Envelope = env
	if c.brokenLines(env) { // the wrong signature, if it is one, comes from that
		d.find("M03", "line-breaks", ex)
		return
	}
	if err := env.Verify(c.Token); err != nil {
		d.wrongSignature(ex, c.Token, err)
	}
	if c.Codec == nil { // a compatible push can be read without
		d.Reply = outer
		return
	}
	plain, err := c.Codec.Decrypt(env.Encrypt)
	if plain == nil {
		d.undecryptable(ex, err)
		return
	}
	var broken *msgcrypt.Error
	if errors.As(err, &broken) {
		if broken.Class != msgcrypt.ClassAppID {
			d.undecryptable(ex, err)
			return
		}
		d.find("M22", "reply-appid", ex, "got", text.Excerpt([]byte(broken.Got)), "want", text.Excerpt([]byte(broken.Want)))
	}
	for _, w := range plain.Warnings {
		d.find("M03", "padding", ex, "error", text.Line(w.Error()))
	}
	d.Plain = plain.Msg
	r, problems := reply.Parse(plain.Msg)
	d.Reply = r
	switch r.Type {
	case reply.TypeEncrypted:
		d.find("M03", "double", ex)
		return
	case reply.TypeSuccess, reply.TypeEmpty:
		d.find("M06", "encrypted", ex, "body", text.Quote(plain.Msg, 80))
	}
	d.add(ex, problems)
	d.add(ex, reply.Check(r, d.Push.Message))
}

// brokenLines reports whether the base64 has line ends. One at its end is not
// seen in the XML, where blanks do not count, but in the signature.
func (c *Pusher) brokenLines(env *msgcrypt.Reply) bool {
	if strings.ContainsAny(env.Encrypt, "\r\n") {
		return true
	}
	for _, end := range []string{"\n", "\r\n"} {
		if env.MsgSignature == signature.Message(c.Token, env.TimeStamp, env.Nonce, env.Encrypt+end) {
			return true
		}
	}
	return false
}

// wrongSignature names what a wrong MsgSignature was made of, if that is a
// part of the request.
func (d *Delivery) wrongSignature(ex *wire.Exchange, token string, err error) {
	env, p := d.Envelope, d.Push
	for _, used := range [][2]string{{p.Timestamp, p.Nonce}, {p.Timestamp, env.Nonce}, {env.TimeStamp, p.Nonce}} {
		if env.MsgSignature == signature.Message(token, used[0], used[1], env.Encrypt) {
			d.find("M03", "request-time", ex)
			return
		}
	}
	d.find("M03", "signature", ex, "error", text.Line(err.Error()))
}

func (d *Delivery) undecryptable(ex *wire.Exchange, err error) {
	id, variant := "M03", "undecryptable"
	var broken *msgcrypt.Error
	switch {
	case !errors.As(err, &broken):
	case broken.Cause == msgcrypt.CauseLittleEndian, broken.Cause == msgcrypt.CauseNoRandom:
		variant = string(broken.Cause)
	case broken.Class == msgcrypt.ClassLength && broken.Cause == "" && !absurd(err.Error()):
		id, variant = "M25", "length"
	}
	d.find(id, variant, ex, "error", text.Line(err.Error()))
}

// absurd reports whether a length that an error names is none that a program
// counts wrongly: it is noise, made with another key.
func absurd(text string) bool {
	return slices.ContainsFunc(strings.Fields(text), func(word string) bool {
		n, err := strconv.ParseUint(strings.Trim(word, ".,;:()"), 10, 64)
		return err == nil && n > message.MaxBody
	})
}

// add takes over what package reply found. The same may be wrong with an
// envelope and with what is in it.
func (d *Delivery) add(ex *wire.Exchange, problems []reply.Problem) {
	before := d.Findings
	for _, p := range problems {
		if slices.ContainsFunc(before, func(f Finding) bool { return f.ID == p.ID && f.Variant == p.Variant }) {
			continue
		}
		d.Findings = append(d.Findings, Finding{
			ID: p.ID, Variant: p.Variant, Severity: p.Severity, Facts: maps.Clone(p.Facts), Exchange: ex,
		})
	}
}

// see decides what the user would see.
func (d *Delivery) see() {
	m := d.Push.Message
	if d.Reply != nil && d.Reply.IsMessage() {
		d.Unseen = d.unseen(m)
	}
	switch {
	case d.Unseen != "":
		d.Seen = SeenNothing
	case d.OK() && d.Reply != nil && d.Reply.IsMessage():
		d.Seen = SeenReply
	case d.OK(), silent(m):
		d.Seen = SeenNothing
	default:
		d.Seen, d.Fault = SeenFault, FaultAccount
		if toMiniProgram(m) {
			d.Fault = FaultMiniProgram
		}
	}
}

// unseen is why nobody would see a message in answer to m.
func (d *Delivery) unseen(m *message.Message) Unseen {
	left := m != nil && m.IsEvent() && strings.EqualFold(m.Get("Event"), "unsubscribe")
	for _, f := range d.Findings {
		if f.Severity == finding.Error && !left && f.Variant != "mini-content" {
			return "" // that something is wrong comes first
		}
	}
	switch {
	case left:
		return UnseenLeft
	case toMiniProgram(m) && d.Reply.Type != "transfer_customer_service":
		return UnseenMiniProgram
	}
	return ""
}

// toMiniProgram reports whether a message is for a mini program: in JSON, or
// of a type that no Official Account gets.
func toMiniProgram(m *message.Message) bool {
	if m == nil {
		return false
	}
	return m.Format == msgcrypt.JSON || m.Get("MsgType") == "miniprogrampage" || m.Get("Event") == tempSession
}

// tempSession is the event of a user who opens a mini program's customer
// service: it is waited for in the chat, as a message is.
const tempSession = "user_enter_tempsession"

// silent reports whether WeChat shows no fault line for the message: nobody
// is looking at the chat when these events come.
func silent(m *message.Message) bool {
	if m == nil || !m.IsEvent() || m.Get("Event") == tempSession {
		return false
	}
	if t := m.Type(); t != nil {
		return t.Group != "follow" && t.Group != "menu" || t.Event == "unsubscribe" || t.Event == "LOCATION"
	}
	return true
}

// Answer is an answer in a few words, fit to print: its status and body, or
// how it failed.
func Answer(ex *wire.Exchange) string {
	if ex.Err != nil {
		return text.Line(ex.Err.Error())
	}
	s := text.Line(ex.Response.StatusText())
	if len(ex.Response.Decoded) == 0 {
		return s + ", empty body"
	}
	return s + ", " + text.Excerpt(ex.Response.Decoded)
}
