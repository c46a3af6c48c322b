package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/tokenstore"
)

// Want says which token will do; see [tokenstore.Want].
type Want = tokenstore.Want

// The rules for a forced refresh of stable_token.
const (
	ForcedPause  = 30 * time.Second // a call sooner after another returns the same token
	ForcedPerDay = 20
)

// beijing is where WeChat's days begin.
func beijing() *time.Location { return time.FixedZone("CST", 8*60*60) }

// Token returns a valid access token: the one in the store, or a new one.
//
// With Want.Force it replaces the token, which ends the old one at once for
// everybody. Within half a minute of another forced refresh, that one's token
// is returned; more than 20 a day are refused without a call.
func (c *Client) Token(ctx context.Context, want Want) (tokenstore.Token, error) {
	t, err := c.keeper.Get(ctx, c.key(string(c.o.Endpoint)), want, func(ctx context.Context, old tokenstore.Token) (tokenstore.Token, error) {
		c.remember(old.Value)
		if c.o.Endpoint == PlainToken {
			return c.fetch(ctx, c.plainRequest(), old.Forced)
		}
		return c.fetchStable(ctx, want.Force, old)
	})
	c.remember(t.Value)
	return t, err
}

// KeptToken returns the token in the store, valid or not, without a call. Its
// Value is empty when there is none.
func (c *Client) KeptToken(ctx context.Context) (tokenstore.Token, error) {
	t, err := c.keeper.Peek(ctx, c.key(string(c.o.Endpoint)))
	c.remember(t.Value)
	return t, err
}

func (c *Client) plainRequest() Request {
	return Request{
		Op: "token", Method: http.MethodGet, Path: "/cgi-bin/token", Auth: WithNothing,
		Query: url.Values{"grant_type": {"client_credential"}, "appid": {c.o.AppID}, "secret": {c.o.Secret}},
	}
}

func (c *Client) fetchStable(ctx context.Context, force bool, old tokenstore.Token) (tokenstore.Token, error) {
	now := c.o.Now()
	today := today(old.Forced, now)
	if force && len(today) > 0 {
		since := now.Sub(today[len(today)-1])
		switch {
		case since >= 0 && since < ForcedPause && old.Fresh(now):
			c.notify(finding.Because(reason.TokenJustReplaced, "since", since.Round(time.Second).String(), "pause", ForcedPause.String()))
			return old, nil
		case len(today) >= ForcedPerDay:
			return tokenstore.Token{}, because("token", reason.TokenReplacedOften, "count", len(today), "limit", ForcedPerDay)
		}
	}
	body, err := Encode(map[string]any{
		"grant_type": "client_credential", "appid": c.o.AppID, "secret": c.o.Secret, "force_refresh": force,
	})
	if err != nil {
		return tokenstore.Token{}, err
	}
	if force {
		today = append(today, now)
	}
	return c.fetch(ctx, Request{
		Op: "token", Method: http.MethodPost, Path: "/cgi-bin/stable_token", Body: body, Auth: WithNothing,
		Repeatable: !force, // a second forced one may not follow so soon
	}, today)
}

// today returns the times that fall on the day, in Beijing.
func today(times []time.Time, now time.Time) []time.Time {
	day := func(t time.Time) string { return t.In(beijing()).Format(time.DateOnly) }
	return slices.DeleteFunc(slices.Clone(times), func(t time.Time) bool { return day(t) != day(now) })
}

// ForcedOn returns how often t's account was refreshed by force on the day of
// now, in Beijing, as far as the store knows.
func ForcedOn(t tokenstore.Token, now time.Time) int { return len(today(t.Forced, now)) }

// usable reports whether a token or ticket looks like one: it goes into URLs,
// and to the terminal of whoever asked for it.
func usable(value string) bool {
	return value != "" && len(value) <= 2048 && !strings.ContainsFunc(value, func(r rune) bool { return r < '!' || r > '~' })
}

// longestLife is more than WeChat ever grants.
const longestLife = 24 * time.Hour

func (c *Client) fetch(ctx context.Context, r Request, forced []time.Time) (tokenstore.Token, error) {
	start := c.o.Now()
	resp, err := c.send(ctx, r, "")
	if err != nil {
		return tokenstore.Token{}, err
	}
	var answer struct {
		Token string `json:"access_token"`
		Life  int64  `json:"expires_in"`
	}
	if err := resp.Decode(&answer); err != nil {
		return tokenstore.Token{}, err
	}
	return c.made(answer.Token, "access_token", r, start, answer.Life, forced)
}

// made is a token or ticket that has just arrived.
func (c *Client) made(value, field string, r Request, start time.Time, life int64, forced []time.Time) (tokenstore.Token, error) {
	c.remember(value)
	if !usable(value) || life <= 0 {
		return tokenstore.Token{}, c.failure(r.op(), c.at(finding.Because(reason.AnswerLacksToken, "field", field)), nil)
	}
	lasts := min(time.Duration(min(life, int64(longestLife/time.Second)))*time.Second, longestLife)
	start = start.Round(0) // other processes can only compare with the wall clock
	return tokenstore.Token{Value: value, Via: c.o.Base + r.Path, Fetched: start, Expires: start.Add(lasts), Forced: forced}, nil
}
