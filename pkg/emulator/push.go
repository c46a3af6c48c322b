package emulator

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Push is what came of a message to an account's server.
type Push struct {
	ID       int64      `json:"id"`
	OK       bool       `json:"ok"`              // no finding is an error
	Message  string     `json:"message"`         // what it was: "text", "event CLICK"
	Seen     reply.Seen `json:"seen"`            // what the user sees: reply, nothing or fault; unknown when the caller has gone away
	Fault    string     `json:"fault,omitempty"` // the line that the service is out of order
	Reply    *Reply     `json:"reply,omitempty"`
	Attempts []Attempt  `json:"attempts"`
	Findings []Finding  `json:"findings"`
}

// Reply is what a server answered.
type Reply struct {
	Type     string          `json:"type"`
	Text     string          `json:"text,omitempty"`
	MediaID  string          `json:"media_id,omitempty"`
	Articles []reply.Article `json:"articles,omitempty"`
	Links    []reply.Link    `json:"links,omitempty"`
	Body     string          `json:"body"` // decrypted
}

// Attempt is one delivery.
type Attempt struct {
	Status int     `json:"status,omitempty"`
	MS     float64 `json:"ms"`
	Error  string  `json:"error,omitempty"`

	err error
}

// Finding is a rule that the server broke, in words; package catalog has the
// whole story.
type Finding struct {
	finding.Finding
	Title    string `json:"title"`
	Evidence string `json:"evidence"`
	Fix      string `json:"fix"`

	Step  push.StepID        `json:"step,omitempty"`  // of the delivery, where it is about one
	Place *finding.PlaceView `json:"place,omitempty"` // the wrong bytes, and what should stand there
}

// newFinding puts a finding into words, without the secrets that hide takes out.
func newFinding(found finding.Finding, lang finding.Lang, hide func(string) string) Finding {
	found.Facts = found.Facts.Redact(hide)
	return Finding{Finding: found, Place: found.Place.View()}.In(lang)
}

// In is the finding in the words of a language.
func (f Finding) In(lang finding.Lang) Finding {
	f.Title, f.Evidence, f.Fix = catalog.Describe(lang, f.Finding)
	return f
}

// In is the push with its findings and errors in a language.
func (p *Push) In(lang finding.Lang) *Push {
	if p == nil {
		return nil
	}
	c := *p
	c.Findings, c.Attempts = slices.Clone(p.Findings), slices.Clone(p.Attempts)
	for i, f := range c.Findings {
		c.Findings[i] = f.In(lang)
	}
	for i, a := range c.Attempts {
		if a.err != nil {
			c.Attempts[i].Error = finding.ErrorIn(lang, a.err)
		}
	}
	return &c
}

// kept is the push without what would keep the server's bytes in memory.
func (p *Push) kept() *Push {
	c := *p
	c.Findings = slices.Clone(p.Findings)
	for i := range c.Findings {
		f := &c.Findings[i]
		f.Finding = f.Finding.Compact()
		f.Place = f.Finding.Place.View()
	}
	c.Reply = p.Reply.kept()
	return &c
}

// kept is the beginning of a reply that is as long as a server likes: as much of
// its text as of its body, and more articles and links than phones show.
func (r *Reply) kept() *Reply {
	const most = 20
	if r == nil {
		return nil
	}
	c := *r
	c.Articles, c.Links = slices.Clone(r.Articles[:min(len(r.Articles), most)]), slices.Clone(r.Links[:min(len(r.Links), most)])
	c.each(shortened)
	return &c
}

// each changes all that a reply says.
func (r *Reply) each(change func(string) string) {
	all := []*string{&r.Text, &r.MediaID}
	for i := range r.Articles {
		a := &r.Articles[i]
		all = append(all, &a.Title, &a.Description, &a.URL, &a.PicURL)
	}
	for i := range r.Links {
		l := &r.Links[i]
		all = append(all, &l.Text, &l.Href, &l.MenuID, &l.MenuContent, &l.AppID, &l.Path)
	}
	for _, s := range all {
		*s = change(*s)
	}
}

