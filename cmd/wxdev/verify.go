package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/verify"
)

type verifyOptions struct {
	*globals
	verify.Options
	json    bool
	verbose bool
	quiet   bool // only what is wrong
	wait    waiting
	report  string
	targets []reportTarget // what report says
	within  *taken         // what takes the result in place of stdout and of files; nil for none
}

func newVerify(g *globals) *cobra.Command {
	opts := &verifyOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "verify [flags]",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := opts.settings(cmd); err != nil {
				return err
			}
			if err := opts.wait.forServer(cmd.Context(), opts.globals, opts.checked(), words.WaitHint); err != nil {
				return err
			}
			if !opts.json && !opts.quiet {
				fmt.Fprintf(opts.env.Out, "wxdev verify %s\n\n", text.Line(opts.checked()))
			}
			return runVerify(cmd.Context(), opts)
		},
	}
	addSettings(cmd, "product", "url", "token", "mode", "format", "appid", "aes-key", "receiver", "provider-corpid", "auth-url", "account-appid", "api-base")
	f := cmd.Flags()
	f.BoolVarP(&opts.Messages, "messages", "m", false, "")
	f.BoolVar(&opts.Launch, "launch", false, "")
	f.BoolVar(&opts.LaunchAll, "launch-all", false, "")
	f.BoolVar(&opts.LaunchEvent, "launch-event", false, "")
	f.BoolVar(&opts.json, "json", false, "")
	f.BoolVarP(&opts.verbose, "verbose", "v", false, "")
	f.BoolVarP(&opts.quiet, "quiet", "q", false, "")
	f.BoolVar(&opts.Strict, "strict", false, "")
	f.StringSliceVar(&opts.Only, "only", nil, "")
	f.StringSliceVar(&opts.Skip, "skip", nil, "")
	addDuration(f, &opts.Sender.Timeout, "timeout", 5*time.Second)
	addDuration(f, &opts.MaxTime, "max-time", 0)
	addWait(f, &opts.wait)
	addReport(cmd, &opts.report)
	completeIDs(g, cmd, "only", "skip")
	fixedValues(cmd, "timeout", "max-time")
	fixedValues(cmd, "wait")
	return cmd
}

// completeIDs completes flags with the ids of findings and their titles.
func completeIDs(g *globals, cmd *cobra.Command, flags ...string) {
	complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var ids []string
		for _, id := range verify.IDs() {
			if e, ok := catalog.Lookup(id); ok {
				ids = append(ids, id+"\t"+e.Text(g.Lang()).Title)
			}
		}
		return ids, cobra.ShellCompDirectiveNoFileComp
	}
	for _, name := range flags {
		if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
			panic(err) // the flags are declared just before
		}
	}
}

// settings reads the config into the options.
func (o *verifyOptions) settings(cmd *cobra.Command) error {
	if o.Sender.Timeout <= 0 {
		return usage(words.ErrNotPositive, "flag", "--timeout", "given", o.Sender.Timeout)
	}
	if o.MaxTime < 0 || o.MaxTime == 0 && cmd.Flags().Changed("max-time") {
		return usage(words.ErrNotPositive, "flag", "--max-time", "given", o.MaxTime)
	}
	if err := o.wait.check(); err != nil {
		return err
	}
	for _, id := range slices.Concat(o.Only, o.Skip) {
		if _, ok := catalog.Lookup(id); !ok {
			return withHint(usage(words.VerifyErrNoFinding, "id", quoted(id)), hint(words.VerifyHintNoFinding))
		}
		if !slices.Contains(verify.IDs(), strings.ToUpper(id)) {
			return withHint(usage(words.VerifyErrNotSought, "id", strings.ToUpper(id)), hint(words.VerifyHintNotSought, "id", strings.ToUpper(id)))
		}
	}
	var err error
	if o.targets, err = parseReport(o.report); err != nil {
		return err
	}
	c, err := o.load(cmd)
	if err != nil {
		return err
	}
	rules, err := readProduct(c)
	if err != nil {
		return err
	}
	if rules != nil && rules.Verification == product.Ticket {
		return o.ofPlatform(c)
	}
	if o.Launch || o.LaunchAll || o.LaunchEvent {
		return usage(words.VerifyErrNotPlatform, "flag", "--launch")
	}
	if err := c.Require(config.URL, config.Token); err != nil {
		return err
	}
	for key, field := range map[config.Key]*string{
		config.URL: &o.URL, config.Token: &o.Token, config.Mode: &o.Mode, config.Format: &o.Format,
	} {
		v, err := c.Get(key)
		if err != nil {
			return err
		}
		*field = v.Text
	}
	o.known(c)
	echoes := rules != nil && rules.Verification == product.EncryptedEcho
	if !o.Messages && !echoes {
		return o.forProduct(rules)
	}
	a, err := readAccount(c)
	if err != nil {
		return err
	}
	o.URL, o.Codec, o.EchoCodec, o.Receivers = a.url, a.codec, a.echoCodec, a.receivers
	return o.forProduct(rules)
}

// known reads what only helps, and makes the test user.
func (o *verifyOptions) known(c *config.Config) {
	o.AppID, o.Secret, o.AESKey = optional(c, config.AppID), optional(c, config.Secret), optional(c, config.AESKey)
	o.Others = otherTokens(c)
	o.Now, o.Rand = o.env.Now, o.env.Rand
	o.User = verify.TestUser(o.Rand)
}

// checked is the URL that is told: what is asked first.
func (o *verifyOptions) checked() string { return cmp.Or(o.AuthURL, o.URL) }

