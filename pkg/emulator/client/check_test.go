package client_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/receiver"
)

// checked starts an emulator whose account has a URL.
func checked(t *testing.T, url string) *client.Client {
	t.Helper()
	_, c := start(t, emulator.Config{Accounts: []emulator.Account{
		{AppID: emulator.DefaultAppID, URL: url}, {AppID: "wx00000000000000aa", Token: "othertoken"},
	}})
	return c
}

// TestCheck: the URL is verified as WeChat does when it is submitted, and no
// message is sent to the server.
func TestCheck(t *testing.T) {
	var messages atomic.Int32
	bot := func(token string) http.Handler {
		r := &receiver.Handler{Token: token}
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			body, _ := io.ReadAll(req.Body)
			if strings.Contains(string(body), "xml") || strings.Contains(string(body), "FromUserName") {
				messages.Add(1)
			}
			req.Body = io.NopCloser(bytes.NewReader(body))
			r.ServeHTTP(w, req)
		})
	}
	for _, s := range []struct {
		name         string
		server       http.Handler
		want         string
		ok, accepted bool
	}{
		{"right", bot(emulator.DefaultToken), "", true, true},
		{"another token", bot("nobodysToken"), "V03", false, false},
		{"the token of another account", bot("othertoken"), "V03", false, false},
		{"no route", http.NotFoundHandler(), "V05", false, false},
		{"with a line's end", http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			_, _ = w.Write([]byte(req.FormValue("echostr") + "\n"))
		}), "V01", false, false},
	} {
		t.Run(s.name, func(t *testing.T) {
			server := httptest.NewServer(s.server)
			defer server.Close()
			c := checked(t, server.URL)
			for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
				c.Lang = lang
				got, err := c.Check(t.Context(), "")
				if err != nil || got.OK != s.ok || got.Accepted != s.accepted || got.MS <= 0 || got.Error != "" {
					t.Fatalf("%+v, %v", got, err)
				}
				if s.want == "" {
					if len(got.Findings) != 0 {
						t.Errorf("%+v", got.Findings)
					}
					continue
				}
				chinese := func(r rune) bool { return unicode.Is(unicode.Han, r) }
				if len(got.Findings) == 0 || got.Findings[0].ID != s.want || strings.ContainsFunc(got.Findings[0].Fix, chinese) != (lang == finding.Chinese) {
					t.Errorf("%s: %+v", lang, got.Findings)
				}
			}
		})
	}
	if messages.Load() != 0 {
		t.Errorf("%d messages were sent", messages.Load())
	}
}

// TestCheckNobody: a URL where nobody is, and none at all.
func TestCheckNobody(t *testing.T) {
	c := checked(t, "http://"+busy.Nobody(t)+"/wechat")
	got, err := c.Check(t.Context(), emulator.DefaultAppID)
	if err != nil || got.OK || got.Accepted || len(got.Findings) == 0 || got.Error != "" {
		t.Errorf("%+v, %v", got, err)
	}
	for lang, word := range map[finding.Lang]string{finding.English: "no url", finding.Chinese: "没有设置 URL"} {
		c.Lang = lang
		got, err := c.Check(t.Context(), "wx00000000000000aa")
		if err != nil || got.OK || got.Findings == nil || len(got.Findings) != 0 || !strings.Contains(got.Error, word) {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if _, err := c.Check(t.Context(), "wx9"); err == nil || !strings.Contains(err.Error(), "wx9") {
		t.Errorf("an account that is not there: %v", err)
	}
	c.Lang = "fr"
	if _, err := c.Check(t.Context(), ""); err == nil {
		t.Error("a language that is not there is taken")
	}
}

// TestCheckSilence: a server that says nothing is told so when the time is over,
// with what is known.
func TestCheckSilence(t *testing.T) {
	end := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-end }))
	defer server.Close()
	defer close(end)
	_, c := start(t, emulator.Config{
		Accounts: []emulator.Account{{AppID: emulator.DefaultAppID, URL: server.URL}}, Timeout: 200 * time.Millisecond,
	})
	got, err := c.Check(t.Context(), "")
	if err != nil || got.OK || len(got.Findings) == 0 || got.Findings[0].ID != "V37" {
		t.Errorf("%+v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Check(ctx, ""); err == nil {
		t.Error("who has gone away got an answer")
	}
}

// TestChecksInTurn: one check of an account at a time, whoever asks.
func TestChecksInTurn(t *testing.T) {
	var under, most atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if n := under.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer under.Add(-1)
		time.Sleep(10 * time.Millisecond) // for the others to come in
		_, _ = w.Write([]byte(req.FormValue("echostr")))
	}))
	defer server.Close()
	c := checked(t, server.URL)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if got, err := c.Check(t.Context(), ""); err != nil || !got.OK {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("%d requests at once", most.Load())
	}
}
