package emulator

import (
	"crypto/rand"
	"encoding/base64"
	"io"
	"strings"
	"sync"
)

// randSource is a source of randomness that many goroutines use. It reads ahead: a
// call of the system for each token would cost more than the rest of it.
type randSource struct {
	mu   sync.Mutex
	r    io.Reader
	pool [1024]byte
	left int // of the pool, at its end
}

// read fills b. A source that fails is replaced by the system's, which does
// not.
func (d *randSource) read(b []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(b) > 0 {
		if d.left == 0 {
			if _, err := io.ReadFull(d.r, d.pool[:]); err != nil {
				d.r = rand.Reader
				_, _ = rand.Read(d.pool[:]) // never fails
			}
			d.left = len(d.pool)
		}
		n := copy(b, d.pool[len(d.pool)-d.left:])
		d.left -= n
		b = b[n:]
	}
}

// Read implements [io.Reader].
func (d *randSource) Read(b []byte) (int, error) {
	d.read(b)
	return len(b), nil
}

func (e *Emulator) random(b []byte) { e.rand.read(b) }

// chars returns n random characters of base64url.
func (e *Emulator) chars(n int) string {
	b := make([]byte, (n*3+3)/4)
	e.random(b)
	return base64.RawURLEncoding.EncodeToString(b)[:n]
}

// letters returns n random letters and digits.
func (e *Emulator) letters(n int) string {
	return strings.NewReplacer("-", "x", "_", "y").Replace(e.chars(n))
}
