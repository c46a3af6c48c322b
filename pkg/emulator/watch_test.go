package emulator_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
)

// event is one of the stream's.
type event struct {
	id, kind string
	data     map[string]any
}

// watcher reads the stream of an emulator on a real port.
type watcher struct {
	t *testing.T
	c chan event
}

func watch(t *testing.T, base, query string) *watcher {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, "GET", base+"/__wxdev/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); res.Body.Close() })
	w := &watcher{t, make(chan event, 1000)}
	go func() {
		defer close(w.c)
		b, text := make([]byte, 1<<16), ""
		for {
			n, err := res.Body.Read(b)
			text += string(b[:n])
			for {
				block, rest, found := strings.Cut(text, "\n\n")
				if !found {
					break
				}
				text = rest
				var e event
				for line := range strings.Lines(block) {
					name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
					switch name {
					case "id":
						e.id = value
					case "event":
						e.kind = value
					case "data":
						_ = json.Unmarshal([]byte(value), &e.data)
					}
				}
				w.c <- e
			}
			if err != nil {
				return
			}
		}
	}()
	if first := w.next(emulator.EventHello); first.data["boot"] == "" {
		t.Fatalf("the stream begins with %v", first)
	}
	return w
}

// next waits for an event of a kind, and skips others.
func (w *watcher) next(kind string) event {
	w.t.Helper()
	for {
		select {
		case e, ok := <-w.c:
			if !ok {
				w.t.Fatalf("the stream ended before a %s", kind)
			}
			if e.kind == kind {
				return e
			}
		case <-time.After(busy.Net):
			w.t.Fatalf("no %s came", kind)
		}
	}
}

// watched is an emulator on a real port whose account has a server.
func watched(t *testing.T, a emulator.Account, attempts int, timeout time.Duration) *local.Server {
	t.Helper()
	a.AppID = emulator.DefaultAppID
	s, err := local.NewServer(emulator.Config{Accounts: []emulator.Account{a}, Attempts: attempts, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// TestPushIsWatched follows a push from its start to the reply, while the server
// takes its time.
func TestPushIsWatched(t *testing.T) {
	release := make(chan struct{})
	answer := sync.OnceFunc(func() { close(release) })
	defer answer()
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-release
		_, _ = io.WriteString(w, "success")
	}))
	defer bot.Close()
	s := watched(t, emulator.Account{URL: bot.URL}, 3, busy.Net)
	w := watch(t, s.URL, "?user=alice")

	started, err := s.Start(emulator.Action{User: "alice", Do: "text", Value: strings.Repeat("慢", 50)})
	if err != nil || started.Push != 1 {
		t.Fatalf("%+v, %v", started, err)
	}
	line := w.next(emulator.EventChat).data["item"].(map[string]any)
	if line["from"] != "user" || line["id"] != 1.0 {
		t.Errorf("the line is %v", line)
	}
	begin := w.next(emulator.EventPushStart).data
	if want := "text 「" + strings.Repeat("慢", 40) + "…」"; begin["label"] != want || begin["push"] != 1.0 || begin["line"] != 1.0 || begin["of"] != 3.0 {
		t.Errorf("it begins as %v", begin)
	}
	if item := w.next(emulator.EventChat).data["item"].(map[string]any); item["state"] != "waiting" || item["push"] != 1.0 || item["id"] != 1.0 {
		t.Errorf("the line waits as %v", item)
	}
	if sent := w.next(emulator.EventPushAttempt).data; sent["phase"] != "sent" || sent["n"] != 1.0 {
		t.Errorf("the first delivery: %v", sent)
	}
	if p := s.Pushes(emulator.PushMatch{User: "alice"}); len(p) != 1 || p[0].State != emulator.StateWaiting || p[0].Attempt != 1 || p[0].Push != nil {
		t.Errorf("under way it is %+v", p)
	}
	if n := len(s.Log(emulator.Match{Kind: emulator.KindPush})); n != 0 {
		t.Errorf("%d entries before the end", n)
	}
	answer()
	if done := w.next(emulator.EventPushAttempt).data; done["phase"] != "done" || done["status"] != 200.0 {
		t.Errorf("its end: %v", done)
	}
	entry := w.next(emulator.EventEntry).data
	if entry["kind"] != "push" || entry["push"].(map[string]any)["id"] != 1.0 {
		t.Errorf("the entry is %v", entry)
	}
	if item := w.next(emulator.EventChat).data["item"].(map[string]any); item["state"] != "nothing" {
		t.Errorf("the line ends as %v", item)
	}
	if end := w.next(emulator.EventPushEnd).data; end["ok"] != true || end["seen"] != "nothing" || end["entry"] != entry["id"] {
		t.Errorf("the push ends as %v", end)
	}
}

