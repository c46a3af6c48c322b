package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
)

// The scopes of web authorisation.
const (
	scopeBase = "snsapi_base" // asks the user nothing
	scopeUser = "snsapi_userinfo"
)

// UserParameter of the authorize page answers it: /connect/oauth2/authorize?…
// &wxdev_user=alice is alice's phone. The page keeps it in a cookie of that name,
// as a phone keeps who is logged in.
const UserParameter = "wxdev_user"

// denyParameter is that of the button of one who does not want to.
const denyParameter = "wxdev_deny"

// request is what a page asks a user for.
type request struct {
	acct     *Account
	redirect *url.URL
	scope    string
	state    string
}

// readRequest checks the parameters of the authorize page. The words of the
// errors are those that phones show.
func (c *call) readRequest(q params) (*request, *refusal) {
	r := &request{acct: c.account(q.Get("appid")), scope: q.Get("scope"), state: q.Get("state")}
	redirect, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case q.Get("appid") == "" || r.acct == nil:
		return nil, &refusal{"AppID 参数错误", "no account has this appid"}
	case q.Get("response_type") != "code":
		return nil, &refusal{"response_type 参数错误，错误码：10004", "response_type must be code"}
	case r.scope != scopeBase && r.scope != scopeUser:
		return nil, &refusal{"Scope 参数错误或没有 Scope 权限，错误码：10005", "scope must be snsapi_base or snsapi_userinfo"}
	case err != nil || redirect.Scheme != "http" && redirect.Scheme != "https" || redirect.Host == "":
		return nil, &refusal{"redirect_uri 参数错误，错误码：10003", "redirect_uri must be an absolute URL"}
	case !r.acct.redirectsTo(redirect):
		return nil, &refusal{"redirect_uri 域名与后台配置不一致，错误码：10003", "its domain is not among oauth_domains"}
	case len(r.state) > 128:
		return nil, &refusal{"state 参数过长", "state has more than 128 bytes"}
	}
	r.redirect = redirect
	c.acct = r.acct
	return r, nil
}

// redirectsTo reports whether pages of a URL's host may ask users. Hosts have
// no letter case.
func (a *Account) redirectsTo(u *url.URL) bool {
	return len(a.OAuthDomains) == 0 || slices.ContainsFunc(a.OAuthDomains, func(domain string) bool {
		return strings.EqualFold(domain, u.Host) || strings.EqualFold(domain, u.Hostname())
	})
}

func (c *call) authorizePage() (any, error) {
	r, problem := c.readRequest(c.query)
	if problem != nil {
		return c.page400(problem.in(c.PageLang(c.req))), nil
	}
	user, current := c.query.Get(UserParameter), ""
	if cookie, err := c.req.Cookie(UserParameter); err == nil {
		current = cookie.Value
	}
	if user == "" && r.scope == scopeBase {
		user = current
	}
	if user != "" {
		return c.allow(r, user)
	}
	return r.form(c.query, oauthWords.Get()[c.PageLang(c.req)], current), nil
}

// authorizeForm takes what the page's form sends.
func (c *call) authorizeForm() (any, error) {
	form := params(c.body)
	r, problem := c.readRequest(form)
	switch {
	case problem != nil:
		return c.page400(problem.in(c.PageLang(c.req))), nil
	case form.Get(denyParameter) != "":
		return leadBack(r, ""), nil
	case form.Get(UserParameter) == "":
		return c.page400(oauthWords.Get()[c.PageLang(c.req)].noUser), nil
	}
	return c.allow(r, form.Get(UserParameter))
}

// allow sends the browser back with a code. One who is not known yet is a
// user who does not follow.
func (c *call) allow(r *request, user string) (any, error) {
	u, err := r.acct.ensure(user, true)
	if err != nil {
		return c.page400(finding.ErrorIn(c.PageLang(c.req), err)), nil
	}
	cookie := http.Cookie{Name: UserParameter, Value: u.OpenID, Path: "/connect/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	f := leadBack(r, "code="+c.newCode(r.acct, u, r.scope).Value+"&")
	f.header = append(f.header, [2]string{"Set-Cookie", cookie.String()})
	return f, nil
}

// leadBack sends the browser to the page that asked. Of a user who refuses it gets
// the state alone, as the documentation once said:
// https://wohugb.gitbooks.io/wechat/content/authorize/step_one.html, read on
// 2026-11-30. Phones may close the page instead: that is not known.
func leadBack(r *request, code string) file {
	back := *r.redirect
	join := code + "state=" + url.QueryEscape(r.state)
	if back.RawQuery != "" {
		join = back.RawQuery + "&" + join
	}
	back.RawQuery = join
	return file{status: http.StatusFound, kind: "text/html; charset=utf-8", header: [][2]string{{"Location", back.String()}}}
}