// forProduct refuses what verify cannot do for a product.
func (o *verifyOptions) forProduct(rules *product.Rules) error {
	if rules == nil {
		return nil
	}
	o.Product = rules.Product
	if rules.Product == product.WeCom && o.Messages && o.Format == string(msgcrypt.JSON) {
		return withHint(usage(words.VerifyErrRobot), hint(words.VerifyHintRobot))
	}
	return nil
}

// optional is a setting that only helps: a wrong one is not this command's
// business.
func optional(c *config.Config, k config.Key) string {
	v, err := c.Get(k)
	if err != nil {
		return ""
	}
	return v.Text
}

// otherTokens are the tokens of the config's other profiles: a server often
// runs with one of them.
func otherTokens(c *config.Config) []signature.Named {
	var all []signature.Named
	for _, name := range append([]string{""}, c.Profiles()...) {
		if name == c.ProfileName() {
			continue
		}
		p, err := c.InProfile(name)
		if err != nil {
			continue
		}
		if t := optional(p, config.Token); t != "" {
			if name == "" {
				name = "account"
			}
			all = append(all, signature.Named{Name: name, Token: t})
		}
	}
	return all
}

func runVerify(ctx context.Context, o *verifyOptions) error {
	bar := newProgress(o.env)
	announced := false
	o.Progress = func(e verify.Event) {
		say := o.sayer()
		if e.Check == verify.Message && e.Done == nil && !announced && !o.quiet {
			announced = true
			bar.Clear()
			fmt.Fprintln(o.env.Err, say(words.VerifyDelivering, "count", fmt.Sprint(verify.MessageCount(o.Options)), "openid", o.User))
		}
		if e.Done == nil {
			bar.Say(say(words.VerifyRunning, "check", string(e.Check), "requests", fmt.Sprint(e.Requests)))
			return
		}
		bar.Clear()
		if !o.json && !o.quiet {
			o.printCheck(e.Done)
		}
	}
	report, stopped := verify.Run(ctx, o.Options)
	bar.Close()
	if report == nil || o.within != nil && o.quiet && ctx.Err() != nil {
		return stopped
	}
	findings := o.describeAll(report)
	if o.verbose {
		printExchanges(o.env.Err, o.globals, report)
	}
	ok := stopped == nil && o.passes(report)
	verdict := o.verdict(report)
	switch {
	case ctx.Err() != nil:
		verdict = o.say(words.VerifyInterrupted)
	case stopped != nil:
		verdict = o.say(words.VerifyEnded)
	}
	if o.within != nil {
		o.within.verify = o.document(report, findings, ok)
		o.within.cases = append(o.within.cases, o.cases(report, findings, verdict, ok)...)
	}
	if o.json {
		if o.within == nil {
			if err := writeJSON(o.env.Out, o.document(report, findings, ok)); err != nil {
				return err
			}
		}
	} else if !ok || !o.quiet {
		o.printReport(report, findings, verdict, ok)
	}
	if err := o.writeReports(o.targets, "wxdev verify", o.cases(report, findings, verdict, ok), o.Strict); err != nil {
		return err
	}
	switch untried := report.Untried(); {
	case stopped != nil:
		return stopped
	case ok:
		return nil
	case o.outOfBudget(report):
		return missed(report)
	case len(untried) > 0 && !slices.ContainsFunc(report.Looked(), func(l verify.Looked) bool { return l.Outcome == verify.Failed }):
		return failed(words.VerifyUntried, "ids", o.untried(untried))
	}
	return errNo
}

func (o *verifyOptions) passes(r *verify.Report) bool {
	return r.OK() && (r.Selected || !o.Strict || r.Count(finding.Warning) == 0)
}

// outOfBudget reports whether nothing is known to be wrong, and too little was tried
// to say that nothing is.
func (o *verifyOptions) outOfBudget(r *verify.Report) bool {
	return len(r.Missed()) > 0 && r.Count(finding.Error) == 0
}

// missed says what the budget kept from being tried.
func missed(r *verify.Report) error {
	var names []string
	for _, name := range r.Missed() {
		names = append(names, string(name))
	}
	return failed(words.VerifyMissed, "checks", finding.Names(names...))
}

func (o *verifyOptions) describeAll(r *verify.Report) []findingJSON {
	return describeFindings(o.globals, r.Findings)
}

// cases makes a report's test cases of the checks.
func (o *verifyOptions) cases(r *verify.Report, findings []findingJSON, verdict string, ok bool) []reportCase {
	var cases []reportCase
	for _, c := range r.Checks {
		rc := reportCase{Name: string(c.Name), Took: c.Took}
		if c.Outcome == verify.Skipped {
			rc.Skipped = o.reason(c.Reason)
		}
		for _, f := range findings {
			if slices.ContainsFunc(c.Findings, func(found finding.Finding) bool {
				return found.ID == f.ID && found.Variant == f.Variant
			}) {
				rc.Findings = append(rc.Findings, f)
			}
		}
		cases = append(cases, rc)
	}
	// What belongs to no check, and a refusal without a finding, must not turn
	// a report green.
	rest := reportCase{Name: "verdict"}
	for _, f := range findings {
		if !slices.ContainsFunc(cases, func(c reportCase) bool {
			return slices.ContainsFunc(c.Findings, func(other findingJSON) bool { return other.ID == f.ID && other.Variant == f.Variant })
		}) {
			rest.Findings = append(rest.Findings, f)
		}
	}
	if !ok && r.Count(finding.Error) == 0 {
		rest.Findings = append(rest.Findings, findingJSON{Severity: finding.Error, Title: verdict})
	}
	return append(cases, rest)
}
