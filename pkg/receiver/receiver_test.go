package receiver_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/verify"
)

const (
	token = "wxdevtoken"
	appID = "wx0123456789abcdef"
	key   = "wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd"
)

func codec(t testing.TB, key, appID string) *msgcrypt.Codec {
	t.Helper()
	k, err := msgcrypt.ParseKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return msgcrypt.New(k, appID)
}

// events collects what a handler logs.
type events struct {
	mu   sync.Mutex
	list []receiver.Event
}

func (l *events) log(e receiver.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, e)
}

func (l *events) last(t *testing.T) receiver.Event {
	t.Helper()
	// The log comes behind the answer.
	for end := time.Now().Add(busy.Net); time.Now().Before(end); time.Sleep(time.Millisecond) {
		l.mu.Lock()
		n := len(l.list)
		l.mu.Unlock()
		if n > 0 {
			break
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) == 0 {
		t.Fatal("nothing was logged")
	}
	e := l.list[len(l.list)-1]
	l.list = nil
	return e
}

// start serves h and returns its URL and what it logs.
func start(t *testing.T, h *receiver.Handler) (url string, l *events) {
	t.Helper()
	l = &events{}
	h.Log = l.log
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s.URL + "/wechat", l
}

func echo(in *message.Message) *message.Message {
	return reply.Text(in, time.Now(), "you said: "+in.Get("Content"))
}

// text is a text message from alice.
func text(t testing.TB, content string) *message.Message {
	t.Helper()
	kind, _ := message.LookupType("text")
	m := kind.New(message.OpenID("alice"), message.OriginalID("demo"), time.Now(), ids.Next())
	if err := m.Set("Content", content); err != nil {
		t.Fatal(err)
	}
	return m
}

var ids = message.NewMsgIDs(nil, time.Now()) // no two messages of the tests are the same

// deliver pushes m as c does, in one attempt.
func deliver(t *testing.T, c *push.Pusher, m *message.Message, options ...push.Option) *push.Delivery {
	t.Helper()
	push, err := c.Build(m, options...)
	if err != nil {
		t.Fatal(err)
	}
	c.Attempts, c.Sender.Timeout = 1, 2*busy.Net
	return c.Deliver(t.Context(), push)
}

// TestVerification uses the signatures of the official pages.
func TestVerification(t *testing.T) {
	for name, c := range map[string]struct {
		token, query string
		status       int
		body         string
		err          error
	}{
		"official":        {"AAAAA", "signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492", 200, "4375120948345356249", nil},
		"numbers as text": {"9weixin", "signature=ffa5537a77ef34300526b04e77551b9514abe397&echostr=1&timestamp=1700000000&nonce=998877665", 200, "1", nil},
		"case counts":     {"abcToken", "signature=2ab241154b9d088f89a50304494a39f9da71fc4c&echostr=x&timestamp=1700000000&nonce=Zz9", 200, "x", nil},
		"no echostr":      {"test", "signature=f21891de399b4e33a1a93c9a7b8a8fffb5a443ff&timestamp=1410685589&nonce=test", 200, "", nil},
		"escaped":         {"test", "signature=f21891de399b4e33a1a93c9a7b8a8fffb5a443ff&timestamp=1410685589&nonce=test&echostr=%3Cb%3E%20%0A", 200, "<b> \n", nil},
		"wrong":           {"AAAAB", "signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492", 403, "invalid signature", receiver.ErrBadSignature},
		"upper case":      {"AAAAA", "signature=F464B24FC39322E44B38AA78F5EDD27BD1441696&echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492", 403, "invalid signature", receiver.ErrBadSignature},
		"none":            {"AAAAA", "echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492", 403, "invalid signature", receiver.ErrNoSignature},
		"empty":           {"AAAAA", "", 403, "invalid signature", receiver.ErrNoSignature},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, l := start(t, &receiver.Handler{Token: c.token})
			res, err := http.Get(url + "?" + c.query)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, _ := io.ReadAll(res.Body)
			if res.StatusCode != c.status || string(body) != c.body {
				t.Errorf("%d %q, want %d %q", res.StatusCode, body, c.status, c.body)
			}
			e := l.last(t)
			if !errors.Is(e.Err, c.err) || e.Status != c.status || string(e.Answer) != c.body || !e.Verification() {
				t.Errorf("logged %v, %d, %q", e.Err, e.Status, e.Answer)
			}
		})
	}
}

