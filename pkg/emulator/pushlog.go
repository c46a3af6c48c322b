package emulator

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

// The states of a push.
const (
	StateWaiting  = "waiting"  // for the server
	StateDone     = "done"     // the user saw what came of it
	StateCanceled = "canceled" // nobody waited for the end, or it could not be sent
)

// PushRecord is one push to an account's server, from its start on. What came of
// it is in Push, which is nil as long as it is under way.
type PushRecord struct {
	ID      int64       `json:"id"` // from 1, in the order in which they began
	AppID   string      `json:"appid"`
	User    string      `json:"user"`           // the OpenID
	Label   string      `json:"label"`          // its type, and the beginning of what it says
	Type    string      `json:"type,omitempty"` // as package message names it; empty for a body that is no message
	MsgID   string      `json:"msgid,omitempty"`
	Mode    string      `json:"mode"`
	Format  string      `json:"format"`
	Action  *ActionDone `json:"action,omitempty"` // of the user that it tells; nil when none did anything
	Started time.Time   `json:"started"`          // the emulator's time
	State   string      `json:"state"`            // waiting, done or canceled
	Attempt int         `json:"attempt"`          // which delivery is under way, or was the last one
	Of      int         `json:"of"`               // how many there are at most
	Entry   int64       `json:"entry,omitempty"`  // of the log, once it is done
	Again   int64       `json:"again,omitempty"`  // the push that was sent again
	MS      float64     `json:"ms,omitempty"`     // from its start to its end, all deliveries
	Line    int64       `json:"line,omitempty"`   // of the user's chat that it tells

	*Push
}

// ActionDone is what a user did.
type ActionDone struct {
	Do     string            `json:"do"`
	Value  string            `json:"value,omitempty"`
	Fields map[string]string `json:"fields,omitempty"`
}

// PushDetail is a push down to its bytes.
type PushDetail struct {
	PushRecord

	Attempts   []AttemptDetail `json:"attempts"`
	Plain      *Bytes          `json:"plain,omitempty"`       // the message, before any encryption
	ReplyPlain *Bytes          `json:"reply_plain,omitempty"` // the reply, decrypted
	Body       *BodyPlace      `json:"body,omitempty"`        // where in what the last delivery received the body is
	Steps      []push.StepView `json:"steps,omitempty"`       // of the last delivery

	*push.Trace // the arithmetic of the signatures and of the envelopes

	words map[finding.Lang][]push.StepView
}

// BodyPlace says which part of the bytes that were received is the answer's body.
// The framing of chunks, if it has any, is in it.
type BodyPlace struct {
	Offset int `json:"offset"`
	Length int `json:"length"`
}

// AttemptDetail is one delivery: its times and its bytes.
type AttemptDetail struct {
	N        int       `json:"n"`
	At       time.Time `json:"at"`
	Address  string    `json:"address,omitempty"` // that was connected to
	TLS      string    `json:"tls,omitempty"`     // "TLS 1.3"; empty without
	Times    Times     `json:"times"`
	Sent     *Bytes    `json:"sent,omitempty"`
	Received *Bytes    `json:"received,omitempty"`
	Status   int       `json:"status,omitempty"`
	End      string    `json:"end,omitempty"` // how the answer ended: length, eof, short, timeout, reset, limit
	Error    string    `json:"error,omitempty"`

	err error
}

// Times are those of a delivery, in milliseconds; zero for a step that was not
// taken.
type Times struct {
	DNS     float64 `json:"dns"`
	Connect float64 `json:"connect"`
	TLS     float64 `json:"tls"`
	First   float64 `json:"first"` // from the request being written to the first byte of the answer
	Total   float64 `json:"total"`
}

// Bytes are what went over the wire, or as much of it as is kept.
type Bytes struct {
	Data Blob `json:"b64"`
	Size int  `json:"size"`           // of all of it
	Cut  bool `json:"cut,omitempty"`  // Data is the beginning: a push keeps 64 KB
	Gone bool `json:"gone,omitempty"` // Data is no longer kept: newer pushes needed the room
}

// pushed is a push as the log keeps it.
type pushed struct {
	PushDetail

	began    time.Time // of this machine's clock
	left     bool      // the log, which had no room for it
	answered bool      // by a customer-service message
	memory   keeper
	walk     *lateWalk // nil until it ends
}

// pushLog keeps the newest pushes, in the order of their ids.
type pushLog struct {
	list  []*pushed
	last  int64
	limit int
}

func (p *pushLog) clear() {
	p.list = slices.DeleteFunc(p.list, func(r *pushed) bool { return r.State != StateWaiting })
}

