package verify

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// run is one Run at work.
type run struct {
	Options
	ctx    context.Context
	target *url.URL
	extra  []signature.Param // the URL's own parameters
	local  bool
	report *Report
	base   *wire.Exchange // the first verification request
	echo   string         // its echostr

	baseQuery query
	again     []trial    // of a base request that was refused
	tries     int        // of a signature search, for token-unknown
	first     *push.Push // the first message
	ids       *message.MsgIDs

	mu      sync.Mutex       // guards what follows and report.Probes while requests run side by side
	denials []*wire.Exchange // answers to pushes with a wrong signature
	dead    bool             // the server ended while it was checked
	talks   bool             // some push got a reply
	failed  bool             // the first message did
	limits
	err error
}

// query is what a verification request carries. A nil Signature leaves the
// parameter out.
type query struct {
	signature *string
	echostr   string
	timestamp string
	nonce     string
	extra     [][2]string
}

// signed is a query with the right signature.
func (r *run) signed(nonce string) query {
	return r.signedAt(r.timestamp(), nonce)
}

func (r *run) signedAt(timestamp, nonce string) query {
	s := signature.Access(r.Token, timestamp, nonce)
	return query{&s, r.newEchostr(), timestamp, nonce, nil}
}

func (r *run) timestamp() string { return strconv.FormatInt(r.Now().Unix(), 10) }

// newNonce has ten digits and is larger than the timestamp, as a number and
// as text: an order by numbers and one by text agree on it.
func (r *run) newNonce() string {
	return r.number(3_000_000_000, 4_294_967_295)
}

// newEchostr has 19 digits and is odd, which no float64 of this size is.
func (r *run) newEchostr() string {
	last := "13579"[r.number(0, 5)[0]-'0']
	return r.number(100_000_000_000_000_000, 900_000_000_000_000_000) + string(last)
}

// number returns a random decimal number from low up to but without high.
func (r *run) number(low, high int64) string {
	// Ten bytes: enough for any of the ranges here without a visible bias.
	b := make([]byte, 10)
	if _, err := io.ReadFull(r.Rand, b); err != nil {
		r.fail(fmt.Errorf("read random bytes: %w", err))
	}
	n := new(big.Int).SetBytes(b)
	n.Mod(n, big.NewInt(high-low))
	return n.Add(n, big.NewInt(low)).String()
}

// wrongSignature has the form of a signature and fits nothing.
func (r *run) wrongSignature() *string {
	sum := sha1.Sum([]byte(r.number(0, 1<<62)))
	s := hex.EncodeToString(sum[:])
	return &s
}

func (r *run) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
}

// request builds the GET in WeChat's parameter order.
func (r *run) request(q query) *wire.Request {
	return wire.NewRequest("GET", wire.JoinQuery(r.URL, q.params()...), nil)
}

func (q query) params() [][2]string {
	var params [][2]string
	if q.signature != nil {
		params = append(params, [2]string{"signature", *q.signature})
	}
	params = append(params, [2]string{"echostr", q.echostr}, [2]string{"timestamp", q.timestamp}, [2]string{"nonce", q.nonce})
	return append(params, q.extra...)
}

// get sends the query and records the probe.
func (r *run) get(name string, q query) *wire.Exchange {
	return r.send(name, r.request(q), q.echostr)
}

func (r *run) send(name string, req *wire.Request, echostr string) *wire.Exchange {
	return r.sendBy(r.Sender, name, req, echostr)
}

func (r *run) sendBy(s wire.Sender, name string, req *wire.Request, echostr string) *wire.Exchange {
	if r.skips() {
		return &wire.Exchange{Request: req, Err: &wire.Error{Kind: wire.Canceled, Err: errStopped}}
	}
	ex := s.Do(r.ctx, req)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Probes = append(r.report.Probes, Probe{name, ex, shown(ex, echostr)})
	if answer.Limited(ex) {
		r.lost++
		if r.limit == nil {
			r.limit = ex
		}
	}
	return ex
}

func shown(ex *wire.Exchange, echostr string) string {
	switch {
	case ex.Err != nil:
		return finding.ErrorIn(finding.English, ex.Err)
	case answer.Echoed(ex, echostr):
		return "echo"
	}
	return "other"
}

// accepted sends the query and reports whether the server took it.
func (r *run) accepted(name string, q query) (*wire.Exchange, bool) {
	ex := r.get(name, q)
	return ex, r.took(ex, q.echostr)
}

// took reports whether the server took a request. One that answered the base
// request with the echostr alone does so again: an answer with more in it is
// a refusal that quotes what was asked.
func (r *run) took(ex *wire.Exchange, echostr string) bool {
	return answer.Echoed(ex, echostr) && (!r.report.Accepted || string(ex.Response.Body) == echostr)
}

// check runs one check and records it, unless a rate limit took all its
// probes. The function returns facts for the check's line; it passed if it
// found nothing worse than an info.
func (r *run) check(name string, f func() finding.Facts) {
	if r.ctx.Err() != nil {
		return
	}
	r.progress(Event{Check: name, Requests: len(r.report.Probes)})
	start, probes, before, limits := time.Now(), len(r.report.Probes), len(r.report.Findings), r.limits
	facts := f()
	if r.report.Accepted && r.tookAll(limits, len(r.report.Probes)-probes) {
		r.leaveOut(name, Limited)
		return
	}
	c := Check{Name: name, Passed: true, Facts: facts, Requests: len(r.report.Probes) - probes, Took: time.Since(start)}
	hidden := false
	for _, found := range r.report.Findings[before:] {
		if !r.kept(found) {
			hidden = hidden || found.Severity != finding.Info
			continue
		}
		c.Findings = append(c.Findings, found)
		c.Passed = c.Passed && found.Severity == finding.Info
	}
	if name == Echo && !r.report.Accepted {
		c.Passed = false // the cause may be found by a later check only
	}
	if name == Message && r.failed {
		c.Passed = false // the cause may be found by an earlier check
	}
	if hidden && len(c.Findings) == 0 { // it did not pass, and what it found was not asked for
		r.leaveOut(name, LeftOut)
		return
	}
	if c.Passed && len(c.Findings) == 0 {
		c.Skipped = facts.Text(finding.English, "skipped")
	}
	r.report.Checks = append(r.report.Checks, c)
	r.progress(Event{Check: name, Requests: len(r.report.Probes), Done: &c})
}

func (r *run) progress(e Event) {
	if r.Progress != nil && r.ctx.Err() == nil {
		r.Progress(e)
	}
}

// find records a finding with the severity that the catalogue gives its
// variant. Facts are name, value, name, value…
func (r *run) find(id, variant string, ex *wire.Exchange, facts ...any) {
	r.add(answer.NewFinding(id, variant, ex, facts...))
}

// add records f, once.
func (r *run) add(f finding.Finding) {
	for _, have := range r.report.Findings {
		if have.ID == f.ID && have.Variant == f.Variant {
			return
		}
	}
	r.report.Findings = append(r.report.Findings, f)
}

func (r *run) found(id string) bool {
	for _, f := range r.report.Findings {
		if f.ID == id {
			return true
		}
	}
	return false
}

// each runs f for 0…n-1, four at a time: a search has many requests, and a
// server far away should not make them wait for one another.
func each(n int, f func(i int)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, 4)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			f(i)
		})
	}
	wg.Wait()
}