// TestModes delivers in every mode and format, and reads the reply as WeChat
// does.
func TestModes(t *testing.T) {
	for _, mode := range []msgcrypt.Mode{msgcrypt.Plain, msgcrypt.Compat, msgcrypt.Safe} {
		for _, format := range []msgcrypt.Format{msgcrypt.XML, msgcrypt.JSON} {
			t.Run(fmt.Sprint(mode, " ", format), func(t *testing.T) {
				t.Parallel()
				h := &receiver.Handler{Token: token, Codec: codec(t, key, appID), SafeOnly: mode == msgcrypt.Safe, Reply: echo}
				url, l := start(t, h)
				m := text(t, "你好 <b> & ]]> \"'\n😀")
				m.Format = format
				d := deliver(t, &push.Pusher{URL: url, Token: token, Mode: mode, Codec: h.Codec}, m)
				seen := reply.SeenReply
				if format == msgcrypt.JSON { // read it is, but mini programs show no text
					seen = reply.SeenNothing
				}
				if d.Seen != seen || d.Reply.Text() != "you said: "+m.Get("Content") || !d.OK() {
					t.Errorf("seen %s, %v, %v", d.Seen, d.Reply, d.Findings)
				}
				if (d.Envelope != nil) != (mode != msgcrypt.Plain) {
					t.Errorf("the reply's envelope is %+v", d.Envelope)
				}
				e := l.last(t)
				if e.Mode != mode || e.Err != nil || !bytes.Equal(e.Plain, d.Push.Plain) || !bytes.Equal(e.Answer, d.Plain) {
					t.Errorf("logged %s, %v, %q, %q", e.Mode, e.Err, e.Plain, e.Answer)
				}
				if e.Message.Format != format || e.Encrypted != (mode != msgcrypt.Plain) {
					t.Errorf("logged %s, encrypted %t", e.Message.Format, e.Encrypted)
				}
			})
		}
	}
}

// TestVectors opens the envelopes of official pages and of other people's
// tests.
func TestVectors(t *testing.T) {
	data, err := os.ReadFile("../../testdata/vectors/msgcrypt.toml")
	if err != nil {
		t.Fatal(err)
	}
	var vectors map[string]struct {
		Token, AppID, Timestamp, Nonce, Encrypt, Msg string

		Key string `toml:"aes_key"`
		Sig string `toml:"msg_signature"`
	}
	if err := toml.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	n := 0
	for name, v := range vectors {
		if v.Token == "" || v.Sig == "" || v.Msg == "" {
			continue
		}
		n++
		url, l := start(t, &receiver.Handler{Token: v.Token, Codec: codec(t, v.Key, v.AppID), SafeOnly: true})
		body := (&msgcrypt.Envelope{ToUserName: "gh_0123456789ab", Encrypt: v.Encrypt}).Body()
		res, err := http.Post(url+"?"+query("signature", signature.Access(v.Token, v.Timestamp, v.Nonce), "timestamp", v.Timestamp,
			"nonce", v.Nonce, "encrypt_type", "aes", "msg_signature", v.Sig), "text/xml", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		// Not every vector holds a message.
		if e := l.last(t); receiver.Unsigned(e.Err) || string(e.Plain) != v.Msg {
			t.Errorf("%s: %v, %q, want %q", name, e.Err, e.Plain, v.Msg)
		}
	}
	if n < 5 {
		t.Errorf("only %d vectors", n)
	}
}

func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q.Encode()
}

