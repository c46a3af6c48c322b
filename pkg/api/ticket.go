package api

import (
	"context"
	"net/url"

	"github.com/wxdev/wxdev/pkg/tokenstore"
)

// TicketType is what a ticket signs.
type TicketType string

// The tickets: of the JS-SDK, and of cards.
const (
	JSAPITicket TicketType = "jsapi"
	CardTicket  TicketType = "wx_card"
)

// Ticket returns a valid ticket: the one in the store, or a new one. See
// https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html .
func (c *Client) Ticket(ctx context.Context, of TicketType, want Want) (tokenstore.Token, error) {
	r := Request{Op: "ticket", Path: "/cgi-bin/ticket/getticket", Query: url.Values{"type": {string(of)}}}
	t, err := c.keeper.Get(ctx, c.key("ticket_"+string(of)), want, func(ctx context.Context, old tokenstore.Token) (tokenstore.Token, error) {
		c.remember(old.Value)
		start := c.o.Now()
		var answer struct {
			Ticket string `json:"ticket"`
			Life   int64  `json:"expires_in"`
		}
		if err := c.Call(ctx, r, &answer); err != nil {
			return tokenstore.Token{}, err
		}
		return c.made(answer.Ticket, "ticket", r, start, answer.Life, nil)
	})
	c.remember(t.Value)
	return t, err
}

// KeptTicket returns the ticket in the store, valid or not, without a call. Its
// Value is empty if there is none.
func (c *Client) KeptTicket(ctx context.Context, of TicketType) (tokenstore.Token, error) {
	t, err := c.keeper.Peek(ctx, c.key("ticket_"+string(of)))
	c.remember(t.Value)
	return t, err
}
