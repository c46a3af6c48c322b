package emulator

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Push is what came of a message to an account's server.
type Push struct {
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
}

// Finding is a rule that the server broke, in words; package catalog has the
// whole story.
type Finding struct {
	finding.Finding
	Title    string `json:"title"`
	Evidence string `json:"evidence"`
	Fix      string `json:"fix"`
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// pusher delivers to the account's server. The caller holds the lock.
func (e *Emulator) pusher(a *Account) *push.Pusher {
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
	m.Format = msgcrypt.Format(a.Format)
	return m
}

// deliver pushes a message, without the lock, and puts what the server
// replied into the user's chat.
func (e *Emulator) deliver(ctx context.Context, pusher *push.Pusher, appid, openid string, m *message.Message) (*Push, error) {
	push, err := pusher.Build(m)
	if err != nil {
		return nil, err
	}
	started := e.Now()
	d := pusher.Deliver(ctx, push)
	p := e.describe(d)
	e.logPush(appid, openid, d, p, started)
	e.mu.Lock()
	defer e.mu.Unlock()
	if a := e.account(appid); a != nil && a.user(openid) != nil { // neither was reset away meanwhile
		e.recordReply(a.user(openid), d)
	}
	return p, nil
}

// recordReply puts what the user sees into the chat.
func (e *Emulator) recordReply(u *User, d *push.Delivery) {
	now := e.now()
	switch d.Seen {
	case reply.SeenReply:
		u.LastMessage = now
		text := d.Reply.Text()
		if text == "" {
			text = d.Reply.String()
		}
		u.addLine(&ChatItem{Time: now, From: FromServer, Via: "reply", Type: d.Reply.Type, Text: text, Body: string(d.Plain)})
	case reply.SeenFault:
		u.addLine(&ChatItem{Time: now, From: FromWeChat, Via: "fault", Text: d.Fault})
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
	}
	for _, f := range d.Findings {
		p.Findings = append(p.Findings, inWords(f, e.cfg.Lang))
	}
	return p
}

func attempt(ex *wire.Exchange) Attempt {
	a := Attempt{MS: millis(ex.Times.Total)}
	if ex.Response != nil {
		a.Status = ex.Response.Status
	}
	if ex.Err != nil {
		a.Error = text.Line(ex.Err.Error())
	}
	return a
}

// notify pushes an event that no user waits for, in the background. The caller
// holds the lock.
func (e *Emulator) notify(a *Account, u *User, typeName string, set func(*message.Message) error) {
	t, ok := message.LookupType(typeName)
	if !ok || a.URL == "" || a.Format == string(msgcrypt.JSON) && !t.JSON || e.ctx.Err() != nil {
		return
	}
	m := e.compose(a, u, t)
	if err := set(m); err != nil {
		return // the types are embedded, and a test sets these fields
	}
	pusher := e.pusher(a)
	appid, openid := a.AppID, u.OpenID
	e.pushes.Go(func() {
		defer func() {
			if p := recover(); p != nil { // nobody waits for it: it would end the program
				e.addEntry(&Entry{Kind: KindPush, Time: e.Now(), AppID: appid, Method: "POST", User: openid, Panic: panicked(p)})
			}
		}()
		_, _ = e.deliver(e.ctx, pusher, appid, openid, m) // what came of it is in the log
	})
}

// logPush logs a delivery.
func (e *Emulator) logPush(appid, openid string, d *push.Delivery, p *Push, at time.Time) {
	last := d.Last()
	path, query := last.Request.URL, ""
	if parsed, err := url.Parse(path); err == nil {
		path, query = parsed.Path, parsed.RawQuery
	}
	entry := Entry{
		Kind: KindPush, Time: at, AppID: appid, Method: "POST", Path: path, Query: redact.AppSecrets.Query(query),
		Body: e.kept(d.Push.Plain, redact.Rule{}), MS: millis(last.Times.Total), User: openid, Push: p,
	}
	if last.Response != nil {
		entry.Status, entry.Response = last.Response.Status, e.kept(last.Response.Decoded, redact.Rule{})
	}
	e.addEntry(&entry)
}
