package emulator

import (
	"crypto/subtle"
	"time"
)

// The kinds of the platform's tokens. The one of an account is among the
// account's own, and does what they do.
const (
	componentToken  = "component_access_token"
	authorizerToken = "authorizer_access_token"
)

// The times of what is neither. Of a pre_auth_code the page says 1800 s in its text
// and 600 s in its sample: who obeys expires_in is right with either.
const (
	ticketLife   = 12 * time.Hour
	ticketEvery  = 10 * time.Minute
	preAuthLife  = 1800 * time.Second
	authCodeLife = 600 * time.Second // authorization codes, as the redirect has it
)

func componentRoutes() []route {
	const path = "/cgi-bin/component/"
	return []route{
		{method: "POST", path: path + "api_component_token", open: true, handle: platform((*call).componentToken), does: "a component_access_token, for the newest component_verify_ticket"},
		{method: "POST", path: path + "api_start_push_ticket", open: true, handle: platform((*call).startTicket), does: "pushes a component_verify_ticket now"},
		{method: "POST", path: path + "api_create_preauthcode", component: true, handle: platform((*call).preAuthCode), does: "a pre_auth_code, for 30 minutes"},
		{method: "POST", path: path + "api_query_auth", component: true, handle: platform((*call).queryAuth), does: "the tokens of an account, for an authorization code"},
		{method: "POST", path: path + "api_authorizer_token", component: true, handle: platform((*call).refreshAuthorizer), does: "an authorizer_access_token; the refresh token stays the same"},
		{method: "POST", path: path + "api_get_authorizer_list", component: true, handle: platform((*call).listAuthorizers), does: "the accounts that authorised the platform"},
		{method: "POST", path: path + "api_get_authorizer_info", component: true, handle: platform((*call).authorizerInfo), does: "one of them: its names and permission sets"},
		{method: "GET", path: "/cgi-bin/componentloginpage", open: true, handle: (*call).componentPage, form: (*call).componentForm, does: "the page on which an account authorises the platform"},
		{method: "GET", path: "/wxaopen/safe/bindcomponent", open: true, handle: (*call).componentPage, form: (*call).componentForm, does: "the same on phones"},
	}
}

// platform is a handler of a call of the platform's. Which code a wrong
// component_appid gets is not on the pages: here 61011 is for the AppID of an
// account, and 40013 for one that nobody has.
func platform(handle func(*call, *Component, object) (any, error)) func(*call) (any, error) {
	return body(func(c *call, o object) (any, error) {
		p, id := c.state.Component, o.text("component_appid")
		switch {
		case id == "":
			return nil, fail(41002)
		case p != nil && id == p.AppID:
		case c.account(id) != nil:
			return nil, fail(61011)
		default:
			return nil, fail(40013)
		}
		c.platform = p.AppID
		if !p.lets(c.clientIP()) {
			return nil, fail(61004)
		}
		return handle(c, p, o)
	})
}

// checkComponentToken is checkToken for calls of the platform's. Both names of the
// parameter work: component_access_token, and access_token of newer pages.
func (c *call) checkComponentToken() error {
	if c.given = c.query.Get(componentToken); c.given == "" {
		c.given = c.query.Get("access_token")
	}
	if c.given == "" {
		return fail(41001)
	}
	if _, ok := c.tokens[c.given]; ok {
		return fail(61014)
	}
	var t *Token
	if p := c.state.Component; p != nil {
		t = find(p.Tokens, func(t *Token) bool { return t.Value == c.given })
	}
	switch {
	case t == nil && !looksLikeToken(c.given) && c.given != "undefined":
		return fail(40014)
	case t == nil:
		return fail(40001)
	case !c.now.Before(t.Expires):
		return fail(42001)
	}
	return nil
}

// checkSecret checks the platform's AppSecret.
func (p *Component) checkSecret(secret string) error {
	switch {
	case secret == "":
		return fail(41004)
	case subtle.ConstantTimeCompare([]byte(secret), []byte(p.self.Secret)) != 1:
		return fail(40125)
	}
	return nil
}

// componentToken answers api_component_token. Whether the token before it dies is
// unknown: here it lives to its end.
func (c *call) componentToken(p *Component, o object) (any, error) {
	if err := p.checkSecret(o.text("component_appsecret")); err != nil {
		return nil, err
	}
	ticket := o.text(verifyTicket)
	t := find(p.Tickets, func(t *Ticket) bool { return t.Value == ticket })
	if t == nil {
		return nil, fail(61006)
	}
	if !c.now.Before(t.Expires) {
		return nil, fail(61005)
	}
	fresh := &Token{Value: c.tokenText(), Kind: componentToken, Created: c.now, Expires: c.now.Add(tokenLife)}
	p.Tokens = append(newest(p.Tokens), fresh)
	return map[string]any{componentToken: fresh.Value, "expires_in": int(tokenLife.Seconds())}, nil
}

// startTicket answers api_start_push_ticket. The pages contradict each other about a
// token: this one is not looked at.
func (c *call) startTicket(p *Component, o object) (any, error) {
	if err := p.checkSecret(o.text("component_secret")); err != nil {
		return nil, err
	}
	if j := c.newTicket(p); j != nil {
		c.background(j)
	}
	return nil, nil
}

// preAuthCode answers api_create_preauthcode. Whether a code works once only is
// unknown: here it does until its end.
func (c *call) preAuthCode(p *Component, _ object) (any, error) {
	t := &Ticket{Type: "pre_auth_code", Value: "preauthcode@@@" + c.chars(86), Expires: c.now.Add(preAuthLife)}
	p.PreAuthCodes = append(newest(p.PreAuthCodes), t)
	return map[string]any{t.Type: t.Value, "expires_in": int(preAuthLife.Seconds())}, nil
}

// queryAuth answers api_query_auth. The code of the push and that of the redirect
// are one here, and it works until its end: both may be used.
func (c *call) queryAuth(p *Component, o object) (any, error) {
	code := o.text("authorization_code")
	for _, z := range p.Authorizers {
		t := find(z.Codes, func(t *Ticket) bool { return t.Value == code })
		switch {
		case t == nil:
			continue
		case !c.now.Before(t.Expires):
			return nil, fail(61010)
		}
		info := z.info()
		info.AccessToken, info.ExpiresIn = c.issue(c.account(z.AppID), authorizerToken).Value, int(tokenLife.Seconds())
		return map[string]any{"authorization_info": info}, nil
	}
	return nil, fail(61009)
}

// refreshAuthorizer answers api_authorizer_token. What kills the token before it is
// unknown, but for the end of the authorisation.
func (c *call) refreshAuthorizer(p *Component, o object) (any, error) {
	z := p.authorizer(o.text("authorizer_appid"))
	if refresh := o.text("authorizer_refresh_token"); z == nil || refresh == "" || refresh != z.RefreshToken {
		return nil, fail(61023)
	}
	return struct {
		AccessToken  string `json:"authorizer_access_token"`
		ExpiresIn    int    `json:"expires_in"`
		RefreshToken string `json:"authorizer_refresh_token"`
	}{c.issue(c.account(z.AppID), authorizerToken).Value, int(tokenLife.Seconds()), z.RefreshToken}, nil
}
