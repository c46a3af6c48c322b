package jssdk

import (
	"html"
	"net/url"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
)

// urlChanges are the URLs that are signed instead of in's. Those that have
// nothing to do with it are only tried for the page's own.
func (e *explainer) urlChanges(in input) []change {
	l := urlList{in: in, page: e.base.url, full: e.URL}
	l.fragments(e.URL)
	l.parameters()
	l.queries()
	l.encodings()
	if in.url == e.base.url {
		l.unset()
		l.absolute("J01", "entry-url", CleanURL(e.EntryURL))
		l.apiURLs(e.SigningAPIURL)
		for _, u := range e.OtherURLs {
			l.absolute("J08", "other-page", CleanURL(u))
		}
	}
	l.schemes()
	l.slashes()
	l.entities()
	l.browser()
	return l.list
}

type urlList struct {
	in   input
	page string // the page's own URL
	full string // with its fragment
	list []change
}

// add adds a URL if it is another one; signed is always a fact.
func (l *urlList) add(id, variant, u string, facts ...any) {
	if u == l.in.url || slices.ContainsFunc(l.list, func(c change) bool { return c.to.url == u }) {
		return
	}
	c := change{id: id, variant: variant, facts: append(facts, "signed", shown(u)), to: l.in}
	c.to.url = u
	l.list = append(l.list, c)
}

func (l *urlList) absolute(id, variant, u string) {
	if u != "" {
		l.add(id, variant, u)
	}
}

// fragments append a fragment to the URL: the page's own, or those that routers
// and WeChat's redirect add.
func (l *urlList) fragments(page string) {
	_, own, ok := strings.Cut(page, "#")
	if ok {
		l.add("J14", "fragment", l.in.url+"#"+own, "fragment", shown("#"+own))
	}
	for _, f := range []string{"#", "#/", "#wechat_redirect", "#rd"} {
		l.add("J14", "fragment", l.in.url+f, "fragment", shown(f))
	}
}

// shareParams are what WeChat adds to a link that is shared, and oauthParams
// what it adds to the one it redirects to.
var (
	shareParams = []string{
		"from", "isappinstalled", "nsukey", "wxshare_count", "scene", "subscene", "clicktime", "enterid", "sessionid", "ascene", "devicetype",
		"sharer_username", "sharer_sharetime", "sharer_shareinfo", "sharer_shareinfo_first", "gdt_vid", "weixinadinfo", "weixinadkey",
	}
	oauthParams = []string{"code", "state"}
)

func (l *urlList) parameters() {
	head, query, ok := strings.Cut(l.in.url, "?")
	if ok {
		for _, group := range []struct {
			variant string
			names   []string
		}{{"share-missing", shareParams}, {"oauth-missing", oauthParams}} {
			if u, gone := withoutParams(l.in.url, func(name string) bool { return slices.Contains(group.names, name) }); len(gone) > 0 {
				l.add("J07", group.variant, u, "names", shownNames(gone))
			}
		}
		l.add("J07", "query-missing", head)
		l.add("J07", "query-missing", head+"?")
		// Before any other parameter is missed: of two, the second goes with
		// the &.
		if cut, _, ok := strings.Cut(l.in.url, "&"); ok {
			l.add("J03", "cut", cut)
		}
		const most = 12 // a URL may have any number of them
		for i, pair := range strings.Split(query, "&") {
			if name, _, _ := strings.Cut(pair, "="); i < most {
				u, gone := withoutParams(l.in.url, func(n string) bool { return n == name })
				l.add("J07", "parameter-missing", u, "names", shownNames(gone))
			}
		}
	}
	for _, installed := range []string{"", "0", "1"} {
		for _, from := range []string{"singlemessage", "groupmessage", "timeline", ""} {
			var pairs []string
			if from != "" {
				pairs = append(pairs, "from="+from)
			}
			if installed != "" {
				pairs = append(pairs, "isappinstalled="+installed)
			}
			if pairs != nil {
				more := strings.Join(pairs, "&")
				l.add("J07", "share-added", addQuery(l.in.url, more), "names", shown(more))
			}
		}
	}
}

func shownNames(names []string) finding.Quote { return shown(strings.Join(names, ", ")) }

// withoutParams removes parameters from a URL, and leaves the others as they
// are written.
func withoutParams(u string, drop func(name string) bool) (rest string, gone []string) {
	head, query, _ := strings.Cut(u, "?")
	var keep []string
	for pair := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(pair, "="); drop(name) {
			gone = append(gone, name)
		} else {
			keep = append(keep, pair)
		}
	}
	if len(keep) == 0 {
		return head, gone
	}
	return head + "?" + strings.Join(keep, "&"), gone
}

func addQuery(u, more string) string {
	if strings.Contains(u, "?") {
		return u + "&" + more
	}
	return u + "?" + more
}

var percent = lazy.Regexp(`%[0-9A-Fa-f]{2}`)

