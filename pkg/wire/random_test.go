package wire_test

import (
	"bytes"
	"crypto/rand"
	"math/big"
	mathrand "math/rand/v2"
	"strconv"
	"testing"

	"github.com/wxdev/wxdev/pkg/wire"
)

func TestNewNonce(t *testing.T) {
	lengths := map[int]bool{}
	for range 5000 {
		s, err := wire.NewNonce(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := strconv.ParseUint(s, 10, 32); err != nil || n < 10_000_000 {
			t.Fatalf("nonce %q", s)
		}
		lengths[len(s)] = true
	}
	// Eight digits are one in fifty, nine one in five.
	if !lengths[8] || !lengths[9] || !lengths[10] {
		t.Errorf("lengths %v", lengths)
	}
}

func TestNewEchostr(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		s, err := wire.NewEchostr(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := strconv.ParseInt(s, 10, 64); err != nil || len(s) != 19 || s[0] == '0' || seen[s] {
			t.Fatalf("echostr %q", s)
		}
		seen[s] = true
	}
}

func TestRandomFails(t *testing.T) {
	if s, err := wire.NewNonce(new(bytes.Buffer)); err == nil {
		t.Errorf("a nonce %q of nothing", s)
	}
	if s, err := wire.NewEchostr(bytes.NewReader([]byte{1})); err == nil {
		t.Errorf("an echostr %q of one byte", s)
	}
}

// Who has recorded the bytes gets the numbers of rand.Int.
func TestRandomIsThatOfTheBytes(t *testing.T) {
	const begin, beyond = 10_000_000, 1 << 32
	ours, theirs := mathrand.NewChaCha8([32]byte{1}), mathrand.NewChaCha8([32]byte{1})
	for range 1000 {
		got, err := wire.NewNonce(ours)
		want, err2 := rand.Int(theirs, big.NewInt(beyond-begin))
		if err != nil || err2 != nil || got != want.Add(want, big.NewInt(begin)).String() {
			t.Fatalf("%s, %v; want %s, %v", got, err, want, err2)
		}
	}
}
