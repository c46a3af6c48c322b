package wire

import (
	"encoding/binary"
	"io"
	"math/bits"
	"strconv"

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

// between returns a number from low on and below high, each as likely as the
// others. Of the same bytes it makes the one that rand.Int would, without the
// numbers of any size.
func between(r io.Reader, low, high uint64) (string, error) {
	unused := bits.LeadingZeros64(high - low - 1)
	number := make([]byte, 8)
	for {
		if _, err := io.ReadFull(r, number[unused/8:]); err != nil {
			return "", finding.Because(reason.NoRandom, "error", err)
		}
		if n := binary.BigEndian.Uint64(number) << unused >> unused; n < high-low {
			return strconv.FormatUint(low+n, 10), nil
		}
	}
}
