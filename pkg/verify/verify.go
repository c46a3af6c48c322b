// Package verify checks a callback server the way WeChat does, and says what is
// wrong with it.
//
// [Run] sends the verification request of
// https://developers.weixin.qq.com/doc/oplatform/developers/dev/push and reads
// the answer. If the echostr comes back unchanged, it goes on with requests that
// correct and faulty servers answer differently: a short nonce, equal values, a
// wrong signature, another HTTP version. If not, it sends only what tells the
// possible causes apart. The [Report] has the findings, each with an id of
// package catalog, the facts that prove it and the request to replay.
//
// With [Options].Messages, it then pushes messages of every kind as [TestUser],
// about [MessageCount] of them, and judges the answers by package reply.
//
// One different answer proves nothing. Before a form of the request is named as
// the cause, that form and the plain one are sent again, and what a rate limit
// or a ban refused is not counted. A check that can tell nothing for such a
// reason is in the report as skipped, with the reason.
//
// A correct server gets no error and no warning; what is found on nearly every
// correct server is an info at most. In the tests of a server:
//
//	report, err := verify.Run(ctx, verify.Options{URL: srv.URL + "/wechat", Token: "mytoken"})
//	if err != nil || !report.OK() { … report.Findings … }
//
// What no request can show (the route from WeChat to the host, ICP filing,
// whether the server config is enabled) is listed by [Unseen].
//
// # Compatibility
//
// The README says what a release may change. Which requests are sent, how many,
// and in what order is not promised. A release may find more on the same server
// than the one before.
package verify

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Options says what to check. URL and Token are required.
type Options struct {
	URL    string
	Token  string
	Mode   string // plain, compat or safe; empty is plain
	Format string // xml or json; empty is xml

	// When Token is refused, these are tried in its place: people mix them up.
	AppID, Secret, AESKey string
	Others                []signature.Named // tokens of other accounts

	Messages bool            // also push messages of every kind, once the GET has passed
	Codec    *msgcrypt.Codec // encrypts them; required in compat and safe mode

	Only []string // ids of the findings to look for; empty is all
	Skip []string // ids of those to leave out

	Sender   wire.Sender      // the zero value sends as WeChat does
	Now      func() time.Time // nil is time.Now
	Rand     io.Reader        // nil is crypto/rand
	Progress func(Event)      // called as checks begin and end; may be nil

	// Tests set these.
	slow  time.Duration // what takes as long is slow; 0 is standardSlow
	apart time.Duration // how far apart requests are that no rate limit is to meet; 0 is standardApart
}

// Event is the beginning or the end of a check.
type Event struct {
	Check    string
	Requests int    // sent so far, by all checks
	Done     *Check // nil at the beginning
}

// Check is one of the checks, and how the server did.
type Check struct {
	Name     string            // [Reach], [Echo] and so on
	Passed   bool              // nothing worse than an info was found
	Findings []finding.Finding // what it found
	Facts    finding.Facts     // for its line in a report
	Skipped  string            // why it tells nothing: [Silent], [LeftOut] or [Limited]; else empty
	Requests int
	Took     time.Duration
}

// The checks. Cause runs when Echo fails without showing why, those after it
// when Echo passes. AddressCheck is for public hosts only. Submit runs last,
// whether Echo passed or not.
const (
	Reach        = "reach"
	Echo         = "echo"
	Cause        = "cause"
	Twice        = "twice"
	Signature    = "signature"
	Order        = "order"
	Echostr      = "echostr"
	Transport    = "transport"
	Post         = "post"
	Encrypted    = "encrypted"
	AddressCheck = "addresses"
	Submit       = "submit"

	// With Options.Messages. Those after Message run when it passes.
	Message      = "message"
	Refusals     = "refusals"
	EncryptOrder = "msg-order"
	Repeats      = "repeats"
	Contents     = "contents"
	Types        = "types"
	Silence      = "silence" // when the message got no reply
)

