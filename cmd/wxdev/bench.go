package main

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/load"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/scenario"
)

type benchOptions struct {
	*globals
	files       []string // scenarios, in place of mix
	rate        string
	connections int
	duration    time.Duration
	count       int
	mix         string
	users       int
	keepAlive   bool
	timeout     time.Duration
	check       string
	failIf      []string
	html        string
	export      string
	own         bool // --i-own-this-server
	wait        waiting
	json        bool

	account   *account
	perSecond float64 // of rate
	share     float64 // of check
	shares    load.Mix
	scenarios []*scenario.Scenario
	steps     []*scenario.Step
	limits    []load.Limit
}

// What is sent where the command line does not say it.
const (
	benchRate     = "50/s"
	benchDuration = 10 * time.Second
)

func newBench(g *globals) *cobra.Command {
	o := &benchOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "bench [file...] [flags]",
		Args: cobra.ArbitraryArgs,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"toml"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			if err := o.settings(cmd); err != nil {
				return err
			}
			if o.export != "" {
				return runBenchExport(cmd.Context(), o)
			}
			return runBench(cmd.Context(), o)
		},
	}
	addSettings(cmd, "product", "url", "token", "mode", "format", "appid", "aes-key", "account-appid")
	f := cmd.Flags()
	f.StringVar(&o.rate, "rate", benchRate, "")
	f.IntVar(&o.connections, "connections", 0, "")
	addDuration(f, &o.duration, "duration", benchDuration)
	f.IntVar(&o.count, "count", 0, "")
	f.StringVar(&o.mix, "mix", "text", "")
	f.IntVar(&o.users, "users", load.DefaultUsers, "")
	f.BoolVar(&o.keepAlive, "keepalive", false, "")
	addDuration(f, &o.timeout, "timeout", 5*time.Second)
	f.StringVar(&o.check, "check", "100%", "")
	f.StringArrayVar(&o.failIf, "fail-if", nil, "")
	addOutFile(f, &o.html, "html")
	f.StringVar(&o.export, "export", "", "")
	f.BoolVar(&o.own, "i-own-this-server", false, "")
	f.BoolVar(&o.json, "json", false, "")
	addWait(f, &o.wait)
	fixedValues(cmd, "export", benchEngines...)
	completed(cmd, "mix", func(*cobra.Command, []string) []string { return typeNames(g) })
	completed(cmd, "fail-if", func(*cobra.Command, []string) []string { return load.LimitNames() })
	for _, name := range []string{"rate", "connections", "duration", "count", "users", "timeout", "check", "wait"} {
		fixedValues(cmd, name)
	}
	return cmd
}

// settings checks the command line and reads the config.
func (o *benchOptions) settings(cmd *cobra.Command) error {
	given := func(name string) bool { return cmd.Flags().Changed(name) }
	err := cmp.Or(
		o.positive(given),
		o.readPace(given),
		o.readShare(),
		o.readMix(given),
		o.readLimits(),
		o.wait.check(),
		o.checkExport(given),
	)
	if err != nil {
		return err
	}
	if o.html != "" {
		if err := atomicfile.Try(o.html); err != nil {
			return withHint(failed(words.ReportErrWrite, "file", quoted(o.html), "error", cause(err)), hint(words.BenchHintHTML))
		}
	}
	c, err := o.load(cmd)
	if err != nil {
		return err
	}
	if o.account, err = readAccount(c); err != nil {
		return err
	}
	for _, s := range o.scenarios {
		if err := s.CheckAlone(o.account.mode, o.account.format); err != nil {
			return fileError(err)
		}
	}
	return nil
}

// positive refuses numbers of nothing.
func (o *benchOptions) positive(given func(string) bool) error {
	for _, n := range []struct {
		name  string
		value int
	}{{"connections", o.connections}, {"count", o.count}, {"users", o.users}} {
		if given(n.name) && n.value <= 0 {
			return usage(words.ErrNotPositive, "flag", "--"+n.name, "given", n.value)
		}
	}
	for _, d := range []struct {
		name  string
		value time.Duration
	}{{"duration", o.duration}, {"timeout", o.timeout}} {
		if d.value <= 0 {
			return usage(words.ErrNotPositive, "flag", "--"+d.name, "given", d.value)
		}
	}
	for _, n := range []struct {
		name        string
		value, most int
	}{{"users", o.users, maxUsers}, {"connections", o.connections, maxConnections}} {
		if n.value > n.most {
			return usage(words.ErrTakesRange, "flag", "--"+n.name, "given", n.value, "from", 1, "to", n.most)
		}
	}
	return nil
}

