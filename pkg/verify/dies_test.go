package verify_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/receiver"
)

// TestServersThatEndOverAMessage: whichever message it is, that is told, and
// nothing else about what nobody answered any more.
func TestServersThatEndOverAMessage(t *testing.T) {
	for name, fatal := range map[string]func() func(in *message.Message) bool{
		"the first of all": func() func(*message.Message) bool {
			return func(*message.Message) bool { return true }
		},
		"a repeated one": func() func(*message.Message) bool {
			seen := map[string]bool{}
			return func(in *message.Message) bool {
				id := in.Get("MsgId")
				again := seen[id] && id != ""
				seen[id] = true
				return again
			}
		},
		"a second click": func() func(*message.Message) bool {
			clicks := 0
			return func(in *message.Message) bool {
				if in.Get("Event") == "CLICK" {
					clicks++
				}
				return clicks == 2
			}
		},
		"an image": func() func(*message.Message) bool {
			return func(in *message.Message) bool { return in.Get("MsgType") == "image" }
		},
		"an unknown type": func() func(*message.Message) bool {
			return func(in *message.Message) bool { return in.Get("MsgType") == "wxdev_unknown" }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s *httptest.Server
			var mu sync.Mutex
			ends := fatal()
			s = httptest.NewServer(&bot{before: func(_ http.ResponseWriter, in *message.Message) bool {
				mu.Lock()
				defer mu.Unlock()
				if ends(in) {
					s.Listener.Close()
					panic(http.ErrAbortHandler)
				}
				return false
			}})
			t.Cleanup(s.Close)
			r := run(t, messageOptions(t, s.URL+"/wechat", ""))
			if got := serious(r); !slices.Equal(got, []string{"M30 dies"}) || r.OK() {
				t.Errorf("found %q", got)
			}
			describable(t, r)
		})
	}
}

// TestUnsortedBot: a server that sorts as numbers refuses pushes too, which is
// no fault of the messages.
func TestUnsortedBot(t *testing.T) {
	numeric := func(v values) string { return sum(byNumber, token, v.timestamp, v.nonce) }
	for range 8 { // of which the nonces of some would be unlucky
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			v := of(r)
			switch {
			case r.Method == "GET":
				hashing(numeric)(w, r)
			case v.signature == numeric(v):
				(&bot{check: func(url.Values, string) bool { return true }}).ServeHTTP(w, r)
			} // else it says nothing
		})
		r := run(t, messageOptions(t, handler(h)(t), ""))
		if got := serious(r); !slices.Equal(got, []string{"V18 numeric-sort"}) {
			t.Errorf("found %q", got)
		}
	}
}

// TestServerThatEndsOverAForgedPost: also where its slow first answer has made
// requests overlap, so that others get no answer either.
func TestServerThatEndsOverAForgedPost(t *testing.T) {
	for name, d := range map[string]time.Duration{"one by one": 0, "overlapping": 40 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s *httptest.Server
			good := textbook(right, plain)
			s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if isPost(r) && !right(of(r)) {
					s.Listener.Close()
					s.CloseClientConnections()
				}
				time.Sleep(d)
				good(w, r)
			}))
			t.Cleanup(s.Close)
			r := run(t, options(s.URL+"/wechat"))
			if got := serious(r); !slices.Equal(got, []string{"M30 request-dies"}) || r.OK() {
				t.Fatalf("found %q", got)
			}
			if e := r.Findings[0].Exchange; !strings.HasPrefix(string(e.Sent), "POST ") {
				t.Errorf("shown is %q", e.Sent)
			}
		})
	}
}

// TestServersThatEndOverAForgery: a server in safe mode that ends over what it
// should refuse is not one that refuses it.
func TestServersThatEndOverAForgery(t *testing.T) {
	codec := newCodec(t, appID)
	for name, forged := range map[string]func(q url.Values, env *msgcrypt.Envelope) bool{
		"msg_signature": func(q url.Values, env *msgcrypt.Envelope) bool {
			return rightMessage(q, "") && !rightMessage(q, env.Encrypt)
		},
		"AppID": func(_ url.Values, env *msgcrypt.Envelope) bool {
			plain, err := codec.Decrypt(env.Encrypt)
			return err != nil && plain != nil
		},
		"not encrypted": func(q url.Values, env *msgcrypt.Envelope) bool { return rightMessage(q, "") && env == nil },
	} {
		for _, format := range []string{"xml", "json"} {
			t.Run(name+" "+format, func(t *testing.T) {
				t.Parallel()
				good := &receiver.Handler{Token: token, Codec: codec, SafeOnly: true}
				if format == "xml" {
					good.Reply = sayBack
				}
				var s *httptest.Server
				s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					env, err := msgcrypt.ParseEnvelope(body)
					if err != nil || env.Encrypt == "" {
						env = nil
					}
					if r.Method == http.MethodPost && (env != nil || name == "not encrypted") && forged(r.URL.Query(), env) {
						s.Listener.Close()
						panic(http.ErrAbortHandler)
					}
					r.Body = io.NopCloser(bytes.NewReader(body))
					good.ServeHTTP(w, r)
				}))
				t.Cleanup(s.Close)
				o := messageOptions(t, s.URL+"/wechat", "safe")
				o.Format = format
				r := run(t, o)
				if got := serious(r); len(got) != 1 || !strings.HasPrefix(got[0], "M30 ") || r.OK() {
					t.Errorf("found %q, OK() is %t", got, r.OK())
				}
				describable(t, r)
			})
		}
	}
}
