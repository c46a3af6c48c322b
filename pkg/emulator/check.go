package emulator

import (
	"context"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/verify"
	"github.com/wxdev/wxdev/pkg/wire"
)

// ServerCheck is what the verification of an account's URL has shown. It is only
// the handshake that WeChat makes when a URL is submitted; `wxdev verify` checks
// much more.
type ServerCheck struct {
	OK       bool      `json:"ok"`       // accepted, and no finding is an error
	Accepted bool      `json:"accepted"` // the echostr came back
	Findings []Finding `json:"findings"` // the cause first
	MS       float64   `json:"ms"`
	Error    string    `json:"error,omitempty"` // why nothing, or not enough, could be found out
}

// The budget of a check. A server has nearly as long for its answer as WeChat
// gives it.
const (
	checkTime   = 5 * time.Second
	checkAnswer = checkTime - 100*time.Millisecond
)

// Check sends the verification request to the server of an account, the first
// one if appid is empty, and finds out why it is refused if it is. It takes up to
// 5 seconds, or ends with the context; checks of one account wait for each other.
// The words are in lang. The error is [ErrNotFound].
func (e *Emulator) Check(ctx context.Context, appid string, lang finding.Lang) (ServerCheck, error) {
	o, turn, err := e.checkOptions(appid)
	if err != nil {
		return ServerCheck{}, err
	}
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return ServerCheck{}, ctx.Err()
	case <-e.ctx.Done():
		return ServerCheck{}, e.ctx.Err()
	}
	if o.Mode == "" {
		return ServerCheck{Findings: []Finding{}, Error: finding.Because(reason.PlatformNotAsked).In(lang)}, nil
	}
	if o.URL == "" {
		return ServerCheck{Findings: []Finding{}, Error: finding.Because(reason.AccountWithoutURL).In(lang)}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	defer context.AfterFunc(e.ctx, cancel)()
	report, err := verify.Run(ctx, o)
	if report == nil {
		return ServerCheck{Findings: []Finding{}, Error: finding.ErrorIn(lang, err)}, nil
	}
	c := ServerCheck{OK: report.OK(), Accepted: report.Accepted, Findings: []Finding{}, MS: millis(report.Took)}
	for _, f := range report.Findings {
		c.Findings = append(c.Findings, newFinding(f, lang, e.secrets.Text))
	}
	if !c.OK && len(c.Findings) == 0 {
		c.Error = finding.Because(reason.NoTimeForCause).In(lang)
	}
	return c, nil
}

// checkOptions say how an account's server is checked, and whose turn it is.
func (e *Emulator) checkOptions(appid string) (o verify.Options, turn chan struct{}, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.account(appid)
	if a == nil {
		return o, nil, errNoAccount(appid)
	}
	if e.server(a) != a {
		return o, make(chan struct{}, 1), nil // no GET is documented
	}
	if turn = e.checks[a.AppID]; turn == nil {
		turn = make(chan struct{}, 1)
		e.checks[a.AppID] = turn
	}
	o = verify.Options{
		URL: a.URL, Token: a.Token, Mode: a.Mode, Format: a.Format, AppID: a.AppID, Secret: a.Secret, AESKey: a.AESKey,
		Handshake: true, MaxTime: checkAnswer, Now: e.Now, Rand: e.rand, Sender: wire.Sender{Timeout: checkAnswer},
	}
	if e.cfg.Timeout > 0 {
		o.Sender.Timeout = min(e.cfg.Timeout, checkAnswer)
	}
	for _, other := range e.state.Accounts {
		if other != a {
			o.Others = append(o.Others, signature.Named{Name: other.AppID, Token: other.Token})
		}
	}
	return o, turn, nil
}
