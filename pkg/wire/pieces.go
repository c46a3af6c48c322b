package wire

import (
	"context"
	"io"
	"slices"
	"time"
)

// pieceGap is how long after a piece of a request the next one is written: long
// enough for a server that takes what is there to have taken it. One that is
// slower finds the pieces joined, as a network may join them.
const pieceGap = 60 * time.Millisecond

// write writes a request, of which all holds the bytes, and returns when it
// began with the last piece.
func write(ctx context.Context, w io.Writer, r *Request, all []byte) (began time.Time, err error) {
	for i, piece := range r.pieces(all) {
		if i > 0 {
			select {
			case <-ctx.Done(): // the deadline of the connection says so
			case <-time.After(pieceGap):
			}
		}
		began = time.Now()
		if _, err := w.Write(piece); err != nil {
			return began, err
		}
	}
	return began, nil
}

// pieces cuts the bytes of a request. The first piece has the head.
func (r *Request) pieces(all []byte) [][]byte {
	var pieces [][]byte
	head, from := len(all)-len(r.Body), 0
	for _, cut := range slices.Sorted(slices.Values(r.Cuts)) {
		if at := head + cut; at >= head && at > from && at < len(all) {
			pieces = append(pieces, all[from:at])
			from = at
		}
	}
	return append(pieces, all[from:])
}
