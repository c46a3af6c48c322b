package h5

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
)

// ownPath begins the paths of this package on a site's host.
const ownPath = "/__wxdev_h5/"

// authorizePath is the page of web authorisation there.
const authorizePath = ownPath + "connect/oauth2/authorize"

// mapping turns addresses of the site, and those that mean something else in the
// phone, into addresses of a session's pages.
type mapping struct {
	browser   *Browser
	session   *session
	here      string         // http://s7.localhost:PORT
	site      *regexp.Regexp // the site's origin, in a text
	authorize *regexp.Regexp // open.weixin.qq.com's page, or the emulator's own
	ports     []string       // of the emulator
}

// jweixin is the script of the JS-SDK, in a text. Scripts of other products that
// are beside it are left.
var jweixin = lazy.Regexp(`(?:https?:)?(?:\\?/){2}res2?\.wx\.qq\.com\\?/open\\?/js\\?/jweixin[0-9A-Za-z.\-]*\.js(?:\?[^"'\s<>)\\]*)?`)

func (b *Browser) mapping(s *session) mapping {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := mapping{browser: b, session: s, here: b.at(s), ports: b.own}
	m.site = regexp.MustCompile(`(https?:|wss?:)?((?:\\?/){2})` + hostPattern(s.target))
	own := `https?:(?:\\?/){2}open\.weixin\.qq\.com`
	for _, port := range b.own {
		own += `|http:(?:\\?/){2}(?:127\.0\.0\.1|localhost|\[::1\]):` + port
	}
	m.authorize = regexp.MustCompile(`(?:` + own + `)\\?/connect\\?/oauth2\\?/authorize`)
	return m
}

// hostPattern matches host and port as pages write them.
func hostPattern(o origin) string {
	host := regexp.QuoteMeta(o.host)
	if isThisMachine(o.host) {
		host = `(?:127\.0\.0\.1|localhost|\[::1\])`
	} else if strings.Contains(o.host, ":") {
		host = `\[` + host + `\]`
	}
	if o.port == "80" && o.scheme == "http" || o.port == "443" && o.scheme == "https" {
		return host + `(?::` + o.port + `)?`
	}
	return host + `:` + o.port
}

// address maps the address of a redirect, and says whether it leads to where
// pages may be. One that is relative stays.
func (m mapping) address(given string) (string, bool) {
	u, err := url.Parse(given)
	if err != nil {
		return given, false
	}
	if u.Host == "" {
		return given, u.Scheme == "" || u.Opaque != "" // data:, weixin: and the like are for the browser
	}
	if u.Scheme == "" {
		u.Scheme = m.session.target.scheme
	}
	o, ok := originOf(u)
	if !ok {
		return given, false
	}
	if m.isAuthorize(u, o) {
		return m.here + authorizePath + query(u), true
	}
	switch s := m.browser.bySite(o); {
	case s != nil:
		return u.String(), true
	case o.same(m.session.target):
		return m.here + pathOf(u), true
	}
	if other := m.browser.reached(m.session, o); other != "" {
		return other + pathOf(u), true
	}
	return given, false
}

func query(u *url.URL) string {
	v := url.URL{RawQuery: u.RawQuery, Fragment: u.Fragment}
	return v.String()
}

// isAuthorize reports whether an address is the page of web authorisation.
func (m mapping) isAuthorize(u *url.URL, o origin) bool {
	if strings.TrimSuffix(u.Path, "/") != "/connect/oauth2/authorize" {
		return false
	}
	if o.host == "open.weixin.qq.com" {
		return true
	}
	for _, port := range m.ports {
		if o.port == port && isThisMachine(o.host) {
			return true
		}
	}
	return false
}

// reached is the origin of another site's pages that a page may lead to: one that
// the user has open, or the account's own server. Else it is empty.
func (b *Browser) reached(from *session, o origin) string {
	account, err := b.emulator.Account(from.appid)
	own := false
	if err == nil {
		if u, err := url.Parse(account.ServerOrigin); err == nil {
			server, ok := originOf(u)
			own = ok && server.same(o)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.sessions {
		if s.appid == from.appid && s.openid == from.openid && s.target.same(o) {
			return b.at(s)
		}
	}
	if !own {
		return ""
	}
	s := b.session(from.appid, from.openid, o)
	s.phone = from.phone
	return b.at(s)
}

// real is the address that an address of a session's pages stands for; others stay.
func (b *Browser) real(given string) string {
	u, err := url.Parse(given)
	if err != nil {
		return given
	}
	if s := b.sessionOf(given); s != nil {
		u.Scheme, u.Host = s.target.scheme, s.target.address()
		return u.String()
	}
	return given
}

// text maps the addresses in a text. Where the text ends the host name it does not
// go on: 127.0.0.1:8080 is not in 127.0.0.1:80801.
func (m mapping) text(b []byte, json bool) []byte {
	b = m.authorize.ReplaceAllFunc(b, func(found []byte) []byte {
		return escapedLike(found, m.here+authorizePath)
	})
	if json { // what an API says is data: of it only what would lead out of the phone is changed
		return b
	}
	b = jweixin.Get().ReplaceAllFunc(b, func(found []byte) []byte { return escapedLike(found, ownPath+"jweixin.js") })
	var out []byte
	last := 0
	for _, at := range m.site.FindAllSubmatchIndex(b, -1) {
		if at[1] < len(b) && isHostByte(b[at[1]]) || at[0] > 0 && b[at[0]-1] == ':' { // another scheme's
			continue
		}
		scheme := ""
		if at[2] >= 0 {
			scheme = "http:"
			if b[at[2]] == 'w' {
				scheme = "ws:"
			}
		}
		out = append(out, b[last:at[0]]...)
		out = append(out, scheme...)
		out = append(out, b[at[4]:at[5]]...)
		out = append(out, strings.TrimPrefix(m.here, "http://")...)
		last = at[1]
	}
	if last == 0 {
		return b
	}
	return append(out, b[last:]...)
}

// escapedLike writes slashes as they are written in what was found: JSON in some
// languages has \/ .
func escapedLike(found []byte, with string) []byte {
	if strings.Contains(string(found), `\/`) {
		with = strings.ReplaceAll(with, "/", `\/`)
	}
	return []byte(with)
}

func isHostByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' || c == '-'
}