// TestThreeDeliveries: each is an event, and keeps bytes of its own.
func TestThreeDeliveries(t *testing.T) {
	var came atomic.Int64
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, "failure %d", came.Add(1))
	}))
	defer bot.Close()
	s := watched(t, emulator.Account{URL: bot.URL, Mode: "safe"}, 3, busy.Net)
	w := watch(t, s.URL, "")
	out, err := s.Act(t.Context(), emulator.Action{User: "alice", Do: "text", Value: "hi"})
	if err != nil {
		t.Fatal(err)
	}
	for n := 1.0; n <= 3; n++ {
		for _, phase := range []string{"sent", "done"} {
			if e := w.next(emulator.EventPushAttempt).data; e["n"] != n || e["phase"] != phase || e["of"] != 3.0 {
				t.Errorf("delivery %v %s: %v", n, phase, e)
			}
		}
	}
	d, err := s.Detail(out.Push.ID)
	if err != nil || len(d.Attempts) != 3 {
		t.Fatalf("%+v, %v", d, err)
	}
	for i, a := range d.Attempts {
		if !strings.HasSuffix(string(a.Received.Data), fmt.Sprintf("failure %d", i+1)) || a.Status != 500 || a.End != "eof" && a.End != "length" {
			t.Errorf("delivery %d received %q, status %d, %s", a.N, a.Received.Data, a.Status, a.End)
		}
		if !strings.HasPrefix(string(a.Sent.Data), "POST ") || a.Address == "" || a.Times.Total <= 0 {
			t.Errorf("delivery %d sent %q to %q", a.N, a.Sent.Data, a.Address)
		}
	}
	if zh := d.In(finding.Chinese).Findings[0]; !strings.ContainsRune(zh.Title, '服') {
		t.Errorf("in Chinese it is %q", zh.Title)
	}
	chat, err := s.Chat("", "alice")
	if err != nil || len(chat) != 2 || chat[0].State != "fault" || chat[1].Via != "fault" || chat[1].Push != out.Push.ID || chat[0].Push != out.Push.ID {
		t.Errorf("the chat is %+v, %v", chat, err)
	}
}

// TestBytesAreThoseOfTheWire compares what is kept with what the server got, in
// every mode.
func TestBytesAreThoseOfTheWire(t *testing.T) {
	for _, mode := range []string{"plain", "compat", "safe"} {
		var mu sync.Mutex
		var got []byte
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				b, buf := []byte(nil), make([]byte, 1<<16)
				for !bytes.HasSuffix(b, []byte("</xml>")) && !bytes.HasSuffix(b, []byte("</xml>\n")) {
					n, err := c.Read(buf)
					if b = append(b, buf[:n]...); err != nil {
						break
					}
				}
				mu.Lock()
				got = b
				mu.Unlock()
				_, _ = io.WriteString(c, "HTTP/1.0 200 OK\r\n\r\nsuccess")
				c.Close()
			}
		}()
		s := watched(t, emulator.Account{URL: "http://" + l.Addr().String() + "/wx", Mode: mode}, 1, busy.Net)
		out, err := s.Act(t.Context(), emulator.Action{User: "alice", Do: "text", Value: "你好"})
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.Get(s.URL + fmt.Sprintf("/__wxdev/pushes/%d/sent", out.Push.ID))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		kept := readAll(t, res.Body)
		mu.Lock()
		if sha256.Sum256([]byte(kept)) != sha256.Sum256(got) {
			t.Errorf("%s: kept %q, the server got %q", mode, kept, got)
		}
		mu.Unlock()
		if h := res.Header.Get("Content-Disposition"); !strings.HasPrefix(h, "attachment") {
			t.Errorf("%s: Content-Disposition %q", mode, h)
		}
	}
}

