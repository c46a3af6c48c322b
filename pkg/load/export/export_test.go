package export_test

import (
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/receiver"
)

const (
	token  = "letmein7"
	aesKey = "wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd"
	appID  = "wx0123456789abcdef"
)

func codec(t testing.TB) *msgcrypt.Codec {
	key, err := msgcrypt.ParseKey(aesKey)
	if err != nil {
		t.Fatal(err)
	}
	return msgcrypt.New(key, appID)
}

// strict is a server that takes nothing twice: no message, and no nonce of a
// second. What it refuses, and what is late, is kept.
type strict struct {
	*httptest.Server
	mu      sync.Mutex
	nonces  map[string]bool
	got     int
	types   map[string]int
	users   map[string]bool
	refused []string
	to      string
}

func newStrict(t testing.TB, mode msgcrypt.Mode, format msgcrypt.Format) *strict {
	s := &strict{nonces: map[string]bool{}, types: map[string]int{}, users: map[string]bool{}, to: message.OriginalID(appID)}
	h := &receiver.Handler{Token: token, SafeOnly: mode == msgcrypt.Safe}
	if mode != msgcrypt.Plain {
		h.Codec = codec(t)
	}
	h.Log = func(e receiver.Event) { s.judge(e, mode, format) }
	s.Server = httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func (s *strict) judge(e receiver.Event, mode msgcrypt.Mode, format msgcrypt.Format) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got++
	nonce := e.Query.Get("timestamp") + " " + e.Query.Get("nonce")
	switch {
	case e.Err != nil:
		s.refuse("%v", e.Err)
	case e.Repeated:
		s.refuse("the message came before: %s", e.Plain)
	case s.nonces[nonce]:
		s.refuse("the nonce came before: %s", nonce)
	case e.Mode != mode:
		s.refuse("it came in %s mode", e.Mode)
	case e.Message.Format != format:
		s.refuse("it is %s", e.Message.Format)
	case e.Query.Get("openid") != e.Message.Get("FromUserName") || !message.IsOpenID(e.Query.Get("openid")):
		s.refuse("of %q by %q", e.Message.Get("FromUserName"), e.Query.Get("openid"))
	case e.Message.Get("ToUserName") != s.to:
		s.refuse("to %q", e.Message.Get("ToUserName"))
	default:
		s.types[e.Message.Get("MsgType")+" "+e.Message.Get("Event")]++
		s.users[e.Message.Get("FromUserName")] = true
		if at, ok := e.Message.Int("CreateTime"); !ok || e.Time.Sub(time.Unix(at, 0)).Abs() > 15*time.Second {
			s.refuse("made at %d", at)
		}
	}
	s.nonces[nonce] = true
}

func (s *strict) refuse(format string, args ...any) {
	s.refused = append(s.refused, fmt.Sprintf(format, args...))
}
