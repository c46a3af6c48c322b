package control_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/emulator/control"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/reply"
)

// open reads a stream of events until the test ends.
func open(t *testing.T, base, query string, header ...string) *http.Response {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/__wxdev/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

func newServer(t *testing.T) *local.Server {
	t.Helper()
	s, err := local.NewServer(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// TestStreamIsGuarded: nobody else's page reads it, and its headers are those of
// every answer.
func TestStreamIsGuarded(t *testing.T) {
	s := newServer(t)
	for _, attack := range [][]string{
		{"Origin", "https://evil.example.com"}, {"Origin", "null"}, {"Origin", "http://127.0.0.1:1"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"},
	} {
		res := open(t, s.URL, "", attack...)
		if b, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusForbidden || strings.Contains(string(b), "hello") {
			t.Errorf("%v: %d %s", attack, res.StatusCode, b)
		}
	}
	res := open(t, s.URL, "", "Origin", s.URL, "Sec-Fetch-Site", "same-origin")
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		t.Errorf("our own page: %d %v", res.StatusCode, res.Header)
	}
	guarded(t, "the stream", res.Header)
}

// TestStreamsAreCounted: so many read at once, and the next one is told so; when
// one goes, there is room.
func TestStreamsAreCounted(t *testing.T) {
	s := newServer(t)
	var all []*http.Response
	for n := range 32 {
		res := open(t, s.URL, "")
		if res.StatusCode != http.StatusOK {
			t.Fatalf("reader %d: %d", n+1, res.StatusCode)
		}
		all = append(all, res)
	}
	res := open(t, s.URL, "")
	if res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("reader 33: %d", res.StatusCode)
	}
	guarded(t, "reader 33", res.Header)
	all[0].Body.Close()
	for end := time.Now().Add(busy.Net); ; time.Sleep(10 * time.Millisecond) {
		if open(t, s.URL, "").StatusCode == http.StatusOK {
			break
		}
		if time.Now().After(end) {
			t.Fatal("there is no room for another one")
		}
	}
}

// TestNamesInStream: no name that somebody chose makes a line of the stream.
func TestNamesInStream(t *testing.T) {
	s := newServer(t)
	res := open(t, s.URL, "?after=0&boot="+url.QueryEscape("x\nevent: evil\ndata: 1")+"&user=", "Last-Event-ID", "7 event: evil")
	c := &client.Client{BaseURL: s.URL}
	names := []string{"a\nevent: evil\ndata: {}\n\n", "a\r\rb", "\u2028event: evil", "id: 9", ": comment"}
	for _, name := range names {
		_, _ = c.Act(t.Context(), client.Action{User: name, Do: "text", Value: name}) // it may be refused
		_, _ = c.Act(t.Context(), client.Action{AppID: name, User: "alice", Do: "text"})
		_ = c.Fail(t.Context(), client.Fault{Path: name, ErrCode: -1, ErrMsg: name, Count: 1})
		call := s.URL + "/" + url.PathEscape(name) + "?x=" + url.QueryEscape(name)
		if got, err := http.Get(call); err == nil {
			got.Body.Close()
		}
	}
	if err := c.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	known := []string{
		emulator.EventHello, emulator.EventGap, emulator.EventChat, emulator.EventPushStart, emulator.EventPushAttempt, emulator.EventPushEnd, emulator.EventEntry,
		emulator.EventUser, emulator.EventAccount, emulator.EventClock, emulator.EventFaults, emulator.EventH5, emulator.EventLog, emulator.EventReset,
	}
	for lines.Scan() {
		line := lines.Text()
		field, value, _ := strings.Cut(line, ": ")
		switch field {
		case "", "id", "retry":
		case "event":
			if !slices.Contains(known, value) {
				t.Errorf("an event of nobody's: %q", line)
			}
			if value == emulator.EventReset {
				return
			}
		case "data":
			if !json.Valid([]byte(value)) || strings.ContainsAny(value, "\r\u2028") {
				t.Errorf("data %q", value)
			}
		default:
			t.Errorf("a line of nobody's: %q", line)
		}
	}
	t.Errorf("the stream has ended: %v", lines.Err())
}

// TestReadersOfStreamsAtOnce is for the race detector: some read what others do,
// and come and go.
func TestReadersOfStreamsAtOnce(t *testing.T) {
	s := newServer(t)
	c := &client.Client{BaseURL: s.URL}
	var wg sync.WaitGroup
	for n := range 6 {
		wg.Go(func() {
			for range 5 {
				ctx, cancel := context.WithCancel(t.Context())
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+fmt.Sprintf("/__wxdev/events?lang=zh&user=u%d", n), nil)
				if err != nil {
					t.Error(err)
				}
				if res, err := http.DefaultClient.Do(req); err == nil {
					_, _ = bufio.NewReader(res.Body).ReadString('\n')
					res.Body.Close()
				}
				cancel()
			}
		})
		wg.Go(func() {
			for i := range 20 {
				_, _ = c.Act(t.Context(), client.Action{User: fmt.Sprint("u", i%6), Do: "text", Value: "hi"})
				for _, path := range []string{"pushes", "log", "users/u1/chat", "pushes/scenario", "pushes/1/curl", "pushes/1"} {
					if res, err := http.Get(s.URL + "/__wxdev/" + path); err == nil {
						res.Body.Close()
					}
				}
			}
		})
	}
	wg.Wait()
}

// TestNoSecretIsTold: no call and no event has a Token, a key, an AppSecret or an
// access_token, also where the server shows them.
func TestNoSecretIsTold(t *testing.T) {
	secrets := []string{"s3cretTokenOfMine", "f00dc0ffeef00dc0ffeef00dc0ffee99", "q" + strings.Repeat("Zx9", 14)}
	told := strings.Join(secrets, " ") + `<a href="http://127.0.0.1/` + secrets[1] + `">x</a>`
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Debug", secrets[0])
		body, _ := io.ReadAll(r.Body)
		if m, err := message.Parse(body); err == nil && m.Get("Encrypt") == "" { // in plain: a reply that tells all
			b, err := reply.Text(m, time.Now(), told).Append(nil)
			if err != nil {
				t.Error(err)
			}
			_, _ = w.Write(b)
			return
		}
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, "<h1>Error</h1> token=%s secret=%s key=%s", secrets[0], secrets[1], secrets[2])
	}))
	defer page.Close()
	s, err := local.NewServer(emulator.Config{
		Accounts: []emulator.Account{{AppID: emulator.DefaultAppID, Token: secrets[0], Secret: secrets[1], AESKey: secrets[2], URL: page.URL, Mode: "safe"}},
		Timeout:  busy.Net, Attempts: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	stream := open(t, s.URL, "")
	res, err := http.Get(s.URL + "/cgi-bin/token?grant_type=client_credential&appid=" + emulator.DefaultAppID + "&secret=" + secrets[1])
	if err != nil {
		t.Fatal(err)
	}
	var grant struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&grant); err != nil || grant.Token == "" {
		t.Fatal(err)
	}
	res.Body.Close()
	secrets = append(secrets, grant.Token)
	if res, err := http.Get(s.URL + "/cgi-bin/menu/get?access_token=" + grant.Token); err == nil {
		res.Body.Close()
	}
	c := &client.Client{BaseURL: s.URL}
	if _, err := c.Act(t.Context(), client.Action{User: "alice", Do: "text", Value: "hi"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Again(t.Context(), 1, client.Again{Mode: "plain"}); err != nil {
		t.Fatal(err)
	}
	look := func(what, text string) {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s tells %s: %.2000s", what, secret, text)
			}
		}
	}
	for _, c := range control.Calls() {
		if c.Method != "GET" || streams(c) || c.Path == "snapshot" { // which is the state, to be restored
			continue
		}
		path := target(c, usual)
		res, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		look(path, string(b))
		var detail any
		if json.Unmarshal(b, &detail) == nil {
			eachBlob(detail, func(text string) { look("the bytes in "+path, text) })
		}
	}
	if err := c.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stream.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() && lines.Text() != "event: "+emulator.EventReset {
		look("the stream", lines.Text())
	}
}

// eachBlob visits all bytes in a JSON value.
func eachBlob(v any, visit func(string)) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			eachBlob(item, visit)
		}
	case map[string]any:
		for name, item := range v {
			if text, ok := item.(string); ok && name == "b64" {
				b, _ := base64.StdEncoding.DecodeString(text)
				visit(string(b))
			}
			eachBlob(item, visit)
		}
	}
}
