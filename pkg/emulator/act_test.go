package emulator_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
)

// server is a developer's server: it keeps what comes, and answers texts.
type server struct {
	*httptest.Server
	got []*message.Message
}

func newServer(t *testing.T, h *receiver.Handler) *server {
	t.Helper()
	s := &server{}
	h.Token = emulator.DefaultToken
	h.Reply = func(in *message.Message) *message.Message {
		s.got = append(s.got, in)
		if in.Get("Content") != "" {
			return reply.Text(in, time.Now(), "echo "+in.Get("Content"))
		}
		return nil
	}
	s.Server = httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// withServer points the account at the server, in a mode.
func (b *bench) withServer(s *server, mode string) {
	b.t.Helper()
	if err := b.UpdateAccount("", func(a *emulator.Account) error {
		a.URL, a.Mode = s.URL+"/wechat", mode
		return nil
	}); err != nil {
		b.t.Fatal(err)
	}
}

// TestActPushes lets a user do things and looks at what the server gets, in
// every mode.
func TestActPushes(t *testing.T) {
	key, err := msgcrypt.ParseKey(emulator.DefaultAESKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"plain", "compat", "safe"} {
		t.Run(mode, func(t *testing.T) {
			s := newServer(t, &receiver.Handler{Codec: msgcrypt.New(key, emulator.DefaultAppID), SafeOnly: mode == "safe"})
			b := newBench(t, people)
			b.withServer(s, mode)
			b.ok("POST", createPath, goodMenu)

			out := b.act("alice", "text", "你好 & <hi>")
			if !out.Push.OK || out.Push.Seen != reply.SeenReply || out.Push.Reply.Text != "echo 你好 & <hi>" {
				t.Errorf("text: %+v", out.Push)
			}
			chat, err := b.Chat("", "alice")
			if err != nil || len(chat) != 2 || chat[1].Via != "reply" || chat[1].Text != "echo 你好 & <hi>" {
				t.Errorf("chat %+v, %v", chat, err)
			}
			b.act("alice", "tap", "V1001")
			b.act("alice", "tap", "2.1")
			b.act("alice", "unfollow", "")
			b.act("alice", "follow", "")
			var events []string
			for _, m := range s.got {
				events = append(events, m.Label().In(finding.English)+" "+m.Get("EventKey"))
				if m.Get("FromUserName") != message.OpenID("alice") || m.Get("ToUserName") != message.OriginalID(emulator.DefaultAppID) {
					t.Errorf("%s is from %s to %s", m.Label().In(finding.English), m.Get("FromUserName"), m.Get("ToUserName"))
				}
			}
			want := []string{"text ", "event CLICK V1001", "event VIEW https://example.com/?a=1&b=2", "event unsubscribe ", "event subscribe "}
			if !slices.Equal(events, want) {
				t.Errorf("the server got %q, want %q", events, want)
			}
		})
	}
}

// TestActFault: a server that fails is seen in the chat, with the finding.
func TestActFault(t *testing.T) {
	b := newBench(t, people)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }))
	defer s.Close()
	b.withServer(&server{Server: s}, "plain")
	out := b.act("alice", "text", "hi")
	if out.Push.OK || out.Push.Seen != reply.SeenFault || len(out.Push.Findings) != 1 || out.Push.Findings[0].ID != "M19" || out.Push.Findings[0].Title == "" {
		t.Errorf("push %+v", out.Push)
	}
	chat, err := b.Chat("", "alice")
	if err != nil || chat[1].From != "wechat" || chat[1].Text != reply.FaultAccount {
		t.Errorf("chat %+v, %v", chat, err)
	}
	entries := b.Log(emulator.Match{Kind: emulator.KindPush, User: message.OpenID("alice")})
	if len(entries) != 1 || entries[0].Status != 500 || !strings.Contains(entries[0].Body, "<![CDATA[hi]]>") || entries[0].Path != "/wechat" {
		t.Errorf("log %+v", entries)
	}
}

// TestActEnds: a server that ends over a message is said to.
func TestActEnds(t *testing.T) {
	b := newBench(t, people)
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		s.Listener.Close()
		panic(http.ErrAbortHandler)
	}))
	defer s.Close()
	b.withServer(&server{Server: s}, "plain")
	out := b.act("alice", "text", "hi")
	found := out.Push.Findings
	if out.Push.Seen != reply.SeenFault || len(found) != 1 || found[0].ID != "M30" || found[0].Variant != "dies" || found[0].Evidence == "" {
		t.Errorf("push %+v", out.Push)
	}
}

