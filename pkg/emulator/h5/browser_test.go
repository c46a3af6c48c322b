package h5_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/browser"
	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/emulator/h5"
	"github.com/wxdev/wxdev/pkg/jssdk"
	"github.com/wxdev/wxdev/pkg/message"
)

// phone is a page that frames another one, as the emulator's does: it keeps what the
// frame tells it.
func phone(t *testing.T, policy string) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		fmt.Fprint(w, `<!doctype html><title>phone</title><iframe id=f style="width:400px;height:700px"></iframe>
<script>const told = []; onmessage = (e) => told.push({ ...e.data, origin: e.origin });
const said = () => told.filter((m) => m.said).map((m) => m.said);</script>`)
	}))
	t.Cleanup(s.Close)
	return s
}

// framed opens a page of the shop's in a frame of a phone.
func (w *world) framed(tabs context.Context, user, path string) (*browser.Tab, h5.Session) {
	w.t.Helper()
	outside := phone(w.t, "frame-src "+w.emu.Pages.FrameSource())
	s, err := w.emu.Pages.Open(w.t.Context(), h5.Ask{User: user, URL: w.shop.URL + path, Phone: outside.URL})
	if err != nil {
		w.t.Fatal(err)
	}
	b := browser.Open(w.t, tabs, "zh-CN", outside.URL)
	browser.Eval[string](b, `document.getElementById('f').src = `+fmt.Sprintf("%q", s.Address))
	return b, s
}

func says(b *browser.Tab, text string) {
	b.T.Helper()
	b.Wait(fmt.Sprintf(`said().includes(%q)`, text))
}

// TestFramedSite: a page that lets nobody frame it is shown, in what it takes for
// WeChat, at a host of its own; and signs its user in without a question.
func TestFramedSite(t *testing.T) {
	tabs := browser.Start(t)
	w := newWorld(t)
	w.shop.HandleFunc("/plain", func(rw http.ResponseWriter, _ *http.Request) { page(rw, "plain") })
	b, s := w.framed(tabs, "alice", "/plain")
	says(b, "plain")
	if agent := browser.Eval[string](b, `told.find((m) => m.said).agent`); !strings.Contains(agent, "MicroMessenger/") {
		t.Errorf("navigator.userAgent is %s", agent)
	}
	if origin := browser.Eval[string](b, `told.find((m) => m.said).origin`); !strings.HasPrefix(origin, "http://"+s.Session+".localhost:") {
		t.Errorf("the page is of %s", origin)
	}
	b.Wait(`told.some((m) => m.wxdev === 'h5' && m.title === 'plain' && m.url === '` + w.shop.URL + `/plain')`)
	asked := <-w.shop.asked
	if !strings.Contains(asked.UserAgent(), "MicroMessenger/") || "http://"+asked.Host != w.shop.URL || asked.Header.Get("Sec-Fetch-Dest") != "document" || asked.Referer() != "" {
		t.Errorf("the shop was asked %s %v", asked.Host, asked.Header)
	}

	b, s = w.framed(tabs, "bob", "/login?scope=snsapi_base")
	says(b, "user "+message.OpenID("bob"))
	if calls := w.calls(s.Session, "oauth"); len(calls) != 1 || !calls[0].OK {
		t.Errorf("oauth was told as %+v", calls)
	}
	// Another user's phone is another browser.
	b, _ = w.framed(tabs, "carol", "/home")
	says(b, "nobody")
	b, _ = w.framed(tabs, "bob", "/home")
	says(b, "user "+message.OpenID("bob"))
}

