package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/tokenstore"
)

func start(t *testing.T, cfg emulator.Config) (*local.Server, *client.Client) {
	t.Helper()
	s, err := local.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, &client.Client{BaseURL: s.URL}
}

// call makes a call of the API, and returns what it answers.
func call(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	b := make([]byte, 4096)
	n, _ := res.Body.Read(b)
	return string(b[:n])
}

func TestActAndChat(t *testing.T) {
	bot := httptest.NewServer(&receiver.Handler{
		Token: emulator.DefaultToken,
		Reply: func(in *message.Message) *message.Message { return reply.Text(in, time.Now(), in.Get("Content")+"!") },
	})
	defer bot.Close()
	_, c := start(t, emulator.Config{
		Accounts: []emulator.Account{{AppID: emulator.DefaultAppID, URL: bot.URL}, {AppID: "wx00000000000000aa"}},
		Timeout:  busy.Net,
	})
	out, err := c.Act(t.Context(), client.Action{User: "al/ice", Do: "text", Value: "hi"})
	if err != nil || out.User == "" || out.Push == nil || !out.Push.OK || out.Push.Reply == nil || out.Push.Reply.Text != "hi!" {
		t.Fatalf("%+v, %v", out, err)
	}
	if out, err = c.Act(t.Context(), client.Action{User: "al/ice", Do: "location", Fields: map[string]string{"lat": "31.5", "Label": "here"}}); err != nil || out.Push.Message != "location" {
		t.Errorf("%+v, %v", out, err)
	}
	if out, err = c.Act(t.Context(), client.Action{AppID: "wx00000000000000aa", User: "bob", Do: "code"}); err != nil || out.Code == "" || out.Push != nil {
		t.Errorf("%+v, %v", out, err)
	}
	chat, err := c.Chat(t.Context(), "", "al/ice")
	if err != nil || len(chat) < 2 || chat[0].From != "user" || chat[0].Text != "hi" || chat[1].Via != "reply" || chat[1].Body == "" || chat[0].Time.IsZero() {
		t.Errorf("%+v, %v", chat, err)
	}
	var refused *client.Error
	if _, err := c.Act(t.Context(), client.Action{User: "alice", Do: "teleport"}); !errors.As(err, &refused) || refused.Status != 400 || !strings.Contains(err.Error(), "teleport") {
		t.Errorf("error %v", err)
	}
	if chat, err := c.Chat(t.Context(), "wx9", "alice"); err == nil {
		t.Errorf("%+v of no account", chat)
	}
}

// TestOpenWindow lets the server write to a user whom the emulator has never seen.
func TestOpenWindow(t *testing.T) {
	s, c := start(t, emulator.Config{})
	const openID = "oAbCdEfGhIjKlMnOpQrStUvWxYz0"
	tokens := api.New(api.Options{Base: s.URL, AppID: emulator.DefaultAppID, Secret: emulator.DefaultSecret, Store: &tokenstore.Memory{}, HTTP: http.DefaultClient})
	body := []byte(`{"touser":"` + openID + `","msgtype":"text","text":{"content":"hi"}}`)
	var refused *api.Error
	if err := tokens.SendCustom(t.Context(), body); !errors.As(err, &refused) || refused.Code != 40003 {
		t.Errorf("a stranger: %v", err)
	}
	for range 2 { // once more opens it anew
		if err := c.OpenWindow(t.Context(), emulator.DefaultAppID, openID); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if err := tokens.SendCustom(t.Context(), body); err != nil {
				t.Error(err)
			}
		}
		if err := tokens.SendCustom(t.Context(), body); !errors.As(err, &refused) || refused.Code != 45047 {
			t.Errorf("a sixth message: %v", err)
		}
	}
	if err := c.OpenWindow(t.Context(), "wx9", openID); err == nil {
		t.Error("an account that is not there has users")
	}
}

