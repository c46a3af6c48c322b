package load

import (
	crand "crypto/rand"
	"io"
	"math/rand/v2"
)

// newRandom returns random bytes for one goroutine, from a seed of the system's:
// it is asked once and not for each message.
func newRandom() io.Reader {
	var seed [32]byte
	_, _ = crand.Read(seed[:]) // it never fails
	return rand.NewChaCha8(seed)
}
