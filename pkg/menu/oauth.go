package menu

import (
	"net/url"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
)

// An authorization link leads to WeChat's page, which sends the user on to
// redirect_uri: https://developers.weixin.qq.com/doc/service/guide/h5/auth.html.
const oauthHost = "open.weixin.qq.com"

// oauthParams are the parameters in the order the docs demand, and
// moreOAuthParams the others that such links have.
var (
	oauthParams     = []string{"appid", "redirect_uri", "response_type", "scope", "state"}
	moreOAuthParams = []string{"component_appid", "agentid", "connect_redirect", "forcePopup", "forceSnapShot", "lang", "style", "href", "self_redirect", "stylelite", "fast_login"}
	oauthScopes     = []string{"snsapi_base", "snsapi_userinfo"}
)

// oauthLink is an authorization link in its parts.
type oauthLink struct {
	qrconnect bool
	pairs     [][2]string // as they are written
	fragment  string
}

func parseOAuth(raw string) (oauthLink, bool) {
	rest, _ := cutScheme(raw)
	rest, fragment, _ := strings.Cut(rest, "#")
	address, query, _ := strings.Cut(rest, "?")
	host, path, _ := strings.Cut(address, "/")
	if !strings.EqualFold(host, oauthHost) || path != "connect/oauth2/authorize" && path != "connect/qrconnect" {
		return oauthLink{}, false
	}
	l := oauthLink{qrconnect: path == "connect/qrconnect", fragment: fragment}
	for _, pair := range strings.Split(query, "&") {
		if name, value, _ := strings.Cut(pair, "="); pair != "" {
			l.pairs = append(l.pairs, [2]string{name, value})
		}
	}
	return l, true
}

func (l oauthLink) get(name string) (string, bool) {
	i := slices.IndexFunc(l.pairs, func(p [2]string) bool { return p[0] == name })
	if i < 0 {
		return "", false
	}
	return l.pairs[i][1], true
}

// oauth checks an authorization link, and stops at the first mistake: the
// others often come of it.
func (br *buttonReader) oauth(l oauthLink, at int) {
	if appid, _ := l.get("appid"); appID.Get().MatchString(appid) {
		br.authorized = append(br.authorized, authorized{appid, at})
	}
	if l.qrconnect {
		br.add(ruleQRConnect, at)
		return
	}
	target, _ := l.get("redirect_uri")
	switch name, extra := l.missing(), l.extra(); {
	case name != "":
		br.add(ruleOAuthMissing, at, "name", name)
	case strings.Contains(target, "://") && extra != "":
		br.add(ruleOAuthCut, at, "lost", quote(extra))
	case strings.Contains(target, "://") && !strings.HasPrefix(l.fragment, "wechat_redirect") && strings.Contains(l.fragment, "wechat_redirect"):
		br.add(ruleOAuthCut, at, "lost", quote("#"+l.fragment))
	default:
		br.redirectURI(target, at)
		br.oauthRest(l, at)
	}
}

// missing names the first parameter without which the page refuses the link.
func (l oauthLink) missing() string {
	for _, name := range oauthParams[:4] {
		if value, _ := l.get(name); value == "" {
			return name
		}
	}
	return ""
}

// extra is what comes between redirect_uri and the parameters of the link: it
// belonged to the page that redirect_uri leads to.
func (l oauthLink) extra() string {
	for _, p := range l.pairs {
		if !slices.Contains(oauthParams, p[0]) && !slices.Contains(moreOAuthParams, p[0]) {
			return "&" + p[0] + "=" + p[1]
		}
	}
	return ""
}

// redirectURI checks the page to which the user comes back.
func (br *buttonReader) redirectURI(written string, at int) {
	target, err := url.QueryUnescape(written)
	if err != nil {
		target = written
	}
	_, isURL := cutScheme(target)
	twice, _ := url.QueryUnescape(target)
	_, twiceURL := cutScheme(twice)
	switch {
	case !isURL && twiceURL:
		br.add(ruleOAuthTwice, at, "target", quote(written))
	case !isURL:
		br.add(ruleOAuthScheme, at, "target", quote(target))
	case strings.Contains(written, "://"):
		br.add(ruleOAuthRaw, at, "target", quote(written))
	case isLocal(target):
		br.add(ruleURLLocal, at, "host", host(target))
	}
}

// oauthRest checks what the documents demand of the link itself.
func (br *buttonReader) oauthRest(l oauthLink, at int) {
	kind, _ := l.get("response_type")
	scope, _ := l.get("scope")
	switch {
	case kind != "code":
		br.add(ruleOAuthType, at, "value", quote(kind))
	case !slices.Contains(oauthScopes, scope):
		br.add(ruleOAuthScope, at, "value", quote(scope))
	case !l.inOrder():
		br.add(ruleOAuthOrder, at)
	case !strings.HasPrefix(l.fragment, "wechat_redirect"):
		br.add(ruleOAuthFragment, at)
	}
}

func (l oauthLink) inOrder() bool {
	last := -1
	for _, p := range l.pairs {
		i := slices.Index(oauthParams, p[0])
		if i >= 0 && i < last {
			return false
		}
		last = max(last, i)
	}
	return true
}

// authorized is the account in whose name a link authorizes.
type authorized struct {
	appID string
	at    int
}

// checkAccounts compares the AppIDs of authorization links with the account's
// own, or with each other when that is not known.
func checkAccounts(files []*reader, account string) {
	for _, r := range files {
		for _, a := range r.authorized {
			switch {
			case account == "":
				account = a.appID
				for _, f := range files {
					f.guessed = true
				}
			case a.appID == account:
			case r.guessed:
				r.add(ruleTwoAccounts, a.at, "appid", a.appID, "other", account)
			default:
				r.add(ruleOtherAccount, a.at, "appid", a.appID, "want", finding.Name(account))
			}
		}
	}
}
