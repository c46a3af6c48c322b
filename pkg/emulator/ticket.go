package emulator

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ticketTypes are the types of tickets.
var ticketTypes = []string{"jsapi", "wx_card"}

// getTicket answers ticket/getticket.
func (c *call) getTicket() (any, error) {
	kind := c.query.Get("type")
	if !slices.Contains(ticketTypes, kind) {
		return nil, fail(40097)
	}
	t := c.ticket(c.acct, kind, c.now)
	return struct {
		ErrCode   int    `json:"errcode"`
		ErrMsg    string `json:"errmsg"`
		Ticket    string `json:"ticket"`
		ExpiresIn int    `json:"expires_in"`
	}{0, "ok", t.Value, int(t.Expires.Sub(c.now).Seconds())}, nil
}

// ticket is the account's ticket of a kind: the same one until 5 minutes before
// its end.
func (e *Emulator) ticket(a *Account, kind string, now time.Time) *Ticket {
	i := slices.IndexFunc(a.Tickets, func(t *Ticket) bool { return t.Type == kind })
	if i < 0 {
		i = len(a.Tickets)
		a.Tickets = append(a.Tickets, &Ticket{Type: kind})
	}
	t := a.Tickets[i]
	if t.Expires.Sub(now) <= tokenGrace {
		t.Value, t.Expires = e.chars(86), now.Add(tokenLife)
	}
	return t
}

// Ticket is the account's ticket of a type, jsapi or wx_card, as
// ticket/getticket gives it now.
func (e *Emulator) Ticket(appid, kind string) (string, error) {
	if !slices.Contains(ticketTypes, kind) {
		return "", fmt.Errorf("there is no ticket of type %s", quote(kind))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.account(appid)
	if a == nil {
		return "", errNoAccount(appid)
	}
	return e.ticket(a, kind, e.now()).Value, nil
}

// expirable are the kinds that [Emulator.Expire] knows.
var expirable = []string{plainToken, stableToken, "jsapi", "wx_card", "code", "oauth", authorizerToken, componentToken, verifyTicket, "pre_auth_code", "authorization_code"}

// Expire ends tokens of an account now, as if their time were over: all of
// one kind (token, stable_token, jsapi, wx_card, code, oauth,
// authorizer_access_token), or of every kind if kind is empty; and likewise those of
// the third-party platform (component_access_token, component_verify_ticket,
// pre_auth_code, authorization_code). It returns how many.
func (e *Emulator) Expire(appid, kind string) (int, error) {
	if kind != "" && !slices.Contains(expirable, kind) {
		return 0, fmt.Errorf("kind is %s: it takes %s", quote(kind), strings.Join(expirable, ", "))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.account(appid)
	if a == nil {
		return 0, errNoAccount(appid)
	}
	now, n := e.now(), 0
	end := func(is string, expires *time.Time) {
		if (kind == "" || kind == is) && now.Before(*expires) {
			*expires = now
			n++
		}
	}
	for _, t := range a.Tokens {
		end(t.Kind, &t.Expires)
	}
	for _, t := range a.Tickets {
		end(t.Type, &t.Expires)
	}
	for _, c := range a.Codes {
		end("code", &c.Expires)
	}
	for _, g := range a.Grants {
		end("oauth", &g.Expires)
	}
	if p := e.state.Component; p != nil {
		for _, t := range p.Tokens {
			end(t.Kind, &t.Expires)
		}
		tickets := slices.Concat(p.Tickets, p.PreAuthCodes)
		for _, z := range p.Authorizers {
			tickets = append(tickets, z.Codes...)
		}
		for _, t := range tickets {
			end(t.Type, &t.Expires)
		}
	}
	return n, nil
}
