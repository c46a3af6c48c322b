package load_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/load"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
)

const (
	token  = "wxdevtoken"
	aesKey = "wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd"
	appID  = "wx0123456789abcdef"
)

func codec(t testing.TB) *msgcrypt.Codec {
	t.Helper()
	key, err := msgcrypt.ParseKey(aesKey)
	if err != nil {
		t.Fatal(err)
	}
	return msgcrypt.New(key, appID)
}

// plan is a plan for a server of the test's, which has its time.
func plan(t testing.TB, h http.Handler) *load.Plan {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return planTo(t, server.URL, load.Options{})
}

func planTo(t testing.TB, url string, o load.Options) *load.Plan {
	t.Helper()
	source, err := load.NewSource(o)
	if err != nil {
		t.Fatal(err)
	}
	return &load.Plan{
		Pusher: &push.Pusher{URL: url, Token: token, Mode: msgcrypt.Plain, Codec: codec(t)},
		Source: source, Connections: 4, Count: 100, Check: 1, Timeout: busy.Net,
	}
}

func run(t testing.TB, p *load.Plan) *load.Result {
	t.Helper()
	res, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// strict refuses what WeChat would not send, and answers each message.
func strict(t testing.TB) http.Handler {
	return &receiver.Handler{Token: token, Codec: codec(t), Reply: func(in *message.Message) *message.Message {
		return reply.Text(in, time.Now(), "you said "+in.Get("Content"))
	}}
}

// TestClosed: every message of a closed loop is right, in all modes and formats,
// on connections that are kept and not.
func TestClosed(t *testing.T) {
	server := httptest.NewServer(strict(t))
	defer server.Close()
	for _, mode := range []msgcrypt.Mode{msgcrypt.Plain, msgcrypt.Compat, msgcrypt.Safe} {
		for _, format := range []msgcrypt.Format{msgcrypt.XML, msgcrypt.JSON} {
			for _, keep := range []bool{false, true} {
				p := planTo(t, server.URL, load.Options{Format: format})
				p.Pusher.Mode, p.KeepAlive = mode, keep
				res := run(t, p)
				if res.Sent != 100 || res.Answered != 100 || len(res.Errors) > 0 || res.Checked != 100 || res.Latency.Count() != 100 {
					t.Errorf("%s %s keep %t: %+v", mode, format, keep, res)
				}
				for _, f := range res.Findings {
					if format == msgcrypt.XML { // a mini program shows no reply
						t.Errorf("%s %s: %s %s", mode, format, f.Finding.ID, f.Finding.Variant)
					}
				}
			}
		}
	}
}

// TestOpen: the open loop sends what its rate says, and no more.
func TestOpen(t *testing.T) {
	p := plan(t, strict(t))
	p.Connections, p.Rate, p.Count = 0, 200, 60
	res := run(t, p)
	if res.Sent != 60 || res.Answered != 60 || res.Rate > 201 {
		t.Errorf("%+v", res)
	}
	if len(res.Series) == 0 || res.Series[0].Sent != 60 && res.Late == 0 {
		t.Errorf("%+v", res.Series)
	}
}

// TestInterrupted: the end of the context is a clean end.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := plan(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	}))
	p.Count = 0
	p.Duration = time.Hour
	res, err := p.Run(ctx)
	if err != nil || !res.Interrupted || res.Sent != res.Canceled || res.Sent == 0 || len(res.Errors) > 0 {
		t.Errorf("%+v %v", res, err)
	}
}