// TestDetailShowsWhy: the wrong bytes are marked where they are, the steps say how
// far it went, and the arithmetic is that of the request.
func TestDetailShowsWhy(t *testing.T) {
	key, err := msgcrypt.ParseKey(emulator.DefaultAESKey)
	if err != nil {
		t.Fatal(err)
	}
	codec := msgcrypt.New(key, emulator.DefaultAppID)
	for _, mode := range []string{"plain", "safe"} {
		h := &receiver.Handler{Token: emulator.DefaultToken, Reply: func(in *message.Message) *message.Message {
			m := reply.Text(in, time.Now(), "你好")
			m.Field("ToUserName").Value, m.Field("FromUserName").Value = in.Get("ToUserName"), in.Get("FromUserName")
			return m
		}}
		if mode == "safe" {
			h.Codec = codec
		}
		bot := httptest.NewServer(h)
		defer bot.Close()
		s := watched(t, emulator.Account{URL: bot.URL, Mode: mode}, 1, busy.Net)
		out, err := s.Act(t.Context(), emulator.Action{User: "alice", Do: "text", Value: "hi"})
		if err != nil {
			t.Fatal(err)
		}
		d, err := s.Detail(out.Push.ID)
		if err != nil {
			t.Fatal(err)
		}
		d = d.In(finding.Chinese)
		i := slices.IndexFunc(d.Findings, func(f emulator.Finding) bool { return f.ID == "M14" && f.Place != nil })
		if i < 0 {
			t.Fatalf("%s: %+v", mode, d.Findings)
		}
		f := d.Findings[i]
		bytes := d.ReplyPlain.Data[f.Place.Offset:][:f.Place.Length]
		account, err := s.Account("")
		if err != nil {
			t.Fatal(err)
		}
		if and := f.Place.And; and == nil || *and.Expected != account.OriginalID || string(d.ReplyPlain.Data[and.Offset:][:and.Length]) != out.User {
			t.Errorf("%s: and there %+v", mode, and)
		}
		if string(bytes) != account.OriginalID || f.Place.Expected == nil || *f.Place.Expected != out.User || f.Step != push.StepAddressee {
			t.Errorf("%s: %q is wrong, %+v, in step %s", mode, bytes, f.Place, f.Step)
		}
		if len(d.Steps) != len(push.StepIDs()) {
			t.Errorf("%s: %d steps", mode, len(d.Steps))
		}
		for _, step := range d.Steps {
			if failed := step.State == push.StepFailed; failed != (step.ID == push.StepAddressee || step.ID == push.StepShown) {
				t.Errorf("%s: step %s is %s: %s", mode, step.ID, step.State, step.Text)
			}
		}
		if !strings.Contains(string(d.Attempts[0].Sent.Data), "signature="+d.Signature.SHA1) {
			t.Errorf("%s: the signature is %s, sent was %.200q", mode, d.Signature.SHA1, d.Attempts[0].Sent.Data)
		}
		if body := d.Attempts[0].Received.Data[d.Body.Offset:]; !strings.HasPrefix(string(body), "<xml>") || len(body) != d.Body.Length {
			t.Errorf("%s: the body is %q", mode, body)
		}
		if mode == "safe" && (d.MsgSignature == nil || d.Encrypt.AppID != emulator.DefaultAppID || d.ReplyEncrypt.SHA1 != d.ReplyEncrypt.MsgSignature) {
			t.Errorf("the envelopes are %+v, %+v, %+v", d.MsgSignature, d.Encrypt, d.ReplyEncrypt)
		}
	}
}

// TestCustomMessagesAreTied: a message that a call sends is tied to the call's
// entry, and to the push that it answers, be it late.
func TestCustomMessagesAreTied(t *testing.T) {
	bot := httptest.NewServer(&receiver.Handler{Token: emulator.DefaultToken})
	defer bot.Close()
	s := watched(t, emulator.Account{URL: bot.URL}, 1, busy.Net)
	b := &bench{Emulator: s.Emulator, t: t}
	b.login()
	first := b.act("alice", "text", "what is the weather?")
	w := watch(t, s.URL, "")
	b.ok("POST", "/cgi-bin/message/custom/send", `{"touser":"`+first.User+`","msgtype":"news","news":{"articles":[{"title":"Sun","url":"http://127.0.0.1/","picurl":"http://127.0.0.1/p.png"}]}}`)
	entry := w.next(emulator.EventEntry).data
	item := w.next(emulator.EventChat).data["item"].(map[string]any)
	if item["entry"] != entry["id"] || item["answers"] != float64(first.Push.ID) || item["late_ms"].(float64) <= 0 || entry["cause"] != item["answers"] || entry["user"] != first.User {
		t.Errorf("the line is %v, the entry %v", item, entry)
	}
	shown := item["shown"].(map[string]any)
	if shown["type"] != "news" || shown["articles"].([]any)[0].(map[string]any)["title"] != "Sun" {
		t.Errorf("shown as %v", shown)
	}
}

