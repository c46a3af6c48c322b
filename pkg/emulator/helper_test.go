package emulator_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// bench is an emulator with a clock of its own, and a client of it.
type bench struct {
	*local.Emulator
	t     *testing.T
	clock *clock
	token string
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// start is noon in China.
var start = time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)

// newBench makes an emulator from a seed in TOML.
func newBench(t *testing.T, seed string) *bench {
	t.Helper()
	c := &clock{now: start}
	state, err := emulator.ParseState("seed", []byte(seed))
	if err != nil {
		t.Fatal(err)
	}
	e, err := local.New(emulator.Config{
		Seed: state, Now: c.Now, Rand: rand.NewChaCha8([32]byte{1}), Timeout: busy.Net, Attempts: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	b := &bench{Emulator: e, t: t, clock: c}
	b.login()
	return b
}

// login fetches a token of the first account.
func (b *bench) login() {
	b.t.Helper()
	appid, secret := emulator.DefaultAppID, emulator.DefaultSecret
	b.token = b.ok("GET", "/cgi-bin/token?grant_type=client_credential&appid="+appid+"&secret="+secret, "")["access_token"].(string)
}

// do makes a request, with the token in place of %s.
func (b *bench) do(method, target, body string) *httptest.ResponseRecorder {
	b.t.Helper()
	if strings.HasPrefix(target, "/cgi-bin/") && !strings.Contains(target, "access_token") && !strings.Contains(target, "secret") {
		join := "?"
		if strings.Contains(target, "?") {
			join = "&"
		}
		target += join + "access_token=" + url.QueryEscape(b.token)
	}
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	req.Host = "127.0.0.1:8900"
	w := httptest.NewRecorder()
	b.ServeHTTP(w, req)
	return w
}

// api makes a call and reads its JSON.
func (b *bench) api(method, target, body string) map[string]any {
	b.t.Helper()
	w := b.do(method, target, body)
	if w.Code != http.StatusOK {
		b.t.Fatalf("%s %s: status %d: %s", method, target, w.Code, w.Body)
	}
	var v map[string]any
	dec := json.NewDecoder(bytes.NewReader(w.Body.Bytes()))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		b.t.Fatalf("%s %s: %v: %s", method, target, err, w.Body)
	}
	return v
}

// ok is api for a call that has to succeed.
func (b *bench) ok(method, target, body string) map[string]any {
	b.t.Helper()
	v := b.api(method, target, body)
	if code, has := v["errcode"]; has && code != json.Number("0") {
		b.t.Fatalf("%s %s %s: %v", method, target, body, v)
	}
	return v
}

var rid = regexp.MustCompile(` rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$`)

// fails makes a call that has to fail with a code, and returns the text in
// front of the rid.
func (b *bench) fails(code int, method, target, body string) string {
	b.t.Helper()
	v := b.api(method, target, body)
	n, _ := v["errcode"].(json.Number)
	if got, _ := n.Int64(); int(got) != code {
		b.t.Fatalf("%s %s %s: %v, want errcode %d", method, target, body, v, code)
	}
	msg := v["errmsg"].(string)
	if !rid.MatchString(msg) {
		b.t.Fatalf("%s %s: errmsg %q has no rid at its end", method, target, msg)
	}
	return strings.TrimSuffix(rid.ReplaceAllString(msg, ""), ",")
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

// act lets a user do something.
func (b *bench) act(user, do, value string) *emulator.Outcome {
	b.t.Helper()
	out, err := b.Act(b.t.Context(), emulator.Action{User: user, Do: do, Value: value})
	if err != nil {
		b.t.Fatalf("%s %s %q: %v", user, do, value, err)
	}
	return out
}

func readAll(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func listen(tb testing.TB) net.Listener {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	return l
}
