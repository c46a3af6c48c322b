package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

// TestRandomTextIsUniform: bytes that would favour the first characters are
// thrown away, so over all byte values each character comes equally often.
func TestRandomTextIsUniform(t *testing.T) {
	var every []byte
	for b := range 256 {
		every = append(every, byte(b))
	}
	for _, alphabet := range []string{lettersDigits, canonicalEnd} {
		each := 256 / len(alphabet)
		text, err := randomText(bytes.NewReader(every), each*len(alphabet), alphabet)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range alphabet {
			if n := strings.Count(text, string(c)); n != each {
				t.Errorf("%c came %d times, not %d", c, n, each)
			}
		}
	}
}

// TestAESKeyForStrictDecoders: what Go's and Java's strict decoders refuse of
// three in four random keys.
func TestAESKeyForStrictDecoders(t *testing.T) {
	ends := map[byte]bool{}
	for range 500 {
		key, err := newAESKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		b, err := base64.StdEncoding.Strict().DecodeString(key + "=")
		if len(key) != 43 || err != nil || len(b) != 32 || strings.Trim(key, lettersDigits) != "" {
			t.Fatalf("key %q: %d bytes, %v", key, len(b), err)
		}
		ends[key[42]] = true
	}
	if len(ends) != len(canonicalEnd) {
		t.Errorf("500 keys end in %d characters, not in %d", len(ends), len(canonicalEnd))
	}
}

func TestKeygenWithoutRandomness(t *testing.T) {
	env, _, _ := atTerminal(t, "")
	broken := errors.New("no entropy")
	env.Rand = iotest.ErrReader(broken)
	if err := runKeygen(&keygenOptions{globals: &globals{env: env}}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