// encodings are what happens to a URL that is another one's parameter.
func (l *urlList) encodings() {
	u := l.in.url
	once, errOnce := url.PathUnescape(u)
	if errOnce == nil {
		l.add("J03", "decoded", once, "how", "decodeURIComponent")
		if twice, err := url.PathUnescape(once); err == nil {
			l.add("J03", "decoded", twice, "how", "decodeURIComponent, 2×")
		}
	}
	if form, err := url.QueryUnescape(u); err == nil {
		l.add("J03", "decoded", form, "how", "urldecode")
		if twice, err := url.QueryUnescape(form); err == nil {
			l.add("J03", "decoded", twice, "how", "urldecode, 2×")
		}
	}
	component := escapeExcept(u, "!'()*")
	l.add("J03", "encoded", component, "how", "encodeURIComponent")
	l.add("J03", "encoded", escapeExcept(component, "!'()*"), "how", "encodeURIComponent, 2×")
	l.add("J03", "encoded", url.QueryEscape(u), "how", "urlencode")
	l.add("J03", "encoded", escapeExcept(u, uriMarks), "how", "encodeURI")
	l.add("J03", "encoded", escapeExcept(u, uriMarks+"%"), "how", "non-ASCII")
	for _, r := range [][2]string{{"+", "%2B"}, {"+", " "}, {"+", "%20"}, {"%2B", "+"}, {"%2B", " "}, {"%20", "+"}, {"%20", " "}} {
		l.add("J03", "plus", strings.ReplaceAll(u, r[0], r[1]), "was", shown(r[0]), "is", shown(r[1]))
	}
	l.add("J03", "hex-case", percent.Get().ReplaceAllStringFunc(u, strings.ToLower))
	l.add("J03", "hex-case", percent.Get().ReplaceAllStringFunc(u, strings.ToUpper))
	for _, blank := range []string{" ", "\n", "\r\n"} {
		l.add("J03", "blank", u+blank)
	}
	l.add("J03", "blank", strings.TrimSpace(u))
}

// uriMarks are what encodeURI leaves alone besides letters and digits.
const uriMarks = ";/?:@&=+$,!'()*#"

// escapeExcept percent-encodes as JavaScript does: all but letters, digits,
// -_.~ and the marks given.
func escapeExcept(s, marks string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~", c) >= 0 || strings.IndexByte(marks, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', digits[c>>4], digits[c&15]})
	}
	return b.String()
}

// apiURLs are what a framework calls the current URL in the signing API.
func (l *urlList) apiURLs(api string) {
	if api == "" {
		return
	}
	l.add("J04", "api-url", CleanURL(api))
	bare, _, _ := strings.Cut(CleanURL(api), "?")
	l.add("J04", "api-url", bare)
	l.add("J04", "api-url", bare+"?url="+escapeExcept(l.in.url, "!'()*"))
	l.add("J04", "api-url", bare+"?url="+l.in.url)
}

func (l *urlList) schemes() {
	scheme, rest, ok := strings.Cut(l.in.url, "://")
	if !ok {
		return
	}
	switch strings.ToLower(scheme) {
	case "https":
		l.add("J05", "scheme", "http://"+rest, "scheme", "http", "page", "https")
	case "http":
		l.add("J05", "scheme", "https://"+rest, "scheme", "https", "page", "http")
	}
	l.add("J05", "no-scheme", rest)
	l.add("J05", "no-scheme", "//"+rest)
}

// slashes adds or removes one at the end of the path.
func (l *urlList) slashes() {
	head, query, asked := strings.Cut(l.in.url, "?")
	if asked {
		query = "?" + query
	}
	_, rest, ok := strings.Cut(head, "://")
	if !ok {
		return
	}
	switch host, path, slash := strings.Cut(rest, "/"); {
	case !slash:
		l.add("J10", "slash-added", head+"/"+query)
	case path == "" && host != "":
		l.add("J10", "no-slash", strings.TrimSuffix(head, "/")+query)
	case strings.HasSuffix(path, "/"):
		l.add("J10", "path-slash", strings.TrimSuffix(head, "/")+query)
	default:
		l.add("J10", "path-slash", head+"/"+query)
	}
}

func (l *urlList) entities() {
	u := l.in.url
	escaped := strings.ReplaceAll(u, "&", "&amp;")
	l.add("J06", "entities", escaped)
	l.add("J06", "entities", html.EscapeString(u))
	l.add("J06", "entities", strings.ReplaceAll(escaped, "&", "&amp;"))
	l.add("J06", "entities", html.UnescapeString(u))
}

// browser adds spellings of the same address that no browser reports, and other
// addresses of the same site.
func (l *urlList) browser() {
	scheme, rest, ok := strings.Cut(l.in.url, "://")
	if !ok {
		return
	}
	host, path := splitHost(rest)
	to := func(id, variant, host, path string, facts ...any) {
		l.add(id, variant, scheme+"://"+host+path, facts...)
	}
	to("J08", "home", host, "/")
	to("J08", "home", host, "")
	to("J17", "host-case", strings.ToLower(host), path)
	to("J17", "host-case", strings.ToUpper(host), path)
	l.add("J17", "lower-case", strings.ToLower(l.in.url))
	name, port, has := strings.Cut(host, ":")
	if has {
		to("J17", "port", name, path, "port", shown(port))
	} else {
		for _, port := range []string{"80", "443", "8080"} {
			to("J17", "port", host+":"+port, path, "port", port)
		}
	}
	if bare, ok := strings.CutPrefix(host, "www."); ok {
		to("J17", "other-host", bare, path)
	} else {
		to("J17", "other-host", "www."+host, path)
	}
	if path != "" {
		to("J17", "double-slash", host, "/"+path)
		l.add("J17", "path-only", path)
	}
	if l.in.url == l.page { // a pair with one of these would prove little
		l.behindProxy(path)
	}
	l.prefixes(scheme+"://"+host, path)
}

// behindProxy are the addresses at which the server knows itself.
func (l *urlList) behindProxy(path string) {
	for _, name := range []string{"localhost", "127.0.0.1", "0.0.0.0", "[::1]", "host.docker.internal"} {
		for _, port := range []string{"", "80", "3000", "3001", "5000", "8000", "8080", "8081", "8088", "8888", "9000"} {
			host := name
			if port != "" {
				host += ":" + port
			}
			l.add("J04", "own-host", "http://"+host+path)
			l.add("J04", "own-host", "https://"+host+path)
		}
	}
}
