package message

import (
	"crypto/rand"
	"encoding/binary"
	"io"
	"sync/atomic"
	"time"
)

// MsgIDs makes the MsgIds of one run. No other run makes the same ones, whether
// it is of this process or not: a server that drops what it has seen would drop
// its messages. Runs that begin within the same five minutes are told apart by
// chance, and share an id once in a thousand million for each message. A MsgIDs
// may be used by many goroutines. Make one with [NewMsgIDs].
//
// The ids are made like WeChat's of 2019 to 2025: 17 digits, the upper 32 bits
// the Unix time in units of five minutes, the lower ones without a rule that
// shows. They are above 2⁵⁴ and odd, so a program that keeps them in a double,
// as JSON libraries do, changes every one, but makes no two of a run the same.
type MsgIDs struct {
	fiveMinutes int64
	low         atomic.Uint32
}

// NewMsgIDs begins the ids of a run at a place that random chooses, which is
// crypto/rand when nil. The same bytes and time give the same ids. A source that
// fails leaves the time alone: what else reads it, to sign, will report that.
func NewMsgIDs(random io.Reader, now time.Time) *MsgIDs {
	if random == nil {
		random = rand.Reader
	}
	var b [4]byte
	_, _ = io.ReadFull(random, b[:])
	ids := &MsgIDs{fiveMinutes: now.Unix() / 300}
	ids.low.Store(binary.BigEndian.Uint32(b[:]) | 1)
	return ids
}

// Next returns the next id. They repeat after a thousand million.
func (m *MsgIDs) Next() int64 {
	const step = 4 // of doubles of this size
	return m.fiveMinutes<<32 | int64(m.low.Add(step))
}
