package verify

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// engine sends what the checks ask for. It counts the requests, keeps to the
// budget, and knows why nothing more is sent.
type engine struct {
	Options
	ctx        context.Context
	rules      *product.Rules
	target     *url.URL
	messageURL string            // where messages go: Options.URL, which of a third-party platform is changed to AuthURL
	extra      []signature.Param // the URL's own parameters
	local      bool
	report     *Report
	start      time.Time
	runs       runs
	width      int  // how many requests may be under way at once: see overlap.go
	paired     bool // it was tried whether the server answers side by side
	crowd      *crowd
	under      sync.WaitGroup // what is sent in the background
	ids        *message.MsgIDs

	server

	randMu sync.Mutex
	mu     sync.Mutex // guards what follows, report.Probes and a handle's counts while requests overlap
	stop   Reason     // why nothing more is sent: empty, doubtful, or the reason of the checks that are left
	doubts []trial    // what has to be explained when stop is doubtful
	limit  *wire.Exchange
	lost   int // probes that a rate limit refused
	unsent int // probes that were not sent any more
	err    error

	forgotten int // how many probes' answers are let go of
}

// server is what the checks have learned of the server.
type server struct {
	base      *wire.Exchange // the first verification request
	query     query          // what it carried
	explained bool           // its answer is not the echostr, and says why
	ahead     *ahead         // what a search for the cause sends first
	blind     bool           // a wrong signature got the same answer, and so did a request without parameters
	refusal   *wire.Exchange // what a wrong signature got
	again     []trial        // the base request once more, when it was refused
	tries     int            // signatures that a search has tried
	untried   int            // and those that there was no time for
	cached    bool           // what answers is a cache
	unsigned  bool           // any signature is accepted
	misplaced bool           // messages are refused for the order of the strings
	first     *push.Push     // the first message
	took      *wire.Exchange // and its answer
	taken     bool           // it was taken
	talks     bool           // some message got a reply
	answers   bool           // the first one of some user did
	reached   bool           // of a third-party platform: a message to an account
	oneLate   bool           // each reply is meant for the text before
	denials   []*wire.Exchange
}

// doubtful is engine.stop from the moment when a request was refused that
// the server took before, until [checkSteady] has found out why.
const doubtful Reason = "doubtful"

var errStopped = errors.New("not sent: the server takes no more requests")

// do sends a request for a check, unless nothing more is to be sent.
func (h *handle) do(s wire.Sender, name string, req *wire.Request, echostr string) *wire.Exchange {
	if h.stops() {
		return unsent(req)
	}
	send := s.Do
	if h.inProcess != nil {
		send = h.inProcess
	}
	crowded := h.crowd.isLarge()
	var ex *wire.Exchange
	ask := func() {
		ex = send(h.ctx, req)
		h.keep(Probe{Name: name, Check: h.check.name, Exchange: ex, Shown: shown(ex, echostr)})
	}
	if ask(); crowded {
		h.alone(ex, ask)
	}
	return ex
}

// unsent is the exchange of a request that was not sent.
func unsent(req *wire.Request) *wire.Exchange {
	return &wire.Exchange{Request: req, Err: &wire.Error{Kind: wire.Canceled, Err: errStopped}}
}

// stops reports, and counts, that a probe is not to be sent any more.
func (h *handle) stops() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stop == "" && h.spent() {
		h.stop = OutOfBudget
	}
	if h.stop == "" {
		return false
	}
	h.unsent++
	h.engine.unsent++
	return true
}

// keep records a probe.
func (h *handle) keep(p Probe) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.report.Probes = append(h.report.Probes, p)
	h.requests++
	if answer.Limited(p.Exchange) {
		h.lost++
		h.engine.lost++
		if h.limit == nil {
			h.limit = p.Exchange
		}
	}
}

// spent reports whether the budget is. The caller holds the lock.
func (e *engine) spent() bool {
	return len(e.report.Probes) >= e.MaxRequests || time.Since(e.start) >= e.maxTime()
}

// maxTime is how long a run may take. A server that answers side by side has
// had its answers much sooner.
func (e *engine) maxTime() time.Duration {
	switch {
	case e.MaxTime > 0:
		return e.MaxTime
	case e.Messages:
		return messagesMaxTime
	case e.width > 1 && e.crowd.isLarge():
		return overlappedMaxTime
	}
	return standardMaxTime
}

// The budget of a run whose options set none.
const (
	standardMaxRequests = 1500
	standardMaxTime     = time.Minute
	overlappedMaxTime   = 18 * time.Second
	messagesMaxTime     = 3 * time.Minute
)

// shownEcho is what a request showed that was accepted.
const shownEcho = "echo"

// shown says in a word what a probe showed.
func shown(ex *wire.Exchange, echostr string) string {
	switch {
	case ex.Err != nil:
		return finding.ErrorIn(finding.English, ex.Err)
	case answer.Echoed(ex, echostr):
		return shownEcho
	}
	return "other"
}

// fail records what keeps the run from going on: no fault of the server's.
func (e *engine) fail(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err == nil {
		e.err = err
	}
}

// halted is why nothing more is sent, or "".
func (e *engine) halted() Reason {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stop
}

// halt ends the sending. Refused are the exchanges that say nothing because
// of it.
func (e *engine) halt(why Reason, refused ...*wire.Exchange) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stop = why
	if why != Limited {
		return
	}
	for _, ex := range refused {
		if !answer.Limited(ex) { // else it is counted
			e.lost++
		}
		if e.limit == nil {
			e.limit = ex
		}
	}
}

// doubt ends the sending until it is known why the server refused what it
// takes at other times.
func (e *engine) doubt(seen ...trial) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.doubts = append(e.doubts, seen...)
	if e.stop == "" {
		e.stop = doubtful
	}
}

// undoubt lets the sending go on: it is known why the server refused.
func (e *engine) undoubt() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.doubts = nil
	if e.stop == doubtful {
		e.stop = ""
	}
}

// pause waits, unless the context ends.
func (e *engine) pause(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-e.ctx.Done():
		return false
	}
}

// forget lets go of all but the beginning of the answers that were judged,
// which may be as large as an answer can be. Some are compared with later ones.
func (e *engine) forget() {
	compared := append(slices.Clone(e.denials), e.base, e.refusal, e.took)
	for _, t := range e.again {
		compared = append(compared, t.ex)
	}
	for ; e.forgotten < len(e.report.Probes); e.forgotten++ {
		if ex := e.report.Probes[e.forgotten].Exchange; !slices.Contains(compared, ex) {
			forget(ex)
		}
	}
}

func forget(ex *wire.Exchange) {
	const most = 4096
	cut := func(b []byte) []byte {
		if len(b) <= most {
			return b
		}
		return slices.Clone(b[:most])
	}
	ex.Received = cut(ex.Received)
	if res := ex.Response; res != nil {
		res.Body, res.Decoded = cut(res.Body), cut(res.Decoded)
	}
}
