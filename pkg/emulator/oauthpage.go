package emulator

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
)

// pageWords are what the page of web authorisation says besides names.
type pageWords struct {
	lang, title string
	asks        string // %s, the account
	scopes      map[string]string
	who         string // over the users
	allow, deny string
	other       string // the label of the field
	current     string
	noUser      string
	refused     string // the title of a page that says why not
}

var oauthWords = lazy.Value[map[finding.Lang]pageWords]{Make: func() map[finding.Lang]pageWords {
	return map[finding.Lang]pageWords{
		finding.English: {
			lang: "en", title: "WeChat login · wxdev emulator", asks: "%s asks for",
			scopes: map[string]string{scopeBase: "your OpenID", scopeUser: "your nickname and picture"},
			who:    "Go on as", allow: "Allow", deny: "Refuse", other: "Somebody else, by name", current: "chosen",
			noUser: "no user was chosen", refused: "Not possible",
		},
		finding.Chinese: {
			lang: "zh-CN", title: "微信登录 · wxdev 模拟器", asks: "%s 申请",
			scopes: map[string]string{scopeBase: "获取你的 OpenID", scopeUser: "获取你的昵称、头像"},
			who:    "选择用户", allow: "允许", deny: "拒绝", other: "其他用户的名称", current: "已选中",
			noUser: "没有选择用户", refused: "无法授权",
		},
	}
}}

// oauthStyle draws what WeChat draws: a sheet over the page that asked. Colours
// are those of WeUI 2.6.26, with white on a green that is dark enough.
const oauthStyle = `:root{color-scheme:light dark;--sheet:#fff;--text:rgba(0,0,0,.9);--second:#5a6066;--line:#e3e5e8;--grey:#ededed;--shade:#888}
@media(prefers-color-scheme:dark){:root{--sheet:#2c2c2c;--text:rgba(255,255,255,.8);--second:#9ba2a9;--line:#3a3d40;--grey:#3b3b3b;--shade:#111}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;justify-content:flex-end;background:var(--shade);color:var(--text);font:17px/1.4 system-ui,-apple-system,"PingFang SC","Microsoft YaHei UI","Noto Sans CJK SC",sans-serif}
main{width:100%;max-width:480px;margin:0 auto;background:var(--sheet);border-radius:14px 14px 0 0;padding:22px 20px 32px}
h1{font-size:20px;margin:4px 0 12px}h2{font-size:14px;font-weight:400;color:var(--second);margin:0 0 4px}
p{margin:0;color:var(--second);overflow-wrap:anywhere}small{display:block;font-size:14px;color:var(--second);overflow-wrap:anywhere}
ul{list-style:none;margin:0 0 16px;padding:0;max-height:46vh;overflow:auto}li{border-top:1px solid var(--line)}
button,input{font:inherit;color:inherit;border:0;border-radius:8px;min-height:48px}
.row{display:flex;gap:14px;align-items:center;width:100%;padding:10px 0;background:none;text-align:left;cursor:pointer}
.row svg{flex:0 0 28px}.row span{flex:1;min-width:0;overflow-wrap:anywhere}.mark{color:#06883f}
@media(prefers-color-scheme:dark){.mark{color:#57d08f}}
.two{display:flex;gap:12px;margin-top:16px}.two button{flex:1;cursor:pointer;background:var(--grey)}.two .yes{background:#06883f;color:#fff}
label{display:block;color:var(--second);font-size:14px}label+div{display:flex;gap:8px}input{flex:1;min-width:0;padding:0 12px;background:var(--grey)}
div>button{padding:0 16px;background:var(--grey);cursor:pointer}
:focus-visible{outline:2px solid #1b6fd0;outline-offset:2px}`

// oauthPolicy lets the style in and nothing else.
func oauthPolicy() string {
	return "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-" + styleHash(oauthStyle) + "'"
}