func TestPushAgain(t *testing.T) {
	srv := newServer(t, &receiver.Handler{})
	b := newBench(t, "")
	b.withServer(srv, "plain")
	first := b.act("alice", "text", "one")
	again := func(a emulator.Again) *emulator.Outcome {
		t.Helper()
		out, err := b.PushAgain(t.Context(), first.Push.ID, a)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	last := func(field string) string { return srv.got[len(srv.got)-1].Get(field) }
	id := last("MsgId")

	if again(emulator.Again{}); last("Content") != "one" || last("MsgId") == id {
		t.Errorf("again: %q with MsgId %s", last("Content"), last("MsgId"))
	}
	handled := len(srv.got)
	if again(emulator.Again{SameID: true}); len(srv.got) != handled {
		t.Errorf("a repeated delivery was handled anew") // by the receiver, which knows the id
	}
	if again(emulator.Again{Set: map[string]string{"Content": "two"}}); last("Content") != "two" {
		t.Errorf("with another content: %q", last("Content"))
	}
	if out := again(emulator.Again{User: "bob"}); last("FromUserName") != out.User || out.User == first.User {
		t.Errorf("as another user: %s from %s", out.User, last("FromUserName"))
	}
	if again(emulator.Again{Body: []byte("<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>raw</Content><MsgId>7</MsgId></xml>")}); last("Content") != "raw" {
		t.Errorf("raw: %q", last("Content"))
	}
	chat, _ := b.Chat("", "alice")
	var mine []string
	for _, l := range chat {
		if l.From == emulator.FromUser {
			mine = append(mine, l.Text)
		}
	}
	if want := []string{"one", "one", "two", "raw"}; !slices.Equal(mine, want) {
		t.Errorf("the user wrote %q, want %q", mine, want)
	}
	if _, err := b.PushAgain(t.Context(), 99, emulator.Again{}); err == nil {
		t.Error("a push that is not there was made again")
	}
}

func TestFromHere(t *testing.T) {
	srv := newServer(t, &receiver.Handler{})
	b := newBench(t, "")
	b.withServer(srv, "plain")
	b.act("alice", "text", "before")
	from := b.act("alice", "text", "one")
	b.act("bob", "text", "not this")
	b.act("alice", "follow", "")
	b.act("alice", "text", "two")
	srv.got = nil
	outcomes, err := b.FromHere(t.Context(), from.Push.ID, "alice-2")
	if err != nil || len(outcomes) != 3 {
		t.Fatalf("%d outcomes, %v", len(outcomes), err)
	}
	var got []string
	for _, m := range srv.got {
		got = append(got, m.Get("Content")+m.Get("Event"))
	}
	if want := []string{"one", "subscribe", "two"}; !slices.Equal(got, want) {
		t.Errorf("the server got %q, want %q", got, want)
	}
	chat, _ := b.Chat("", "alice-2")
	if len(chat) == 0 || chat[0].Text != "one" {
		t.Errorf("the other one's chat: %+v", chat)
	}
}

// TestBytesAreBounded: one push keeps 64 KB, and all together 32 MB; then the
// oldest lose theirs, and say so.
func TestBytesAreBounded(t *testing.T) {
	large := strings.Repeat("x", 60<<10)
	bot := httptest.NewServer(&receiver.Handler{Token: emulator.DefaultToken})
	defer bot.Close()
	s := watched(t, emulator.Account{URL: bot.URL}, 1, busy.Net)
	var first, last *emulator.Outcome
	for range 32<<20/(64<<10) + 40 {
		out, err := s.Act(t.Context(), emulator.Action{User: "alice", Do: "text", Value: large})
		if err != nil {
			t.Fatal(err)
		}
		if last = out; first == nil {
			first = out
		}
	}
	d, err := s.Detail(last.Push.ID)
	if err != nil {
		t.Fatal(err)
	}
	kept := len(d.Plain.Data)
	if d.ReplyPlain != nil {
		kept += len(d.ReplyPlain.Data)
	}
	for _, a := range d.Attempts {
		kept += len(a.Sent.Data) + len(a.Received.Data)
	}
	if r := d.Attempts[0].Sent; kept > 64<<10 || !r.Cut || r.Size < len(large) {
		t.Errorf("of the newest %d bytes are kept: %d of %d, cut %v", kept, len(r.Data), r.Size, r.Cut)
	}
	d, err = s.Detail(first.Push.ID)
	if err != nil || !d.Attempts[0].Sent.Gone || len(d.Attempts[0].Sent.Data) > 0 || d.Attempts[0].Sent.Size < len(large) {
		t.Errorf("the oldest has %+v, %v", d.Attempts, err)
	}
	if _, err := s.PushAgain(t.Context(), first.Push.ID, emulator.Again{}); err == nil {
		t.Error("a push without bytes was made again")
	}
	res, err := http.Get(s.URL + "/__wxdev/pushes/1/sent")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusGone {
		t.Errorf("its bytes: status %d", res.StatusCode)
	}
}

// TestHeapStaysFlat pushes what an hour at ten messages a second brings, in
// short, and looks whether the heap grows once all that is kept is full.
func TestHeapStaysFlat(t *testing.T) {
	const rounds = 700 // events: 7 for each message, of which the ring has 1000
	bot := httptest.NewServer(&receiver.Handler{Token: emulator.DefaultToken})
	defer bot.Close()
	s, err := local.NewServer(emulator.Config{
		Accounts: []emulator.Account{{AppID: emulator.DefaultAppID, URL: bot.URL}}, Attempts: 1, Timeout: busy.Net, LogSize: 200,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	run := func() {
		for range rounds {
			if _, err := s.Act(t.Context(), emulator.Action{User: "alice", Do: "text", Value: "hello"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	run()
	before := heap()
	run()
	if after := heap(); after > before+before/5+1<<20 {
		t.Errorf("the heap grew from %d to %d bytes with %d more messages", before, after, rounds)
	}
}

// TestNoSecretInWhatIsWatched: what the account keeps secret is in no event, no
// log, no detail.
func TestNoSecretInWhatIsWatched(t *testing.T) {
	const secret, token, key = "5ecre75ecre75ecre75ecre75ecre7aa", "myOwnToken42", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "token=%s key=%s secret=%s", token, key, base64.StdEncoding.EncodeToString([]byte(secret)))
	}))
	defer bot.Close()
	s := watched(t, emulator.Account{URL: bot.URL, Secret: secret, Token: token, AESKey: key, Mode: "safe"}, 1, busy.Net)
	w := watch(t, s.URL, "")
	res, err := http.Get(s.URL + "/cgi-bin/token?grant_type=client_credential&appid=" + emulator.DefaultAppID + "&secret=" + secret)
	if err != nil {
		t.Fatal(err)
	}
	var grant struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(readAll(t, res.Body)), &grant); err != nil || grant.Token == "" {
		t.Fatal(err)
	}
	if res, err = http.Get(s.URL + "/cgi-bin/menu/get?access_token=" + grant.Token); err != nil {
		t.Fatal(err)
	}
	readAll(t, res.Body)
	out, err := s.Act(t.Context(), emulator.Action{User: "alice", Do: "text", Value: "hi"})
	if err != nil {
		t.Fatal(err)
	}
	w.next(emulator.EventPushEnd)
	all := ""
	for _, path := range []string{"log", "pushes", fmt.Sprintf("pushes/%d", out.Push.ID), "log/3", "pushes/1/received", "users/alice/chat", "accounts"} {
		res, err := http.Get(s.URL + "/__wxdev/" + path)
		if err != nil {
			t.Fatal(err)
		}
		all += path + "\n" + readAll(t, res.Body)
		res.Body.Close()
	}
	raw, err := http.Get(s.URL + "/__wxdev/events?after=0")
	if err != nil {
		t.Fatal(err)
	}
	s.EndStreams()
	all += readAll(t, raw.Body)
	raw.Body.Close()
	for _, hidden := range []string{secret, token, key, grant.Token, base64.StdEncoding.EncodeToString([]byte(secret))} {
		if i := strings.Index(all, hidden); i >= 0 {
			t.Errorf("%s is there: …%s…", hidden, all[max(0, i-80):min(len(all), i+80)])
		}
	}
	for _, encoded := range findBase64(all) {
		for _, hidden := range []string{secret, token, key, grant.Token} {
			if strings.Contains(encoded, hidden) {
				t.Errorf("%s is in the bytes: %.200q", hidden, encoded)
			}
		}
	}
	if !strings.Contains(all, `"token": "`+grant.Token[len(grant.Token)-4:]) {
		t.Error("the end of the token, which tells one from another, is missing")
	}
}

// findBase64 decodes what the JSON has in b64.
func findBase64(s string) (all []string) {
	for {
		_, rest, found := strings.Cut(s, `"b64": "`)
		if !found {
			return all
		}
		text, more, _ := strings.Cut(rest, `"`)
		if b, err := base64.StdEncoding.DecodeString(text); err == nil {
			all = append(all, string(b))
		}
		s = more
	}
}
