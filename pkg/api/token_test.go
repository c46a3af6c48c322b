package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"

	"github.com/wxdev/wxdev/pkg/tokenstore"
)

func demandToken(t *testing.T, w *world, want Want, value string) {
	t.Helper()
	got, err := w.Token(t.Context(), want)
	if err != nil || got.Value != value {
		t.Fatalf("%q, %v, want %q", got.Value, err, value)
	}
}

// By default a token is asked for as those do who share it.
func TestStableToken(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		demandToken(t, w, Want{}, "66_token1")
	}
	calls := w.fake.called("/cgi-bin/stable_token")
	want := `POST /cgi-bin/stable_token {"appid":"` + testAppID + `","force_refresh":false,"grant_type":"client_credential","secret":"` + testSecret + `"}`
	if len(calls) != 1 || calls[0] != want {
		t.Errorf("called %q", calls)
	}
	got, err := w.KeptToken(t.Context())
	if err != nil || got.Via != w.fake.URL+"/cgi-bin/stable_token" || !got.Expires.Equal(w.now.Add(2*time.Hour)) || got.From == nil {
		t.Errorf("%+v, %v", got, err)
	}
	w.now = w.now.Add(118 * time.Minute) // near the end it is asked for again
	demandToken(t, w, Want{}, "66_token1")
	w.now = w.now.Add(-4 * time.Hour) // and when the clock is set back
	demandToken(t, w, Want{}, "66_token1")
	if calls := w.fake.called("/cgi-bin/stable_token"); len(calls) != 3 {
		t.Errorf("called %q", calls)
	}
}

// The tokens of the two endpoints are kept apart.
func TestPlainToken(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Endpoint = PlainToken })
	demandToken(t, w, Want{}, "66_token1")
	calls := w.fake.called("/cgi-bin/token")
	want := "GET /cgi-bin/token?appid=" + testAppID + "&grant_type=client_credential&secret=" + testSecret
	if len(calls) != 1 || calls[0] != want {
		t.Errorf("called %q", calls)
	}
	demandToken(t, w, Want{Force: true}, "66_token2")
	stable := New(Options{Base: w.fake.URL, AppID: testAppID, Secret: testSecret, Store: w.o.Store, Now: w.o.Now})
	if got, err := stable.KeptToken(t.Context()); err != nil || got.Value != "" {
		t.Errorf("stable_token has %q, %v", got.Value, err)
	}
}

func TestForcedRefresh(t *testing.T) {
	w := newWorld(t)
	demandToken(t, w, Want{}, "66_token1")
	demandToken(t, w, Want{Force: true}, "66_token2")
	w.now = w.now.Add(20 * time.Second)
	demandToken(t, w, Want{Force: true}, "66_token2")
	if !w.noted("replaced 20s ago", "every 30s at most") {
		t.Errorf("noted %q", w.notes)
	}
	w.now = w.now.Add(11 * time.Second)
	demandToken(t, w, Want{Force: true}, "66_token3")
	if calls := w.fake.called("/cgi-bin/stable_token"); len(calls) != 3 || !strings.Contains(calls[2], `"force_refresh":true`) {
		t.Errorf("called %q", calls)
	}
}

// WeChat counts the day by Beijing's clock.
func TestForcedRefreshesOfADay(t *testing.T) {
	w := newWorld(t)
	w.now = time.Date(2023, 11, 14, 15, 30, 0, 0, time.UTC) // 23:30 in Beijing
	for i := range ForcedPerDay {
		demandToken(t, w, Want{Force: true}, fmt.Sprintf("66_token%d", i+1))
		w.now = w.now.Add(31 * time.Second)
	}
	_, err := w.Token(t.Context(), Want{Force: true})
	if err == nil || !strings.Contains(err.Error(), "replaced 20 times today, and WeChat's limit is 20 a day") {
		t.Errorf("got %v", err)
	}
	demandChinese(t, err)
	demandToken(t, w, Want{}, "66_token20") // the kept one serves on
	kept, _ := w.KeptToken(t.Context())
	if n := ForcedOn(kept, w.now); n != ForcedPerDay {
		t.Errorf("%d today", n)
	}
	w.now = time.Date(2023, 11, 14, 16, 0, 1, 0, time.UTC)
	demandToken(t, w, Want{Force: true}, "66_token21")
	if n := len(w.fake.called("/cgi-bin/stable_token")); n != ForcedPerDay+1 {
		t.Errorf("%d calls", n)
	}
}