func TestLog(t *testing.T) {
	s, c := start(t, emulator.Config{})
	const path = "/cgi-bin/menu/get"
	if entries, err := c.Log(t.Context(), client.Match{}); err != nil || len(entries) != 0 {
		t.Errorf("%+v, %v", entries, err)
	}
	go call(t, s.URL+path)
	code := 41001
	match := client.Match{Kind: "api", Method: "get", Path: "/cgi-bin/*", ErrCode: &code, Contains: "", After: 0}
	entries, err := c.Wait(t.Context(), match, 1)
	if err != nil || len(entries) != 1 || entries[0].Path != path || entries[0].ErrCode != code || entries[0].Status != 200 {
		t.Errorf("%+v, %v", entries, err)
	}
	busy.Patiently(t, 50*time.Millisecond, func(limit time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		if entries, err := c.Wait(ctx, match, 2); !errors.Is(err, context.DeadlineExceeded) || len(entries) != 1 {
			return fmt.Errorf("a wait that was in vain has %d entries: %v", len(entries), err)
		}
		return nil
	})
	match.After = entries[0].ID
	if entries, err := c.Log(t.Context(), match); err != nil || len(entries) != 0 {
		t.Errorf("%+v, %v", entries, err)
	}
	if _, err := c.Wait(t.Context(), client.Match{}, -1); err != nil {
		t.Errorf("a wait for nothing: %v", err)
	}
}

func TestState(t *testing.T) {
	s, c := start(t, emulator.Config{})
	const path = "/cgi-bin/menu/get"
	if err := c.Fail(t.Context(), client.Fault{Path: path, ErrCode: 50002, Count: 1, Delay: time.Microsecond}); err != nil {
		t.Fatal(err)
	}
	if got := call(t, s.URL+path); !strings.Contains(got, `"errcode":50002`) {
		t.Errorf("the fault answers %s", got)
	}
	if err := c.Fail(t.Context(), client.Fault{}); err == nil {
		t.Error("a fault that does nothing is taken")
	}
	if err := c.Fail(t.Context(), client.Fault{Drop: true}); err != nil {
		t.Fatal(err)
	}
	if err := c.ClearFaults(t.Context()); err != nil || len(s.Faults()) != 0 {
		t.Errorf("%d faults, %v", len(s.Faults()), err)
	}
	if err := c.Advance(t.Context(), 90*time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, offset := s.Clock(); offset != 90*time.Minute {
		t.Errorf("the clock is %s off", offset)
	}
	call(t, s.URL+"/cgi-bin/token?grant_type=client_credential&appid="+emulator.DefaultAppID+"&secret="+emulator.DefaultSecret)
	if n, err := c.Expire(t.Context(), "", "stable_token"); err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := c.Expire(t.Context(), emulator.DefaultAppID, ""); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	if err := c.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, offset := s.Clock(); offset != 0 || len(s.Log(emulator.Match{})) != 0 {
		t.Errorf("reset: the clock is %s off", offset)
	}
}

// TestReady tells an emulator from another server, and from none.
func TestReady(t *testing.T) {
	s, c := start(t, emulator.Config{})
	for _, base := range []string{s.URL, s.URL + "/"} {
		if err := (&client.Client{BaseURL: base}).Ready(t.Context()); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
	handlers := []http.Handler{http.NotFoundHandler()}
	for _, answer := range []string{"", "hello", "{}", `{"ready":false}`, `{"ready":"yes"}`} {
		handlers = append(handlers, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) }))
	}
	for i, h := range handlers {
		other := httptest.NewServer(h)
		if err := (&client.Client{BaseURL: other.URL, HTTP: other.Client()}).Ready(t.Context()); err == nil {
			t.Errorf("server %d is taken for an emulator", i)
		} else if fault := bilingual.Fault(err); fault != "" {
			t.Error(fault)
		}
		other.Close()
	}
	for _, base := range []string{"http://" + busy.Nobody(t), "", "\x7f"} {
		if err := (&client.Client{BaseURL: base}).Ready(t.Context()); err == nil {
			t.Errorf("nobody at %q is ready", base)
		}
	}
	s.Close()
	if err := c.Ready(t.Context()); err == nil {
		t.Error("one that was closed still runs")
	}
}

// TestWaitThatDoesNotWait: who says at once that the time is over is not asked
// over and over again.
func TestWaitThatDoesNotWait(t *testing.T) {
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusRequestTimeout)
	}))
	defer s.Close()
	var refused *client.Error
	if _, err := (&client.Client{BaseURL: s.URL}).Wait(t.Context(), client.Match{}, 1); !errors.As(err, &refused) || asked != 1 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}

// TestAnotherProtocol: an answer whose body has no end, since it is the
// connection, is refused at once.
func TestAnotherProtocol(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		io.Copy(io.Discard, conn)
	}))
	defer s.Close()
	c := &client.Client{BaseURL: s.URL}
	var e *client.Error
	if err := c.Ready(t.Context()); !errors.As(err, &e) || e.Status != http.StatusSwitchingProtocols {
		t.Errorf("got %v", err)
	}
}
