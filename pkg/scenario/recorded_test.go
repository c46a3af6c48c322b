package scenario_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/recording"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/scenario"
	"github.com/wxdev/wxdev/pkg/wire"
)

// comments are those of the files that are made.
var comments = scenario.Comments{
	Head:     "Recorded: what was sent, and what was answered. Where an answer is not the\nsame each time, write match or contains in place of text.",
	Findings: func(ids []string) string { return "The recorded answer had findings: " + strings.Join(ids, ", ") + "." },
}

// server answers by what it is told, and keeps what it got.
type server struct {
	*receiver.Handler
	url string

	mu  sync.Mutex
	got []*recording.Record
}

// newServer is a bot: to text it repeats it, and to each event and picture it
// says something of another kind.
func newServer(t *testing.T) *server {
	t.Helper()
	key, err := msgcrypt.ParseKey("wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Handler: &receiver.Handler{Token: token, Codec: msgcrypt.New(key, "wx0123456789abcdef"), Reply: botReply}}
	s.Log = func(e receiver.Event) {
		x := &recording.Record{
			Time: e.Time, Type: "message", Mode: string(e.Mode), Message: recording.Text(e.Plain),
			Answer: recording.Answer{Status: e.Status, Body: recording.Text(e.Answer)},
		}
		if e.Verification() {
			x.Type = recording.Verification
		}
		problems := reply.Judge(e.Answer, reply.Asked{Message: e.Message}).Findings
		for _, p := range problems {
			x.Answer.Findings = append(x.Answer.Findings, finding.Finding{ID: p.ID, Variant: p.Variant, Severity: p.Severity})
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.got = append(s.got, x)
	}
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	s.url = ts.URL
	return s
}

func botReply(in *message.Message) *message.Message {
	now := time.Now()
	switch {
	case in.Format == msgcrypt.JSON:
		return reply.Transfer(in, now, "")
	case in.Get("Content") == "bad":
		return reply.Text(in, now, "")
	case in.Get("Content") != "":
		return reply.Text(in, now, in.Get("FromUserName")+" said:\n\"you\" \\ "+in.Get("Content")+"\t</b>")
	case in.Get("MsgType") == "image":
		return reply.Image(in, now, in.Get("MediaId"))
	case in.Get("MsgType") == "voice":
		return reply.Music(in, now, reply.Song{ThumbMediaID: "m", Title: "t"})
	case strings.EqualFold(in.Get("Event"), "CLICK"):
		return reply.News(in, now, reply.Article{Title: "A", Description: "d", URL: "https://example.com/"}, reply.Article{Title: "B", Description: "d"})
	case in.Get("MsgType") == "location":
		return reply.Transfer(in, now, "kf1@wx")
	}
	return nil
}

func (s *server) pusher() *push.Pusher {
	return &push.Pusher{URL: s.url, Token: token, Codec: s.Codec, Sender: wire.Sender{Timeout: busy.Net}}
}

// take returns what the server got, and forgets it.
func (s *server) take(t *testing.T, n int) []*recording.Record {
	t.Helper()
	for end := time.Now().Add(busy.Net); time.Now().Before(end); time.Sleep(time.Millisecond) {
		s.mu.Lock()
		have := len(s.got)
		s.mu.Unlock()
		if have >= n {
			break
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	got := s.got
	s.got = nil
	// One may be logged while the next is answered already.
	slices.SortStableFunc(got, func(a, b *recording.Record) int { return a.Time.Compare(b.Time) })
	if len(got) != n {
		t.Fatalf("the server got %d requests, not %d", len(got), n)
	}
	return got
}

// TestScenarioPasses: what was recorded passes against the server that was
// recorded, and the server gets the same messages again.
func TestScenarioPasses(t *testing.T) {
	s := newServer(t)
	c := s.pusher()
	sent := 0
	send := func(m *message.Message, mode msgcrypt.Mode) {
		p, err := c.Build(m, push.WithMode(mode))
		if err != nil {
			t.Fatal(err)
		}
		c.Attempts = 1
		c.Deliver(t.Context(), p)
		sent++
	}
	clock := time.Now()
	ids := message.NewMsgIDs(nil, clock)
	modes := []msgcrypt.Mode{msgcrypt.Plain, msgcrypt.Compat, msgcrypt.Safe}
	users := []string{"alice", "bob", "carol"}
	for i, kind := range message.Types() {
		clock = clock.Add(time.Second)
		m := kind.New(message.OpenID(users[i%3]), message.OriginalID("demo"), clock, ids.Next())
		if len(kind.Flags) > 0 {
			if err := kind.Flags[0].Set(m, fmt.Sprint("42 ", m.Get("FromUserName"), " \"\\ 你好")); err != nil {
				t.Fatal(err)
			}
		}
		send(m, modes[i%3])
		if kind.JSON {
			m.Format = msgcrypt.JSON
			if m.Field("MsgId") != nil {
				if err := m.Set("MsgId", fmt.Sprint(ids.Next())); err != nil {
					t.Fatal(err)
				}
			}
			if err := m.Set("CreateTime", fmt.Sprint(clock.Unix()+100)); err != nil {
				t.Fatal(err)
			}
			send(m, modes[i%3])
		}
	}
	odd := of(t, "text", "Content", "control \x02 here", "MsgDataId", "7", "New", "1")
	odd.Raw = true
	send(odd, msgcrypt.Plain)
	send(odd, msgcrypt.Safe) // it comes again
	send(of(t, "text", "Content", "bad"), msgcrypt.Plain)
	send(of(t, "pic_weixin", "SendPicsInfo.PicList.item[2].PicMd5Sum", "second"), msgcrypt.Plain)
	bare := of(t, "voice")
	bare.Delete("Recognition")
	send(bare, msgcrypt.Plain)
	recorded := s.take(t, sent)

	made, left := scenario.FromRecordings(recorded, comments)
	file := made.Append(nil)
	if len(left) > 0 {
		t.Errorf("left out: %v", left)
	}
	for _, user := range users {
		if strings.Contains(string(file), message.OpenID(user)) {
			t.Errorf("the OpenID of %s is in the file", user)
		}
	}
	sc, err := scenario.Parse("recorded.toml", file)
	if err != nil {
		t.Fatalf("%v in\n%s", err, file)
	}
	r := &scenario.Runner{Pusher: s.pusher()}
	if err := r.Check(sc); err != nil {
		t.Fatal(err)
	}
	if err := r.Run(t.Context(), []*scenario.Scenario{sc}, func(res *scenario.Result) {
		if res.OK() {
			return
		}
		for i, st := range res.Steps {
			if st.Failure != nil {
				t.Errorf("step %d, line %d: %+v", i+1, sc.Steps[i].Line, st.Failure)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	for i, x := range s.take(t, sent) {
		if got, want := timeless(t, x), timeless(t, recorded[i]); got != want || x.Mode != recorded[i].Mode && x.Mode != "plain" {
			t.Errorf("the server got\n%s (%s), recorded was\n%s (%s)", got, x.Mode, want, recorded[i].Mode)
		}
	}
}

// timeless is a message without what is new each time.
func timeless(t *testing.T, x *recording.Record) string {
	t.Helper()
	m, err := x.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	from := m.Get("FromUserName")
	for _, name := range []string{"CreateTime", "MsgId"} {
		if m.Field(name) != nil {
			if err := m.Set(name, "0"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if m.Field("Recognition") != nil && m.Get("Recognition") == "" {
		m.Delete("Recognition") // a scenario can make a field empty, not take it away
	}
	b, err := m.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	if from != "" {
		return strings.ReplaceAll(string(b), from, "SENDER")
	}
	return string(b)
}

func of(t *testing.T, name string, set ...string) *message.Message {
	t.Helper()
	kind, _ := message.LookupType(name)
	now := time.Now()
	m := kind.New(message.OpenID("dave"), message.OriginalID("demo"), now, message.NewMsgIDs(nil, now).Next())
	for i := 0; i < len(set); i += 2 {
		if err := m.Set(set[i], set[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// TestScenarioFile pins what is written.
func TestScenarioFile(t *testing.T) {
	text := func(from, id, content, reply string) *recording.Record {
		return &recording.Record{
			Type: "text", Mode: "safe", Answer: recording.Answer{Status: 200, Body: recording.Text(reply)},
			Message: recording.Text("<xml><ToUserName>gh_0123456789ab</ToUserName><FromUserName>" + from + "</FromUserName><CreateTime>1700000000</CreateTime>" +
				"<MsgType>text</MsgType><Content>" + content + "</Content><MsgId>" + id + "</MsgId></xml>"),
		}
	}
	late := text("oAlice", "3", "third", "success")
	late.Answer.Status = 502
	late.Answer.Findings = []finding.Finding{{ID: "V04", Severity: finding.Error}}
	four := text("oBob", "4", "four", "<xml><MsgType>text</MsgType><Content>***</Content></xml>")
	four.Answer.Findings = []finding.Finding{
		{ID: "M10", Severity: finding.Warning},
		{ID: "M10", Severity: finding.Warning},
		{ID: "M14", Severity: finding.Warning},
		{ID: "M15", Severity: finding.Info},
		{ID: "x\n[[step]]", Severity: finding.Warning},
	}
	list := []*recording.Record{
		{Type: recording.Verification},
		text("oAlice", "1", "one", "<xml><MsgType>text</MsgType><Content>hi \"you\"\n</Content></xml>"),
		text("oAlice", "1", "one", "success"),
		text("oBob", "2", "two", "success"),
		late,
		text("oAlice", "3", "third", ""), // this one was seen
		four,
		{Type: "message", Answer: recording.Answer{Error: "it cannot be opened"}},
		text("oBob", "5", "{{name}}", "success"),
		{Type: "x", Message: "<xml><MsgType>new</MsgType></xml>", Answer: recording.Answer{Status: 200}},
	}
	made, left := scenario.FromRecordings(list, comments)
	got := made.Append(nil)
	const want = `#:schema https://raw.githubusercontent.com/wxdev/wxdev/main/docs/schemas/scenario.json

# Recorded: what was sent, and what was answered. Where an answer is not the
# same each time, write match or contains in place of text.

to   = "gh_0123456789ab"
mode = "safe"

[[step]]
send      = "text"
value     = "one"
duplicate = 1
expect    = { text = "hi \"you\"\n" }

[[step]]
send   = "text"
value  = "two"
from   = "user2"
expect = { type = "success" }

[[step]]
send   = "text"
value  = "third"
expect = { type = "empty" }

# The recorded answer had findings: M10, M14.
[[step]]
send   = "text"
value  = "four"
from   = "user2"
expect = { type = "text" }
`
	if string(got) != want {
		t.Errorf("got\n%s", got)
	}
	why := ""
	for _, l := range left {
		why += fmt.Sprintf("%d %s\n", l.Index, l.Why.In(finding.English))
		if fault := bilingual.In(l.Why.In(finding.Chinese)); fault != "" {
			t.Error(fault)
		}
	}
	if why != "7 the recording has no message\n8 the message has a text in double braces, which a scenario takes for a variable\n9 the type new is unknown\n" {
		t.Errorf("left %s", why)
	}
	if file, _ := scenario.FromRecordings(list[:1], comments); file != nil {
		t.Errorf("%v", file)
	}
}