func (p *pushLog) get(id int64) *pushed {
	i, found := slices.BinarySearchFunc(p.list, id, func(r *pushed, id int64) int { return int(r.ID - id) })
	if !found {
		return nil
	}
	return p.list[i]
}

// begin makes a push known. One that is under way leaves only when there are
// more than the limit of them.
func (j *requestLog) begin(r *pushed) {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := &j.pushes
	p.last++
	r.ID, r.State, r.began = p.last, StateWaiting, time.Now()
	if len(p.list) >= p.limit {
		p.list[0].left = true
		j.memory.release(&p.list[0].memory)
		p.list[0] = nil
		p.list = p.list[1:]
	}
	p.list = append(p.list, r)
}

// attempt notes a delivery that begins, or with an exchange what came of it.
func (j *requestLog) attempt(r *pushed, n int, at time.Time, ex *wire.Exchange) {
	j.mu.Lock()
	defer j.mu.Unlock()
	r.Attempt = n
	if ex == nil {
		r.Attempts = append(r.Attempts, AttemptDetail{N: n, At: at})
		return
	}
	a := &r.Attempts[len(r.Attempts)-1]
	a.Address, a.TLS, a.err = ex.Address, ex.TLS, ex.Err
	a.Times = Times{
		DNS: millis(ex.Times.DNS), Connect: millis(ex.Times.Connect), TLS: millis(ex.Times.TLS),
		First: millis(ex.Times.FirstByte), Total: millis(ex.Times.Total),
	}
	if ex.Response != nil {
		a.Status = ex.Response.Status
	}
	a.Error, a.End = attempt(ex).Error, ends.Get()[ex.End]
}

var ends = lazy.Value[map[wire.End]string]{Make: func() map[wire.End]string {
	return map[wire.End]string{
		wire.EndLength: "length", wire.EndEOF: "eof", wire.EndShort: "short", wire.EndTimeout: "timeout",
		wire.EndReset: "reset", wire.EndLimit: "limit", wire.EndCanceled: "canceled",
	}
}}

// end notes what came of a push, and keeps of its bytes what there is room for:
// first what was sent, with which the push can be made again, then what the newest
// delivery received, which leaves half the room to the decrypted reply.
func (j *requestLog) end(r *pushed, d *push.Delivery, p *Push, w *lateWalk, hide func([]byte) []byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	r.walk, r.Body = w, bodyPlace(d.Last())
	r.State, r.Push, r.MS = StateDone, p, millis(time.Since(r.began))
	if d.Canceled {
		r.State = StateCanceled
	}
	if r.left { // nobody can ask for it
		return
	}
	keep := keeping{room: maxKeptOfOne, hide: hide}
	n := min(len(r.Attempts), len(d.Exchanges))
	r.Plain = keep.bytes(d.Push.Plain, keep.room)
	for i := n - 1; i >= 0; i-- {
		r.Attempts[i].Sent = keep.bytes(d.Exchanges[i].Sent, keep.room)
	}
	for i := n - 1; i >= 0; i-- {
		most := keep.room
		if i == n-1 {
			most = max(most/2, most-len(d.Plain))
		}
		r.Attempts[i].Received = keep.bytes(d.Exchanges[i].Received, most)
		if i == n-1 {
			r.ReplyPlain = keep.bytes(d.Plain, keep.room)
		}
	}
	j.memory.keep(&r.memory, maxKeptOfOne-keep.room+w.weight, r.gone)
}

// keeping shares out the room for the bytes of a push.
type keeping struct {
	room int
	hide func([]byte) []byte
}

// bytes keeps as many of some bytes as is allowed.
func (k *keeping) bytes(b []byte, most int) *Bytes {
	if b == nil {
		return nil
	}
	seen := k.hide(b[:min(len(b), most+maxSecret)])
	if len(b) > most+maxSecret { // at its end half a secret can be
		seen = seen[:max(len(seen)-maxSecret, 0)]
	}
	kept := &Bytes{Size: len(b), Data: slices.Clone(seen[:min(len(seen), most)]), Cut: len(b) > most}
	k.room -= len(kept.Data)
	return kept
}

// bodyPlace finds the body among the bytes of an answer.
func bodyPlace(ex *wire.Exchange) *BodyPlace {
	if ex.Response == nil {
		return nil
	}
	_, body := wire.SplitHead(ex.Received)
	body = bytes.TrimPrefix(bytes.TrimPrefix(body, []byte("\r")), []byte("\n"))
	return &BodyPlace{len(ex.Received) - len(body), len(body)}
}

