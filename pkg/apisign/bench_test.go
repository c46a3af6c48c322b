package apisign

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// BenchmarkExplain is the search that finds nothing: all strings, with their two
// hashes each. Bare is as many digests of such a string.
func BenchmarkExplain(b *testing.B) {
	k := testKeys(b)
	s, err := k.Seal(pageURL+"?access_token=T&openid=oA", []byte(`{"scene":0}`), now, rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	r := call(s, pageURL+"?access_token=T&openid=oA")
	signature, err := sign(rand.Reader, k.Private, []byte("something else altogether"))
	if err != nil {
		b.Fatal(err)
	}
	r.Header[HeaderSignature] = []string{signature}
	x := Explain(r, k)
	if len(x.Mistakes) != 1 || x.Mistakes[0].ID != "S99" || x.Tried < 20_000 || x.Tried > mostTexts+mostTexts/10 {
		b.Fatalf("%v after %d", ids(x.Mistakes), x.Tried)
	}
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			for range x.Tried {
				sum := sha256.Sum256(s.StringToSign)
				sha256.Sum256(sum[:])
			}
		}
	})
	b.Run("wxdev", func(b *testing.B) {
		for b.Loop() {
			Explain(r, k)
		}
		b.ReportMetric(float64(x.Tried), "strings")
	})
}

// BenchmarkExplainLarge: a body of a megabyte ends at the bound of bytes.
func BenchmarkExplainLarge(b *testing.B) {
	k := testKeys(b)
	s, err := k.Seal(pageURL, marshal(map[string]string{"a": strings.Repeat("a", 700<<10)}), now, rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	s.Header[HeaderSignature] = []string{func() string { g, _ := sign(rand.Reader, k.Private, []byte("x")); return g }()}
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			for range mostBytes / len(s.StringToSign) {
				sha256.Sum256(s.StringToSign)
			}
		}
	})
	b.Run("wxdev", func(b *testing.B) {
		for b.Loop() {
			Explain(call(s, pageURL), k)
		}
	})
}

// BenchmarkSeal is a call, signed and encrypted.
func BenchmarkSeal(b *testing.B) {
	k := testKeys(b)
	params, _ := json.Marshal(map[string]any{"openid": "oA1", "scene": 0})
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			if _, err := sign(rand.Reader, k.Private, params); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("wxdev", func(b *testing.B) {
		for b.Loop() {
			if _, err := k.Seal(pageURL, params, time.Unix(1, 0), rand.Reader); err != nil {
				b.Fatal(err)
			}
		}
	})
}
