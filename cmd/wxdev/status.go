package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/tokenstore"
)

type statusOptions struct {
	caller
	paths []string
	json  bool

	asked, failed int          // questions to the API
	silent        *StatusError // why the API does not answer at all
	quiet         bool         // only when something has no answer
}

// statusPaths are the calls whose quota is shown unless others are named:
// those that run out first.
var statusPaths = []string{
	"/cgi-bin/message/custom/send", "/cgi-bin/message/template/send", "/cgi-bin/menu/create",
	"/cgi-bin/user/info", "/cgi-bin/ticket/getticket", "/cgi-bin/media/upload",
}

func newStatus(g *globals) *cobra.Command {
	o := &statusOptions{caller: caller{globals: g}}
	cmd := &cobra.Command{
		Use:  "status [flags]",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, path := range o.paths {
				if !strings.HasPrefix(path, "/") {
					return withHint(usage(words.ErrTakesSlash, "flag", "--path", "given", quoted(path)), hint(words.StatusHintPath))
				}
			}
			if err := o.connect(cmd); err != nil {
				return err
			}
			return runStatus(cmd.Context(), o)
		},
	}
	addCaller(cmd, &o.caller)
	f := cmd.Flags()
	f.StringArrayVar(&o.paths, "path", nil, "")
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "")
	fixedValues(cmd, "path", statusPaths...)
	return cmd
}

// StatusReport is what status prints with --json. A part that could not be had
// has an error.
type StatusReport struct {
	outcome

	AppID    string        `json:"appid"`
	APIBase  string        `json:"api_base"`
	Token    TokenStatus   `json:"token"`
	Callback AddressStatus `json:"callback"`
	Quota    QuotaStatus   `json:"quota"`
	Network  NetworkStatus `json:"network"`
}

// TokenStatus is the age of the token.
type TokenStatus struct {
	Source     string `json:"source"`
	Cached     bool   `json:"cached"`
	AgeSeconds int64  `json:"age_seconds"`
	ExpiresIn  int64  `json:"expires_in"`
	NotProven  string `json:"not_proven"`
}

// AddressStatus is the addresses that WeChat pushes from.
type AddressStatus struct {
	IPs       []string     `json:"ips"`
	NotProven string       `json:"not_proven"`
	Error     *StatusError `json:"error,omitempty"`
}

// QuotaStatus is what is left of today.
type QuotaStatus struct {
	Calls     []CallQuota `json:"calls"`
	NotProven string      `json:"not_proven"`
}

// CallQuota is the quota of one call.
type CallQuota struct {
	Path  string       `json:"path"`
	Quota *api.Quota   `json:"quota,omitempty"`
	Error *StatusError `json:"error,omitempty"`
}

// NetworkStatus is what WeChat sees of the server.
type NetworkStatus struct {
	Check     *api.NetworkCheck `json:"check,omitempty"`
	NotProven string            `json:"not_proven"`
	Error     *StatusError      `json:"error,omitempty"`
}

// StatusError is why a part could not be had.
type StatusError struct {
	Code    int      `json:"errcode,omitempty"`
	Message string   `json:"message"`
	Hints   []string `json:"hints,omitempty"`
}

func runStatus(ctx context.Context, o *statusOptions) error {
	// Without a token nothing else can be asked: its error says it all.
	t, err := o.client.Token(ctx, api.Want{})
	if err != nil {
		return o.explained(err)
	}
	bar := newProgress(o.env)
	r := o.collect(ctx, t, bar)
	bar.Close()
	if err := ctx.Err(); err != nil {
		return err
	}
	if o.json {
		if err := writeJSON(o.env.Out, r); err != nil {
			return err
		}
	} else if o.failed > 0 || !o.quiet {
		o.print(r)
	}
	if o.failed > 0 {
		return failed(words.StatusErrUnanswered, "failed", o.failed, "asked", o.asked)
	}
	return nil
}

// collect asks all questions. One that is refused does not stop the others;
// one that nobody answers does, or each of them would take its retries.
func (o *statusOptions) collect(ctx context.Context, t tokenstore.Token, bar *progress) StatusReport {
	say, kept := o.sayer(), o.report(t)
	r := StatusReport{outcome: newOutcome(true), AppID: kept.AppID, APIBase: o.client.Base()}
	r.Token = TokenStatus{kept.Source, kept.Cached, kept.AgeSeconds, kept.ExpiresIn, say(words.StatusNotProvenToken)}
	r.Callback = AddressStatus{IPs: []string{}, NotProven: say(words.StatusNotProvenCallback)}
	r.Quota = QuotaStatus{Calls: []CallQuota{}, NotProven: say(words.StatusNotProvenQuota)}
	r.Network = NetworkStatus{NotProven: say(words.StatusNotProvenNetwork)}

	r.Callback.Error = o.ask(bar, "/cgi-bin/getcallbackip", func() error {
		ips, err := o.client.CallbackIPs(ctx)
		r.Callback.IPs = append(r.Callback.IPs, ips...)
		return err
	})
	paths := o.paths
	if len(paths) == 0 {
		paths = statusPaths
	}
	for _, path := range paths {
		call := CallQuota{Path: path}
		call.Error = o.ask(bar, "/cgi-bin/openapi/quota/get "+text.Line(path), func() error {
			q, err := o.client.Quota(ctx, path)
			if err == nil {
				call.Quota = &q
			}
			return err
		})
		r.Quota.Calls = append(r.Quota.Calls, call)
	}
	r.Network.Error = o.ask(bar, "/cgi-bin/callback/check", func() error {
		check, err := o.client.CheckNetwork(ctx)
		if err == nil {
			r.Network.Check = &check
		}
		return err
	})
	r.OK = o.failed == 0
	return r
}

// ask counts the questions, and describes the error of one.
func (o *statusOptions) ask(bar *progress, name string, question func() error) *StatusError {
	o.asked++
	if o.silent != nil {
		o.failed++
		return o.silent
	}
	bar.Say(name)
	err := question()
	if err == nil {
		return nil
	}
	o.failed++
	s := &StatusError{Message: o.errorText(err)}
	var e *api.Error
	if errors.As(err, &e) {
		s.Code, s.Hints = e.Code, codeHints(o.Lang(), e)
		if e.Code == 0 && e.Status == 0 {
			o.silent = &StatusError{Message: o.say(words.StatusNotAsked)}
		}
	}
	return s
}
