package delivery

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/callback"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/safetext"
)

func (d *Delivery) find(id, variant string, ex *callback.Exchange, facts ...string) {
	d.Findings = append(d.Findings, NewFinding(id, variant, ex, facts...))
}

// judge finds out what is wrong with the last answer, and what the user sees.
func (c *Courier) judge(d *Delivery) {
	ex := d.Last()
	switch {
	case ex.Err != nil && ex.Err.Kind == callback.Canceled:
	case ex.Response == nil:
		d.noAnswer(ex)
	case ex.Response.Status != 200:
		d.badStatus(ex)
	case !wholeBody(ex):
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

func timedOut(ex *callback.Exchange) bool {
	return ex.Err != nil && ex.Err.Kind == callback.Timeout || ex.Response != nil && ex.End == callback.EndTimeout
}

func (d *Delivery) noAnswer(ex *callback.Exchange) {
	switch found := Unreachable(ex); {
	case found != nil:
		d.Findings = append(d.Findings, found...)
	case ex.Err.Kind == callback.Timeout:
		d.find("M01", "timeout", ex, "attempts", strconv.Itoa(len(d.Exchanges)), "seconds", seconds(ex.Times.Total))
	default:
		d.find("M30", "no-answer", ex, "error", safetext.Line(ex.Err.Error()), "type", d.label())
	}
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s" }

func (d *Delivery) badStatus(ex *callback.Exchange) {
	res := ex.Response
	status := safetext.Line(res.StatusText())
	switch f, ok := Unrouted(ex); {
	case ok:
		d.Findings = append(d.Findings, f)
	case res.Status >= 500:
		d.find("M19", "error-status", ex, "type", d.label(), "status", status, "excerpt", safetext.Excerpt(res.Decoded))
	case res.Status >= 400:
		d.find("M29", "refused", ex, "status", status, "excerpt", safetext.Excerpt(res.Decoded), "mode", string(d.Push.Mode))
	default:
		d.find("V44", "other-2xx", ex, "status", status)
	}
}

// label is what the push is, for a finding.
func (d *Delivery) label() string {
	if d.Push.Message == nil {
		return "body"
	}
	return safetext.Line(d.Push.Message.Label())
}

func (d *Delivery) unfinished(ex *callback.Exchange) {
	switch ex.End {
	case callback.EndLimit:
		d.find("V40", "oversized", ex, "bytes", strconv.Itoa(len(ex.Received)))
	case callback.EndShort:
		d.find("V25", "length", ex, "declared", safetext.Line(ex.Response.Get("Content-Length")), "got", strconv.Itoa(len(ex.Response.Body)))
	default:
		d.find("M01", "timeout", ex, "attempts", strconv.Itoa(len(d.Exchanges)), "seconds", seconds(ex.Times.Total))
	}
}

// judgeBody reads the reply, out of its envelope if it has one.
func (c *Courier) judgeBody(d *Delivery, ex *callback.Exchange) {
	res := ex.Response
	if enc := res.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		d.find("V41", "compressed", ex, "encoding", safetext.Excerpt([]byte(enc)))
		return
	}
	if res.Chunked && len(res.Body) != len(res.Decoded) {
		d.find("V20", "chunked", ex, "hex", safetext.Hex(res.Body, 0, 24))
	}
	reply, problems := message.ParseReply(res.Decoded)
	d.Plain = res.Decoded
	encrypted := reply.Type == message.TypeEncrypted
	d.add(ex, problems)
	switch {
	case encrypted && d.Push.Mode == Plain:
		d.find("M03", "unasked", ex)
	case encrypted:
		c.open(d, ex, res.Decoded)
		return
	case d.Push.Mode == Safe && reply.IsMessage():
		d.find("M03", "plaintext", ex, "type", safetext.Line(reply.Type))
	}
	d.Reply = reply
	d.add(ex, message.Check(reply, d.Push.Message))
}

// open takes a reply out of its envelope and judges both.
func (c *Courier) open(d *Delivery, ex *callback.Exchange, body []byte) {
	env, err := msgcrypt.ParseReply(body)
	if err != nil {
		d.find("M03", "envelope", ex, "error", safetext.Line(err.Error()))
		return
	}
	d.Envelope = env
	if err := env.Verify(c.Token); err != nil {
		d.find("M03", "signature", ex, "error", safetext.Line(err.Error()))
	}
	if c.Codec == nil { // a compatible push can be read without
		d.Reply, _ = message.ParseReply(body)
		return
	}
	plain, err := c.Codec.Decrypt(env.Encrypt)
	var broken *msgcrypt.Error
	switch {
	case errors.As(err, &broken) && broken.Class == msgcrypt.ClassAppID:
		d.find("M22", "reply-appid", ex, "got", safetext.Excerpt([]byte(broken.Got)), "want", safetext.Excerpt([]byte(broken.Want)))
	case errors.As(err, &broken) && broken.Class == msgcrypt.ClassLength && !absurd(err.Error()):
		d.find("M25", "length", ex, "error", safetext.Line(err.Error()))
		return
	case err != nil:
		d.find("M03", "undecryptable", ex, "error", safetext.Line(err.Error()))
		return
	}
	d.Plain = plain.Msg
	reply, problems := message.ParseReply(plain.Msg)
	d.Reply = reply
	if reply.Type == message.TypeEncrypted {
		d.find("M03", "double", ex)
		return
	}
	d.add(ex, problems)
	d.add(ex, message.Check(reply, d.Push.Message))
}

// absurd reports whether a length that an error names is none that a program
// counts wrongly: it is noise, made with another key.
func absurd(text string) bool {
	return slices.ContainsFunc(strings.Fields(text), func(word string) bool {
		n, err := strconv.ParseUint(strings.Trim(word, ".,;:()"), 10, 64)
		return err == nil && n > message.MaxBody
	})
}

// add takes over what package message found.
func (d *Delivery) add(ex *callback.Exchange, problems []message.Problem) {
	for _, p := range problems {
		d.Findings = append(d.Findings, Finding{
			ID: p.ID, Variant: p.Variant, Severity: p.Severity, Facts: maps.Clone(p.Facts), Exchange: ex,
		})
	}
}

// see decides what the user would see.
func (d *Delivery) see() {
	switch {
	case d.OK() && d.Reply != nil && d.Reply.IsMessage():
		d.Seen = SeenReply
	case d.OK(), silent(d.Push.Message):
		d.Seen = SeenNothing
	default:
		d.Seen, d.Fault = SeenFault, FaultAccount
		if d.Push.Message != nil && d.Push.Message.Format == message.JSON {
			d.Fault = FaultMiniProgram
		}
	}
}

// silent reports whether WeChat shows no fault line for the message: nobody
// is looking at the chat when these events come.
func silent(m *message.Message) bool {
	if m == nil || !m.IsEvent() {
		return false
	}
	if t := m.Type(); t != nil {
		return t.Group != "follow" && t.Group != "menu" || t.Event == "unsubscribe" || t.Event == "LOCATION"
	}
	return true
}

// Answer is an answer in a few words, fit to print: its status and body, or
// how it failed.
func Answer(ex *callback.Exchange) string {
	if ex.Err != nil {
		return safetext.Line(ex.Err.Error())
	}
	s := safetext.Line(ex.Response.StatusText())
	if len(ex.Response.Decoded) == 0 {
		return s + ", empty body"
	}
	return s + ", " + safetext.Excerpt(ex.Response.Decoded)
}