// gone drops the bytes. Who reads them has a copy of what there was: the values
// are replaced, not changed.
func (r *pushed) gone() {
	r.walk.get() // which lets go of the delivery
	lose := func(b **Bytes) {
		if *b != nil {
			*b = &Bytes{Size: (*b).Size, Gone: true}
		}
	}
	lose(&r.Plain)
	lose(&r.ReplyPlain)
	attempts := slices.Clone(r.Attempts)
	for i := range attempts {
		lose(&attempts[i].Sent)
		lose(&attempts[i].Received)
	}
	r.Attempts = attempts
}

// fail notes a push that could not be made.
func (j *requestLog) fail(r *pushed) {
	j.mu.Lock()
	defer j.mu.Unlock()
	r.State, r.MS = StateCanceled, millis(time.Since(r.began))
}

// logged ties a push to its entry.
func (j *requestLog) logged(r *pushed, entry int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	r.Entry = entry
}

// ended is the event of a push that has.
func (j *requestLog) ended(r *pushed) PushEnd {
	j.mu.Lock()
	defer j.mu.Unlock()
	end := PushEnd{Push: r.ID, Entry: r.Entry, State: r.State}
	if r.Push != nil {
		end.OK, end.Seen = r.OK, string(r.Seen)
	}
	return end
}

// maxLate is how late a call can answer a push: as long as the window for
// customer-service messages is open.
const maxLate = 48 * time.Hour

// cause is the push that a call about a user probably answers: the newest one of
// something the user did that has no reply, or else the newest. One that a
// message answered already has another one only as long as it is the newest. 0
// if there is none.
func (j *requestLog) cause(appid, openid string, now time.Time) (id int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range slices.Backward(j.pushes.list) {
		switch {
		case r.AppID != appid || r.User != openid || r.Action == nil && r.Line == 0 || now.Sub(r.Started).Abs() > maxLate:
			continue
		case r.Push != nil && r.Seen == reply.SeenReply:
			id = max(id, r.ID)
		case r.answered && id != 0:
			return id
		default:
			return r.ID
		}
	}
	return id
}

// answers notes that a message answers a push, and returns how long after its
// start it comes, in milliseconds.
func (j *requestLog) answers(push int64) float64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	if r := j.pushes.get(push); r != nil {
		r.answered = true
		return millis(time.Since(r.began))
	}
	return 0
}

// PushMatch says which pushes are meant. The zero PushMatch is all of them.
type PushMatch struct {
	AppID string
	User  string // a name or an OpenID
	After int64  // those with a larger ID
}

// Pushes returns the pushes that are remembered, those under way too, the oldest
// first.
func (e *Emulator) Pushes(m PushMatch) []PushRecord {
	m.User = e.openID(m.AppID, m.User)
	e.log.mu.Lock()
	defer e.log.mu.Unlock()
	list := []PushRecord{}
	for _, r := range e.log.pushes.list {
		if r.ID > m.After && (m.AppID == "" || m.AppID == r.AppID) && (m.User == "" || m.User == r.User) {
			list = append(list, r.PushRecord)
		}
	}
	return list
}

// Detail returns a push down to its bytes. The error is [ErrNotFound].
func (e *Emulator) Detail(id int64) (PushDetail, error) {
	d, late, err := e.log.detail(id)
	if late != nil {
		w := late.get() // without the lock
		d.Trace, d.words = w.trace, w.steps
	}
	return d, err
}

func (j *requestLog) detail(id int64) (PushDetail, *lateWalk, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	r := j.pushes.get(id)
	if r == nil {
		return PushDetail{}, nil, notFound("there is no push " + itoa(id) + ", or it is no longer remembered")
	}
	d := r.PushDetail
	d.Attempts = slices.Clone(d.Attempts) // a delivery that ends changes its own
	return d, r.walk, nil
}

// In is the push with its findings and errors in a language.
func (r PushRecord) In(lang finding.Lang) PushRecord {
	r.Push = r.Push.In(lang)
	return r
}

// In is the push with its findings and errors in a language.
func (d PushDetail) In(lang finding.Lang) PushDetail {
	d.PushRecord, d.Steps = d.PushRecord.In(lang), d.words[lang]
	for i := range d.Attempts {
		if a := &d.Attempts[i]; a.err != nil {
			a.Error = finding.ErrorIn(lang, a.err)
		}
	}
	return d
}

// label is what a push is in the list: its type, and the beginning of what it
// says, in quotation marks that are of no language.
func label(m *message.Message, kind string) string {
	const longest = 40 // characters
	if m == nil {
		return kind
	}
	says := []rune(cmp.Or(m.Get("Content"), m.Get("EventKey"), m.Get("Recognition"), m.Get("Label"), m.Get("Title")))
	if len(says) == 0 {
		return kind
	}
	if len(says) > longest {
		says = append(says[:longest:longest], '…')
	}
	return kind + " 「" + string(says) + "」"
}
