package emulator

import (
	"fmt"
	"html"
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

// userParameter of the authorize page answers it: /connect/oauth2/authorize?…
// &wxdev_user=alice is alice's phone. The page keeps it in a cookie, as a
// phone keeps who is logged in.
const userParameter = "wxdev_user"

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
	user := c.query.Get(userParameter)
	if user == "" && r.scope == scopeBase {
		if cookie, err := c.req.Cookie(userParameter); err == nil {
			user = cookie.Value
		}
	}
	if user != "" {
		return c.allow(r, user)
	}
	return file{kind: "text/html; charset=utf-8", body: []byte(r.form(c.query, oauthWords[c.PageLang(c.req)]))}, nil
}

// authorizeForm takes what the page's form sends.
func (c *call) authorizeForm() (any, error) {
	form := params(c.body)
	r, problem := c.readRequest(form)
	switch {
	case problem != nil:
		return c.page400(problem.in(c.PageLang(c.req))), nil
	case form.Get(userParameter) == "":
		return c.page400(oauthWords[c.PageLang(c.req)].noUser), nil
	}
	return c.allow(r, form.Get(userParameter))
}

// allow sends the browser back with a code. One who is not known yet is a
// user who does not follow.
func (c *call) allow(r *request, user string) (any, error) {
	u, err := r.acct.ensure(user, true)
	if err != nil {
		return c.page400(finding.ErrorIn(c.PageLang(c.req), err)), nil
	}
	back := *r.redirect
	join := "code=" + c.newCode(r.acct, u, r.scope).Value + "&state=" + url.QueryEscape(r.state)
	if back.RawQuery != "" {
		join = back.RawQuery + "&" + join
	}
	back.RawQuery = join
	cookie := http.Cookie{Name: userParameter, Value: u.OpenID, Path: "/connect/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	return file{
		status: http.StatusFound, kind: "text/html; charset=utf-8",
		header: [][2]string{{"Location", back.String()}, {"Set-Cookie", cookie.String()}},
	}, nil
}

func (c *call) page400(problem string) file {
	return file{
		status: http.StatusBadRequest, kind: "text/html; charset=utf-8",
		body: []byte("<!doctype html><html lang=" + oauthWords[c.PageLang(c.req)].lang + "><meta charset=utf-8><title>WeChat</title><p>" + html.EscapeString(problem) + "\n"),
	}
}

// form is the page that asks who is there, and whether the page may know.
func (r *request) form(q params, say pageWords) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang=%s><meta charset=utf-8><meta name=viewport content="width=device-width">
<title>%s</title>
<h1>%s</h1><p>%s · %s</p>
<form method=post action="/connect/oauth2/authorize">
`, say.lang, say.title, html.EscapeString(r.redirect.Host), html.EscapeString(r.acct.AppID), r.scope)
	for _, name := range []string{"appid", "redirect_uri", "response_type", "scope", "state"} {
		fmt.Fprintf(&b, "<input type=hidden name=%s value=\"%s\">\n", name, html.EscapeString(q.Get(name)))
	}
	for i, u := range r.acct.Users {
		if i == 50 { // more buttons help nobody: there is a field
			break
		}
		fmt.Fprintf(&b, "<p><button name=%s value=\"%s\">%s: %s</button>\n", userParameter, html.EscapeString(u.OpenID), say.allow, html.EscapeString(u.DisplayName()))
	}
	fmt.Fprintf(&b, "</form>\n<form method=get>\n")
	for _, name := range []string{"appid", "redirect_uri", "response_type", "scope", "state"} {
		fmt.Fprintf(&b, "<input type=hidden name=%s value=\"%s\">\n", name, html.EscapeString(q.Get(name)))
	}
	fmt.Fprintf(&b, "<p><input name=%s placeholder=\"%s\"> <button>%s</button>\n</form>\n", userParameter, say.name, say.allow)
	return b.String()
}
