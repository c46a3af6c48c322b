package packed

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
)

var files = map[string][]byte{
	"findings/V18.toml": []byte(strings.Repeat("令牌\n", 1000)),
	"errcodes.tsv":      []byte("40164\tinvalid ip\n"),
	"empty":             nil,
}

// small are much alike.
var small = map[string][]byte{"a": []byte(strings.Repeat("令牌\n", 50)), "b": []byte(strings.Repeat("令牌\n", 51)), "c": []byte("x"), "d": bytes.Repeat([]byte("y"), 2000), "e": []byte("z"), "f": nil}

// TestTogether: files that share a stream are read like others, in any order.
func TestTogether(t *testing.T) {
	data := Make(small, 1000, nil)
	if apart := Make(small, 0, nil); len(data) >= len(apart) {
		t.Errorf("%d bytes together, %d apart", len(data), len(apart))
	}
	p := Open(string(data))
	for range 2 {
		for name, want := range small {
			raw, ok := p.Read(name)
			if !ok || !bytes.Equal(raw, want) {
				t.Errorf("%s: %v, %q", name, ok, raw)
			}
			clear(raw) // what one reader does to its copy is nobody else's
		}
	}
	if _, ok := p.Gzip("a"); ok {
		t.Error("a file that shares its stream has one")
	}
	if !bytes.Equal(Make(small, 1000, data), data) || bytes.Equal(Make(small, 10, data), data) {
		t.Error("made anew, or not")
	}
}

func TestReads(t *testing.T) {
	data := Make(files, 0, nil)
	if len(data) > 400 {
		t.Errorf("the pack has %d bytes", len(data))
	}
	p := Open(string(data))
	if want := []string{"empty", "errcodes.tsv", "findings/V18.toml"}; !slices.Equal(p.Names(), want) {
		t.Errorf("names %q", p.Names())
	}
	var all sync.WaitGroup
	for name, want := range files {
		all.Go(func() {
			for range 10 {
				if raw, ok := p.Read(name); !ok || !bytes.Equal(raw, want) {
					t.Errorf("%s: %v, %d bytes", name, ok, len(raw))
				}
			}
		})
	}
	all.Wait()
	if _, ok := p.Read("findings/V99.toml"); ok {
		t.Error("there is a file that was not packed")
	}
	if z, ok := p.Gzip("errcodes.tsv"); !ok || !strings.HasPrefix(z, "\x1f\x8b") {
		t.Errorf("%q is no gzip stream", z)
	}
}

// TestMakeKeeps: what has the files already stays as it is, whatever made it.
func TestMakeKeeps(t *testing.T) {
	old := Make(files, 0, nil)
	other := bytes.Replace(old, []byte("\x1f\x8b\x08\x00"), []byte("\x1f\x8b\x08\x01"), 1) // says that it is text
	if bytes.Equal(other, old) {
		t.Fatal("no other pack was made")
	}
	if !bytes.Equal(Make(files, 0, other), other) {
		t.Error("a pack that has the files was made anew")
	}
	for _, wrong := range [][]byte{nil, []byte("x"), old[:len(old)-1], append(slices.Clone(old), 'x'), Make(map[string][]byte{"empty": nil}, 0, nil), Make(small, 1000, nil)} {
		if !bytes.Equal(Make(files, 0, wrong), old) {
			t.Errorf("%d bytes stayed", len(wrong))
		}
	}
}

func TestOpenPanics(t *testing.T) {
	for _, data := range []string{"", "a\t5\n\nabc", "a\tx\n\n", "a\t1\n\nabc", "a\n\n", "a\t3\t\n\nabc", "a\t3\t-1\n\nabc", "a\t\t3\n\n", "\t\n\n"} {
		if p, err := open(data); err == nil {
			t.Errorf("%q is a pack of %q", data, p.names)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("what is no pack opens")
		}
	}()
	Open("no pack")
}
