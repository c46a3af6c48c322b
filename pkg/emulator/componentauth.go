package emulator

import (
	"cmp"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/wxdev/wxdev/pkg/finding"
)

// authorizationInfo is what an account granted, in the words of the calls.
type authorizationInfo struct {
	AppID        string     `json:"authorizer_appid"`
	AccessToken  string     `json:"authorizer_access_token,omitempty"`
	ExpiresIn    int        `json:"expires_in,omitempty"`
	RefreshToken string     `json:"authorizer_refresh_token"`
	FuncInfo     []category `json:"func_info"`
}

// category is a permission set.
type category struct {
	Category struct {
		ID int64 `json:"id"`
	} `json:"funcscope_category"`
}

func (z *Authorizer) info() authorizationInfo {
	info := authorizationInfo{AppID: z.AppID, RefreshToken: z.RefreshToken, FuncInfo: make([]category, len(z.FuncInfo))}
	for i, id := range z.FuncInfo {
		info.FuncInfo[i].Category.ID = id
	}
	return info
}

// listAuthorizers answers api_get_authorizer_list. The page has a refresh_token in
// the list, which answers of 2023 lack: so does this one.
func (c *call) listAuthorizers(p *Component, o object) (any, error) {
	type row struct {
		AppID string `json:"authorizer_appid"`
		Time  int64  `json:"auth_time"`
	}
	offset, _ := o.number("offset")
	count, _ := o.number("count")
	list := []row{}
	for _, z := range p.Authorizers[min(max(0, int(offset)), len(p.Authorizers)):] {
		if len(list) < int(min(count, 500)) {
			list = append(list, row{z.AppID, z.Time.Unix()})
		}
	}
	return map[string]any{"total_count": len(p.Authorizers), "list": list}, nil
}

// authorizerInfo answers api_get_authorizer_info, of which it has the names alone.
func (c *call) authorizerInfo(p *Component, o object) (any, error) {
	z := p.authorizer(o.text("authorizer_appid"))
	if z == nil {
		return nil, fail(61003)
	}
	a := c.account(z.AppID)
	return map[string]any{
		"authorizer_info":    map[string]any{"nick_name": cmp.Or(a.Name, a.AppID), "user_name": a.OriginalID},
		"authorization_info": z.info(),
	}, nil
}

// admit lets an account authorise the platform, also once more: the code, and the
// push that tells of it, nil if there is nothing to tell. The caller holds the lock.
func (e *Emulator) admit(p *Component, appid, pre string, sets []int64) (code string, j *job) {
	z, event := p.authorizer(appid), "updateauthorized"
	if z == nil {
		z = &Authorizer{AppID: appid}
		p.Authorizers = append(p.Authorizers, z)
	}
	if len(sets) == 0 {
		sets = p.FuncInfo
	}
	switch {
	case z.RefreshToken == "":
		event = "authorized"
	case slices.Equal(sets, z.FuncInfo):
		event = "" // as the page says
	}
	now := e.now()
	code = "queryauthcode@@@" + e.chars(86)
	z.RefreshToken, z.FuncInfo, z.Time = "refreshtoken@@@"+e.chars(43), slices.Clone(sets), now
	z.Codes = append(newest(z.Codes), &Ticket{Type: "authorization_code", Value: code, Expires: now.Add(authCodeLife)})
	e.emit(EventAccount, about(appid, ""), AccountEvent{appid})
	if event == "" {
		return code, nil
	}
	return code, e.tell(p, event, "AuthorizerAppid", appid, "AuthorizationCode", code,
		"AuthorizationCodeExpiredTime", strconv.Itoa(int(authCodeLife.Seconds())), "PreAuthCode", pre)
}

