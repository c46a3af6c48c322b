package devserver

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wxdev/wxdev/internal/browser"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

func startBrowser(t *testing.T) context.Context { return browser.Start(t) }

// tab is a page in the browser.
type tab struct{ *browser.Tab }

func openTab(t *testing.T, ctx context.Context, acceptLanguage, url string) *tab {
	t.Helper()
	return &tab{browser.Open(t, ctx, acceptLanguage, url)}
}

func eval[T any](b *tab, js string) T { return browser.Eval[T](b.Tab, js) }
func (b *tab) wait(js string)         { b.Wait(js) }
func (b *tab) said() string           { return b.Said() }

// panel waits for the stand-in's panel, and returns what it says.
func (b *tab) panel() (errMsg, findings, text string) {
	b.T.Helper()
	b.wait(`!!document.getElementById('wxdev-panel')`)
	const host = `document.getElementById('wxdev-panel')`
	return eval[string](b, host+`.dataset.errmsg`), eval[string](b, host+`.dataset.findings`), eval[string](b, host+`.shadowRoot.textContent`)
}

const pageTicket = "kgt8ON7yVITDhtdwci0qeTICKET"

// site is a developer's own server: pages that call wx.config with a config
// of each kind, and a dev server below a path.
type site struct {
	*httptest.Server
	dev *Server

	mu      sync.Mutex
	configs map[string]func(page string) string // by path: the script of the page
	devURL  string                              // of the server whose script the pages load; "" is dev's
}