// TestApp is a page as bundlers make them: absolute addresses of its own, a fetch,
// cookies that a script sets and storage, a route of its own and back.
func TestApp(t *testing.T) {
	tabs := browser.Start(t)
	w := newWorld(t)
	w.shop.HandleFunc("/app", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		rw.Header().Set("Content-Security-Policy", "script-src 'self' "+w.shop.URL+"; connect-src "+w.shop.URL+"; frame-ancestors 'none'")
		fmt.Fprintf(rw, `<!doctype html><html lang=zh><head><meta charset=utf-8><title>app</title><script type=module src="%s/app.js" integrity="sha256-AAAA"></script></head><body></body></html>`, w.shop.URL)
	})
	w.shop.HandleFunc("/app.js", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/javascript")
		fmt.Fprintf(rw, `
const base = %q;
const results = [];
const relative = await (await fetch('/api?a=1', { method: 'POST', body: 'x' })).json();
results.push('relative ' + relative.method + ' ' + relative.origin);
const absolute = await (await fetch(base + '/api')).json();
results.push('absolute ' + absolute.method);
const made = await (await fetch(['http:', '', '%s', 'api'].join('/'))).json(); // not to be found in the text
results.push('made ' + made.method);
document.cookie = 'csrf=c1; path=/; SameSite=Lax';
const after = await (await fetch('/api')).json();
results.push('cookies ' + after.cookies);
localStorage.setItem('a', 'stored');
results.push(localStorage.getItem('a'));
history.pushState(null, '', '/app/route?x=1');
results.push('route ' + location.pathname);
results.push('own ' + (location.origin === new URL(base).origin));
parent.postMessage({ said: results.join('|') }, '*');
`, w.shop.URL, strings.TrimPrefix(w.shop.URL, "http://"))
	})
	w.shop.HandleFunc("/api", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		var names []string
		for _, c := range r.Cookies() {
			names = append(names, c.Name+"="+c.Value)
		}
		fmt.Fprintf(rw, `{"method":%q,"origin":%q,"cookies":%q}`, r.Method, r.Header.Get("Origin"), strings.Join(names, " "))
	})
	b, _ := w.framed(tabs, "alice", "/app")
	says(b, "relative POST "+w.shop.URL+"|absolute GET|made GET|cookies csrf=c1|stored|route /app/route|own true")
}

// TestAuthorizeInThePhone: one click on a user answers; who refuses is led back
// without a code; nobody is asked twice who was asked for an OpenID.
func TestAuthorizeInThePhone(t *testing.T) {
	tabs := browser.Start(t)
	w := newWorld(t)
	s := w.open("alice", "/login?scope=snsapi_userinfo")
	b := browser.Open(t, tabs, "zh-CN", s.Address)
	b.Wait(`!!document.querySelector('h1') && document.querySelector('h1').textContent === '获取你的昵称、头像'`)
	rows := browser.Eval[string](b, `[...document.querySelectorAll('.row')].map((r) => r.textContent.trim()).join('|')`)
	if !strings.HasPrefix(rows, "林林小满alice✓|") || !strings.Contains(rows, "bob") || strings.Count(rows, "|") != 2 {
		t.Errorf("users to choose from: %s", rows)
	}
	if bare := browser.Eval[int](b, `[...document.querySelectorAll('input:not([type=hidden]),button')].filter((e) => !(e.labels && e.labels.length) && !e.textContent.trim() && !e.ariaLabel).length`); bare != 0 {
		t.Errorf("%d controls have no name", bare)
	}
	browser.Eval[bool](b, `(document.querySelectorAll('.row')[1].click(), true)`)
	b.Wait(`document.title === 'user ` + message.OpenID("bob") + `'`)

	s = w.open("carol", "/login?scope=snsapi_userinfo")
	b = browser.Open(t, tabs, "en", s.Address)
	b.Wait(`!!document.querySelector('.two')`)
	if h := browser.Eval[string](b, `document.querySelector('h1').textContent + '|' + document.querySelector('.two').textContent`); h != "your nickname and picture|RefuseAllow" {
		t.Errorf("the page says %s", h)
	}
	browser.Eval[bool](b, `(document.querySelector('.two button').click(), true)`)
	b.Wait(`document.title === 'refused'`)
	if calls := w.calls(s.Session, "oauth"); len(calls) != 1 || calls[0].OK || calls[0].ErrMsg != "oauth:cancel" {
		t.Errorf("the refusal was told as %+v", calls)
	}
}

// sdkPage is a page with the JS-SDK, whose script comes from script.
func (w *world) sdkPage(path, script, more string) {
	w.shop.HandleFunc(path, func(rw http.ResponseWriter, r *http.Request) {
		ticket, err := w.emu.Ticket(emulator.DefaultAppID, "jsapi")
		if err != nil {
			w.t.Error(err)
		}
		c := jssdk.NewConfig(emulator.DefaultAppID, ticket, w.shop.URL+r.URL.RequestURI(), "n1", "1700000000", "scanQRCode", "chooseImage", "uploadImage", "getLocation", "updateAppMessageShareData", "onMenuShareAppMessage")
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(rw, `<!doctype html><title>sdk</title>%s<script nonce=abc>
const say = (text) => parent.postMessage({ said: text }, '*');
wx.error((r) => say('error ' + r.errMsg));
wx.ready(() => { say('ready'); %s });
%s
</script>`, script, more, c.JS())
	})
}