// shortened is a text, or its beginning: a copy then, so that the rest can go.
func shortened(s string) string {
	if len(s) <= maxLogged {
		return s
	}
	return strings.ToValidUTF8(s[:maxLogged], "") + "…"
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// pusher delivers to the account's server. The caller holds the lock.
func (e *Emulator) pusher(a *Account) *push.Pusher {
	a = e.server(a)
	c := &push.Pusher{
		URL: a.URL, Token: a.Token, Mode: msgcrypt.Mode(a.Mode), Codec: a.derived.codec,
		Attempts: e.cfg.Attempts, Now: e.Now, Rand: e.rand,
	}
	c.Sender.Timeout = e.cfg.Timeout
	return c
}

// compose makes a message of a type from a user. The caller holds the lock.
func (e *Emulator) compose(a *Account, u *User, t *message.Type) *message.Message {
	now := e.now()
	m := t.New(u.OpenID, a.OriginalID, now, e.msgIDs.Next())
	m.Format = msgcrypt.Format(e.server(a).Format)
	return m
}

// job is a push that is about to be made.
type job struct {
	*pushed
	pusher  *push.Pusher
	message *message.Message
	body    []byte // in place of a message
	options []push.Option
	loads   int64 // see [Emulator]
}

// start makes a push known, with what r says of it. The caller holds the lock.
func (e *Emulator) start(a *Account, u *User, m *message.Message, r PushRecord) *job {
	j := &job{pushed: &pushed{}, message: m, pusher: e.pusher(a), loads: e.loads}
	r.AppID, r.User, r.Started, r.Of = a.AppID, u.OpenID, e.now(), cmp.Or(e.cfg.Attempts, push.Attempts)
	to := e.server(a)
	r.Mode, r.Format = cmp.Or(r.Mode, to.Mode), to.Format
	if m != nil {
		r.MsgID = m.Get("MsgId")
		if t := m.Type(); t != nil {
			r.Type = t.Name
		}
		r.Label = label(m, cmp.Or(r.Type, m.Label().In(finding.English)))
	}
	j.PushRecord = r
	e.log.begin(j.pushed)
	e.emit(EventPushStart, j.about(), PushStart{
		Push: j.ID, AppID: j.AppID, User: j.User, Label: j.Label, MsgID: j.MsgID, Mode: j.Mode, Of: j.Of, Line: j.Line,
	})
	if item := u.line(r.Line); item != nil {
		item.Push, item.State = j.ID, StateWaiting
		e.publishLine(a.AppID, u, item)
	}
	return j
}

// deliver makes a push, without the lock, and puts what the server replied into
// the user's chat.
func (e *Emulator) deliver(ctx context.Context, j *job) (*Push, error) {
	push, err := j.build()
	if err != nil {
		e.log.fail(j.pushed)
		e.settle(j, reply.SeenUnknown, nil)
		return nil, err
	}
	j.pusher.OnAttempt = func(n int, ex *wire.Exchange) { e.attempted(j, n, ex) }
	d := j.pusher.Deliver(ctx, push)
	p := e.describe(d)
	p.ID = j.ID
	e.log.end(j.pushed, d, p.kept(), e.later(j.pusher, d), e.hideBytes)
	e.logPush(j, d, p)
	e.settle(j, d.Seen, d)
	return p, nil
}

func (j *job) build() (*push.Push, error) {
	if j.message != nil {
		return j.pusher.Build(j.message, j.options...)
	}
	p, err := j.pusher.BuildBody(j.body, j.options...)
	if err == nil {
		p.OpenID = cmp.Or(p.OpenID, j.User)
	}
	return p, err
}

// hideBytes hides the accounts' secrets in bytes that are kept.
func (e *Emulator) hideBytes(b []byte) []byte {
	if hidden := e.secrets.Text(string(b)); hidden != string(b) {
		return []byte(hidden)
	}
	return b
}

func (j *job) about() []string { return about(j.AppID, j.User) }

// attempted notes a delivery that begins, or has ended.
func (e *Emulator) attempted(j *job, n int, ex *wire.Exchange) {
	e.log.attempt(j.pushed, n, e.Now(), ex)
	event := PushAttempt{Push: j.ID, N: n, Of: j.Of, Phase: PhaseSent}
	if ex != nil {
		a := attempt(ex)
		event.Phase, event.Status, event.MS, event.Error = PhaseDone, a.Status, a.MS, a.Error
	}
	e.emit(EventPushAttempt, j.about(), event)
}

// settle tells what came of a push: in the user's chat, and to who watches. The
// delivery is nil if there was none.
func (e *Emulator) settle(j *job, seen reply.Seen, d *push.Delivery) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if a := e.account(j.AppID); j.loads == e.loads && a != nil && a.user(j.User) != nil { // nothing was reset meanwhile
		u := a.user(j.User)
		if item := u.line(j.Line); item != nil && item.Push == j.ID {
			item.State, item.MS = states.Get()[seen], millis(time.Since(j.began))
			e.publishLine(a.AppID, u, item)
		}
		if d != nil {
			e.recordReply(a, u, j.ID, d)
		}
	}
	e.emit(EventPushEnd, j.about(), e.log.ended(j.pushed))
}

