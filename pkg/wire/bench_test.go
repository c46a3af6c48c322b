package wire_test

import (
	"io"
	"net"
	"testing"

	"github.com/wxdev/wxdev/pkg/wire"
)

// BenchmarkDo measures one delivery over loopback, beside a bare connection
// that carries the same bytes: the difference is what this package costs.
func BenchmarkDo(b *testing.B) {
	answer := ok("Content-Type: text/plain\r\nContent-Length: 19\r\n", echo)
	addr := serve(b, says(answer))
	r := wire.NewRequest("GET", wire.JoinQuery("http://"+addr+"/wechat", check...), nil)
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		request, got := r.Bytes(), make([]byte, len(answer))
		for b.Loop() {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := c.Write(request); err != nil {
				b.Fatal(err)
			}
			if _, err := io.ReadFull(c, got); err != nil || string(got) != answer {
				b.Fatalf("%q, %v", got, err)
			}
			c.Close()
		}
	})
	b.Run("wxdev", func(b *testing.B) {
		b.ReportAllocs()
		var s wire.Sender
		for b.Loop() {
			if ex := s.Do(b.Context(), r); ex.Err != nil {
				b.Fatal(ex.Err)
			}
		}
	})
}
