package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

// signWorld is an account and another profile at an emulator, and a clock.
type signWorld struct {
	t      *testing.T
	emu    *local.Server
	env    *Env
	out    *bytes.Buffer
	errOut *bytes.Buffer
	now    time.Time
}

func newSignWorld(t *testing.T) *signWorld {
	t.Helper()
	w := &signWorld{t: t, now: time.Unix(1_700_000_000, 0)}
	w.env, w.out, w.errOut = testEnv(t)
	w.env.Now = func() time.Time { return w.now }
	other := emulator.Account{AppID: "wxaaaaaaaaaaaaaaaa", Secret: strings.Repeat("a", 32)}
	var err error
	w.emu, err = local.NewServer(emulator.Config{Now: w.env.Now, Accounts: []emulator.Account{{AppID: emulator.DefaultAppID, Secret: emulator.DefaultSecret}, other}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.emu.Close)
	dir, err := w.env.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("[account]\nappid = %q\nsecret = %q\napi_base = %q\n\n[profile.test]\nappid = %q\nsecret = %q\n",
		emulator.DefaultAppID, emulator.DefaultSecret, w.emu.URL, other.AppID, other.Secret)
	if err := os.WriteFile(filepath.Join(dir, "wxdev.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

// run runs wxdev, and returns what it prints on stdout.
func (w *signWorld) run(code int, args ...string) string {
	w.t.Helper()
	w.out.Reset()
	w.errOut.Reset()
	if got := Main(args, w.env); got != code {
		w.t.Fatalf("%q: exit %d, want %d: %s%s", args, got, code, w.out, w.errOut)
	}
	return strings.TrimSuffix(w.out.String(), "\n")
}

// explain explains a signature made with a ticket for a page.
func (w *signWorld) explain(code int, ticket string, more ...string) ExplainReport {
	w.t.Helper()
	const page = "https://example.com/a?x=1"
	args := append([]string{
		"sign-js", "--json", "--explain", jssdk.Sign(ticket, "n1", "1700000000", page), "--nonce", "n1", "--timestamp", "1700000000", page,
	}, more...)
	text := w.run(code, args...)
	var r ExplainReport
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		w.t.Fatal(err)
	}
	if len(ticket) > 20 && strings.Contains(text+w.errOut.String(), ticket) {
		w.t.Errorf("it tells the ticket: %s", text)
	}
	return r
}

func TestSignJSTicketIsKept(t *testing.T) {
	w := newSignWorld(t)
	for range 3 {
		w.run(0, "sign-js", "https://example.com/")
	}
	if entries := w.emu.Log(emulator.Match{Path: "/cgi-bin/ticket/getticket"}); len(entries) != 1 {
		t.Errorf("%d tickets were fetched", len(entries))
	}
	ticket := w.run(0, "ticket")
	text := w.run(0, "sign-js", "--nonce", "n1", "https://example.com/")
	if !strings.Contains(text, jssdk.Sign(ticket, "n1", "1700000000", "https://example.com/")) {
		t.Errorf("it is not signed with the account's ticket: %s", text)
	}
	if strings.Contains(text+w.errOut.String(), ticket) {
		t.Error("it prints the ticket")
	}
}

// TestExplainOtherTickets: those in the cache are tried, and named.
func TestExplainOtherTickets(t *testing.T) {
	w := newSignWorld(t)
	for _, c := range []struct {
		ticket      string
		id, variant string
		code        int
		evidence    string
	}{
		{w.run(0, "ticket"), "", "", 0, ""},
		{w.run(0, "ticket", "--profile", "test"), "J12", "other-account", 1, "profile test, wxaaaaaaaaaaaaaaaa"},
		{w.run(0, "ticket", "--type", "wx_card"), "J16", "card", 1, emulator.DefaultAppID},
		{w.run(0, "token"), "J16", "access-token", 1, emulator.DefaultAppID},
		{w.run(0, "token", "--endpoint", "token"), "J16", "access-token", 1, emulator.DefaultAppID},
		{emulator.DefaultAppID, "J02", "appid", 1, "the AppID"},
		{"undefined", "J02", "unset", 1, `"undefined"`},
	} {
		r := w.explain(c.code, c.ticket)
		if c.id == "" {
			if len(r.Findings) != 0 || !r.OK {
				t.Errorf("right: %+v", r)
			}
			continue
		}
		if len(r.Findings) == 0 || r.Findings[0].ID != c.id || r.Findings[0].Variant != c.variant || !strings.Contains(r.Findings[0].Evidence, c.evidence) {
			t.Errorf("%s %s: %+v", c.id, c.variant, r.Findings)
		}
	}
	// A profile in use sees the others, [account] among them.
	ticket := w.run(0, "ticket")
	if r := w.explain(1, ticket, "--profile", "test"); r.Findings[0].ID != "J12" || !strings.Contains(r.Findings[0].Evidence, "[account], "+emulator.DefaultAppID) {
		t.Errorf("%+v", r.Findings)
	}
	// So does one who gives the ticket: nothing is fetched for it.
	before := len(w.emu.Log(emulator.Match{}))
	if r := w.explain(1, ticket, "--ticket", "givenTICKET"); r.Findings[0].ID != "J02" || r.Findings[0].Variant != "stale" {
		t.Errorf("%+v", r.Findings)
	}
	if after := len(w.emu.Log(emulator.Match{})); after != before {
		t.Errorf("with --ticket %d calls were made", after-before)
	}
}

// TestExplainStaleTicket: the ticket that was kept until now is known too.
func TestExplainStaleTicket(t *testing.T) {
	w := newSignWorld(t)
	old := w.run(0, "ticket")
	w.now = w.now.Add(3 * time.Hour)
	r := w.explain(1, old)
	if len(r.Findings) != 1 || r.Findings[0].ID != "J02" || r.Findings[0].Variant != "stale" {
		t.Errorf("%+v", r.Findings)
	}
	if fresh := w.run(0, "ticket"); fresh == old {
		t.Error("the ticket was not replaced")
	}
}

// TestExplainPage reads the config out of a page.
func TestExplainPage(t *testing.T) {
	w := newSignWorld(t)
	ticket := w.run(0, "ticket")
	agents := map[string]string{}
	var site *httptest.Server
	config := func(page string) string {
		return jssdk.NewConfig(emulator.DefaultAppID, ticket, site.URL+page, "n1", "1700000000").JS()
	}
	mux := http.NewServeMux()
	page := func(path, content string) {
		mux.HandleFunc(path, func(rw http.ResponseWriter, r *http.Request) {
			agents[r.RequestURI] = r.UserAgent()
			rw.Header().Set("Content-Type", "text/html")
			fmt.Fprint(rw, content)
		})
	}
	site = httptest.NewServer(mux)
	defer site.Close()
	page("/right", "<script>"+config("/right?a=1")+"</script>")
	page("/clean", "<script>"+config("/clean")+"</script>")
	page("/long", "<script>"+config("/long")+"</script>"+strings.Repeat(" ", 2<<20))
	page("/late", strings.Repeat(" ", 2<<20)+"<script>"+config("/late")+"</script>")
	page("/none", "<h1>\x1b[31mhello</h1>")
	mux.HandleFunc("/moved", func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/right?b=2", http.StatusFound) })
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/cut", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Length", "1000")
		fmt.Fprint(rw, "<script>")
	})

	for _, c := range []struct {
		path string
		code int
		says string // on stdout or stderr
	}{
		{"/right?a=1#top", 0, "the signature is right for " + site.URL + "/right?a=1"},
		{"/clean?from=timeline&isappinstalled=0", 1, "J07 error"},
		{"/long", 0, "longer than 1 MiB"},
		{"/late", 3, "no wx.config in"},
		{"/none", 3, "hint: where the page asks an API for its config"},
		{"/moved", 3, "it redirects (302) to \"" + site.URL + "/right?b=2\", which was not followed"},
		{"/missing", 3, "the answer is 404"},
		{"/cut", 3, "unexpected EOF"},
		{"/\x01", 2, "invalid control character"},
	} {
		w.run(c.code, "sign-js", "--explain", site.URL+c.path)
		said := w.out.String() + w.errOut.String()
		if !strings.Contains(said, c.says) || strings.ContainsRune(said, '\x1b') || strings.Contains(said, ticket) {
			t.Errorf("%s: %s", c.path, said)
		}
	}
	if !strings.Contains(agents["/right?a=1"], "MicroMessenger/") || agents["/right?b=2"] != "" {
		t.Errorf("pages were asked for as %q; the redirect is not followed", agents)
	}
	w.run(3, "sign-js", "--timeout", "50ms", "--explain", site.URL+"/slow")
	if said := w.errOut.String(); !strings.Contains(said, "it takes longer than 50ms") {
		t.Errorf("a slow page: %s", said)
	}
	nobody := "http://" + busy.Nobody(t)
	w.run(3, "sign-js", "--explain", nobody+"/right")
	if said := w.errOut.String(); !strings.Contains(said, "connect") || strings.Count(said, nobody) != 1 {
		t.Errorf("no server: %s", said)
	}
}

// TestSignJSServe: how the server is put together. The browser's side of it is
// tested in package devserver.
func TestSignJSServe(t *testing.T) {
	w := newSignWorld(t)
	ready := filepath.Join(t.TempDir(), "ready")
	o := &signJSOptions{caller: caller{globals: &globals{env: w.env, lang: "en", color: "auto"}}, addr: "127.0.0.1:0", readyFile: ready}
	o.ticketText, o.appid = "someTICKET", emulator.DefaultAppID
	o.answerTexts = []string{"scanQRCode=store_7"}
	if err := o.readAnswers(); err != nil {
		t.Fatal(err)
	}
	cmd := newSignJS(o.globals)
	var err error
	if o.conf, err = o.load(cmd); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.runServe(ctx) }()
	base := ""
	for end := time.Now().Add(busy.Net); base == "" && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		b, _ := os.ReadFile(ready)
		base = strings.TrimSpace(string(b))
	}
	ask := func(method, path, body string, header ...string) int {
		req, err := http.NewRequestWithContext(ctx, method, base+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	config := jssdk.NewConfig(emulator.DefaultAppID, "someTICKET", "http://localhost:3000/#\x1b", "n1", "1700000000")
	text, err := json.Marshal(map[string]any{"config": config, "url": "http://localhost:3000/#\x1b"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		got, want int
	}{
		{ask("GET", "/sign?url=http://localhost:3000/", ""), 200},
		{ask("GET", "/sign?url=http://localhost:3000/", "", "Origin", "http://evil.example\x80"), 403},
		{ask("POST", "/check", string(text), "Content-Type", "application/json"), 200},
		{ask("POST", "/check", `{"config":{},"url":"http://a.cn/"}`, "Content-Type", "application/json"), 200},
		{ask("POST", "/call", `{"call":"scanQRCode","url":"http://a.cn/"}`, "Content-Type", "application/json"), 200},
		{ask("POST", "/call", `{"call":"getLocation","url":"http://a.cn/","refused":"permission denied\u001b"}`, "Content-Type", "application/json"), 200},
	} {
		if c.got != c.want {
			t.Errorf("status %d, want %d", c.got, c.want)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	printed := w.out.String()
	for _, want := range []string{
		`signed   "http://localhost:3000/"`, `refused  "/sign"  for "http://evil.example\x80"`,
		`config:fail  "http://localhost:3000/#\x1B"`, `called   "http://a.cn/"  scanQRCode:ok`, `getLocation:permission denied\x1B`, "J14 the URL was signed with its fragment, from the # on", "J19 wx.config has no appId",
	} {
		if !strings.Contains(printed, want) {
			t.Errorf("it does not print %s: %s", want, printed)
		}
	}
	if strings.Contains(printed+w.errOut.String(), "someTICKET") || strings.ContainsRune(printed, '\x1b') {
		t.Errorf("it prints %q", printed)
	}
}

func TestReachable(t *testing.T) {
	for address, want := range map[string]string{"127.0.0.1:0": "127.0.0.1:", "0.0.0.0:0": "127.0.0.1:", "[::1]:0": "[::1]:"} {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
		if err != nil {
			t.Logf("%s: %v", address, err) // no IPv6 here
			continue
		}
		if got := reachable(l.Addr()); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", address, got)
		}
		l.Close()
	}
}
