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
// With [Options].Messages, it then pushes messages of every kind as a test user,
// about [MessageCount] of them, and judges the answers by package reply.
//
// One different answer proves nothing. Before a form of the request is named as
// the cause, that form and the plain one are sent again, so often that chance is
// out of the question; what a rate limit or a ban refused is not counted. Every
// check is in the report, one that can tell nothing as skipped, with the reason.
//
// A server that fails at random may still pass: of 1000 runs some 80 call it
// healthy if it answers 10 requests in 100 with an error (250 if it refuses them
// as it refuses wrong signatures), one at most if it fails 30 in 100, none if it
// fails 50. What fails for certain inputs only (a hash that begins with a zero, a
// certain length of the padding) is found each time.
//
// The checks are the rows of one table (table.go), each in a file of its name:
// check_order.go has the one that finds V18. A server that takes its time gets
// several requests at once, if it was seen to answer two side by side.
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
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Options says what to check. URL and Token are required.
type Options struct {
	URL    string
	Token  string
	Mode   string // plain, compat or safe; empty is plain
	Format string // xml or json; empty is xml

	// Product decides what is asked and what is right; empty is a service account
	// or, in JSON, a mini program. Mode and Format must be among the product's.
	Product   product.Product
	EchoCodec *msgcrypt.Codec // encrypts WeCom's echostr; nil is Codec. A suite's has the provider's CorpID
	Receivers []string        // ids that a server may take for WeCom's receive id: a SuiteID, say

	// Of a third-party platform: AuthURL, which gets the ticket and authorizations, is
	// required, URL may be empty and have [product.AccountMark], for which AccountAppID
	// is put. Codec has the platform's own AppID.
	AuthURL      string
	AccountAppID string
	Launch       bool                                                         // make 全网发布检测
	LaunchAll    bool                                                         // with all test accounts, not with one drawn
	LaunchEvent  bool                                                         // with the event that it had until 2018, too
	CustomSent   func(ctx context.Context, openid, text string) (Sent, error) // waits for a customer-service message; nil: it cannot be seen

	// When Token is refused, these are tried in its place: people mix them up.
	AppID, Secret, AESKey string
	Others                []signature.Named // tokens of other accounts

	Messages bool                // also push messages of every kind, once the GET has passed
	User     string              // sends them; empty is a [TestUser]
	Codec    *msgcrypt.Codec     // encrypts them; required in compat and safe mode
	Sending  func(openid string) // called with the user of each message before it is sent, at times by several at once; may be nil

	// Handshake makes no other checks than [Reach], [Echo] and [Cause]: the
	// verification request, and why it was refused. Nothing is said of the rest.
	Handshake bool

	// Only are the ids of the findings to look for, Skip of those to leave out:
	// see [IDs]. They choose what is reported and counted, and with them nothing
	// is said of whether WeChat would accept the URL.
	Only, Skip []string
	Strict     bool // a warning fails a check too

	// The budget of a run; what it did not reach is skipped. 0 is 1500 requests
	// and one minute; 18 s, of a server that answers side by side; 3 minutes
	// with Messages.
	MaxRequests int
	MaxTime     time.Duration

	Sender   wire.Sender      // the zero value sends as WeChat does
	Now      func() time.Time // nil is time.Now
	Rand     io.Reader        // nil is crypto/rand
	Progress func(Event)      // called as checks begin and end; may be nil

	// Tests set these.
	slow      time.Duration                                       // what takes as long is slow; 0 is standardSlow
	apart     time.Duration                                       // how far apart requests are that no rate limit is to meet; 0 is standardApart
	inProcess func(context.Context, *wire.Request) *wire.Exchange // answers in place of a server
}

// Probe is one request that was sent.
type Probe struct {
	Name     string
	Check    CheckName      // that sent it
	Exchange *wire.Exchange // of a long answer the beginning only
	Shown    string         // of a GET "echo", "other", or why there was no answer; of a push its [reply.Seen]
}

// Report is the result of Run.
type Report struct {
	URL      string
	Mode     string
	Accepted bool // the verification request got the answer WeChat wants
	Selected bool // Only or Skip was given: nothing is said of what they left out
	Findings []finding.Finding
	Checks   []Check // all of them, the skipped ones with the reason
	Probes   []Probe
	Took     time.Duration

	looked   []Looked
	messages bool // were asked for
}

// OK reports whether WeChat would accept the URL, no finding is an error, and
// the budget sufficed for what that rests on: see [Report.Missed].
// With Only or Skip it reports whether all that was wanted was tried, and
// nothing was found: see [Report.Looked].
func (r *Report) OK() bool {
	if r.Selected {
		return r.found() == 0 && len(r.Untried()) == 0
	}
	return r.Accepted && r.Count(finding.Error) == 0 && len(r.Missed()) == 0
}

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
// well here and the console still refuses the URL.
func Unseen(p product.Product) []string {
	switch p {
	case product.WeCom:
		return []string{"V11", "W07"}
	case product.Component:
		return []string{"V11"}
	}
	return []string{"V35", "V11", "M17", "V22"}
}

// Run checks the server. It returns an error for wrong options, and when the
// context ends or Rand fails: then with a report of what was done so far. What
// is wrong with the server is in the report.
func Run(ctx context.Context, o Options) (*Report, error) {
	e, err := newEngine(ctx, o)
	if err != nil {
		return nil, err
	}
	e.run()
	e.report.Took = time.Since(e.start)
	e.report.Findings = e.order(e.report.Findings)
	e.report.looked = e.looked()
	return e.report, cmp.Or(e.err, ctx.Err())
}

func newEngine(ctx context.Context, o Options) (*engine, error) {
	messageURL := o.URL
	if o.Product == product.Component {
		o.URL = o.AuthURL
	}
	u, err := wire.CheckURL(o.URL)
	if err != nil {
		return nil, err
	}
	if o.Token == "" {
		return nil, errors.New("verify: no token")
	}
	for _, id := range slices.Concat(o.Only, o.Skip) {
		if !slices.ContainsFunc(IDs(), func(known string) bool { return strings.EqualFold(known, id) }) {
			return nil, fmt.Errorf("verify: no check finds %q", id)
		}
	}
	if err := suits(&o); err != nil {
		return nil, err
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
	if o.User == "" {
		o.User = TestUser(o.Rand)
	}
	o.Mode = cmp.Or(o.Mode, string(msgcrypt.Plain))
	o.MaxRequests = cmp.Or(o.MaxRequests, standardMaxRequests)
	o.apart = cmp.Or(o.apart, standardApart)
	o.slow = cmp.Or(o.slow, standardSlow)
	e := &engine{
		Options: o, ctx: ctx, messageURL: messageURL, target: u, extra: queryParams(u.RawQuery), local: hostname.Local(u.Hostname()),
		report: &Report{URL: o.URL, Mode: o.Mode, Selected: len(o.Only)+len(o.Skip) > 0, messages: o.Messages},
		rules:  product.Of(o.Product, msgcrypt.Format(o.Format)),
		ids:    message.NewMsgIDs(o.Rand, o.Now()), start: time.Now(), width: 1, crowd: newCrowd(),
	}
	e.runs = e.plan()
	return e, nil
}
