package emulator

import (
	"context"
	"fmt"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
)

// verifyTicket is the push with which everything begins: whoever has the newest
// ticket and the AppSecret is the platform.
const verifyTicket = "component_verify_ticket"

// tell makes a push to the platform's AuthURL known, nil if there is none. How often
// WeChat repeats one that fails is unknown: here it is as for messages.
func (e *Emulator) tell(p *Component, event string, fields ...string) *job {
	t, ok := message.LookupType(event)
	if !ok || p.AuthURL == "" || e.ctx.Err() != nil {
		return nil
	}
	m := t.New("", p.AppID, e.now(), 0)
	for i := 0; i < len(fields); i += 2 {
		_ = m.Set(fields[i], fields[i+1]) // the types are embedded, and a test sets these fields
	}
	return e.start(p.self, &User{}, m, PushRecord{})
}

// newTicket makes a ticket, and the push that brings it.
func (e *Emulator) newTicket(p *Component) *job {
	t := &Ticket{Type: verifyTicket, Value: "ticket@@@" + e.chars(86), Expires: e.now().Add(ticketLife)}
	p.Tickets = append(newest(p.Tickets), t)
	return e.tell(p, verifyTicket, "ComponentVerifyTicket", t.Value)
}

// PushTickets pushes a third-party platform its ticket, now and every ten minutes on
// the emulator's clock, until [Emulator.Close]; and after the first one, what the
// accounts that the seed lets authorise it mean. It is called once the API can be
// reached: whoever gets a ticket wants a token.
func (e *Emulator) PushTickets() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ctx.Err() == nil {
		e.pushes.Go(e.pushTickets)
	}
}

func (e *Emulator) pushTickets() {
	for e.ctx.Err() == nil {
		jobs, wait := e.dueToPlatform()
		for _, j := range jobs { // one after the other: a code is of no use without a ticket
			e.deliverAlone(j)
		}
		select {
		case <-e.ctx.Done():
		case <-e.turned:
		case <-time.After(wait):
		}
	}
}

// dueToPlatform are the pushes that the platform is to get now, and how long it is
// to the next.
func (e *Emulator) dueToPlatform() (jobs []*job, wait time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.state.Component
	if p == nil || p.AuthURL == "" || e.ctx.Err() != nil {
		return nil, ticketEvery // a reset may bring one
	}
	age := ticketEvery
	if n := len(p.Tickets); n > 0 {
		age = e.now().Sub(p.Tickets[n-1].Expires.Add(-ticketLife))
	}
	if age >= ticketEvery || age < 0 { // the clock may have been turned back
		jobs, age = append(jobs, e.newTicket(p)), 0
	}
	for _, z := range p.Authorizers {
		if z.RefreshToken == "" {
			_, j := e.admit(p, z.AppID, "preauthcode@@@"+e.chars(86), z.FuncInfo)
			jobs = append(jobs, j)
		}
	}
	return jobs, ticketEvery - age
}

// wake lets the pushes of tickets look at the clock and at the state again.
func (e *Emulator) wake() {
	select {
	case e.turned <- struct{}{}:
	default: // it will
	}
}

// ActPlatform does something to the third-party platform, and returns when its
// server has answered: ticket pushes one now, authorize lets an account authorise
// it, with other permission sets perhaps, and unauthorize takes that back. The Code
// of the Outcome is the authorization code.
func (e *Emulator) ActPlatform(ctx context.Context, do, appid string, sets []int64) (*Outcome, error) {
	out := &Outcome{}
	j, err := e.beginPlatform(out, do, appid, sets)
	if err == nil && j != nil {
		out.Push, err = e.deliver(ctx, j)
	}
	if err != nil {
		return nil, err
	}
	return out, ctx.Err()
}

func (e *Emulator) beginPlatform(out *Outcome, do, appid string, sets []int64) (j *job, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.state.Component
	if p == nil {
		return nil, notFound("there is no third-party platform: [component] of a seed, or --product component, is one")
	}
	a := e.account(appid)
	if a == nil {
		return nil, errNoAccount(appid)
	}
	switch do {
	case "ticket":
		return e.newTicket(p), nil
	case "authorize":
		out.Code, j = e.admit(p, a.AppID, "preauthcode@@@"+e.chars(86), sets)
		return j, nil
	case "unauthorize":
		z := p.authorizer(a.AppID)
		if z == nil {
			return nil, notFound("account " + quote(a.AppID) + " has not authorised the platform")
		}
		return e.withdraw(p, z), nil
	}
	return nil, fmt.Errorf("a platform has no %s: there is ticket, authorize and unauthorize", quote(do))
}