// However many find their token refused at once, one call replaces it.
func TestRefusedTokenIsReplacedOnce(t *testing.T) {
	for _, code := range []int{40001, 40014, 42001} {
		w := newWorld(t)
		demandToken(t, w, Want{}, "66_token1")
		w.fake.invalidate()
		w.fake.answer["/cgi-bin/user/info"] = `{"subscribe":1}`
		if code != 40001 {
			w.fake.handle["/cgi-bin/user/info"] = func(rw http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Get("access_token") == "66_token1" {
					fmt.Fprintf(rw, `{"errcode":%d,"errmsg":"access_token expired"}`, code)
					return
				}
				fmt.Fprint(rw, `{"subscribe":1}`)
			}
		}
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				var user struct{ Subscribe int }
				if err := w.Call(t.Context(), Request{Path: "/cgi-bin/user/info"}, &user); err != nil || user.Subscribe != 1 {
					t.Errorf("%d: %+v, %v", code, user, err)
				}
			})
		}
		all.Wait()
		if calls := w.fake.called("/cgi-bin/stable_token"); len(calls) != 2 {
			t.Errorf("%d: called %q", code, calls)
		}
		if !w.noted("errcode", "asking for another token") {
			t.Errorf("%d: noted %q", code, w.notes)
		}
	}
}

// A token that stays refused is an error after one refresh and one repetition.
func TestRefusedForGood(t *testing.T) {
	w := newWorld(t)
	w.fake.handle["/x"] = func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, `{"errcode":40001,"errmsg":"no"}`) }
	_, err := w.Do(t.Context(), Request{Path: "/x"})
	var e *Error
	if !errors.As(err, &e) || e.Code != 40001 || !e.SameToken {
		t.Errorf("got %+v", err)
	}
	if n := len(w.fake.called("/x")); n != 2 {
		t.Errorf("%d calls", n)
	}
	if n := len(w.fake.called("/cgi-bin/stable_token")); n != 2 {
		t.Errorf("%d tokens", n)
	}
	plain := newWorld(t, func(o *Options) { o.Endpoint = PlainToken })
	plain.fake.handle["/x"] = w.fake.handle["/x"]
	if _, err := plain.Do(t.Context(), Request{Path: "/x"}); !errors.As(err, &e) || e.SameToken {
		t.Errorf("got %+v", err)
	}
	if a, b := len(plain.fake.called("/x")), len(plain.fake.called("/cgi-bin/token")); a != 2 || b != 2 {
		t.Errorf("%d calls, %d tokens", a, b)
	}
}

// A wrong secret is told once to all who wait, with its code.
func TestRefusedSecret(t *testing.T) {
	w := newWorld(t)
	w.fake.handle["/cgi-bin/stable_token"] = func(rw http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(rw, `{"errcode":40164,"errmsg":"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 640d8707-66796d60-192e4bee"}`)
	}
	_, err := w.Do(t.Context(), Request{Path: "/cgi-bin/user/info"})
	var e *Error
	if !errors.As(err, &e) || e.Code != 40164 || e.Address() != "203.0.113.7" || e.Rid != "640d8707-66796d60-192e4bee" {
		t.Fatalf("got %+v", err)
	}
	want := "token: errcode 40164: invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist (rid 640d8707-66796d60-192e4bee)"
	if err.Error() != want {
		t.Errorf("got %q", err)
	}
	want = "token：errcode 40164：“invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist”（rid 640d8707-66796d60-192e4bee）"
	if got := finding.ErrorIn(finding.Chinese, err); got != want {
		t.Errorf("got %q", got)
	}
	if when, ok := e.Called(); !ok || when.Unix() != 0x640d8707 {
		t.Errorf("called at %v, %t", when, ok)
	}
	if calls := w.fake.called("/cgi-bin/user/info"); len(calls) != 0 {
		t.Errorf("called %q without a token", calls)
	}
}

// An answer that is no token is not taken for one.
func TestOddTokenAnswers(t *testing.T) {
	for name, answer := range map[string]string{
		"nothing":           "",
		"HTML":              "<html>please log in</html>",
		"no token":          `{"expires_in":7200}`,
		"an empty one":      `{"access_token":"","expires_in":7200}`,
		"no life":           `{"access_token":"66_tokenX"}`,
		"a negative life":   `{"access_token":"66_tokenX","expires_in":-1}`,
		"a line end in it":  `{"access_token":"66_tokenX\r\nX-Evil: 1","expires_in":7200}`,
		"an escape in it":   `{"access_token":"\u001b[2J","expires_in":7200}`,
		"too long":          `{"access_token":"` + strings.Repeat("a", 4000) + `","expires_in":7200}`,
		"a number":          `{"access_token":7,"expires_in":7200}`,
		"a list":            `[]`,
		"a life in letters": `{"access_token":"66_tokenX","expires_in":"soon"}`,
	} {
		w := newWorld(t)
		w.fake.handle["/cgi-bin/stable_token"] = func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, answer) }
		got, err := w.Token(t.Context(), Want{})
		var e *Error
		if !errors.As(err, &e) || e.Op != "token" || got.Value != "" {
			t.Errorf("%s: %q, %v", name, got.Value, err)
		}
	}
	w := newWorld(t)
	w.fake.life = 1 << 60
	if got, err := w.Token(t.Context(), Want{}); err != nil || got.Expires.Sub(got.Fetched) != 24*time.Hour {
		t.Errorf("a life without end is %v, %v", got.Expires.Sub(got.Fetched), err)
	}
}

