package push_test

import (
	"crypto/sha1"
	"encoding/hex"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

func benchText(b *testing.B) *message.Message {
	b.Helper()
	typ, ok := message.LookupType("text")
	if !ok {
		b.Fatal("there is no text")
	}
	return typ.New(message.OpenID("bench"), message.OriginalID("bench"), time.Unix(1700000000, 0), 24300000000000001)
}

// BenchmarkBuild makes a push of a message, beside its bytes and a hash.
func BenchmarkBuild(b *testing.B) {
	m := benchText(b)
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := m.Append(nil); err != nil {
				b.Fatal(err)
			}
			sum := sha1.Sum([]byte("15147114921714036504AAAAA"))
			_ = hex.EncodeToString(sum[:])
		}
	})
	b.Run("wxdev", func(b *testing.B) {
		p := &push.Pusher{Token: "AAAAA"}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := p.Build(m); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkRequest makes the request of a push and its bytes, beside a copy of
// those.
func BenchmarkRequest(b *testing.B) {
	const url = "http://127.0.0.1:8080/wechat"
	built, err := (&push.Pusher{Token: "AAAAA"}).Build(benchText(b))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("bare", func(b *testing.B) {
		all := built.Request(url).Bytes()
		b.ReportAllocs()
		for b.Loop() {
			_ = append([]byte(nil), all...)
		}
	})
	b.Run("wxdev", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			built.Request(url).Bytes()
		}
	})
}

// BenchmarkVerdict judges an answer, beside the judgement of the reply in it.
func BenchmarkVerdict(b *testing.B) {
	const url = "http://127.0.0.1:8080/wechat"
	p := &push.Pusher{Token: "AAAAA"}
	m := benchText(b)
	built, err := p.Build(m)
	if err != nil {
		b.Fatal(err)
	}
	body, err := reply.Text(m, time.Unix(1700000001, 0), "hello").Append(nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if j := reply.Judge(body, reply.Asked{Message: m}); len(j.Findings) > 0 {
				b.Fatal(j.Findings)
			}
		}
	})
	b.Run("wxdev", func(b *testing.B) {
		ex := &wire.Exchange{
			Request: built.Request(url), End: wire.EndLength,
			Response: &wire.Response{
				Proto: "HTTP/1.1", Status: 200, Reason: "OK", Body: body, Decoded: body,
				Header: []wire.Field{{Name: "Content-Type", Value: "text/xml"}, {Name: "Content-Length", Value: "268"}},
			},
		}
		b.ReportAllocs()
		for b.Loop() {
			if d := p.Verdict(built, ex); len(d.Findings) > 0 || d.Seen != reply.SeenReply {
				b.Fatal(d.Findings, d.Seen)
			}
		}
	})
}
