package emulator

import (
	"crypto/subtle"
	"encoding/base64"
	"net"
	"slices"
	"strings"
	"time"
)

// The times of tokens.
const (
	tokenLife  = 7200 * time.Second
	tokenGrace = 5 * time.Minute // how long the previous token stays valid
	forceEvery = 30 * time.Second
	forceDaily = 20
)

// The kinds of tokens. Neither knows of the other.
const (
	plainToken  = "token"
	stableToken = "stable_token"
)

// issuedToken is a token and whose it is.
type issuedToken struct {
	acct  *Account
	token *Token
}

func tokenRoutes() []route {
	return []route{
		{
			method: "GET", path: "/cgi-bin/token", open: true, daily: 2000, handle: (*call).getToken,
			does: "a new access_token; the one before it stays valid for 5 minutes",
		},
		{
			method: "POST", path: "/cgi-bin/stable_token", open: true, daily: 500_000, minute: 10_000, handle: body((*call).getStableToken),
			does: "the same access_token until 5 minutes before its end; force_refresh",
		},
		{
			method: "GET", path: "/cgi-bin/ticket/getticket", daily: 10_000, handle: (*call).getTicket,
			does: "jsapi_ticket and api_ticket",
		},
	}
}

// credentials checks who asks for a token.
func (c *call) credentials(grantType, wantGrant, appid, secret string) (*Account, error) {
	if grantType != wantGrant {
		return nil, fail(40002)
	}
	a, err := c.identify(appid, secret)
	if err != nil {
		return nil, err
	}
	if ip := c.clientIP(); len(a.IPWhitelist) > 0 && !slices.Contains(a.IPWhitelist, ip) {
		if strings.Contains(ip, ":") {
			return nil, failf(40164, "invalid ip %s, not in whitelist", ip)
		}
		return nil, failf(40164, "invalid ip %s ipv6 ::ffff:%s, not in whitelist", ip, ip)
	}
	return a, c.useFor(a)
}

// identify checks an AppID and its AppSecret.
func (c *call) identify(appid, secret string) (*Account, error) {
	if appid == "" {
		return nil, fail(41002)
	}
	a := c.account(appid)
	switch {
	case a == nil:
		return nil, fail(40013)
	case secret == "":
		return nil, fail(41004)
	case subtle.ConstantTimeCompare([]byte(secret), []byte(a.Secret)) != 1:
		return nil, fail(40125)
	}
	return a, nil
}

// useFor makes a the account of the call, and counts it.
func (c *call) useFor(a *Account) error {
	c.acct = a
	if a.denied(c.route.path) {
		return fail(48001)
	}
	return c.use(a)
}

func (c *call) clientIP() string {
	host, _, err := net.SplitHostPort(c.req.RemoteAddr)
	if err != nil {
		return "127.0.0.1" // a handler that is called without a connection
	}
	return host
}

func (c *call) getToken() (any, error) {
	q := c.query
	a, err := c.credentials(q.Get("grant_type"), "client_credential", q.Get("appid"), q.Get("secret"))
	if err != nil {
		return nil, err
	}
	if old := a.current(plainToken); old != nil {
		old.end(c.now.Add(tokenGrace))
	}
	t := c.issue(a, plainToken)
	b := make(rawJSON, 0, 224)
	b = append(append(b, `{"access_token":"`...), t.Value...)
	return append(b, `","expires_in":7200}`...), nil
}

func (c *call) getStableToken(o object) (any, error) {
	a, err := c.credentials(o.text("grant_type"), "client_credential", o.text("appid"), o.text("secret"))
	if err != nil {
		return nil, err
	}
	t := a.current(stableToken)
	switch {
	case t != nil && !c.now.Before(t.Expires):
		t = nil
	case t != nil && o.boolean("force_refresh"):
		if t, err = c.forceRefresh(a, t); err != nil {
			return nil, err
		}
	case t != nil && t.Expires.Sub(c.now) <= tokenGrace:
		t = nil // both are valid now
	}
	if t == nil {
		t = c.issue(a, stableToken)
	}
	return struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}{t.Value, int(t.Expires.Sub(c.now).Seconds())}, nil
}

// forceRefresh replaces a token, which then dies at once. Within 30 seconds
// of the last time it does nothing, and above 20 a day it is refused.
func (c *call) forceRefresh(a *Account, t *Token) (*Token, error) {
	if t.Forced && c.now.Sub(t.Created) < forceEvery {
		return t, nil
	}
	u := a.usage("/cgi-bin/stable_token force_refresh", day(c.now))
	if u.Count >= forceDaily {
		return nil, fail(45009)
	}
	u.Count++
	t.end(c.now)
	fresh := c.issue(a, stableToken)
	fresh.Forced = true
	return fresh, nil
}

// maxTokens is how many tokens of an account are remembered, so that an old
// one can be told from one that never was.
const maxTokens = 4096

// tokenText is a token as real ones look, which are 136 to 157 characters
// long: a number, an underscore, and base64url.
func (e *Emulator) tokenText() string {
	var seed [114]byte
	var text [3 + 152]byte
	e.random(seed[:])
	copy(text[:], "66_")
	base64.RawURLEncoding.Encode(text[3:], seed[:])
	return string(text[:])
}

// issue makes a token.
func (c *call) issue(a *Account, kind string) *Token {
	t := &Token{Value: c.tokenText(), Kind: kind, Created: c.now, Expires: c.now.Add(tokenLife)}
	if len(a.Tokens) >= maxTokens {
		c.forgetTokens(a, kind)
	}
	a.Tokens = append(a.Tokens, t)
	c.tokens[t.Value] = issuedToken{a, t}
	return t
}

// forgetTokens drops the older half of the tokens of a kind.
func (c *call) forgetTokens(a *Account, kind string) {
	n := 0
	a.Tokens = slices.DeleteFunc(a.Tokens, func(t *Token) bool {
		if t.Kind != kind || n >= maxTokens/2 {
			return false
		}
		n++
		delete(c.tokens, t.Value)
		return true
	})
}

// current is the newest token of a kind, nil if there is none.
func (a *Account) current(kind string) *Token {
	for _, t := range slices.Backward(a.Tokens) {
		if t.Kind == kind {
			return t
		}
	}
	return nil
}

// end makes a token end at a time, unless it does so before.
func (t *Token) end(at time.Time) {
	if at.Before(t.Expires) {
		t.Expires, t.Revoked = at, true
	}
}

// checkToken finds out whose the access_token is. Of a token that never was,
// WeChat says 40001 or 40014; here it is 40014 for what cannot be one, but for
// the undefined of a script, which old logs show with 40001.
func (c *call) checkToken() error {
	c.given = c.query.Get("access_token")
	if c.given == "" {
		return fail(41001)
	}
	known, ok := c.tokens[c.given]
	if !ok {
		if !looksLikeToken(c.given) && c.given != "undefined" {
			return fail(40014)
		}
		return fail(40001)
	}
	c.acct = known.acct
	if known.token.Kind == authorizerToken && !c.state.Component.lets(c.clientIP()) {
		return fail(61004)
	}
	if c.now.Before(known.token.Expires) {
		return nil
	}
	if known.token.Revoked {
		return fail(40001)
	}
	return fail(42001)
}

func looksLikeToken(s string) bool {
	version, rest, ok := strings.Cut(s, "_")
	return ok && version != "" && strings.Trim(version, "0123456789") == "" && len(s) >= 100 &&
		!strings.ContainsFunc(rest, func(r rune) bool {
			return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
		})
}
