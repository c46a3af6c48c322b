package load

import (
	"io"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/scenario"
)

// DefaultUsers is how many users send where [Options] do not say it.
const DefaultUsers = 10_000

// Options are what a [Source] makes.
type Options struct {
	Mix    Mix              // empty is text alone
	Steps  []*scenario.Step // in place of a Mix: the messages of scenarios, each as often as it is repeated
	Users  int              // how many users take turns; 0 is [DefaultUsers]
	Format msgcrypt.Format  // empty is XML
	To     string           // the account's original id; empty is a test account's

	Now  func() time.Time // nil is time.Now
	Rand io.Reader        // where the ids begin; nil is crypto/rand
}

// Source makes messages, no two of which a server may take for the same: each has
// a MsgId of its own or, if it is an event, a CreateTime that its user has in no
// other. So with more events a second than there are users their times run
// ahead of the clock. Texts are numbered. All may be used by many goroutines.
type Source struct {
	mix     []share
	pattern []int
	users   []string
	lasts   []atomic.Int64 // CreateTime of the last event of each user
	ids     *message.MsgIDs
	format  msgcrypt.Format
	to      string
	now     func() time.Time
	next    atomic.Int64
}

// share is a Share that was looked up.
type share struct {
	typ   *message.Type
	event bool
	step  *scenario.Step // nil: a sample of the type
}

// NewSource returns a Source. The error is a [*MixError], or of a type that
// does not come in JSON where that is the format.
func NewSource(o Options) (*Source, error) {
	if o.Steps != nil {
		o.Mix = nil
	}
	for _, st := range o.Steps {
		o.Mix = append(o.Mix, Share{st.Type().Name, min(st.Repeat, MaxWeight)})
	}
	if len(o.Mix) == 0 {
		o.Mix = Mix{{Type: "text", Weight: 1}}
	}
	if err := o.Mix.check(); err != nil {
		return nil, err
	}
	s := &Source{pattern: o.Mix.pattern(), format: o.Format, to: o.To, now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	if s.to == "" {
		s.to = message.OriginalID("wxdev")
	}
	if s.format == "" {
		s.format = msgcrypt.XML
	}
	for i, sh := range o.Mix {
		t, _ := message.LookupType(sh.Type)
		if s.format == msgcrypt.JSON && !t.JSON && sh.Weight > 0 {
			return nil, finding.Because(reason.NotPushedInJSON, "type", t.Name)
		}
		s.mix = append(s.mix, share{typ: t, event: t.MsgType == "event" || t.InfoType != ""})
		if o.Steps != nil {
			s.mix[i].step = o.Steps[i]
			if _, err := o.Steps[i].Message(message.OpenID("bench"), s.to, s.now(), 1, 1, s.format); err != nil {
				return nil, err
			}
		}
	}
	n := o.Users
	if n <= 0 {
		n = DefaultUsers
	}
	s.lasts = make([]atomic.Int64, n)
	for i := range n {
		s.users = append(s.users, message.OpenID("bench "+strconv.Itoa(i+1)))
	}
	s.ids = message.NewMsgIDs(o.Rand, s.now())
	return s, nil
}

// Next returns the next message, which is the caller's own.
func (s *Source) Next() *message.Message {
	i := s.next.Add(1) - 1
	sh, user := s.turn(i)
	return s.message(sh, s.users[user], s.time(sh, user), s.ids.Next(), i)
}

func (s *Source) message(sh share, from string, at time.Time, id, i int64) *message.Message {
	if sh.step != nil {
		m, _ := sh.step.Message(from, s.to, at, id, i+1, s.format) // NewSource has made one
		return m
	}
	m := sh.typ.New(from, s.to, at, id)
	m.Format = s.format
	if sh.typ.MsgType == "text" {
		_ = m.Set("Content", content(i)) // every text has one
	}
	return m
}

// turn is which share the message i is of, and which user sends it. Over time each
// user sends each share.
func (s *Source) turn(i int64) (sh share, user int) {
	round := int64(len(s.pattern))
	return s.mix[s.pattern[i%round]], int((i + i/round) % int64(len(s.users)))
}

// time is the CreateTime of a user's next message.
func (s *Source) time(sh share, user int) time.Time {
	now := s.now()
	if !sh.event {
		return now
	}
	for {
		last := s.lasts[user].Load()
		at := max(now.Unix(), last+1)
		if s.lasts[user].CompareAndSwap(last, at) {
			return time.Unix(at, 0)
		}
	}
}

func content(i int64) string { return "message " + strconv.FormatInt(i+1, 10) }