func TestRefused(t *testing.T) {
	withKey := func(key, appID string) *receiver.Handler {
		return &receiver.Handler{Token: token, Codec: codec(t, key, appID), SafeOnly: true}
	}
	safe := push.WithMode(msgcrypt.Safe)
	const anyClass = "any" // what a wrong key makes of a message is chance
	for name, c := range map[string]struct {
		h       *receiver.Handler
		pusher  push.Pusher
		options []push.Option
		change  func(*push.Push)
		status  int
		is      error
		class   msgcrypt.Class
	}{
		"token":                  {h: &receiver.Handler{Token: token}, pusher: push.Pusher{Token: "another"}, status: 403, is: receiver.ErrBadSignature},
		"no signature":           {h: &receiver.Handler{Token: token}, change: func(p *push.Push) { p.Signature = "" }, status: 403, is: receiver.ErrNoSignature},
		"msg_signature":          {h: withKey(key, appID), options: []push.Option{safe}, change: func(p *push.Push) { p.MsgSignature = p.Signature }, status: 403, is: receiver.ErrBadMsgSignature},
		"signature alone":        {h: withKey(key, appID), options: []push.Option{safe}, change: func(p *push.Push) { p.Signature = p.MsgSignature }, status: 403, is: receiver.ErrBadSignature},
		"another AppID":          {h: withKey(key, "wxfedcba9876543210"), options: []push.Option{safe}, status: 400, class: msgcrypt.ClassAppID},
		"another key":            {h: withKey(strings.Repeat("A", 43), appID), options: []push.Option{safe}, status: 400, class: anyClass},
		"plain in safe mode":     {h: withKey(key, appID), status: 400, is: receiver.ErrPlain},
		"safe without key":       {h: &receiver.Handler{Token: token}, options: []push.Option{safe}, status: 400, is: receiver.ErrEncrypted},
		"no envelope":            {h: withKey(key, appID), options: []push.Option{safe}, change: func(p *push.Push) { p.Body = p.Plain }, status: 400, is: msgcrypt.ErrNoEncrypt},
		"no message":             {h: &receiver.Handler{Token: token}, change: func(p *push.Push) { p.Body = []byte("a=1") }, status: 400},
		"empty":                  {h: &receiver.Handler{Token: token}, change: func(p *push.Push) { p.Body = nil }, status: 400},
		"entities":               {h: &receiver.Handler{Token: token}, change: func(p *push.Push) { p.Body = []byte(billionLaughs) }, status: 400},
		"too large":              {h: &receiver.Handler{Token: token}, change: func(p *push.Push) { p.Body = make([]byte, message.MaxBody+1) }, status: 413, is: receiver.ErrTooLarge},
		"a letter of the key":    {h: withKey("A"+key[1:], appID), options: []push.Option{safe}, status: 400, class: anyClass},
		"too large and unsigned": {h: &receiver.Handler{Token: token}, change: func(p *push.Push) { p.Body, p.Signature = make([]byte, 2*message.MaxBody), "" }, status: 413, is: receiver.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := false
			c.h.Reply = func(*message.Message) *message.Message { asked = true; return nil }
			url, l := start(t, c.h)
			c.pusher.URL = url
			if c.pusher.Token == "" {
				c.pusher.Token = token
			}
			c.pusher.Codec, c.pusher.Attempts = codec(t, key, appID), 1
			push, err := c.pusher.Build(text(t, "hi"), c.options...)
			if err != nil {
				t.Fatal(err)
			}
			if c.change != nil {
				c.change(push)
			}
			ex := c.pusher.Deliver(t.Context(), push).Last()
			if ex.Response == nil || ex.Response.Status != c.status {
				t.Fatalf("%+v, %v", ex.Response, ex.Err)
			}
			e := l.last(t)
			if e.Err == nil || c.is != nil && !errors.Is(e.Err, c.is) || e.Message != nil || asked {
				t.Errorf("logged %v, message %v, asked %t", e.Err, e.Message, asked)
			}
			var broken *msgcrypt.Error
			if c.class != "" && (!errors.As(e.Err, &broken) || broken.Class != c.class && c.class != anyClass) {
				t.Errorf("logged %v, want %s", e.Err, c.class)
			}
			if (c.status == 403) != receiver.Unsigned(e.Err) {
				t.Errorf("Unsigned(%v) = %t", e.Err, receiver.Unsigned(e.Err))
			}
			if got := string(ex.Received); strings.Contains(got, token) || strings.Contains(got, push.Signature) && push.Signature != "" {
				t.Errorf("the refusal tells too much: %q", got)
			}
		})
	}
}

