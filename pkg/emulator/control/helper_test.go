package control_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// people is a seed.
const people = `
[[account]]
appid = "wx0123456789abcdef"
[[account.tag]]
id = 100
name = "friends"
[[account.user]]
name = "alice"
nickname = "Alice"
tags = [100]
[[account.user]]
name = "bob"
[[account.user]]
name = "carol"
unsubscribed = true
`

// start is the time of the emulator's clock.
var start = time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)

// bench is an emulator with a token of its first account.
type bench struct {
	*local.Emulator
	t     *testing.T
	token string
}

func newBench(t *testing.T, seed string) *bench {
	t.Helper()
	state, err := emulator.ParseState("seed", []byte(seed))
	if err != nil {
		t.Fatal(err)
	}
	e, err := local.New(emulator.Config{Seed: state, Now: func() time.Time { return start }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	b := &bench{Emulator: e, t: t}
	var grant struct {
		Token string `json:"access_token"`
	}
	w := b.do("GET", "/cgi-bin/token?grant_type=client_credential&appid="+emulator.DefaultAppID+"&secret="+emulator.DefaultSecret, "")
	if err := json.Unmarshal(w.Body.Bytes(), &grant); err != nil || grant.Token == "" {
		t.Fatalf("no token: %v, %s", err, w.Body)
	}
	b.token = grant.Token
	return b
}

func (b *bench) do(method, target, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	req.Host = "127.0.0.1:8900"
	w := httptest.NewRecorder()
	b.ServeHTTP(w, req)
	return w
}

// control calls the control API, and demands a status.
func (b *bench) control(status int, method, path, body string) map[string]any {
	b.t.Helper()
	w := b.do(method, "/__wxdev/"+path, body)
	if w.Code != status {
		b.t.Fatalf("%s %s: status %d, want %d: %s", method, path, w.Code, status, w.Body)
	}
	var v map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		b.t.Fatalf("%s %s: %v: %s", method, path, err, w.Body)
	}
	return v
}

// api makes a call of the API with the token, and demands an errcode.
func (b *bench) api(errcode int, method, path, body string) {
	b.t.Helper()
	w := b.do(method, path+"?access_token="+url.QueryEscape(b.token), body)
	var v struct{ ErrCode int }
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || v.ErrCode != errcode {
		b.t.Fatalf("%s %s: %v, %s; want errcode %d", method, path, err, w.Body, errcode)
	}
}
