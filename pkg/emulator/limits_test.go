package emulator_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/reply"
)

// talking is a server that replies with what says makes of a text, and with
// success where that is empty.
func talking(t *testing.T, says func(text string) string) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the emulator has gone away
		}
		m, err := message.Parse(body)
		if err != nil {
			t.Error(err)
			return
		}
		said := says(m.Get("Content"))
		if said == "" {
			_, _ = io.WriteString(w, "success")
			return
		}
		b, err := reply.Text(m, time.Now(), said).Append(nil)
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(b)
	}))
	t.Cleanup(srv.Close)
	return srv
}

// TestChatsAreBounded: however many users write, what is remembered of their
// chats has a limit, and the oldest lines go.
func TestChatsAreBounded(t *testing.T) {
	const users, limit = 300, 16 << 20
	e, err := emulator.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 100<<10) // more than a line keeps
	for n := range users {
		if _, err := e.Act(t.Context(), emulator.Action{User: fmt.Sprint("u", n), Do: "text", Value: long}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := e.Users("")
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, u := range all {
		for _, item := range u.Chat {
			size += len(item.Body) + len(item.Text)
		}
	}
	if size > limit || size < limit/2 {
		t.Errorf("%d bytes of chats are kept", size)
	}
	for n, lines := range map[int]int{0: 0, users - 1: 1} {
		if chat, err := e.Chat("", fmt.Sprint("u", n)); err != nil || len(chat) != lines {
			t.Errorf("user %d has %d lines, %v; want %d", n, len(chat), err, lines)
		}
	}
	text, err := e.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := emulator.ParseState("snapshot", text); err != nil {
		t.Errorf("a snapshot of %d bytes: %v", len(text), err)
	}
}

// TestBytesOfALargeAnswer: an answer as large as it likes leaves room for what
// was sent, so that the push can be made again, and for the reply.
func TestBytesOfALargeAnswer(t *testing.T) {
	large := strings.Repeat("x", 200<<10)
	bot := talking(t, func(string) string { return large })
	s := watched(t, emulator.Account{URL: bot.URL}, 1, busy.Net)
	out, err := s.Act(t.Context(), emulator.Action{User: "alice", Do: "text", Value: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Detail(out.Push.ID)
	if err != nil {
		t.Fatal(err)
	}
	a := d.Attempts[0]
	if a.Sent.Cut || len(a.Sent.Data) != a.Sent.Size || d.Plain.Cut {
		t.Errorf("of %d bytes that were sent %d are kept", a.Sent.Size, len(a.Sent.Data))
	}
	for name, b := range map[string]*emulator.Bytes{"received": a.Received, "reply_plain": d.ReplyPlain} {
		if !b.Cut || b.Size < len(large) || len(b.Data) < 30<<10 || len(b.Data) > 34<<10 {
			t.Errorf("%s: %d bytes are kept of %d, cut %v", name, len(b.Data), b.Size, b.Cut)
		}
	}
	if _, err := d.Request(); err != nil {
		t.Errorf("its request: %v", err)
	}
	for _, r := range s.Pushes(emulator.PushMatch{}) {
		if n := len(r.Push.Reply.Text); n > 20<<10 || n < 10<<10 {
			t.Errorf("the list keeps %d bytes of the text", n)
		}
	}
	if n := len(out.Push.Reply.Text); n != len(large) {
		t.Errorf("who waited for it gets %d bytes", n)
	}
	chat, err := s.Chat("", "alice")
	if err != nil || len(chat[1].Text) > 64<<10 || len(chat[1].Body) > 64<<10 {
		t.Errorf("the line has %d and %d bytes, %v", len(chat[1].Text), len(chat[1].Body), err)
	}
}

// TestUserEventsAreFew: a message and its reply tell twice that their user has
// changed, not for each line and each state of it.
func TestUserEventsAreFew(t *testing.T) {
	bot := talking(t, func(string) string { return "hi" })
	s := watched(t, emulator.Account{URL: bot.URL}, 1, busy.Net)
	w := watch(t, s.URL, "")
	b := &bench{Emulator: s.Emulator, t: t}
	alice := b.act("alice", "text", "hello").User
	counted := map[string]int{}
	for e := range w.c {
		counted[e.kind]++
		if e.kind == emulator.EventPushEnd {
			break
		}
	}
	if counted[emulator.EventUser] != 2 || counted[emulator.EventChat] != 4 {
		t.Errorf("there were %v", counted)
	}
	b.login()
	tag := ""
	for _, c := range []struct{ path, body string }{
		{"message/custom/typing", `{"touser":"USER","command":"Typing"}`},
		{"user/info/updateremark", `{"openid":"USER","remark":"x"}`},
		{"tags/create", `{"tag":{"name":"t"}}`},
		{"tags/members/batchtagging", `{"openid_list":["USER"],"tagid":TAG}`},
		{"tags/members/batchuntagging", `{"openid_list":["USER"],"tagid":TAG}`},
	} {
		got := b.ok("POST", "/cgi-bin/"+c.path, strings.NewReplacer("USER", alice, "TAG", tag).Replace(c.body))
		if c.path == "tags/create" {
			tag = fmt.Sprint(got["tag"].(map[string]any)["id"])
			continue
		}
		if u := w.next(emulator.EventUser).data; u["appid"] != emulator.DefaultAppID || u["user"].(map[string]any)["openid"] != alice {
			t.Errorf("%s: %v", c.path, u)
		}
	}
	if _, err := s.UpdateUser("", "alice", func(u *emulator.User) error { u.Nickname = "A"; return nil }); err != nil {
		t.Fatal(err)
	}
	if u := w.next(emulator.EventUser).data; u["appid"] != emulator.DefaultAppID {
		t.Errorf("a user of no account has changed: %v", u)
	}
}

// TestResetEndsWhatWasSaid: what is replied to a message of before a reset is in
// no chat of after it. A change of the account loses nothing.
func TestResetEndsWhatWasSaid(t *testing.T) {
	release, came := make(chan struct{}), make(chan struct{}, 2)
	bot := talking(t, func(string) string {
		came <- struct{}{}
		<-release
		return "hi"
	})
	s := watched(t, emulator.Account{URL: bot.URL}, 1, busy.Net)
	if _, err := s.UpdateUser("", "bob", func(*emulator.User) error { return nil }); err != nil {
		t.Fatal(err)
	}
	text, err := s.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Restore("snapshot", text); err != nil {
		t.Fatal(err)
	}
	start := func() int64 {
		started, err := s.Start(emulator.Action{User: "bob", Do: "text", Value: "hello"})
		if err != nil {
			t.Fatal(err)
		}
		<-came
		return started.Push
	}
	before := start()
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	after := start()
	if _, err := s.UpdateUser("", "bob", func(u *emulator.User) error { u.Nickname = "B"; return nil }); err != nil {
		t.Fatal(err)
	}
	close(release)
	ctx, cancel := context.WithTimeout(t.Context(), busy.Net)
	defer cancel()
	if _, err := s.Wait(ctx, emulator.Match{Kind: emulator.KindPush}, 2); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(busy.Net); ; time.Sleep(time.Millisecond) {
		chat, err := s.Chat("", "bob")
		if err != nil {
			t.Fatal(err)
		}
		if len(chat) == 2 && chat[0].Push == after && chat[0].State == "ok" && chat[1].Push == after {
			break
		}
		for _, item := range chat {
			if item.Push == before {
				t.Fatalf("after the reset the chat has %+v", item)
			}
		}
		if time.Now().After(end) {
			t.Fatalf("the chat is %+v", chat)
		}
	}
}

// TestWhatACallAnswers: which push a customer-service message is tied to.
func TestWhatACallAnswers(t *testing.T) {
	bot := talking(t, func(text string) string {
		if text == "now" {
			return "hi"
		}
		return ""
	})
	s := watched(t, emulator.Account{URL: bot.URL}, 1, busy.Net)
	b := &bench{Emulator: s.Emulator, t: t}
	b.login()
	alice := b.act("alice", "text", "now").User
	answers := func() int64 {
		t.Helper()
		b.ok("POST", "/cgi-bin/message/custom/send", `{"touser":"`+alice+`","msgtype":"text","text":{"content":"x"}}`)
		chat, err := s.Chat("", "alice")
		if err != nil {
			t.Fatal(err)
		}
		return chat[len(chat)-1].Answers
	}
	say := func(text string) int64 { return b.act("alice", "text", text).Push.ID }

	now := say("now")
	if got := answers(); got != now {
		t.Errorf("after a reply: push %d, want %d", got, now)
	}
	later := say("later")
	for range 2 {
		if got := answers(); got != later {
			t.Errorf("after success: push %d, want %d", got, later)
		}
	}
	again := say("now")
	if got := answers(); got != again {
		t.Errorf("after a reply to a newer one: push %d, want %d", got, again)
	}
	out, err := s.PushAgain(t.Context(), later, emulator.Again{Set: map[string]string{"Content": "edited"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := answers(); got != out.Push.ID {
		t.Errorf("after an edited one: push %d, want %d", got, out.Push.ID)
	}
	s.Advance(47 * time.Hour)
	b.login()
	if got := answers(); got != out.Push.ID {
		t.Errorf("after 47 hours: push %d, want %d", got, out.Push.ID)
	}
}