func styleHash(style string) string {
	sum := sha256.Sum256([]byte(style))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// oauthHTML is a page of web authorisation.
func oauthHTML(say pageWords, status int, title, content string) file {
	return file{
		status: status, kind: "text/html; charset=utf-8", header: [][2]string{{"Content-Security-Policy", oauthPolicy()}, {"Cache-Control", "no-store"}},
		body: []byte(fmt.Sprintf("<!doctype html><html lang=%s><meta charset=utf-8><meta name=viewport content=\"width=device-width,initial-scale=1\">\n<title>%s</title><style>%s</style>\n<main>%s</main>\n",
			say.lang, html.EscapeString(title), oauthStyle, content)),
	}
}

func (c *call) page400(problem string) file {
	say := oauthWords.Get()[c.PageLang(c.req)]
	return oauthHTML(say, http.StatusBadRequest, say.title, "<h1>"+say.refused+"</h1><p role=alert>"+html.EscapeString(problem)+"</p>")
}

// form is the page that asks who is there, and whether the page may know: one click
// on a user is both. Current is the OpenID of the phone's own, who may not be known.
func (r *request) form(q params, say pageWords, current string) file {
	var b strings.Builder
	fmt.Fprintf(&b, "<p>%s</p><h1>%s</h1>\n<form method=post action=authorize>\n%s", html.EscapeString(fmt.Sprintf(say.asks, cmp.Or(r.acct.Name, r.acct.AppID))), say.scopes[r.scope], hidden(q))
	users := r.offered(current)
	if len(users) > 0 {
		fmt.Fprintf(&b, "<h2 id=who>%s</h2><ul aria-labelledby=who>\n", say.who)
		for i, u := range users {
			b.WriteString(userRow(u, say, i == 0))
		}
		b.WriteString("</ul>")
	}
	fmt.Fprintf(&b, "<div class=two><button name=%s value=1>%s</button>", denyParameter, say.deny)
	if len(users) > 0 {
		fmt.Fprintf(&b, "<button class=yes name=%s value=\"%s\">%s</button>", UserParameter, html.EscapeString(users[0].OpenID), say.allow)
	}
	fmt.Fprintf(&b, "</div></form>\n<form method=post action=authorize>%s<p><br></p><label for=other>%s</label><div><input id=other name=%s autocomplete=off required><button>%s</button></div></form>",
		hidden(q), say.other, UserParameter, say.allow)
	return oauthHTML(say, http.StatusOK, say.title, b.String())
}

// hidden are the parameters that the page was opened with.
func hidden(q params) string {
	var b strings.Builder
	for _, name := range []string{"appid", "redirect_uri", "response_type", "scope", "state"} {
		fmt.Fprintf(&b, "<input type=hidden name=%s value=\"%s\">\n", name, html.EscapeString(q.Get(name)))
	}
	return b.String()
}

// offered are the users of the account, the current one first.
func (r *request) offered(current string) (users []*User) {
	const most = 50 // more rows help nobody: there is a field
	for _, u := range r.acct.Users {
		if u.OpenID == current {
			users = append([]*User{u}, users...)
		} else if len(users) < most {
			users = append(users, u)
		}
	}
	return users
}

// userRow is a user who can be clicked on; one of them is whom the button means.
func userRow(u *User, say pageWords, meant bool) string {
	initials, hue, _ := strings.Cut(u.avatar(), ",")
	mark := ""
	if meant {
		mark = `<b class=mark aria-label="` + say.current + `">✓</b>`
	}
	name := u.Name
	if name == "" || name == u.DisplayName() {
		name = u.OpenID
	}
	return fmt.Sprintf(`<li><button class=row name=%s value="%s" aria-label="%s: %s"><svg width=28 height=28 aria-hidden=true><circle cx=14 cy=14 r=14 fill="hsl(%s 55%% 42%%)"/><text x=14 y=19 fill="#fff" font-size=13 text-anchor=middle>%s</text></svg><span>%s<small>%s</small></span>%s</button>`+"\n",
		UserParameter, html.EscapeString(u.OpenID), say.allow, html.EscapeString(u.DisplayName()), hue, html.EscapeString(initials), html.EscapeString(u.DisplayName()), html.EscapeString(name), mark)
}
