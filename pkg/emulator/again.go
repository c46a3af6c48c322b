package emulator

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
)

// Again says how to push once more what was pushed before.
type Again struct {
	SameID bool              // the MsgId and the time of before: the server is to take it for a repeated delivery
	Set    map[string]string // fields of the message, by path; an empty value deletes one
	Body   []byte            // in place of the message: XML or JSON, or no message at all
	Mode   string            // plain, compat or safe; empty is that of before
	User   string            // who sends it, a name or an OpenID; empty is who did
}

// ErrGone is in the error that says that the bytes of a push are no longer kept;
// ask for it with errors.Is.
var ErrGone = errors.New("the bytes are gone")

// PushAgain signs and pushes a push once more, in the account's settings of now,
// and returns when the server has replied. It is a line of its own in the chat,
// but for a repeated delivery, of which a user sees nothing.
func (e *Emulator) PushAgain(ctx context.Context, id int64, again Again) (*Outcome, error) {
	j, err := e.again(id, again)
	if err != nil {
		return nil, err
	}
	out := &Outcome{User: j.User}
	if out.Push, err = e.deliver(ctx, j); err != nil {
		return nil, err
	}
	return out, ctx.Err()
}

// StartAgain is [Emulator.PushAgain] that does not wait for the server.
func (e *Emulator) StartAgain(id int64, again Again) (Started, error) {
	j, err := e.again(id, again)
	if err != nil {
		return Started{}, err
	}
	return e.started(&Outcome{User: j.User}, j), nil
}

// again makes the push known.
func (e *Emulator) again(id int64, again Again) (*job, error) {
	before, err := e.Detail(id)
	if err != nil {
		return nil, err
	}
	if again.Body == nil {
		if err := before.Plain.whole(); err != nil {
			return nil, err
		}
	}
	if again.Mode != "" && !slices.Contains(modes(), again.Mode) {
		return nil, takes("mode", named(again.Mode), finding.AnyOf(modes()))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.account(before.AppID)
	if a == nil {
		return nil, errNoAccount(before.AppID)
	}
	if e.server(a).URL == "" {
		return nil, errors.New("the account has no url to push to")
	}
	u, err := a.ensure(cmp.Or(again.User, before.User), false)
	if err != nil {
		return nil, err
	}
	m, err := e.messageAgain(a, u, before, again)
	if err != nil {
		return nil, err
	}
	r := PushRecord{Again: id, Mode: cmp.Or(again.Mode, before.Mode), Label: before.Label, Type: before.Type, MsgID: before.MsgID}
	if again.Set == nil && again.Body == nil && !again.SameID {
		r.Action = before.Action
	}
	if m != nil && !again.SameID {
		r.Line = e.lineAgain(a, u, m)
	}
	j := e.start(a, u, m, r)
	j.body, j.options = again.Body, []push.Option{push.WithMode(msgcrypt.Mode(r.Mode))}
	return j, nil
}

// whole demands that the bytes are all there.
func (b *Bytes) whole() error {
	switch {
	case b == nil:
		return errors.New("the push is under way: ask again when it has ended")
	case b.Gone:
		return goneError("the bytes of this push are no longer kept; it can be pushed again with a body of your own")
	case b.Cut:
		return goneError("of this push " + itoa(int64(len(b.Data))) + " bytes of " + itoa(int64(b.Size)) + " are kept; it can be pushed again with a body of your own")
	}
	return nil
}

type goneError string

func (e goneError) Error() string      { return string(e) }
func (goneError) Is(target error) bool { return target == ErrGone }

// messageAgain is the message, changed as it is asked for; nil for a body that is
// no message.
func (e *Emulator) messageAgain(a *Account, u *User, before PushDetail, again Again) (*message.Message, error) {
	if again.Body != nil {
		m, err := message.Parse(again.Body)
		if err != nil {
			return nil, nil // pushing what is no message is allowed
		}
		return m, nil
	}
	m, err := message.Parse(before.Plain.Data)
	if err != nil {
		return nil, finding.Because(reason.ParserSays, "error", err)
	}
	fields := map[string]string{"FromUserName": u.OpenID}
	if !again.SameID {
		fields["CreateTime"] = itoa(e.now().Unix())
		if m.Get("MsgId") != "" {
			fields["MsgId"] = itoa(e.msgIDs.Next())
		}
	}
	for name, value := range again.Set {
		fields[name] = value
	}
	for name, value := range fields {
		if m.Field(name) == nil && name == "FromUserName" {
			continue // a platform's push has none
		}
		if value == "" && m.Delete(name) {
			continue
		}
		if err := m.Set(name, value); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// lineAgain adds the line that the user seems to have written once more, and
// opens the window that it opens.
func (e *Emulator) lineAgain(a *Account, u *User, m *message.Message) (id int64) {
	via, opens := "event", ""
	if t := m.Type(); t != nil {
		opens = windowOf(t)
	}
	if opens == "message" {
		via = "message"
	}
	id = e.userSays(a, u, m, opens, &ChatItem{Time: e.now(), Via: via, Type: cmp.Or(m.Get("Event"), m.Get("MsgType"), m.Get("InfoType"))})
	e.emitUser(a.AppID, u.OpenID)
	return id
}

// FromHere lets a user do what another one did from a push on, and returns what
// came of each.
func (e *Emulator) FromHere(ctx context.Context, id int64, user string) ([]*Outcome, error) {
	first, err := e.Detail(id)
	if err != nil {
		return nil, err
	}
	outcomes := []*Outcome{}
	for _, r := range e.Pushes(PushMatch{AppID: first.AppID, User: first.User, After: id - 1}) {
		if r.Action == nil {
			continue
		}
		out, err := e.Act(ctx, Action{AppID: r.AppID, User: cmp.Or(user, r.User), Do: r.Action.Do, Value: r.Action.Value, Fields: r.Action.Fields})
		if err != nil {
			return outcomes, err
		}
		outcomes = append(outcomes, out)
	}
	return outcomes, nil
}
