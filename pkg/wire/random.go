package wire

import (
	"crypto/rand"
	"io"
	"math/big"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// NewNonce returns a nonce as WeChat writes it: a number of 8 to 10 digits
// below 2^32.
func NewNonce(r io.Reader) (string, error) {
	return between(r, 10_000_000, 1<<32)
}

// NewEchostr returns an echostr as WeChat writes it: 19 digits, below 2^63.
func NewEchostr(r io.Reader) (string, error) {
	return between(r, 1_000_000_000_000_000_000, 1<<63)
}

func between(r io.Reader, low, high uint64) (string, error) {
	span := new(big.Int).SetUint64(high - low)
	n, err := rand.Int(r, span)
	if err != nil {
		return "", finding.Because(reason.NoRandom, "error", err)
	}
	return n.Add(n, new(big.Int).SetUint64(low)).String(), nil
}