// withdraw ends an authorisation, and what was issued for it.
func (e *Emulator) withdraw(p *Component, z *Authorizer) *job {
	p.Authorizers = without(p.Authorizers, z)
	for _, t := range e.account(z.AppID).Tokens {
		if t.Kind == authorizerToken {
			t.end(e.now())
		}
	}
	e.emit(EventAccount, about(z.AppID, ""), AccountEvent{z.AppID})
	return e.tell(p, "unauthorized", "AuthorizerAppid", z.AppID)
}

// AccountParameter of the page on which an account authorises a platform answers
// it: /cgi-bin/componentloginpage?…&wxdev_account=wx… needs no click.
const AccountParameter = "wxdev_account"

func (c *call) componentPage() (any, error) {
	return c.authorizeComponent(c.query.Get(AccountParameter))
}

func (c *call) componentForm() (any, error) {
	return c.authorizeComponent(params(c.body).Get(AccountParameter))
}

// authorizeComponent shows the page, or sends the browser back with a code for the
// account that was chosen. What real pages say is not imitated. Of the auth_type
// nothing depends: each account is of every kind. Ids in category_id_list are the
// permission sets that are granted.
func (c *call) authorizeComponent(appid string) (any, error) {
	p, q := c.state.Component, c.query
	back, err := url.Parse(q.Get("redirect_uri"))
	pre := q.Get("pre_auth_code")
	say := func(en, zh string) string {
		if c.PageLang(c.req) == finding.Chinese {
			return zh
		}
		return en
	}
	switch {
	case p == nil || q.Get("component_appid") != p.AppID:
		return c.page400(say("component_appid is not that of the platform", "component_appid 不是该第三方平台的 AppID")), nil
	case !slices.ContainsFunc(p.PreAuthCodes, func(t *Ticket) bool { return t.Value == pre && c.now.Before(t.Expires) }):
		return c.page400(say("there is no such pre_auth_code, or it has expired", "pre_auth_code 无效或已过期")), nil
	case err != nil || back.Scheme != "http" && back.Scheme != "https" || back.Host == "":
		return c.page400(say("redirect_uri must be an absolute URL", "redirect_uri 应是完整的网址")), nil
	}
	c.platform = p.AppID
	offered := slices.DeleteFunc(slices.Clone(c.state.Accounts), func(a *Account) bool {
		return !slices.Contains([]string{"", a.AppID}, q.Get("biz_appid"))
	})
	if appid == "" {
		var b strings.Builder
		fmt.Fprintf(&b, "<p>%s</p><h1>%s</h1><form method=post><ul>\n", html.EscapeString(p.AppID), say("asks to serve one of your accounts", "申请代你管理帐号"))
		for _, a := range offered {
			fmt.Fprintf(&b, "<li><button class=row name=%s value=\"%s\"><span>%s<small>%[2]s</small></span></button>\n", AccountParameter, html.EscapeString(a.AppID), html.EscapeString(cmp.Or(a.Name, a.AppID)))
		}
		b.WriteString("</ul></form>")
		words := oauthWords.Get()[c.PageLang(c.req)]
		return oauthHTML(words, http.StatusOK, words.title, b.String()), nil
	}
	if !slices.ContainsFunc(offered, func(a *Account) bool { return a.AppID == appid }) {
		return c.page400(say("there is no such account", "没有这个帐号")), nil
	}
	var sets []int64
	for _, id := range strings.FieldsFunc(q.Get("category_id_list"), func(r rune) bool { return !unicode.IsDigit(r) }) {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			sets = append(sets, n)
		}
	}
	code, j := c.admit(p, appid, pre, sets)
	if j != nil {
		c.background(j)
	}
	values := "auth_code=" + url.QueryEscape(code) + "&expires_in=" + strconv.Itoa(int(authCodeLife.Seconds()))
	if back.RawQuery != "" {
		values = back.RawQuery + "&" + values
	}
	back.RawQuery = values
	return file{status: http.StatusFound, kind: "text/html; charset=utf-8", header: [][2]string{{"Location", back.String()}}}, nil
}