func startSite(t *testing.T) *site {
	s := &site{configs: map[string]func(string) string{}}
	s.dev = &Server{AppID: "wx0123456789abcdef", Ticket: func(context.Context) (string, error) { return pageTicket, nil }}
	mux := http.NewServeMux()
	mux.Handle("/wx/", http.StripPrefix("/wx", s.dev))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		config := s.configs[r.URL.Path]
		s.mu.Unlock()
		if config == nil {
			http.NotFound(w, r)
			return
		}
		base := s.devURL
		if base == "" {
			base = s.URL + "/wx/"
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if strings.HasPrefix(r.URL.Path, "/strict") {
			w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'none'")
		}
		fmt.Fprintf(w, `<!doctype html><title>page</title><h1>page</h1>
<script src="%sjweixin.js"></script>
<script>
const heard = [];
wx.ready(() => heard.push('ready'));
wx.error((res) => heard.push('error ' + res.errMsg));
%s
</script>`, base, config(s.URL+r.URL.RequestURI()))
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// serve makes a page. Path may have a query.
func (s *site) serve(path string, config func(page string) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path, _, _ = strings.Cut(path, "?")
	s.configs[path] = config
}

// configFor is a config signed for a URL.
func configFor(url string) jssdk.Config {
	return jssdk.NewConfig("wx0123456789abcdef", pageTicket, url, "wxdevNonce1", "1700000000", "scanQRCode", "updateAppMessageShareData")
}

// TestPages opens a page of each kind: what its panel says, what the page is
// told, and what stands in the console.
func TestPages(t *testing.T) {
	tabs := startBrowser(t)
	s := startSite(t)
	replaced := func(old, with string) func(string) string {
		return func(page string) string { return strings.Replace(configFor(page).JS(), old, with, 1) }
	}
	for _, c := range []struct {
		name, open string // the path, with query and fragment
		config     func(page string) string
		errMsg     string
		findings   string
		panel      []string // what stands in the panel, among other things
	}{
		{
			"right", "/right?x=1&y=%E4%BD%A0#top",
			func(page string) string { return configFor(page).JS() },
			"config:ok", "J11",
			[]string{"config:ok", "invalid url domain", "the host is"},
		},
		{
			"fragment kept", "/fragment?x=1#/route",
			func(page string) string { return configFor(page + "#/route").JS() },
			"config:fail,invalid signature", "J14",
			[]string{"the URL was signed with its fragment, from the # on", "#/route", "Cut the URL at the #"},
		},
		{
			"entities", "/entities?x=1&y=2",
			func(page string) string { return configFor(strings.ReplaceAll(page, "&", "&amp;")).JS() },
			"config:fail,invalid signature", "J06",
			[]string{"?x=1&amp;y=2", "?x=1&y=2"},
		},
		{
			"another page", "/other?x=1",
			func(string) string { return configFor(s.URL + "/right?x=1&y=%E4%BD%A0").JS() },
			"config:fail,invalid signature", "J08",
			[]string{"a stored signature is reused on another page", "right?x=1"},
		},
		{
			"no timestamp", "/missing",
			replaced("  timestamp: 1700000000,\n", ""),
			"config:fail", "J19",
			[]string{"wx.config has no timestamp"},
		},
		{
			"nonce misspelt", "/misspelt",
			replaced("nonceStr", "noncestr"),
			"config:fail", "J19",
			[]string{`nonceStr is called "noncestr" in wx.config`},
		},
		{
			"another nonce", "/nonce",
			replaced(`nonceStr: "wxdevNonce1"`, `nonceStr: "WXDEVNONCE1".toLowerCase()`),
			"config:fail,invalid signature", "J20",
			[]string{"no known mistake produces it"},
		},
		{
			"milliseconds", "/millis",
			replaced("timestamp: 1700000000", "timestamp: 1700000000000"),
			"config:fail,invalid signature", "J09",
			[]string{"milliseconds"},
		},
		{
			"timestamp as text", "/text",
			replaced("timestamp: 1700000000", `timestamp: "1700000000"`),
			"config:ok", "J11", nil,
		},
		{
			"appId of another account", "/appid",
			replaced("wx0123456789abcdef", "wxffffffffffffffff"),
			"config:fail,invalid signature", "J12",
			[]string{`appId is "wxffffffffffffffff"`},
		},
		{
			"upper case", "/upper",
			func(page string) string {
				sum := configFor(page).Signature
				return strings.Replace(configFor(page).JS(), sum, strings.ToUpper(sum), 1)
			},
			"config:fail,invalid signature", "J13",
			[]string{"upper case"},
		},
		{
			"no config at all", "/nothing",
			func(string) string { return "wx.config(undefined)" },
			"config:fail", "J19 J19 J19 J19",
			[]string{"wx.config has no appId"},
		},
		{
			"a promise", "/promise",
			func(string) string { return "wx.config({ ...Promise.resolve({}), signature: Promise.resolve('') })" },
			"config:fail", "",
			[]string{"signature is neither text nor a number"},
		},
		{
			"a page that allows no styles", "/strict?x=1&y=2",
			func(page string) string { return configFor(strings.ReplaceAll(page, "&", "&amp;")).JS() },
			"config:fail,invalid signature", "J06", nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			path, _, _ := strings.Cut(c.open, "#")
			s.serve(path, c.config)
			b := openTab(t, tabs, "en", s.URL+c.open)
			errMsg, findings, text := b.panel()
			if errMsg != c.errMsg || strings.TrimSpace(findings) != c.findings {
				t.Errorf("%s with %q, want %s with %q\n%s", errMsg, findings, c.errMsg, c.findings, text)
			}
			for _, want := range c.panel {
				if !strings.Contains(text, want) {
					t.Errorf("the panel lacks %q: %s", want, text)
				}
			}
			heard := "ready"
			if c.errMsg != "config:ok" {
				heard = "error " + c.errMsg + ",ready" // both, as in WeChat
			}
			b.wait(`heard.length > 0`)
			if got := eval[string](b, `heard.join()`); got != heard {
				t.Errorf("the page heard %s, want %s", got, heard)
			}
			if said := b.said(); strings.Contains(text+said, pageTicket) || !strings.Contains(said, "[wxdev] "+c.errMsg) ||
				c.errMsg != "config:ok" && !strings.Contains(said, "error [wxdev] ") {
				t.Errorf("the console says %q", said)
			}
		})
	}
}

// TestFunctions: what may be called says so, the rest fails as in WeChat.
func TestFunctions(t *testing.T) {
	tabs := startBrowser(t)
	s := startSite(t)
	s.serve("/page", func(page string) string { return "const right = " + string(mustJSON(configFor(page))) })
	b := openTab(t, tabs, "en", s.URL+"/page")
	call := func(js string) string {
		return eval[string](b, `new Promise((done) => wx.`+js+`)`)
	}
	const tell = `{ success: (r) => done('success ' + r.errMsg), fail: (r) => done('fail ' + r.errMsg) }`
	if got := call("scanQRCode(" + tell + ")"); got != "fail scanQRCode:fail, the permission value is offline verifying" {
		t.Errorf("before wx.config: %s", got)
	}
	eval[bool](b, `wx.config(right), true`)
	b.panel()
	for js, want := range map[string]string{
		"scanQRCode(" + tell + ")":                                          "fail scanQRCode:fail, wxdev: nothing happens here, only in WeChat",
		"updateAppMessageShareData(" + tell + ")":                           "success updateAppMessageShareData:ok",
		"chooseImage(" + tell + ")":                                         "fail chooseImage:permission denied",
		"hideOptionMenu({ complete: (r) => done('complete ' + r.errMsg) })": "complete hideOptionMenu:permission denied",
		"checkJsApi({ jsApiList: ['scanQRCode', 'scanQR'], success: (r) => done(r.errMsg + ' ' + JSON.stringify(r.checkResult)) })": `checkJsApi:ok {"scanQRCode":true,"scanQR":false}`,
		"miniProgram.getEnv((r) => done(JSON.stringify(r)))":                                                                        `{"miniprogram":false}`,
		"ready(() => done('at once'))": "at once",
	} {
		if got := call(js); got != want {
			t.Errorf("wx.%s: %s, want %s", js, got, want)
		}
	}
}

// TestAnswers: what a function gives back is what the server was told, and what
// a page may not call it is not given.
func TestAnswers(t *testing.T) {
	tabs := startBrowser(t)
	s := startSite(t)
	answers := &Answers{}
	for _, a := range []string{"scanQRCode=store_7", "scanQRCode:cancel", "getLocation=22.54,113.94", `openAddress={"userName":"林","telNumber":"1"}`} {
		if err := answers.Add(a); err != nil {
			t.Fatal(err)
		}
	}
	s.dev.Answer = answers.Answer
	var mu sync.Mutex
	var calls []string
	s.dev.Log = func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.What == "call" {
			calls = append(calls, e.Said)
		}
	}
	s.serve("/page", func(page string) string {
		c := jssdk.NewConfig("wx0123456789abcdef", pageTicket, page, "n", "1700000000", "scanQRCode", "getLocation", "openAddress", "chooseCard", "updateAppMessageShareData", "onMenuShareTimeline")
		return c.JS()
	})
	b := openTab(t, tabs, "en", s.URL+"/page")
	b.panel()
	for _, c := range []struct{ call, want string }{
		{"scanQRCode({ needResult: 1, @ })", `success {"errMsg":"scanQRCode:ok","resultStr":"store_7"}`},
		{"scanQRCode({ needResult: 1, @ })", `cancel {"errMsg":"scanQRCode:cancel"}`},
		{"scanQRCode({ needResult: 1, @ })", `cancel {"errMsg":"scanQRCode:cancel"}`}, // the last one from then on
		{"getLocation({ @ })", `success {"accuracy":30,"errMsg":"getLocation:ok","latitude":22.54,"longitude":113.94,"speed":0}`},
		{"openAddress({ @ })", `success {"errMsg":"openAddress:ok","telNumber":"1","userName":"林"}`},
		{"chooseCard({ @ })", `fail {"errMsg":"chooseCard:fail, wxdev: nothing happens here, only in WeChat"}`},
		{"updateAppMessageShareData({ title: 'x', @ })", `success {"errMsg":"updateAppMessageShareData:ok"}`},
		{"chooseImage({ @ })", `fail {"errMsg":"chooseImage:permission denied"}`},
		{"scanQRCode()", ``},
	} {
		const tell = `success: (r) => done('success ' + JSON.stringify(r)), fail: (r) => done('fail ' + JSON.stringify(r)), cancel: (r) => done('cancel ' + JSON.stringify(r))`
		js := `new Promise((done) => wx.` + strings.Replace(c.call, "@", tell, 1) + `)`
		if c.want == "" { // without options it does no harm
			js = `(wx.` + c.call + `, '')`
		}
		if got := eval[string](b, js); got != c.want {
			t.Errorf("wx.%s: %s, want %s", c.call, got, c.want)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if !slices.Contains(calls, "chooseImage:permission denied") || !slices.Contains(calls, "updateAppMessageShareData:ok") {
		t.Errorf("the server heard of %q", calls)
	}
}

// TestRoutes is a single-page app: the URL moves on after the page was loaded.
func TestRoutes(t *testing.T) {
	tabs := startBrowser(t)
	s := startSite(t)
	s.serve("/entry", func(page string) string {
		next := strings.Replace(page, "/entry", "/next", 1)
		return "const entry = " + string(mustJSON(configFor(page))) + ", next = " + string(mustJSON(configFor(next)))
	})
	for _, c := range []struct{ config, errMsg, findings, panel string }{
		{"next", "config:ok", "J01 J11", "which is not the one iOS compares"},
		{"entry", "config:fail,invalid signature", "J01", "the URL at which the app was entered"},
	} {
		b := openTab(t, tabs, "en", s.URL+"/entry?a=1")
		eval[bool](b, `history.pushState(null, '', '/next?a=1'), wx.config(`+c.config+`), true`)
		errMsg, findings, text := b.panel()
		if errMsg != c.errMsg || findings != c.findings || !strings.Contains(text, c.panel) {
			t.Errorf("%s: %s %s %s", c.config, errMsg, findings, text)
		}
	}
}

// TestLanguage: the panel speaks the browser's language.
func TestLanguage(t *testing.T) {
	tabs := startBrowser(t)
	s := startSite(t)
	s.serve("/page", func(page string) string { return configFor(page + "#top").JS() })
	b := openTab(t, tabs, "zh-CN,zh;q=0.9,en;q=0.8", s.URL+"/page#top")
	if _, _, text := b.panel(); !strings.Contains(text, "微信会拒绝") || !strings.Contains(text, "把 # 及其后面的部分也签了名") {
		t.Errorf("the panel says %s", text)
	}
}

// TestOrigins: a page of another origin is let in when the server is told to.
func TestOrigins(t *testing.T) {
	tabs := startBrowser(t)
	other, pages := startSite(t), startSite(t)
	pages.devURL = other.URL + "/wx/"
	pages.serve("/page", func(page string) string { return configFor(page + "#top").JS() })
	const signed = `fetch(BASE + 'sign?url=' + encodeURIComponent(location.href)).then((r) => r.json()).then((c) => c.appId, (e) => 'refused')`
	sign := "((BASE) => " + signed + ")('" + pages.devURL + "')"

	denied := openTab(t, tabs, "en", pages.URL+"/page#top")
	if errMsg, _, text := denied.panel(); errMsg != "config:fail" || !strings.Contains(text, "let "+pages.URL+" in?") {
		t.Errorf("denied: %s %s", errMsg, text)
	}
	if got := eval[string](denied, sign); got != "refused" {
		t.Errorf("a page of another origin got a signature: %s", got)
	}

	other.dev.Origin = pages.URL
	allowed := openTab(t, tabs, "en", pages.URL+"/page#top")
	if errMsg, findings, _ := allowed.panel(); errMsg != "config:fail,invalid signature" || findings != "J14" {
		t.Errorf("allowed: %s %s", errMsg, findings)
	}
	if got := eval[string](allowed, sign); got != "wx0123456789abcdef" {
		t.Errorf("allowed: %s", got)
	}
	// The ticket is not in what a page could load as a script either.
	if got := eval[string](allowed, `fetch('`+pages.devURL+`jweixin.js').then((r) => r.text(), () => 'refused')`); strings.Contains(got, pageTicket) {
		t.Error("the ticket is in the script")
	}
}

// TestHostileURL: what stands in a URL is shown, not run.
func TestHostileURL(t *testing.T) {
	tabs := startBrowser(t)
	s := startSite(t)
	s.serve("/page", func(string) string {
		return "wx.config({ appId: '<img src=x onerror=heard.push(1)>', timestamp: '<b>1</b>', nonceStr: 'n', signature: '</section><script>heard.push(2)<\\/script>' })"
	})
	b := openTab(t, tabs, "en", s.URL+"/page?x=<img/src=x/onerror=heard.push(3)>#<img src=x onerror=heard.push(4)>")
	_, _, text := b.panel()
	if !strings.Contains(text, "<img src=x onerror=heard.push(1)>") {
		t.Errorf("the panel says %s", text)
	}
	b.wait(`heard.includes('ready')`)
	if got := eval[string](b, `heard.join() + document.getElementById('wxdev-panel').shadowRoot.querySelectorAll('img, script, b').length`); got != "error config:fail,invalid signature,ready0" {
		t.Errorf("the page heard %s", got)
	}
}

// TestDemoPage tries the server's own page, a mistake after the other.
func TestDemoPage(t *testing.T) {
	tabs := startBrowser(t)
	s := startSite(t)
	b := openTab(t, tabs, "en", s.URL+"/wx/?x=1#top")
	if errMsg, _, text := b.panel(); errMsg != "config:ok" {
		t.Fatalf("%s %s %s", errMsg, text, b.said())
	}
	for _, c := range []struct{ button, errMsg, findings string }{
		{"nonce", "config:fail", "J19"},
		{"upper", "config:fail,invalid signature", "J13"},
		{"route", "config:fail,invalid signature", "J01"},
		{"missing", "config:fail", "J19"},
		{"right", "config:ok", "J01 J11"}, // right here, but not on iOS
		{"entities", "config:fail,invalid signature", "J06"},
	} {
		eval[bool](b, `document.getElementById('wxdev-panel').remove(), document.getElementById('case-`+c.button+`').click(), true`)
		if errMsg, findings, text := b.panel(); errMsg != c.errMsg || findings != c.findings {
			t.Errorf("%s: %s with %q, want %s with %q\n%s", c.button, errMsg, findings, c.errMsg, c.findings, text)
		}
	}
	if strings.Contains(b.said(), "Content Security Policy") {
		t.Errorf("the page breaks its own policy: %s", b.said())
	}
}