const billionLaughs = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>`

// TestCompatWithoutKey: the fields can be read as they are, and a plain reply
// is allowed.
func TestCompatWithoutKey(t *testing.T) {
	url, l := start(t, &receiver.Handler{Token: token, Reply: echo})
	c := &push.Pusher{URL: url, Token: token, Mode: msgcrypt.Compat, Codec: codec(t, key, appID)}
	d := deliver(t, c, text(t, "hi"))
	if d.Seen != reply.SeenReply || d.Envelope != nil || d.Reply.Text() != "you said: hi" {
		t.Errorf("seen %s, %v, %v", d.Seen, d.Reply, d.Findings)
	}
	if e := l.last(t); e.Mode != msgcrypt.Compat || e.Encrypted {
		t.Errorf("logged %s, encrypted %t", e.Mode, e.Encrypted)
	}
}

// TestForbiddenCharacters: WeChat passes on what users' keyboards make.
func TestForbiddenCharacters(t *testing.T) {
	url, _ := start(t, &receiver.Handler{Token: token, Reply: echo})
	m := text(t, "a\x02b")
	m.Raw = true
	d := deliver(t, &push.Pusher{URL: url, Token: token}, m)
	if d.Reply == nil || d.Reply.Text() != "you said: a\uFFFDb" {
		t.Errorf("%v, %v", d.Reply, d.Findings)
	}
}

// TestRepeatedDelivery: however often a message comes, and be it three times
// at once, its reply is made once.
func TestRepeatedDelivery(t *testing.T) {
	for _, mode := range []msgcrypt.Mode{msgcrypt.Plain, msgcrypt.Safe} {
		var made atomic.Int32
		release := make(chan struct{})
		url, l := start(t, &receiver.Handler{Token: token, Codec: codec(t, key, appID), Reply: func(in *message.Message) *message.Message {
			<-release
			return reply.Text(in, time.Now(), fmt.Sprint("reply ", made.Add(1)))
		}})
		c := &push.Pusher{URL: url, Token: token, Mode: mode, Codec: codec(t, key, appID), Attempts: 1}
		m := text(t, "hi")
		var all sync.WaitGroup
		for range 3 {
			push, err := c.Build(m) // each with its own nonce and signature
			if err != nil {
				t.Fatal(err)
			}
			all.Go(func() {
				if d := c.Deliver(t.Context(), push); d.Reply == nil || d.Reply.Text() != "reply 1" {
					t.Errorf("%v, %v", d.Reply, d.Findings)
				}
			})
		}
		close(release)
		all.Wait()
		if again := deliver(t, c, m); again.Reply.Text() != "reply 1" || made.Load() != 1 {
			t.Errorf("%v, made %d times", again.Reply, made.Load())
		}
		if d := deliver(t, c, text(t, "hi")); d.Reply.Text() != "reply 2" {
			t.Errorf("another message got %v", d.Reply)
		}
		l.last(t)
		deliver(t, c, m)
		if e := l.last(t); !e.Repeated {
			t.Error("the repetition is not marked")
		}
	}
}

// TestSlowLog: the answer does not wait for the log, of whatever kind it is.
func TestSlowLog(t *testing.T) {
	logged := make(chan struct{})
	server := httptest.NewServer(&receiver.Handler{Token: token, Log: func(receiver.Event) { <-logged }})
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(logged) })
	c := &push.Pusher{URL: server.URL, Token: token, Attempts: 1}
	c.Sender.Timeout = 2 * time.Second
	for _, method := range []string{"GET", "POST", "PUT"} {
		p, err := c.Build(text(t, "hi"))
		if err != nil {
			t.Fatal(err)
		}
		req := p.Request(server.URL)
		req.Method = method
		if ex := c.Sender.Do(t.Context(), req); ex.Response == nil {
			t.Errorf("%s: %v", method, ex.Err)
		}
	}
}

// TestReplyPanics: a repetition must not wait for a reply that never comes.
func TestReplyPanics(t *testing.T) {
	url, _ := start(t, &receiver.Handler{Token: token, Reply: func(*message.Message) *message.Message { panic("broken") }})
	c := &push.Pusher{URL: url, Token: token, Attempts: 2}
	push, err := c.Build(text(t, "hi"))
	if err != nil {
		t.Fatal(err)
	}
	d := c.Deliver(t.Context(), push)
	if len(d.Exchanges) != 2 || d.Exchanges[0].Err == nil || d.Reply == nil || d.Reply.Type != reply.TypeSuccess {
		t.Errorf("%d exchanges, %v", len(d.Exchanges), d.Reply)
	}
}

// TestVerifyFindsNothing: what this package stands for.
func TestVerifyFindsNothing(t *testing.T) {
	for _, mode := range []string{"plain", "compat", "safe"} {
		for _, format := range []string{"xml", "json"} {
			t.Run(mode+" "+format, func(t *testing.T) {
				t.Parallel()
				url, _ := start(t, &receiver.Handler{Token: token, Codec: codec(t, key, appID), SafeOnly: mode == "safe", Reply: func(in *message.Message) *message.Message {
					switch {
					case in.Format == msgcrypt.JSON: // a mini program shows nothing else
						return reply.Transfer(in, time.Now(), "")
					case in.Get("Content") == "":
						return nil
					}
					return echo(in)
				}})
				r, err := verify.Run(t.Context(), verify.Options{
					URL: url, Token: token, Mode: mode, Format: format, AppID: appID, AESKey: key, Messages: true, Codec: codec(t, key, appID),
				})
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range r.Findings {
					if f.Severity != finding.Info {
						t.Errorf("%s %s %v", f.ID, f.Variant, f.Facts)
					}
				}
				if !r.OK() {
					t.Error("not accepted")
				}
			})
		}
	}
}

// Whatever is replied to users, a platform's ticket is answered with success.
func TestTicket(t *testing.T) {
	h := &receiver.Handler{Token: token, Codec: codec(t, key, appID), Product: product.Component, Reply: func(in *message.Message) *message.Message {
		return reply.Text(in, time.Now(), "hello")
	}}
	srv := httptest.NewServer(h)
	defer srv.Close()
	p := &push.Pusher{URL: srv.URL, Token: token, Mode: msgcrypt.Safe, Product: product.Component, Codec: codec(t, key, appID)}
	typ, _ := message.LookupType("component_verify_ticket")
	ticket, err := p.Build(typ.New("", appID, time.Now(), 1))
	if err != nil {
		t.Fatal(err)
	}
	if d := p.Deliver(t.Context(), ticket); !d.OK() || string(d.Plain) != reply.Success {
		t.Errorf("%q: %v", d.Plain, d.Findings)
	}
}