// states are those of a line of the user's, by what the user sees.
var states = lazy.Value[map[reply.Seen]string]{Make: func() map[reply.Seen]string {
	return map[reply.Seen]string{reply.SeenReply: "ok", reply.SeenNothing: "nothing", reply.SeenFault: "fault"}
}}

// recordReply puts what the user sees into the chat.
func (e *Emulator) recordReply(a *Account, u *User, push int64, d *push.Delivery) {
	now := e.now()
	switch d.Seen {
	case reply.SeenReply:
		u.LastMessage = now
		text := d.Reply.Text()
		if text == "" {
			text = d.Reply.String()
		}
		e.addLine(a, u, &ChatItem{Time: now, From: FromServer, Via: "reply", Type: d.Reply.Type, Text: text, Body: string(d.Plain), Push: push})
		e.emitUser(a.AppID, u.OpenID)
	case reply.SeenFault:
		e.addLine(a, u, &ChatItem{Time: now, From: FromWeChat, Via: "fault", Text: d.Fault, Push: push})
	}
}

// describe puts a delivery into words.
func (e *Emulator) describe(d *push.Delivery) *Push {
	p := &Push{OK: d.OK(), Seen: d.Seen, Fault: d.Fault, Findings: []Finding{}}
	if d.Push.Message != nil {
		p.Message = d.Push.Message.Label().In(finding.English)
	}
	for _, ex := range d.Exchanges {
		p.Attempts = append(p.Attempts, attempt(ex))
	}
	if r := d.Reply; r != nil {
		p.Reply = &Reply{
			Type: r.Type, Text: r.Text(), MediaID: r.MediaID(), Articles: r.Articles(), Links: r.Links(), Body: e.kept(d.Plain, redact.Rule{}),
		}
		p.Reply.each(e.secrets.Text)
	}
	for _, f := range d.Findings {
		w := newFinding(f, e.cfg.Lang, e.secrets.Text)
		w.Step = push.StepOf(f)
		p.Findings = append(p.Findings, w)
	}
	return p
}

func attempt(ex *wire.Exchange) Attempt {
	a := Attempt{MS: millis(ex.Times.Total)}
	if ex.Response != nil {
		a.Status = ex.Response.Status
	}
	if ex.Err != nil {
		a.Error, a.err = finding.ErrorIn(finding.English, ex.Err), ex.Err
	}
	return a
}

// notify pushes an event that no user waits for, in the background. The caller
// holds the lock.
func (e *Emulator) notify(a *Account, u *User, typeName string, set func(*message.Message) error) {
	t, ok := message.LookupType(typeName)
	to := e.server(a)
	if !ok || to.URL == "" || to.Format == string(msgcrypt.JSON) && !t.JSON || e.ctx.Err() != nil {
		return
	}
	m := e.compose(a, u, t)
	if err := set(m); err != nil {
		return // the types are embedded, and a test sets these fields
	}
	e.background(e.start(a, u, m, PushRecord{}))
}

// background makes a push that nobody waits for. The caller holds the lock.
func (e *Emulator) background(j *job) {
	e.pushes.Go(func() { e.deliverAlone(j) })
}

// deliverAlone makes a push whose outcome is in the log alone.
func (e *Emulator) deliverAlone(j *job) {
	defer func() {
		if p := recover(); p != nil { // nobody waits for it: it would end the program
			e.addEntry(&Entry{Kind: KindPush, Time: e.Now(), AppID: j.AppID, Method: "POST", User: j.User, Panic: panicked(p)}, nil)
		}
	}()
	_, _ = e.deliver(e.ctx, j)
}

// logPush logs a delivery.
func (e *Emulator) logPush(j *job, d *push.Delivery, p *Push) {
	last := d.Last()
	path, query := last.Request.URL, ""
	if parsed, err := url.Parse(path); err == nil {
		path, query = parsed.Path, parsed.RawQuery
	}
	entry := &Entry{
		Kind: KindPush, Time: j.Started, AppID: j.AppID, Method: "POST", Path: path, Query: redact.Credentials.Query(query),
		Body: e.kept(d.Push.Plain, redact.Rule{}), MS: millis(last.Times.Total), User: j.User, Label: j.Label, MsgID: j.MsgID, Push: p.kept(),
	}
	size := len(d.Push.Plain)
	if last.Response != nil {
		entry.Status, entry.Response = last.Response.Status, e.kept(last.Response.Decoded, redact.Rule{})
		size += len(last.Response.Decoded)
	}
	if len(entry.Body)+len(entry.Response) < size {
		entry.Cut = size
	}
	e.addEntry(entry, p)
	e.log.logged(j.pushed, entry.ID)
}
