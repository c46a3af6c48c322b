package answer

import (
	"bytes"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
)

// A page is a kind of page that stands in front of a server or in its place.
type page struct {
	kind Kind
	when func(*look) bool
	meaning
}

// pages are tried in this order. What a page must be besides having a mark
// keeps an article that quotes one, and a handler's own refusal, from being
// taken for it.
var pages = []page{
	{HostCheck, (*look).failed, both("V31", "host-check")},
	{TunnelDown, (*look).failed, both("V32", "offline")},
	{TunnelBroken, (*look).failed, both("V32", "no-server")},
	{TunnelError, (*look).failed, both("V32", "error")},
	{Tunnel, (*look).smallPage, both("V32", "tunnel")},
	{Block, (*look).smallPage, both("V15", "block-page")},
	{NoSite, (*look).refused, both("V31", "no-site")},
	{DefaultPage, (*look).smallPage, both("V31", "default-page")},
	{ChallengePage, (*look).smallPage, both("V10", "challenge")},
	{FilterName, (*look).deniedPage, both("V10", "challenge")},
	{TLSPort, func(l *look) bool { return l.res.Status == 400 }, both("V38", "tls-port")},
}

// smallPage reports whether the answer is a page with no more text than a
// notice has, or none at all.
func (l *look) smallPage() bool {
	const notice = 4096
	page := l.html || len(l.body) == 0 || bytes.HasPrefix(l.body, []byte("error code: ")) // Cloudflare's, to other clients than browsers
	return page && len(l.text) <= notice
}

// refused reports whether the status is the client's fault.
func (l *look) refused() bool { return l.res.Status >= 400 && l.res.Status < 500 }

// deniedPage reports whether the answer is a page with a status by which
// filters refuse: a filter that lets a request pass names itself as well.
func (l *look) deniedPage() bool {
	switch l.res.Status {
	case 403, 405, 406, 418, 493:
		return l.smallPage()
	}
	return false
}

// mark is [Mark] for what was read already.
func (l *look) mark(kind Kind) string {
	return firstMark(kind, bytes.ToLower(l.body), []byte(l.head))
}

// visibleMark is [Mark] for an answer as a reader sees it: without markup.
func (l *look) visibleMark(kind Kind) string { return firstMark(kind, l.text, []byte(l.head)) }

func (l *look) byPage() (Verdict, bool) {
	for _, p := range pages {
		if !p.when(l) {
			continue
		}
		if m := l.mark(p.kind); m != "" {
			return l.say(p.of(l.get), m)
		}
	}
	return Verdict{}, false
}

// byJump knows a page that is nothing but a jump.
func (l *look) byJump() (Verdict, bool) {
	if l.res.Status >= 300 {
		return Verdict{}, false
	}
	to := pageTarget(l.body)
	if to == "" {
		return Verdict{}, false
	}
	return l.say(l.one(outcome{"V08", "in-page"}, outcome{"M18", "in-page"}), to, "location", finding.Excerpt(to))
}

// byGuard knows the guards of forms.
func (l *look) byGuard() (Verdict, bool) {
	m := ""
	if l.refused() {
		m = guardMark(string(l.text) + "\n" + l.head)
	}
	if m == "" && l.res.Status != 419 {
		return Verdict{}, false
	}
	return l.say(statuses.Get()[419].of(l.get), m)
}

// byLogin knows what wants a session, a password or a token of its own.
func (l *look) byLogin() (Verdict, bool) {
	if v := l.res.Get("WWW-Authenticate"); v != "" && l.res.Status == 401 {
		return l.say(outcome{"V42", "basic"}, "", "header", finding.Excerpt(v))
	}
	if m := l.visibleMark(Login); m != "" && !l.html {
		return l.say(outcome{"V42", "filter"}, m)
	}
	if l.res.Status < 400 && loginForm(l.body) {
		return l.say(outcome{"V42", "form"}, `type="password"`)
	}
	return Verdict{}, false
}

// shell is of the empty element into which a single-page front end draws.
var shell = lazy.Regexp(`(?i)<(?:div|main) id=["']?(app|root|__nuxt|__next|q-app)["']?[^>]*>`)

// byShell knows the shell of a single-page front end: it has scripts, and
// hardly a word to read.
func (l *look) byShell() (Verdict, bool) {
	const words = 200
	if !l.html || l.res.Status >= 300 || len(bytes.TrimSpace(l.text)) > words || !bytes.Contains(bytes.ToLower(l.body), []byte("<script")) {
		return Verdict{}, false
	}
	m := shell.Get().Find(l.body)
	if m == nil {
		return Verdict{}, false
	}
	return l.say(outcome{"V05", "front-end"}, string(m))
}
