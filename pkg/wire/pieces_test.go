package wire

import (
	"context"
	"io"
	"net"
	"testing"
)

// TestCuts: each piece is a write of its own, the first has the head, and cuts
// that are none change nothing.
func TestCuts(t *testing.T) {
	for name, c := range map[string]struct {
		cuts []int
		want []string // the pieces, the first without its head
	}{
		"none":              {nil, []string{"0123456789"}},
		"two, in disorder":  {[]int{7, 3}, []string{"012", "3456", "789"}},
		"after the head":    {[]int{0, 10, 99, -5}, []string{"", "0123456789"}},
		"the same one once": {[]int{4, 4}, []string{"0123", "456789"}},
	} {
		r := NewRequest("POST", "http://example.com/", []byte("0123456789"))
		r.Cuts = c.cuts
		all := r.Bytes()
		head := len(all) - len(r.Body)
		var got []string
		client, server := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer client.Close()
			if _, err := write(context.Background(), client, r, all); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}()
		buf := make([]byte, 4096)
		for {
			n, err := server.Read(buf) // of a pipe: one write
			if err == io.EOF {
				break
			}
			got = append(got, string(buf[:n]))
		}
		<-done
		got[0] = got[0][head:]
		if len(got) != len(c.want) {
			t.Errorf("%s: pieces %q, want %q", name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: piece %d is %q, want %q", name, i, got[i], c.want[i])
			}
		}
	}
}