func TestTicket(t *testing.T) {
	w := newWorld(t)
	w.fake.answer["/cgi-bin/ticket/getticket"] = `{"errcode":0,"errmsg":"ok","ticket":"kgt8ON7y-1","expires_in":7200}`
	for range 2 {
		got, err := w.Ticket(t.Context(), JSAPITicket, Want{})
		if err != nil || got.Value != "kgt8ON7y-1" {
			t.Fatalf("%q, %v", got.Value, err)
		}
	}
	calls := w.fake.called("/cgi-bin/ticket/getticket")
	if len(calls) != 1 || calls[0] != "GET /cgi-bin/ticket/getticket?access_token=66_token1&type=jsapi" {
		t.Errorf("called %q", calls)
	}
	// Its token may be refused as any.
	w.fake.invalidate()
	if got, err := w.Ticket(t.Context(), CardTicket, Want{}); err != nil || got.Value != "kgt8ON7y-1" {
		t.Errorf("%q, %v", got.Value, err)
	}
	calls = w.fake.called("/cgi-bin/ticket/getticket")
	if len(calls) != 3 || calls[2] != "GET /cgi-bin/ticket/getticket?access_token=66_token2&type=wx_card" {
		t.Errorf("called %q", calls)
	}
	if got, err := w.KeptTicket(t.Context(), CardTicket); err != nil || got.Value != "kgt8ON7y-1" {
		t.Errorf("kept %q, %v", got.Value, err)
	}
}

// A caller's own tokens are asked for by the refused one.
func TestOwnTokens(t *testing.T) {
	var asked []string
	w := newWorld(t, func(o *Options) {
		o.Tokens = func(_ context.Context, refused string) (string, error) {
			asked = append(asked, refused)
			return fmt.Sprintf("66_token_own%d", len(asked)), nil
		}
	})
	w.fake.valid = "66_token_own2"
	w.fake.answer["/x"] = `{}`
	if _, err := w.Do(t.Context(), Request{Path: "/x"}); err != nil {
		t.Error(err)
	}
	if got := strings.Join(asked, ","); got != ",66_token_own1" {
		t.Errorf("asked for %q", got)
	}
}

// One process fails, and those who wait for it get the same error.
func TestSharedFailure(t *testing.T) {
	w := newWorld(t)
	arrived, go_ := make(chan struct{}), make(chan struct{})
	w.fake.handle["/cgi-bin/stable_token"] = func(rw http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-go_
		fmt.Fprint(rw, `{"errcode":40125,"errmsg":"invalid appsecret, rid: 640d8707-66796d60-192e4bee"}`)
	}
	get := func(store tokenstore.Store) error {
		c := New(Options{Base: w.fake.URL, AppID: testAppID, Secret: testSecret, Store: store})
		_, err := c.Token(t.Context(), Want{})
		return err
	}
	errs := make(chan error, 2)
	go func() { errs <- get(w.o.Store) }()
	<-arrived
	go func() { errs <- get(releaseOnLoad{w.o.Store, sync.OnceFunc(func() { close(go_) })}) }()
	for range 2 {
		err := <-errs
		var e *Error
		if !errors.As(err, &e) || e.Code != 40125 || e.Rid != "640d8707-66796d60-192e4bee" || e.Op != "token" {
			t.Errorf("got %+v", err)
		}
	}
	if n := len(w.fake.called("/cgi-bin/stable_token")); n != 1 {
		t.Errorf("%d calls", n)
	}
}

// releaseOnLoad says when its store has been looked into.
type releaseOnLoad struct {
	tokenstore.Store
	loaded func()
}

func (r releaseOnLoad) Load(ctx context.Context, key tokenstore.Key) (tokenstore.Record, error) {
	defer r.loaded()
	return r.Store.Load(ctx, key)
}
