package signature

import (
	"crypto/sha1"
	"encoding/hex"
	"strings"
	"testing"
)

// What a signature cannot be faster than: the hash of the same bytes, and its hex.
func bareSHA1(b *testing.B, text []byte, want string) {
	b.ReportAllocs()
	var hexed string
	for b.Loop() {
		sum := sha1.Sum(text)
		var out [hexSize]byte
		hex.Encode(out[:], sum[:])
		hexed = string(out[:])
	}
	if hexed != want {
		b.Fatal(hexed)
	}
}

func BenchmarkAccess(b *testing.B) {
	b.Run("bare", func(b *testing.B) { bareSHA1(b, []byte("15147114921714036504AAAAA"), officialSignature) })
	b.Run("wxdev", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Access("AAAAA", "1714036504", "1514711492")
		}
	})
}

// BenchmarkMessage is of a text message, encrypted.
func BenchmarkMessage(b *testing.B) {
	encrypt := strings.Repeat("jn1L23DB", 60)
	b.Run("bare", func(b *testing.B) {
		bareSHA1(b, []byte("15147114921714036504AAAAA"+encrypt), Message("AAAAA", "1714036504", "1514711492", encrypt))
	})
	b.Run("wxdev", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Message("AAAAA", "1714036504", "1514711492", encrypt)
		}
	})
}