// answer answers a call as soon as it waits.
func (w *world) answer(session string, a client.H5Answer) {
	w.t.Helper()
	var err error
	for end := time.Now().Add(busy.Net); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if err = w.AnswerH5(w.t.Context(), session, a); err == nil {
			return
		}
	}
	w.t.Fatal(err)
}

// TestJSSDK: wx.config, wx.ready, and a code that is scanned; a picture that the
// user chooses goes to the server as the media it is; what may not be called says so.
func TestJSSDK(t *testing.T) {
	tabs := browser.Start(t)
	w := newWorld(t)
	w.sdkPage("/sdk", `<script nonce=abc src="https://res.wx.qq.com/open/js/jweixin-1.6.0.js"></script>`, `
  wx.updateAppMessageShareData({ title: '桂花', desc: 'd', link: location.href, imgUrl: '/a.png', success: () => say('shared') });
  wx.chooseCard({ fail: (r) => say(r.errMsg) });
  wx.scanQRCode({ needResult: 1, success: (r) => {
    say('scanned ' + r.resultStr);
    wx.chooseImage({ count: 1, success: (p) => {
      const img = new Image();
      img.onload = () => say('picture ' + img.naturalWidth);
      img.src = p.localIds[0];
      wx.uploadImage({ localId: p.localIds[0], success: (u) => { say('media ' + u.serverId);
        wx.getLocation({ cancel: () => say('no place'), success: () => say('place') }); } });
    } });
  } });`)
	picture, err := w.Upload(t.Context(), "", "image", "a.gif", []byte("GIF89a\x02\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x02\x00\x01\x00\x00\x02\x02\x84\x0a\x00;"))
	if err != nil {
		t.Fatal(err)
	}
	b, s := w.framed(tabs, "alice", "/sdk?x=1")
	w.answer(s.Session, client.H5Answer{Result: "store_7"})
	says(b, "scanned store_7")
	w.answer(s.Session, client.H5Answer{Result: picture.ID})
	says(b, "media "+picture.ID)
	says(b, "picture 2")
	w.answer(s.Session, client.H5Answer{Cancel: true})
	for _, text := range []string{"ready", "shared", "chooseCard:permission denied", "no place"} {
		says(b, text)
	}
	config := w.calls(s.Session, "wx.config")
	if len(config) != 1 || !config[0].OK || config[0].ErrMsg != "config:ok" || config[0].Page != w.shop.URL+"/sdk?x=1" || len(config[0].Findings) != 1 || config[0].Findings[0].ID != "J11" {
		t.Errorf("wx.config was told as %+v", config)
	}
	shared := w.calls(s.Session, "wx.updateAppMessageShareData")
	if len(shared) != 1 || shared[0].Share == nil || shared[0].Share.Title != "桂花" || shared[0].Share.To != "friend" || shared[0].Share.ImgURL != "/a.png" {
		t.Errorf("what is shared was told as %+v", shared)
	}
	refused := w.calls(s.Session, "wx.chooseCard")
	if len(refused) != 1 || refused[0].OK || len(refused[0].Findings) != 1 || refused[0].Findings[0].Title != "jsApiList does not name chooseCard" {
		t.Errorf("what was refused was told as %+v", refused)
	}
}

