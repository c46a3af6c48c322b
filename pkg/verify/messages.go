package verify

import (
	"bytes"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// TestUser is the OpenID that the pushed messages come from. It belongs to
// nobody, and begins with [message.TestPrefix].
var TestUser = message.OpenID("wxdev verify")

// MessageCount returns about how many messages [Options].Messages pushes.
func MessageCount(o Options) int {
	n := len(pushTypes(msgcrypt.Format(o.Format))) + len(message.OddTexts()) + 8
	if o.Mode == string(msgcrypt.Safe) {
		n += 12
	}
	return n
}

// messages pushes messages of every kind. The first decides whether the rest
// makes sense.
func (r *run) messages() {
	var base *push.Delivery
	r.check(Message, func() finding.Facts {
		base = r.firstMessage()
		r.failed = !base.OK()
		return finding.NewFacts("time", answerTime(base.Last()), "seen", string(base.Seen))
	})
	if base == nil || !base.OK() || r.stopped || r.ctx.Err() != nil {
		return
	}
	// Whether a message was acted on can be told by a reply only.
	silent := !answeredTo(base)
	unlessSilent := func(f func() finding.Facts) func() finding.Facts {
		if silent {
			return notSeen
		}
		return f
	}
	for _, step := range []struct {
		name string
		when bool
		f    func() finding.Facts
		ids  []string
	}{
		{Refusals, true, unlessSilent(r.stillServing(r.refusals)), []string{"M28", "M02", "M22", "M30"}},
		{EncryptOrder, r.mode() != msgcrypt.Plain, r.encryptOrder, []string{"M23", "V18", "V36", "V50", "M30", "M31"}},
		{Repeats, true, unlessSilent(r.repeats), []string{"M08", "M30"}},
		{Contents, true, r.contents, []string{"M07", "M30", "V04", "V50"}},
		{Types, true, r.types, nil},
		{Silence, silent, r.silence, []string{"M02", "M04", "M05"}}, // last: WeChat sends no such thing
	} {
		if !step.when || r.ctx.Err() != nil {
			continue
		}
		f := step.f
		if step.name == EncryptOrder && silent {
			// What it refuses shows, but not that it can read what it takes.
			f = func() finding.Facts { r.encryptOrder(); return notSeen() }
		}
		if step.name == EncryptOrder {
			f = r.stillServing(f)
		}
		if step.ids == nil {
			r.check(step.name, f)
		} else {
			r.checkIf(step.name, f, step.ids...)
		}
		last := r.report.Checks[len(r.report.Checks)-1]
		if r.dead || step.name == EncryptOrder && last.Name == EncryptOrder && !last.Passed {
			return // what follows would fail for the same reason, or at random
		}
	}
}

// stillServing makes a check say nothing of a server that meanwhile refuses
// what it took before: whatever it refused may have met a limit.
func (r *run) stillServing(f func() finding.Facts) func() finding.Facts {
	return func() finding.Facts {
		facts, before := finding.Facts{}, len(r.report.Findings)
		maps.Copy(facts, f())
		if r.dead || len(r.report.Findings) > before {
			return facts
		}
		if d := r.push("still served", r.text(firstText), push.WithFirst(digit)); r.stopped || !taken(d) && r.after(d) == refusing {
			return finding.NewFacts("skipped", Limited)
		}
		return facts
	}
}

// notSeen is what a check shows that would need a reply.
func notSeen() finding.Facts { return finding.NewFacts("skipped", Silent) }

func (r *run) mode() msgcrypt.Mode { return msgcrypt.Mode(r.Mode) }

// pusher delivers once: what fails is tried again by a check that wants to.
func (r *run) pusher() *push.Pusher {
	return &push.Pusher{
		URL: r.URL, Token: r.Token, Mode: r.mode(), Codec: r.Codec, Attempts: 1,
		Sender: r.Sender, Now: r.Now, Rand: r.Rand,
	}
}

// text is a message of the test user.
func (r *run) text(content string) *message.Message {
	t, _ := message.LookupType("text") // embedded
	m := r.newMessage(t)
	_ = m.Set("Content", content) // the type has it
	return m
}

// newMessage is a message of the type with an id of its own.
func (r *run) newMessage(t *message.Type) *message.Message {
	m := t.New(TestUser, r.accountID(), r.Now(), r.ids.Next())
	if r.Format == string(msgcrypt.JSON) {
		m.Format = msgcrypt.JSON
	}
	return m
}

func (r *run) accountID() string {
	if r.AppID != "" {
		return message.OriginalID(r.AppID)
	}
	return message.OriginalID("wxdev")
}

// build writes a push. What cannot be built is a fault of the options.
func (r *run) build(m *message.Message, options ...push.Option) *push.Push {
	if r.unsorted() { // it is told: what it upsets would look like a fault of the messages
		options = append([]push.Option{push.WithNonce(r.newNonce())}, options...)
	}
	p, err := r.pusher().Build(m, options...)
	if err != nil {
		r.fail(err)
		return &push.Push{Message: m, Mode: r.mode()}
	}
	return p
}

// unsorted reports whether the GETs have shown that the strings are sorted
// wrongly, which a nonce of ten digits mostly hides.
func (r *run) unsorted() bool {
	return slices.ContainsFunc([]string{"V18", "V36", "M23"}, r.found)
}

// deliver sends the push and records its probes.
func (r *run) deliver(name string, c *push.Pusher, p *push.Push) *push.Delivery {
	if r.skips() {
		return c.Judge(r.ctx, p, &wire.Exchange{
			Request: p.Request(r.URL), Err: &wire.Error{Kind: wire.Canceled, Err: errStopped},
		})
	}
	d := c.Deliver(r.ctx, p)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.talks = r.talks || answeredTo(d)
	for _, ex := range d.Exchanges {
		r.report.Probes = append(r.report.Probes, Probe{name, ex, string(d.Seen)})
		if answer.Limited(ex) {
			r.lost++
			if r.limit == nil {
				r.limit = ex
			}
		}
	}
	return d
}

// gone reports whether nobody listens any more: the server, which took
// messages before, has ended.
func gone(d *push.Delivery) bool {
	ex := d.Last()
	return ex.Failure() == wire.Refused
}

// died records that the server ended, and after which message.
func (r *run) died(killer *push.Delivery, what string) {
	r.dead = true
	r.find("M30", "dies", killer.Last(), "type", kindFact(what))
}

// diedOf reports whether the server ended over a push, which is then told.
func (r *run) diedOf(d *push.Delivery, what string) bool {
	if r.dead || taken(d) || r.after(d) != ended {
		return r.dead
	}
	r.died(d, what)
	return true
}

// push builds and delivers in one.
func (r *run) push(name string, m *message.Message, options ...push.Option) *push.Delivery {
	return r.deliver(name, r.pusher(), r.build(m, options...))
}

// answeredTo reports whether the server acted on the push: it replied to the
// user.
func answeredTo(d *push.Delivery) bool {
	return d.Reply != nil && d.Reply.IsMessage() && d.Last().Response.Status == 200
}

// firstText is what the first message says, and the one that is sent when
// others failed. In the encrypted modes its length decides the padding.
const firstText = "你好"

// firstMessage delivers a text as WeChat does, three times if need be, and
// finds out why it failed if it did.
func (r *run) firstMessage() *push.Delivery {
	c := r.pusher()
	c.Attempts = push.Attempts
	d := r.deliver("text", c, r.build(r.text(firstText)))
	if !d.OK() && !gone(d) {
		if !r.stillTakes(d.Exchanges...) {
			return d
		}
		d = r.secondText(d)
	}
	r.first = d.Push
	switch {
	case gone(d), r.stopped: // the GETs were answered
		r.died(d, "text")
	case d.OK() || !r.failedMessage(d):
		r.addAll(slices.DeleteFunc(d.Findings, func(f finding.Finding) bool {
			return f.ID == "M01" && byLimit(d, f.Exchange)
		}))
	}
	return d
}

// byLimit reports whether the attempt behind a finding met a rate limit.
func byLimit(d *push.Delivery, shown *finding.Exchange) bool {
	return slices.ContainsFunc(d.Exchanges, func(ex *wire.Exchange) bool {
		return shown != nil && bytes.Equal(ex.Received, shown.Received) && answer.Limited(ex)
	})
}

// secondText sends other texts when the first one was refused: if one is taken,
// chance or a limit refused the first. In the encrypted modes it may be the
// sort order, which [run.failedEncrypted] looks at.
func (r *run) secondText(d *push.Delivery) *push.Delivery {
	rate := answer.Limited(d.Last())
	if d.Last().Response == nil || r.mode() != msgcrypt.Plain && !rate {
		return d
	}
	const most = 4 // what refuses one in ten refuses five in a row once in 100 000
	for n := range most {
		again := r.push("another text", r.text(firstText))
		switch {
		case rate: // a GET was taken: if a push is refused again, it is no matter of rate
			return again
		case taken(again):
			r.chance(d, "text", n+1, n+2)
			return again
		}
	}
	return d
}

func (r *run) addAll(found []finding.Finding) {
	for _, f := range found {
		r.add(f)
	}
}

// failedMessage looks behind a message that failed: what the answer says, and
// which other message is answered.
func (r *run) failedMessage(d *push.Delivery) bool {
	ex, res := d.Last(), d.Last().Response
	if res == nil {
		return ex.Failure() == wire.Timeout && r.otherContentType(d)
	}
	if r.saysWhy(ex) {
		return true
	}
	if m := answer.Mark(res, answer.LostBody); m != "" {
		r.find("M05", "body-lost", ex, "marker", finding.Excerpt(m))
		return true
	}
	if madeOfNothing(d) {
		r.find("M05", "body-lost", ex, "marker", "<ToUserName></ToUserName>, <FromUserName></FromUserName>")
		return true
	}
	if res.Status < 400 || res.Status == 404 || res.Status == 405 || answer.Limited(ex) {
		return false
	}
	if r.mode() != msgcrypt.Plain {
		return r.failedEncrypted(d)
	}
	if r.searchPush(d) || r.otherContentType(d) || r.otherFormat(d) {
		return true
	}
	if res.Status >= 500 || answer.GuardMark(res) != "" {
		return false
	}
	r.refusedPlain(d)
	return true
}

// madeOfNothing reports whether a reply is addressed to nobody by nobody: it
// was filled in from a message that was not read.
func madeOfNothing(d *push.Delivery) bool {
	if d.Reply == nil || !d.Reply.IsMessage() {
		return false
	}
	to, from := d.Reply.Doc.Field("ToUserName"), d.Reply.Doc.Field("FromUserName")
	return to != nil && from != nil && to.Value == "" && from.Value == ""
}

// otherFormat sends the message in the format that was not configured.
func (r *run) otherFormat(d *push.Delivery) bool {
	m := d.Push.Message.Clone()
	sent, works := "XML", "JSON"
	if m.Format == msgcrypt.JSON {
		m.Format, sent, works = msgcrypt.XML, works, sent
	} else {
		m.Format = msgcrypt.JSON
	}
	if !r.understood(r.push("text in "+works, m)) {
		return false
	}
	r.find("M04", "other-format", d.Last(), "sent", sent, "works", works)
	return true
}

// taken reports whether a server took a push for a message: it need not
// reply.
func taken(d *push.Delivery) bool {
	ex := d.Last()
	return ex.Response != nil && ex.Response.Status == 200 && d.OK()
}

// understood reports whether a push in another form was read, and not just
// acknowledged: it got a reply, or what is no message at all is refused.
func (r *run) understood(d *push.Delivery) bool {
	if !taken(d) || answeredTo(d) {
		return taken(d)
	}
	p := *d.Push
	p.Body = []byte("wxdev")
	return !taken(r.deliver("no message at all", r.pusher(), &p))
}

func (r *run) otherContentType(d *push.Delivery) bool {
	p := r.build(d.Push.Message.Clone())
	kind := p.Type
	p.Type = textPlain
	if !r.understood(r.deliver("text as text/plain", r.pusher(), p)) {
		return false
	}
	r.find("M05", "content-type", d.Last(), "type", kind, "works", textPlain)
	return true
}

const textPlain, form = "text/plain", "application/x-www-form-urlencoded"

// silence asks, of a server that says nothing to a text, whether it talks
// otherwise: then it did not understand what it got. One that said something
// meanwhile understood that.
func (r *run) silence() finding.Facts {
	if r.talks {
		return nil
	}
	if r.mode() == msgcrypt.Safe {
		d := r.push("text", r.text(firstText))
		if plain := r.push("not encrypted", r.text(firstText), push.WithMode(msgcrypt.Plain)); answeredTo(plain) {
			r.find("M02", "not-decrypted", d.Last(), "answer", answer.Summary(d.Last()))
			return nil
		}
	}
	// Of the reverse nothing follows: an answer to a mini program is success, and
	// the same server may talk to the users of an account.
	if m := r.text(firstText); m.Format != msgcrypt.JSON {
		m.Format = msgcrypt.JSON
		if d := r.push("text in JSON", m); answeredTo(d) {
			r.find("M04", "other-format", d.Last(), "sent", "XML", "works", "JSON")
			return nil
		}
	}
	if !r.otherBody() && !r.stopped {
		r.find("M05", "silent", nil)
	}
	return nil
}

// otherBody sends a text as body parsers like it best: as plain text, and as
// the field of a form.
func (r *run) otherBody() bool {
	for _, kind := range []string{textPlain, form} {
		p := r.build(r.text(firstText))
		usual := p.Type
		if p.Type = kind; kind == form {
			p.Body = []byte("xml=" + url.QueryEscape(string(p.Body)))
		}
		if d := r.deliver("text as "+kind, r.pusher(), p); answeredTo(d) {
			r.find("M05", "content-type", d.Last(), "type", usual, "works", kind)
			return true
		}
	}
	return false
}

// refusals sends messages that must not be acted on.
func (r *run) refusals() finding.Facts {
	p := r.build(r.text("wxdev verify"))
	p.Signature = *r.wrongSignature()
	if p.MsgSignature != "" {
		p.MsgSignature = *r.wrongSignature()
	}
	d := r.deliver("wrong signature", r.pusher(), p)
	r.denied(d.Last())
	if !r.alive() {
		r.died(d, "text, wrong signature")
		return nil
	}
	if answeredTo(d) {
		r.find("M28", "no-check", d.Last(), "status", d.Last().Response.StatusFact(), "body", finding.Excerpt(d.Plain))
		return nil
	}
	if r.mode() != msgcrypt.Safe {
		return nil // in compatible mode a server may go by the plain fields alone
	}
	p = r.build(r.text("wxdev verify"))
	p.MsgSignature = *r.wrongSignature()
	d = r.deliver("wrong msg_signature", r.pusher(), p)
	r.denied(d.Last())
	if answeredTo(d) {
		r.find("M02", "signature-only", d.Last())
	}
	if d := r.push("another AppID", r.text("wxdev verify"), push.WithCodec(r.Codec.WithAppID("wx0000000000000000"))); answeredTo(d) {
		r.find("M22", "unchecked", d.Last())
	}
	if d := r.push("not encrypted", r.text("wxdev verify"), push.WithMode(msgcrypt.Plain)); answeredTo(d) {
		r.find("M02", "plaintext-accepted", d.Last())
	}
	return nil
}

// repeats delivers one message twice, as WeChat does when the first answer is
// late, and two events in one second.
func (r *run) repeats() finding.Facts {
	p := r.build(r.text("wxdev verify"))
	first := r.deliver("text", r.pusher(), p)
	if r.diedOf(first, "text") || !taken(first) && r.stopped {
		return nil
	}
	second := r.deliver("text again", r.pusher(), p)
	if r.diedOf(second, "text, again") {
		return nil
	}
	if answeredTo(first) && answeredTo(second) && spoken(first) != spoken(second) {
		r.find("M08", "answered-twice", second.Last(), "first", spoken(first), "second", spoken(second))
		return nil
	}
	click, _ := message.LookupType("click") // embedded
	if r.Format == string(msgcrypt.JSON) {
		return nil // mini programs have no menu
	}
	one, two := r.newMessage(click), r.newMessage(click)
	// A user of their own: who goes by sender and second alone would else take
	// them for the texts above.
	taps := message.OpenID("wxdev verify taps")
	for m, key := range map[*message.Message]string{one: "wxdev_verify_1", two: "wxdev_verify_2"} {
		_ = m.Set("FromUserName", taps)
		_ = m.Set("EventKey", key)
	}
	_ = two.Set("CreateTime", one.Get("CreateTime"))
	a, b := r.push("click", one), r.push("another click", two)
	if r.diedOf(a, "click") || r.diedOf(b, "click, again") || !answeredTo(a) || answeredTo(b) || !taken(b) {
		return nil
	}
	later := two.Clone()
	_ = later.Set("CreateTime", strconv.FormatInt(r.Now().Add(time.Second).Unix(), 10))
	facts := []any{"first", spoken(a), "second", answer.Summary(b.Last())}
	switch c := r.push("another click, later", later); {
	case answeredTo(c):
		r.find("M08", "swallowed", b.Last(), facts...)
	case taken(c) && r.swallowsOthers(one):
		r.find("M08", "events", b.Last(), facts...)
	}
	return nil
}

// swallowsOthers asks whether another user's click gets no reply either, while
// that user's text does: no matter of taps that come too fast.
func (r *run) swallowsOthers(click *message.Message) bool {
	tap, text := click.Clone(), r.text("wxdev verify")
	for _, m := range []*message.Message{tap, text} {
		_ = m.Set("FromUserName", message.OpenID("wxdev verify other taps"))
	}
	d := r.push("another user's click", tap)
	return taken(d) && !answeredTo(d) && answeredTo(r.push("another user's text", text))
}

// spoken is what a reply says, without the time it was made.
func spoken(d *push.Delivery) finding.Fact {
	return finding.Excerpt(strings.Join(strings.Fields(d.Reply.String()), " "))
}
