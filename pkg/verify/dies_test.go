package verify_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/wxdev/wxdev/pkg/message"
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
