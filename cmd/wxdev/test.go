package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/scenario"
)

type testOptions struct {
	*globals
	paths    []string // files and folders
	run      string
	pattern  *regexp.Regexp // of run; nil takes all
	parallel int
	attempts int
	timeout  time.Duration
	wait     waiting
	watch    bool
	json     bool
	verbose  bool
	quiet    bool // only what failed
	report   string
	targets  []reportTarget
	within   *taken // what takes the results in place of stdout and of files; nil for none
	config   *config.Config
	runner   *scenario.Runner // made once: it remembers which events it sent
}

func newTest(g *globals) *cobra.Command {
	o := &testOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "test <file>... [flags]",
		Args: testArgs,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"toml"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			if err := o.settings(cmd); err != nil {
				return err
			}
			if o.watch {
				return watchTests(cmd.Context(), o)
			}
			return runTest(cmd.Context(), o)
		},
	}
	addSettings(cmd, "product", "url", "token", "mode", "format", "appid", "aes-key", "account-appid", "api-base")
	f := cmd.Flags()
	f.StringVar(&o.run, "run", "", "")
	f.IntVar(&o.parallel, "parallel", 1, "")
	f.IntVar(&o.attempts, "attempts", push.Attempts, "")
	addDuration(f, &o.timeout, "timeout", 5*time.Second)
	f.BoolVar(&o.watch, "watch", false, "")
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "")
	addWait(f, &o.wait)
	addReport(cmd, &o.report)
	for _, name := range []string{"run", "parallel", "attempts", "timeout", "wait"} {
		fixedValues(cmd, name)
	}
	cmd.SetFlagErrorFunc(dashRun)
	return cmd
}

func testArgs(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return withHint(failed(words.TestErrWhich), hint(words.TestHintInit))
	}
	return nil
}

// dashRun knows the flag as go test spells it, with one dash.
func dashRun(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "run" {
		return withHint(flagError(c, err), didYouMean("--run"))
	}
	return flagError(c, err)
}

// settings checks the command line and reads the config.
func (o *testOptions) settings(cmd *cobra.Command) error {
	var err error
	if o.targets, err = parseReport(o.report); err != nil {
		return err
	}
	if o.pattern, err = regexp.Compile(o.run); err != nil {
		return usage(words.TestErrPattern, "error", finding.Verbatim(err.Error()))
	}
	stdin := slices.Contains(o.paths, "-")
	switch {
	case o.parallel < 1 || o.parallel > 1000:
		return usage(words.ErrTakesRange, "flag", "--parallel", "given", o.parallel, "from", 1, "to", 1000)
	case o.attempts < 1 || o.attempts > 10:
		return usage(words.ErrTakesRange, "flag", "--attempts", "given", o.attempts, "from", 1, "to", 10)
	case o.timeout <= 0:
		return usage(words.ErrNotPositive, "flag", "--timeout", "given", o.timeout)
	case o.watch && o.json:
		return usage(words.ErrNoPair, "a", "--json", "b", "--watch")
	case o.watch && stdin:
		return usage(words.TestErrWatchStdin)
	}
	if err := o.wait.check(); err != nil {
		return err
	}
	if o.config, err = o.load(cmd); err != nil {
		return err
	}
	return nil
}

func runTest(ctx context.Context, o *testOptions) error {
	all, err := o.scenarios()
	if err != nil {
		return err
	}
	if err := o.prepare(all); err != nil {
		return err
	}
	if err := o.checkEmulator(ctx, all); err != nil {
		return err
	}
	if err := o.awaitServer(ctx); err != nil {
		return err
	}
	return o.runAll(ctx, all)
}

// awaitServer does what --wait asks for, once: with --watch a server that is
// down later on is a result.
func (o *testOptions) awaitServer(ctx context.Context) error {
	wait := o.wait
	o.wait = 0
	return wait.forServer(ctx, o.globals, o.runner.Pusher.URL, words.WaitHint)
}

// scenarios reads the files and selects what --run asks for.
func (o *testOptions) scenarios() ([]*scenario.Scenario, error) {
	files, err := o.files()
	if err != nil {
		return nil, err
	}
	var chosen []*scenario.Scenario
	for _, name := range files {
		data, err := readInput(o.env, name, scenario.MaxFile)
		if err != nil {
			return nil, err
		}
		shown := text.Line(name)
		if name == "-" {
			shown = "stdin"
		}
		s, err := scenario.Parse(shown, data)
		if err != nil {
			return nil, fileError(err)
		}
		if o.pattern.MatchString(s.Name) || o.pattern.MatchString(s.File) {
			chosen = append(chosen, s)
		}
	}
	if len(chosen) == 0 {
		return nil, withHint(usage(words.TestErrNone, "pattern", quoted(o.run), "n", len(files)), hint(words.TestHintNone))
	}
	return chosen, nil
}