const (
	maxUsers       = 10_000_000 // OpenIDs that are kept ready
	maxConnections = 100_000    // more than a machine has ports
)

// readPace: --connections alone is the closed loop, and --count alone has no
// other end.
func (o *benchOptions) readPace(given func(string) bool) error {
	if given("count") && !given("duration") {
		o.duration = 0
	}
	if given("connections") && !given("rate") {
		return nil
	}
	number, _ := strings.CutSuffix(strings.TrimSpace(o.rate), "/s")
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || n != n || n <= 0 || n > 1e6 {
		return usage(words.BenchErrRate, "given", quoted(o.rate))
	}
	o.perSecond = n
	return nil
}

func (o *benchOptions) readShare() error {
	number, percent := strings.CutSuffix(strings.TrimSpace(o.check), "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || n != n || n < 0 || n > 100 || !percent && n != 0 {
		return usage(words.BenchErrCheck, "given", quoted(o.check))
	}
	o.share = n / 100
	return nil
}

func (o *benchOptions) readMix(given func(string) bool) error {
	if len(o.files) > 0 {
		return o.readScenarios(given)
	}
	var err error
	if o.shares, err = load.ParseMix(o.mix); err == nil {
		return nil
	}
	var wrong *load.MixError
	if errors.As(err, &wrong) && wrong.Nearest != "" {
		return withHint(usageError{err}, didYouMean(wrong.Nearest))
	}
	return withHint(usageError{err}, hint(words.SendHintTypes))
}

// readScenarios takes the messages of conversations, without what they expect.
func (o *benchOptions) readScenarios(given func(string) bool) error {
	if given("mix") {
		return usage(words.BenchErrMixFiles)
	}
	var err error
	if o.scenarios, err = (&testOptions{globals: o.globals, paths: o.files, pattern: regexp.MustCompile("")}).scenarios(); err != nil {
		return err
	}
	names := make([]string, 0, len(o.scenarios))
	for _, s := range o.scenarios {
		names = append(names, text.Line(s.Name))
		o.steps = append(o.steps, s.Steps...)
	}
	o.mix = o.list(names)
	return nil
}

func (o *benchOptions) readLimits() error {
	for _, s := range o.failIf {
		l, err := load.ParseLimit(s)
		var wrong *load.LimitError
		switch {
		case errors.As(err, &wrong) && wrong.Nearest != "":
			return withHint(usageError{err}, didYouMean(wrong.Nearest))
		case err != nil:
			return withHint(usageError{err}, hint(words.BenchHintLimits, "names", finding.Names(load.LimitNames()...)))
		}
		o.limits = append(o.limits, l)
	}
	return nil
}

func (o *benchOptions) source() (*load.Source, error) {
	source, err := load.NewSource(load.Options{
		Mix: o.shares, Steps: o.steps, Users: o.users, Format: o.account.format, To: o.account.accountID(), Now: o.env.Now, Rand: o.env.Rand,
	})
	if err != nil {
		return nil, usageError{err}
	}
	return source, nil
}

// plan is the load that the command line describes.
func (o *benchOptions) plan(p *push.Pusher, source *load.Source) *load.Plan {
	return &load.Plan{
		Pusher: p, Source: source, Rate: o.perSecond, Connections: o.connections, Duration: o.duration, Count: o.count,
		KeepAlive: o.keepAlive, Timeout: o.timeout, Check: o.share,
	}
}

func runBench(ctx context.Context, o *benchOptions) error {
	source, err := o.source()
	if err != nil {
		return err
	}
	to, err := o.guard(ctx)
	if err != nil {
		return err
	}
	if err := o.wait.forServer(ctx, o.globals, o.account.url, words.WaitHint); err != nil {
		return err
	}
	p := o.account.pusher(o.env, o.timeout)
	to.pin(ctx, &p.Sender)
	plan := o.plan(p, source)
	bar := newProgress(o.env)
	bar.Say(o.say(words.DeliveryWaiting, "url", text.Line(o.account.url)))
	plan.OnTick = func(s load.Snapshot) { bar.Say(o.going(s)) }
	began := o.env.Now()
	r, err := plan.Run(ctx)
	bar.Close()
	if r == nil {
		return err
	}
	report := o.report(r, began)
	if o.html != "" {
		if werr := atomicfile.Write(o.html, report.htmlPage(), 0o666); werr != nil {
			err = cmp.Or(err, unwritten(failed(words.ReportErrWrite, "file", quoted(o.html), "error", cause(werr))))
		}
	}
	err = cmp.Or(err, report.outcome(ctx))
	if o.json {
		return cmp.Or(writeJSON(o.env.Out, report.document(err)), err)
	}
	report.print(o.env.Out)
	return err
}
