package export_test

import (
	"io"
	"testing"

	"github.com/wxdev/wxdev/pkg/load/export"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// enough takes so many bytes, and is gone then.
type enough struct {
	b     *testing.B
	lines int
}

func (e *enough) Write(p []byte) (int, error) {
	for _, c := range p {
		if c == '\n' {
			e.lines++
		}
	}
	if e.lines >= e.b.N {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

// BenchmarkVegeta makes a target for vegeta.
func BenchmarkVegeta(b *testing.B) {
	for _, mode := range []msgcrypt.Mode{msgcrypt.Plain, msgcrypt.Safe} {
		b.Run(string(mode), func(b *testing.B) {
			p, next := pusher(b, "http://127.0.0.1:8080/wechat", mode), source(b, "text", msgcrypt.XML).Next
			b.ReportAllocs()
			b.ResetTimer()
			if err := export.Vegeta(&enough{b: b}, p, next); err != nil {
				b.Fatal(err)
			}
		})
	}
}