// files are the paths, with the .toml files of a folder in its place.
func (o *testOptions) files() ([]string, error) {
	var files []string
	for _, path := range o.paths {
		info, err := os.Stat(path)
		if path == "-" || err != nil || !info.IsDir() {
			files = append(files, path) // what is wrong with it, reading will tell
			continue
		}
		found, err := filepath.Glob(filepath.Join(globQuote(path), "*.toml"))
		if err != nil {
			return nil, failed(words.ErrRead, "file", quoted(path), "error", err)
		}
		found = slices.DeleteFunc(found, func(f string) bool { return filepath.Base(f) == config.FileName })
		if len(found) == 0 {
			return nil, withHint(usage(words.TestErrFolder, "folder", quoted(path)), hint(words.TestHintInit))
		}
		files = append(files, found...)
	}
	return files, nil
}

// globQuote keeps the characters of a folder's name from being a pattern.
func globQuote(path string) string {
	if os.PathSeparator == '\\' {
		return path // there is no quoting on Windows
	}
	return regexp.MustCompile(`[*?\[\\]`).ReplaceAllString(path, `\$0`)
}

// prepare makes the runner and checks that the account can do what the
// scenarios ask for.
func (o *testOptions) prepare(all []*scenario.Scenario) error {
	if o.runner == nil {
		a, err := readAccount(o.config)
		if err != nil {
			return err
		}
		pusher := a.pusher(o.env, o.timeout)
		pusher.Attempts = o.attempts
		emulator, err := o.emulator()
		if err != nil {
			return err
		}
		o.runner = &scenario.Runner{
			Pusher: pusher, Format: a.format, To: a.accountID(), Parallel: o.parallel, API: emulator, AppID: a.appid,
		}
	}
	pusher := o.runner.Pusher
	if pusher.Codec == nil && slices.ContainsFunc(all, (*scenario.Scenario).NeedsKey) {
		codec, err := readCodec(o.config)
		if err != nil {
			return err
		}
		pusher.Codec = codec
	}
	for _, s := range all {
		if err := o.runner.Check(s); err != nil {
			return fileError(err)
		}
	}
	return nil
}

// readCodec reads what the encrypted modes take, for a scenario that asks for
// one where the account's mode is plain.
func readCodec(c *config.Config) (*msgcrypt.Codec, error) {
	if err := c.Require(config.AppID, config.AESKey); err != nil {
		return nil, err
	}
	appid, err := c.Get(config.AppID)
	if err != nil {
		return nil, err
	}
	text, err := c.Get(config.AESKey)
	if err != nil {
		return nil, err
	}
	return newCodec(text.Text, appid.Text)
}

// runAll runs the scenarios and reports each as it ends.
func (o *testOptions) runAll(ctx context.Context, all []*scenario.Scenario) error {
	began := o.env.Now()
	p := newTestPrinter(o, all)
	bar := newProgress(o.env)
	o.runner.Step = func(s *scenario.Scenario, r *scenario.StepResult) {
		bar.Say(fmt.Sprintf("%s:%d %s", s.File, r.Step.Line, o.fact(finding.English, r.Sent)))
	}
	var results []*scenario.Result
	err := o.runner.Run(ctx, all, func(r *scenario.Result) {
		bar.Clear()
		results = append(results, r)
		if !o.json && (!o.quiet || !r.OK()) {
			p.print(r)
		}
	})
	bar.Close()
	if err != nil && results == nil {
		return err
	}
	if err == nil && slices.ContainsFunc(results, func(r *scenario.Result) bool { return !r.OK() }) {
		err = errNo
	}
	return cmp.Or(o.reportAll(p, results, o.env.Now().Sub(began), err), err)
}

// reportAll reports what was run, which is not all of it where err is neither
// nil nor errNo.
func (o *testOptions) reportAll(p *testPrinter, results []*scenario.Result, took time.Duration, err error) error {
	if o.within != nil {
		o.within.cases = append(o.within.cases, o.cases(results)...)
	}
	switch {
	case o.json:
		doc := o.document(results, took)
		if doc.OK = err == nil; !doc.OK && !errors.Is(err, errNo) {
			doc.Error = o.failure(err)
		}
		if o.within != nil {
			o.within.test = &doc
			break
		}
		if err := writeJSON(o.env.Out, doc); err != nil {
			return err
		}
	case !o.quiet:
		p.total(results, took)
	}
	return o.writeReports(o.targets, "wxdev test", o.cases(results), false)
}
