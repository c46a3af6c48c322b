package h5_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/finding"
)

// shop is a server of a developer's, as frameworks make them: it wants to be in no
// frame, its cookies are its own, and it knows its users by web authorisation.
type shop struct {
	*httptest.Server
	*http.ServeMux
	api string // of the emulator

	asked chan *http.Request // what it was asked for, without the bodies
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{ServeMux: http.NewServeMux(), asked: make(chan *http.Request, 1000)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked <- r.Clone(context.Background())
		h := w.Header()
		h.Set("X-Frame-Options", "DENY") // Django, Spring Security
		h.Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'nonce-abc' https://res.wx.qq.com; frame-ancestors 'none'")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		s.ServeMux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Server.Close)
	s.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "state", Value: "s1", Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode, Domain: "127.0.0.1"})
		scope := r.URL.Query().Get("scope")
		http.Redirect(w, r, "https://open.weixin.qq.com/connect/oauth2/authorize?appid="+emulator.DefaultAppID+"&redirect_uri="+
			url.QueryEscape("http://"+r.Host+"/back")+"&response_type=code&scope="+scope+"&state=s1#wechat_redirect", http.StatusFound)
	})
	s.HandleFunc("/back", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if c, err := r.Cookie("state"); err != nil || c.Value != q.Get("state") {
			http.Error(w, "the state is not the cookie's", http.StatusForbidden)
			return
		}
		if q.Get("code") == "" {
			page(w, "refused")
			return
		}
		res, err := http.Get(s.api + "/sns/oauth2/access_token?appid=" + emulator.DefaultAppID + "&secret=" + emulator.DefaultSecret + "&grant_type=authorization_code&code=" + q.Get("code"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer res.Body.Close()
		var grant struct{ OpenID string }
		_ = json.NewDecoder(res.Body).Decode(&grant)
		http.SetCookie(w, &http.Cookie{Name: "session", Value: grant.OpenID, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode})
		http.Redirect(w, r, "/home", http.StatusSeeOther)
	})
	s.HandleFunc("/home", func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("session")
		if err != nil {
			page(w, "nobody")
			return
		}
		page(w, "user "+c.Value)
	})
	return s
}

// page writes a page that says something, and tells whoever frames it.
func page(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, "<!doctype html>\n<html><head><title>%s</title></head><body><h1>%s</h1><script nonce=abc>%s</script></body></html>", text, text, tellTop)
}

// tellTop tells the page that frames this one what it says.
const tellTop = `
parent.postMessage({ said: document.title, at: location.href, agent: navigator.userAgent }, '*');`

// world is an emulator, and a shop that is its account's server.
type world struct {
	t    *testing.T
	emu  *local.Server
	shop *shop
	*client.Client
}

func newWorld(t *testing.T, change ...func(*emulator.Config)) *world {
	t.Helper()
	w := &world{t: t, shop: newShop(t)}
	cfg := emulator.Config{Accounts: []emulator.Account{{
		AppID: emulator.DefaultAppID, Secret: emulator.DefaultSecret, URL: w.shop.URL + "/wechat", Name: "山茶小馆",
		Users: []*emulator.User{{Name: "alice", Nickname: "林小满"}, {Name: "bob"}, {Name: "carol"}},
	}}}
	for _, c := range change {
		c(&cfg)
	}
	emu, err := local.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(emu.Close)
	w.emu, w.shop.api, w.Client = emu, emu.URL, &client.Client{BaseURL: emu.URL}
	return w
}

// open opens a page of the shop's for a user.
func (w *world) open(user, path string) *client.H5Page {
	w.t.Helper()
	p, err := w.OpenH5(w.t.Context(), "", user, w.shop.URL+path)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// calls are what a session's pages called, of the name.
func (w *world) calls(session, name string) []emulator.H5Call {
	var list []emulator.H5Call
	for _, p := range w.emu.Pages.Pages(finding.English) {
		for _, c := range p.Calls {
			if p.Session == session && c.Call == name {
				list = append(list, c)
			}
		}
	}
	return list
}

// get asks a session's host as a browser does that navigates; header is name and
// value in turn, Host too. Redirects are not followed.
func (w *world) get(address string, header ...string) (*http.Response, string) {
	return w.do(http.MethodGet, address, "", append([]string{"Sec-Fetch-Dest", "iframe", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "cross-site"}, header...)...)
}

func (w *world) do(method, address, body string, header ...string) (*http.Response, string) {
	w.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		w.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Host = u.Host
	req.URL.Host = "127.0.0.1:" + u.Port()
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res, string(b)
}

// paths are those that the shop was asked for until now.
func (w *world) paths() func(func(string) bool) {
	return func(yield func(string) bool) {
		for {
			select {
			case r := <-w.shop.asked:
				if !yield(r.URL.Path) {
					return
				}
			default:
				return
			}
		}
	}
}