// Silent is why a check was skipped that needs replies to see whether a message
// was handled: the server did not reply to a text.
const Silent = "silent"

// LeftOut is why a check was skipped: Only or Skip left out what it can find.
const LeftOut = "left-out"

// Limited is why a check was skipped: the server stopped taking requests, as
// under a rate limit or a ban.
const Limited = "limited"

// Probe is one request that was sent.
type Probe struct {
	Name     string
	Exchange *wire.Exchange
	Shown    string // of a GET "echo", "other", or why there was no answer; of a push its [reply.Seen]
}

// Report is the result of Run.
type Report struct {
	URL      string
	Mode     string
	Accepted bool // the verification request got the answer WeChat wants
	Findings []finding.Finding
	Checks   []Check
	Probes   []Probe
	Took     time.Duration
}

// OK reports whether WeChat would accept the URL and no finding is an error.
func (r *Report) OK() bool { return r.Accepted && r.Count(finding.Error) == 0 }

// Count returns the number of findings of the severity.
func (r *Report) Count(s finding.Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Unseen returns the ids of what no request can show: where to look when all is
// well here and WeChat still refuses the URL.
func Unseen() []string { return []string{"V35", "V11", "M17", "V22"} }

// Run checks the server. It returns an error for wrong options and when the
// context ends or Rand fails; what is wrong with the server is in the report.
func Run(ctx context.Context, o Options) (*Report, error) {
	r, err := newRun(ctx, o)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	r.all()
	r.report.Took = time.Since(start)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if r.err != nil {
		return nil, r.err
	}
	r.report.Findings = r.order(r.report.Findings)
	return r.report, nil
}

func newRun(ctx context.Context, o Options) (*run, error) {
	u, err := wire.CheckURL(o.URL)
	if err != nil {
		return nil, err
	}
	if o.Token == "" {
		return nil, errors.New("verify: no token")
	}
	for _, id := range slices.Concat(o.Only, o.Skip) {
		if _, ok := catalog.Lookup(id); !ok {
			return nil, fmt.Errorf("verify: there is no finding %q", id)
		}
	}
	if o.Messages && o.Mode != "" && o.Mode != string(msgcrypt.Plain) && o.Codec == nil {
		return nil, fmt.Errorf("verify: messages in %s mode need a Codec", o.Mode)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Mode == "" {
		o.Mode = "plain"
	}
	if o.apart == 0 {
		o.apart = standardApart
	}
	if o.slow == 0 {
		o.slow = standardSlow
	}
	return &run{
		Options: o, ctx: ctx, target: u, extra: queryParams(u.RawQuery), local: hostname.Local(u.Hostname()),
		report: &Report{URL: o.URL, Mode: o.Mode}, ids: message.NewMsgIDs(o.Rand, o.Now()),
	}, nil
}

// order puts errors before warnings before infos, and keeps what was found
// first, the cause, first among them. Findings that were not asked for go.
func (r *run) order(findings []finding.Finding) []finding.Finding {
	kept := slices.DeleteFunc(findings, func(f finding.Finding) bool { return !r.kept(f) })
	rank := map[finding.Severity]int{finding.Error: 0, finding.Warning: 1, finding.Info: 2}
	slices.SortStableFunc(kept, func(a, b finding.Finding) int { return rank[a.Severity] - rank[b.Severity] })
	return kept
}

// kept reports whether a finding stays: it was asked for, or it is why WeChat
// would refuse the URL, which nobody can wish away.
func (r *run) kept(f finding.Finding) bool {
	return r.wanted(f.ID) || !r.report.Accepted && f.Severity == finding.Error
}

// wanted reports whether any of the ids is to be looked for.
func (r *run) wanted(ids ...string) bool {
	has := func(list []string, id string) bool {
		return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, id) })
	}
	return slices.ContainsFunc(ids, func(id string) bool {
		return (len(r.Only) == 0 || has(r.Only, id)) && !has(r.Skip, id)
	})
}
