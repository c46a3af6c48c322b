// Package verify checks a callback server the way WeChat does, and says which
// line of it is wrong.
//
// [Run] sends the verification request of
// https://developers.weixin.qq.com/doc/oplatform/developers/dev/push and reads
// the answer. When the echostr comes back as it was, it goes on with requests
// on which wrong programs disagree: a short nonce, equal values, a wrong
// signature, another HTTP version. When it does not, it sends only what tells
// the possible causes apart. The result is a [Report] of [Finding]s, each with
// an id of package catalog, the facts that prove it and the request to replay.
//
// With [Options].Messages it goes on to push some [MessageCount] messages as
// [TestUser], and holds the replies to the rules of package message.
//
// Nothing is laid to what happened to differ: before a form of the request is
// named as the cause, it and the plain form are sent again, and what a rate
// limit or a ban refused proves nothing. Checks that say nothing for that are
// in the report, with the reason.
//
// A server that is right gets no finding of severity error or warning; what
// nearly every correct server does is Info at most. In a server's own tests:
//
//	report, err := verify.Run(ctx, verify.Options{URL: srv.URL + "/wechat", Token: "mytoken"})
//	if err != nil || !report.OK() { … report.Findings … }
//
// What no prober can see (WeChat's own route to the host, filing, whether the
// server mode is switched on) is listed by [Unseen].
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

	// These are tried as the server's token when ours is refused, because
	// people paste one for the other.
	AppID, Secret, AESKey string
	Others                []signature.Named // tokens of other accounts

	Messages bool            // push messages of every kind too, when the GET is right
	Codec    *msgcrypt.Codec // to encrypt them in the encrypted modes

	Only []string // ids of findings to look for; empty is all
	Skip []string // ids not to look for

	Sender   wire.Sender // its zero value is what WeChat does
	Now      func() time.Time
	Rand     io.Reader
	Progress func(Event) // called as checks begin and end; may be nil

	// Tests set these.
	slow  time.Duration // what takes as long is slow; 0 is standardSlow
	apart time.Duration // how far apart requests are that no rate limit is to meet; 0 is standardApart
}

// Event tells of a check while Run is at work.
type Event struct {
	Check    string
	Requests int    // sent so far
	Done     *Check // nil while the check is under way
}

// Check is one question and whether the server passed.
type Check struct {
	Name     string            // one of [Checks]
	Passed   bool              // nothing worse than an info was found
	Findings []finding.Finding // what it found
	Facts    finding.Facts     // what it showed, for its line in a report
	Skipped  string            // why nothing can be said: [Silent], [LeftOut] or [Limited]; empty nearly always
	Requests int
	Took     time.Duration
}

// The checks, in the order they run. Cause runs only when Echo fails, those
// behind it only when Echo passes.
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

	// Only with Options.Messages; those behind Message run when it passes.
	Message      = "message"
	Refusals     = "refusals"
	EncryptOrder = "msg-order"
	Repeats      = "repeats"
	Contents     = "contents"
	Types        = "types"
	Silence      = "silence" // of a server that did not reply to the message
)

// Silent is why a check was skipped that tells by the reply whether a message
// was acted on: the server did not reply to a text.
const Silent = "silent"

// LeftOut is why a check was skipped whose findings Only or Skip left out.
const LeftOut = "left-out"

// Limited is why a check says nothing: the server takes no more requests.
const Limited = "limited"

// Probe is one request that was sent.
type Probe struct {
	Name     string
	Exchange *wire.Exchange
	Shown    string // what it showed: "echo", "other", or how it failed
}

// Report is what Run found out.
type Report struct {
	URL      string
	Mode     string
	Accepted bool // the verification request got the answer that WeChat wants
	Findings []finding.Finding
	Checks   []Check
	Probes   []Probe
	Took     time.Duration
}

// OK reports whether WeChat would accept the URL and nothing is an error.
func (r *Report) OK() bool { return r.Accepted && r.Count(finding.Error) == 0 }

// Count returns how many findings have the severity.
func (r *Report) Count(s finding.Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Unseen are the ids of what no probe can see, to be named when all is well.
func Unseen() []string { return []string{"V35", "V11", "M17", "V22"} }

// Run checks the server. The error is of the options or the context; what is
// wrong with the server is in the report.
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
		report: &Report{URL: o.URL, Mode: o.Mode},
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