// TestActGivenUp: whoever acts and does not wait proves nothing against the
// server.
func TestActGivenUp(t *testing.T) {
	b := newBench(t, people)
	ctx, cancel := context.WithCancel(t.Context())
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	}))
	defer s.Close()
	b.withServer(&server{Server: s}, "plain")
	out, err := b.Act(ctx, emulator.Action{User: "alice", Do: "text", Value: "hi"})
	if !errors.Is(err, context.Canceled) || out == nil || out.Push.OK || out.Push.Seen != reply.SeenUnknown || len(out.Push.Findings) > 0 {
		t.Errorf("%+v, %v", out, err)
	}
	if chat, err := b.Chat("", "alice"); err != nil || len(chat) != 1 {
		t.Errorf("chat %+v, %v", chat, err)
	}
}

// TestActJSON: a mini program's server gets JSON, and nothing that mini
// programs are not told.
func TestActJSON(t *testing.T) {
	b := newBench(t, "[[account]]\nappid = \"wx0123456789abcdef\"\nformat = \"json\"\n")
	s := newServer(t, &receiver.Handler{})
	b.withServer(s, "plain")
	out := b.act("alice", "text", "hi")
	if out.Push == nil || len(s.got) != 1 || s.got[0].Format != msgcrypt.JSON {
		t.Errorf("push %+v, got %v", out.Push, s.got)
	}
	if out := b.act("alice", "click", "KEY"); out.Push != nil {
		t.Errorf("a mini program was told of a click: %+v", out.Push)
	}
}

func TestTap(t *testing.T) {
	b := newBench(t, people)
	if _, err := b.Act(t.Context(), emulator.Action{User: "alice", Do: "tap", Value: "1"}); err == nil {
		t.Error("a menu that is not there was tapped")
	}
	b.ok("POST", createPath, `{"button":[{"type":"media_id","name":"图","media_id":"MEDIA"},
		{"type":"miniprogram","name":"小程序","url":"http://example.com/","appid":"wx0123456789abcdef","pagepath":"pages/a"},
		{"name":"更多","sub_button":[{"type":"location_select","name":"位置","key":"LOC"},{"type":"article_id","name":"文","article_id":"ART"}]}]}`)
	for value, opened := range map[string]string{"图": "MEDIA", "2": "wx0123456789abcdef pages/a", "3.2": "ART", "LOC": "", "位置": ""} {
		if out := b.act("alice", "tap", value); out.Opened != opened {
			t.Errorf("tap %q opened %q, want %q", value, out.Opened, opened)
		}
	}
	for _, value := range []string{"", "更多", "4", "3.3", "nothing"} {
		if _, err := b.Act(t.Context(), emulator.Action{User: "alice", Do: "tap", Value: value}); err == nil {
			t.Errorf("tap %q worked", value)
		} else if !strings.Contains(err.Error(), "only opens its submenu") && !strings.Contains(err.Error(), "it has 1 ") {
			t.Errorf("tap %q: %v", value, err)
		}
	}
}

func TestActErrors(t *testing.T) {
	b := newBench(t, people)
	for _, a := range []emulator.Action{
		{User: "alice", Do: "txet", Value: "hi"},
		{User: "", Do: "text", Value: "hi"},
		{User: strings.Repeat("x", 65), Do: "text"},
		{User: "alice", Do: "text", AppID: "wx9"},
		{User: "alice", Do: "oauth", Value: "snsapi_all"},
		{User: "alice", Do: "scan", Value: "nothing"},
		{User: "alice", Do: "text", Fields: map[string]string{"Nothing.There[0]": "x"}},
		{User: "alice", Do: "subscribe_msg_sent_event", Value: "x", Fields: map[string]string{"": "x"}},
	} {
		if out, err := b.Act(t.Context(), a); err == nil {
			t.Errorf("%+v worked: %+v", a, out)
		}
	}
	if chat, _ := b.Chat("", "alice"); len(chat) != 0 {
		t.Errorf("what failed is in the chat: %+v", chat)
	}
	_, err := b.Act(t.Context(), emulator.Action{User: "alice", Do: "follwo"})
	if err == nil || !strings.Contains(err.Error(), "did you mean follow?") {
		t.Errorf("error %v", err)
	}
}

// TestEveryActionWorks: what the lists offer can be done.
func TestEveryActionWorks(t *testing.T) {
	b := newBench(t, templates)
	s := newServer(t, &receiver.Handler{})
	b.withServer(s, "plain")
	b.ok("POST", createPath, goodMenu)
	b.create(`{"action_name":"QR_LIMIT_SCENE","action_info":{"scene":{"scene_id":7}}}`)
	values := map[string]string{"scan": "7", "tap": "1", "accept": "NOTE", "reject": "NOTE", "oauth": "snsapi_base"}
	for _, d := range emulator.ActionTypes() {
		b.act("alice", d.Name, values[d.Name])
	}
	for _, typ := range message.Types() {
		if typ.Name == "scan" {
			continue // is the action of that name
		}
		if out := b.act("alice", typ.Name, ""); out.Push == nil || !out.Push.OK {
			t.Errorf("%s: %+v", typ.Name, out.Push)
		}
	}
}
