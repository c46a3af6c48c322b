package receiver

import (
	"sync"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
)

// WeChat delivers a message three times within about 15 seconds if there is no
// answer. Replies are kept a little longer than that.
const (
	keepFor  = 30 * time.Second
	keepMost = 10_000
)

// recent remembers the replies to the latest messages. The zero value is
// ready.
type recent struct {
	mu      sync.Mutex
	replies map[string]*pending
	order   []*pending
}

// pending is a reply that is made, or being made.
type pending struct {
	key   string
	at    time.Time
	done  chan struct{}
	reply *message.Message
}

// do returns the reply for key: made by make the first time, and the same one
// again for a repeated delivery, which waits while it is being made.
func (r *recent) do(key string, make func() *message.Message) (reply *message.Message, repeated bool) {
	p, mine := r.claim(key)
	if !mine {
		<-p.done
		return p.reply, true
	}
	defer close(p.done) // also if make panics: nobody should wait for ever
	p.reply = make()
	return p.reply, false
}

func (r *recent) claim(key string) (p *pending, mine bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	for len(r.order) > 0 && (now.Sub(r.order[0].at) > keepFor || len(r.order) > keepMost) {
		delete(r.replies, r.order[0].key)
		r.order = r.order[1:]
	}
	if p, ok := r.replies[key]; ok {
		return p, false
	}
	if r.replies == nil {
		r.replies = map[string]*pending{}
	}
	p = &pending{key: key, at: now, done: make(chan struct{})}
	r.replies[key] = p
	r.order = append(r.order, p)
	return p, true
}