// TestBridge: the copies of the script that bundlers put into an app call
// WeixinJSBridge, by its own names, and are answered the same.
func TestBridge(t *testing.T) {
	tabs := browser.Start(t)
	w := newWorld(t)
	w.sdkPage("/app", `<script nonce=abc>
const ask = (name, args) => new Promise((done) => WeixinJSBridge.invoke(name, { appId: 'x', verifyAppId: 'x', ...args }, (r) => done(r.err_msg + ' ' + (r.resultStr || r.latitude || r.subtype || ''))));
window.wx = { error() {}, ready() {}, async config(c) {
  say(await ask('scanQRCode', {}));
  say(await ask('preVerifyJSAPI', { verifyAppId: c.appId, verifyTimestamp: c.timestamp + '', verifyNonceStr: c.nonceStr, verifySignature: c.signature, verifyJsApiList: ['scanQRCode', 'geoLocation', 'menu:share:appmessage'] }));
  say(await ask('getNetworkType', {}));
  say(await ask('batchViewCard', {}));
  WeixinJSBridge.on('menu:share:appmessage', () => WeixinJSBridge.invoke('sendAppMessage', { title: 'old', img_url: 'i' }));
  say(await ask('geoLocation', { type: 'gcj02' }));
} };
</script>`, "")
	b, s := w.framed(tabs, "alice", "/app")
	w.answer(s.Session, client.H5Answer{Result: "22.5,113"})
	for _, text := range []string{
		"scanQRCode:fail, the permission value is offline verifying ", "preVerifyJSAPI:ok ", "getNetworkType:ok wifi", "batchViewCard:permission denied ", "geoLocation:ok 22.5",
	} {
		says(b, text)
	}
	until(t, func() bool { return len(w.calls(s.Session, "wx.onMenuShareAppMessage")) == 1 })
	if c := w.calls(s.Session, "wx.onMenuShareAppMessage")[0]; c.Share == nil || c.Share.Title != "old" || c.Share.ImgURL != "i" || c.Args["verifyAppId"] != nil {
		t.Errorf("what is shared was told as %+v", c)
	}
}

// TestPageThatLeaves: a call that waits when its page is gone waits no longer.
func TestPageThatLeaves(t *testing.T) {
	tabs := browser.Start(t)
	w := newWorld(t)
	w.sdkPage("/sdk", `<script src="//res.wx.qq.com/open/js/jweixin-1.6.0.js"></script>`, `wx.scanQRCode({ needResult: 1 });`)
	b, s := w.framed(tabs, "alice", "/sdk")
	says(b, "ready")
	state := func() string {
		if calls := w.calls(s.Session, "wx.scanQRCode"); len(calls) > 0 {
			return calls[0].State
		}
		return ""
	}
	until(t, func() bool { return state() == emulator.H5Waiting })
	browser.Eval[string](b, `document.getElementById('f').src = 'about:blank'`)
	until(t, func() bool { return state() == emulator.H5Gone })
	if err := w.AnswerH5(t.Context(), s.Session, client.H5Answer{}); err == nil {
		t.Error("a call that is gone was answered")
	}
}

func until(t *testing.T, is func() bool) {
	t.Helper()
	for end := time.Now().Add(busy.Net); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come to be")
		}
	}
}

// TestNobodyElseFrames: a page of another site may not frame what is in the phone,
// and the frame cannot read the control API, through its own host neither.
func TestNobodyElseFrames(t *testing.T) {
	tabs := browser.Start(t)
	w := newWorld(t)
	w.shop.HandleFunc("/attack", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		rw.Header().Del("Content-Security-Policy")
		fmt.Fprintf(rw, `<title>attack</title><script>(async () => {
  const tries = ['%[1]s/__wxdev/log', '%[1]s/__wxdev/events', '/__wxdev/log', '/__wxdev_h5/../__wxdev/log', '/__wxdev_h5/sign?url=x'];
  const out = [];
  for (const u of tries) {
    try { const r = await fetch(u, { cache: 'no-store' }); out.push(r.status); } catch { out.push('refused'); }
  }
  try { await fetch('%[1]s/__wxdev/reset', { method: 'POST', mode: 'no-cors', body: '{}' }); } catch {}
  try { out.push(parent.document.title); } catch { out.push('other origin'); }
  parent.postMessage({ said: out.join() }, '*');
})()</script>`, w.emu.URL)
	})
	b, s := w.framed(tabs, "alice", "/attack")
	says(b, "refused,refused,404,404,404,other origin")

	evil := phone(t, "")
	b = browser.Open(t, tabs, "en", evil.URL)
	browser.Eval[string](b, `document.getElementById('f').src = `+fmt.Sprintf("%q", s.Address))
	until(t, func() bool {
		return strings.Contains(b.Said(), "frame-ancestors") || strings.Contains(b.Said(), "refused") || len(w.shop.asked) > 0
	})
	time.Sleep(50 * time.Millisecond)
	if said := browser.Eval[[]string](b, `said()`); len(said) != 0 {
		t.Errorf("another site framed the page, which said %q", said)
	}
	if calls := slices.Collect(w.paths()); slices.Contains(calls, "/reset") {
		t.Error("the state was reset")
	}
}
