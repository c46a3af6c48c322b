package export

import (
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// TestForms: a target that is filled in is that of its request, byte for byte.
func TestForms(t *testing.T) {
	key, err := msgcrypt.ParseKey("wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd")
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"http://127.0.0.1:8080", "https://例子.测试/wechat?a=openid&b=%20#part", "http://[::1]:1/?x=\"<&>"} {
		for _, mode := range []msgcrypt.Mode{msgcrypt.Plain, msgcrypt.Compat, msgcrypt.Safe} {
			p := &push.Pusher{URL: url, Token: "letmein7", Mode: mode, Codec: msgcrypt.New(key, "wx0123456789abcdef")}
			p.Header = []wire.Field{{Name: "X-Tenant", Value: "a\"b"}}
			made := forms{pusher: p, known: map[kind]form{}}
			for range 2 {
				for _, openID := range []string{message.OpenID("alice"), "", "a b", "a&b=\"c\"", "你"} {
					for _, format := range []msgcrypt.Format{msgcrypt.XML, msgcrypt.JSON} {
						typ, _ := message.LookupType("text")
						m := typ.New(openID, "gh_1", time.Now(), 1)
						m.Format = format
						built, err := p.Build(m)
						if err != nil {
							t.Fatal(err)
						}
						filled, whole := made.append([]byte("x"), built), made.general([]byte("x"), built)
						if string(filled) != string(whole) {
							t.Errorf("filled in:\n%.300swhole:\n%.300s", filled, whole)
						}
					}
				}
			}
			if len(made.known) != 4 {
				t.Errorf("%d kinds", len(made.known))
			}
		}
	}
}
