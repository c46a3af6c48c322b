package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// listenOnce lets a listener answer one request and returns what it prints.
func listenOnce(t *testing.T, req *http.Request, h *receiver.Handler) string {
	t.Helper()
	env, out, _ := testEnv(t)
	o := &listenOptions{globals: &globals{env: env}, token: h.Token, codec: h.Codec, ring: newListenRing(listenLines)}
	h.Log = o.log
	err := o.serveWithLines(t.Context(), func(context.Context) error {
		h.ServeHTTP(httptest.NewRecorder(), req)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return out.String()
}

// push is a message on its way to a server with token and key.
func pushTo(t *testing.T, content string, options ...push.Option) *push.Push {
	t.Helper()
	codec, err := newCodec("wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd", "wx0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := message.LookupType("text")
	m := kind.New(message.OpenID("alice"), message.OriginalID("demo"), time.Now(), 1)
	if err := m.Set("Content", content); err != nil {
		t.Fatal(err)
	}
	p, err := (&push.Pusher{URL: "http://x/", Token: "letmein7", Codec: codec}).Build(m, options...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func request(p *push.Push) *http.Request {
	return httptest.NewRequest("POST", p.Request("http://x/wechat").URL, bytes.NewReader(p.Body))
}

// TestListenNamesMistakes: of either signature.
func TestListenNamesMistakes(t *testing.T) {
	safe := push.WithMode(msgcrypt.Safe)
	plain, encrypted := pushTo(t, "hi"), pushTo(t, "hi", safe)
	plain.Signature = strings.ToUpper(plain.Signature)
	encrypted.MsgSignature = signature.Message("LETMEIN7", encrypted.Timestamp, encrypted.Nonce, encrypted.Encrypt)
	for want, p := range map[string]*push.Push{
		"403 the signature is wrong for this token: ":              plain,
		"403 the msg_signature is wrong for this token and body: ": encrypted,
	} {
		got := listenOnce(t, request(p), &receiver.Handler{Token: "letmein7"})
		_, mistake, ok := strings.Cut(got, want)
		if !ok || !strings.HasSuffix(mistake, "]\n") || !strings.Contains(mistake, "[") {
			t.Errorf("%q, want %q and a mistake", got, want)
		}
	}
}

// TestListenPrintsNoControls: nothing that comes in reaches the terminal as
// it is.
func TestListenPrintsNoControls(t *testing.T) {
	p := pushTo(t, "a\u202e\u0085b")
	for _, req := range []*http.Request{
		request(p),
		httptest.NewRequest("GET", "/a%1b%5b31mb%0a?echostr=%1b&signature=%1b", nil),
		httptest.NewRequest("POST", "/", strings.NewReader("\x1b]0;owned\x07")),
	} {
		got := listenOnce(t, req, &receiver.Handler{Token: "letmein7"})
		if strings.ContainsAny(got, "\x1b\x07\u202e\u0085") || strings.Count(got, "\n") != 1 {
			t.Errorf("%q", got)
		}
	}
}

// TestSameAddress: a slip of the pen would be a circle.
func TestSameAddress(t *testing.T) {
	for _, c := range []struct {
		url, addr string
		same      bool
	}{
		{"http://127.0.0.1:8080/wechat", "127.0.0.1:8080", true},
		{"http://localhost:8080", "127.0.0.1:8080", true},
		{"http://LOCALHOST:8080", "127.0.0.1:8080", true},
		{"http://wx.localhost:8080", "127.0.0.1:8080", true},
		{"http://[::1]:8080", "[::]:8080", true},
		{"http://127.0.0.1:8080", "0.0.0.0:8080", true},
		{"http://10.1.2.3:8080", "10.1.2.3:8080", true},
		{"http://127.0.0.1:8080", ":8080", true},
		{"http://localhost:8080", "localhost:8080", true},
		{"http://DevBox:8080", "devbox:8080", true},
		{"http://127.0.0.1/wechat", "127.0.0.1:80", true},
		{"https://localhost/", ":443", true},
		{"http://127.0.0.1:8081", "127.0.0.1:8080", false},
		{"http://127.0.0.1", "127.0.0.1:8080", false},
		{"http://example.com:8080", "127.0.0.1:8080", false},
		{"http://example.com:8080", ":8080", false},
		{"http://127.0.0.1:8080", "127.0.0.1:0", false},
		{"http://127.0.0.1:8080", "nonsense", false},
	} {
		if got := sameAddress(c.url, c.addr); got != c.same {
			t.Errorf("%s before %s: %t", c.addr, c.url, got)
		}
	}
}

// TestRecordedExchange: what is kept has the header as it came.
func TestRecordedExchange(t *testing.T) {
	req := request(pushTo(t, "hi"))
	req.Header.Set("Pragma", "no-cache")
	req.Header.Set("Cache-Control", "no-cache") // net/http's own doing
	kept := make(chan receiver.Event, 1)
	h := &receiver.Handler{Token: "letmein7", Log: func(e receiver.Event) { kept <- e }}
	h.ServeHTTP(httptest.NewRecorder(), req)
	e := <-kept
	x := recordOf(&e)
	if got := strings.Join(x.Request.Header, "|"); got != "Host: x|Pragma: no-cache" {
		t.Errorf("%q", got)
	}
	if x.Type != "text" || x.Mode != "plain" || x.Answer.Status != 200 || x.Answer.Body != "success" || x.Answer.Forwarded {
		t.Errorf("%+v", x)
	}
	e.Upstream = &wire.Exchange{
		Request: &wire.Request{Header: []wire.Field{{Name: "x-B", Value: "1"}, {Name: "X-a", Value: "2"}}},
		Err:     &wire.Error{Kind: wire.Refused, Err: net.ErrClosed},
	}
	x = recordOf(&e)
	if got := strings.Join(x.Request.Header, "|"); got != "x-B: 1|X-a: 2" || x.Answer.Error != net.ErrClosed.Error() || !x.Answer.Forwarded {
		t.Errorf("%q, %+v", got, x.Answer)
	}
}
