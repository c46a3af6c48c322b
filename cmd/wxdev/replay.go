package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/recording"
)

type replayOptions struct {
	*globals
	dir        string
	fields     []string // Name=value
	from       string
	sameID     bool
	asScenario bool
	scenario   string // the file, or -
	attempts   int
	timeout    time.Duration
	json       bool
	verbose    bool
	report     string
	targets    []reportTarget

	list     []recorded
	config   *config.Config
	accounts map[msgcrypt.Mode]*account
}

// recorded is a recording that was named.
type recorded struct {
	name string // its id, or what it was called
	*recording.Record
}

func newReplay(g *globals) *cobra.Command {
	o := &replayOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "replay { <id> | <file> | - }... [flags]",
		Args: cobra.ArbitraryArgs,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			ids, _ := recording.List(o.dir) // without the folder there are just files to offer
			return ids, cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.asScenario = cmd.Flags().Changed("to-scenario")
			if err := o.check(cmd, args); err != nil {
				return err
			}
			if err := o.read(args); err != nil {
				return err
			}
			if o.asScenario {
				return runToScenario(o)
			}
			var err error
			if o.config, err = o.load(cmd); err != nil {
				return err
			}
			return runReplay(cmd.Context(), o)
		},
	}
	addSettings(cmd, "product", "url", "token", "mode", "appid", "aes-key", "account-appid")
	f := cmd.Flags()
	f.StringVar(&o.dir, "dir", "recordings", "")
	f.StringArrayVar(&o.fields, "set", nil, "")
	f.StringVar(&o.from, "from", "", "")
	f.BoolVar(&o.sameID, "same-id", false, "")
	f.StringVar(&o.scenario, "to-scenario", "", "")
	f.Lookup("to-scenario").NoOptDefVal = "-"
	f.IntVar(&o.attempts, "attempts", push.Attempts, "")
	addDuration(f, &o.timeout, "timeout", 5*time.Second)
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "")
	addReport(cmd, &o.report)
	for _, name := range []string{"set", "from", "attempts", "timeout"} {
		fixedValues(cmd, name)
	}
	if err := cmd.MarkFlagDirname("dir"); err != nil {
		panic(err) // declared a few lines above
	}
	return cmd
}

// check checks the command line.
func (o *replayOptions) check(cmd *cobra.Command, args []string) error {
	var err error
	if o.targets, err = parseReport(o.report); err != nil {
		return err
	}
	if o.asScenario {
		for _, name := range []string{"set", "from", "same-id", "json", "report", "verbose"} {
			if cmd.Flags().Changed(name) {
				return usage(words.ReplayErrScenario, "flag", "--"+name)
			}
		}
	}
	switch {
	case len(args) == 0 && !o.asScenario:
		return withHint(usage(words.ReplayErrWhich), hint(words.ReplayHintWhich))
	case o.attempts < 1 || o.attempts > 10:
		return usage(words.ErrTakesRange, "flag", "--attempts", "given", o.attempts, "from", 1, "to", 10)
	case o.timeout <= 0:
		return usage(words.ErrNotPositive, "flag", "--timeout", "given", o.timeout)
	}
	for _, field := range o.fields {
		if name, _, ok := strings.Cut(field, "="); !ok || name == "" {
			return usage(words.ErrTakesPair, "flag", "--set", "given", quoted(field), "form", "Name=value")
		}
	}
	return nil
}

// delivered is what came of one recording.
type delivered struct {
	recorded
	*push.Delivery
	findings []findingJSON
	same     bool // the reply is the recorded one
}

// runReplay makes all messages before it sends the first, so that a mistake
// in the last is found in time.
func runReplay(ctx context.Context, o *replayOptions) error {
	pushes, err := o.pushes()
	if err != nil {
		return err
	}
	bar := newProgress(o.env)
	defer bar.Close()
	var all []delivered
	ok := true
	for i, p := range pushes {
		bar.Say(o.say(words.DeliveryWaiting, "url", text.Line(p.account.url)))
		d := p.pusher.Deliver(ctx, p.push)
		bar.Clear()
		if ctx.Err() != nil {
			break
		}
		one := delivered{o.list[i], d, describeFindings(o.globals, d.Findings), sameReply(o.list[i].Record, d)}
		all = append(all, one)
		ok = ok && d.OK()
		if o.verbose {
			for _, ex := range d.Exchanges {
				printExchange(o.env.Err, o.globals, ex)
			}
		}
		if !o.json {
			o.print(one, i)
		}
	}
	stopped := ctx.Err()
	if stopped != nil && all == nil {
		return stopped
	}
	if o.json {
		doc := replayDocument(all, ok && stopped == nil)
		if stopped != nil {
			doc.Error = o.failure(failed(words.CommonInterrupted))
		}
		if err := writeJSON(o.env.Out, doc); err != nil {
			return err
		}
	}
	var cases []reportCase
	for _, one := range all {
		cases = append(cases, reportCase{Name: one.name, Findings: one.findings, Took: one.Last().Times.Total})
	}
	if err := o.writeReports(o.targets, "wxdev replay", cases, false); err != nil {
		return err
	}
	if stopped == nil && !ok {
		return errNo
	}
	return stopped
}

// readyPush is a message that is ready to go.
type readyPush struct {
	account *account
	pusher  *push.Pusher
	push    *push.Push
}

func (o *replayOptions) pushes() ([]readyPush, error) {
	o.accounts = map[msgcrypt.Mode]*account{}
	times := map[string]int64{}
	ids := message.NewMsgIDs(o.env.Rand, o.env.Now())
	var all []readyPush
	var sent []recorded
	for _, x := range o.list {
		a, err := o.account(x)
		if err != nil {
			return nil, err
		}
		m, err := o.message(x, ids, times)
		if errors.Is(err, recording.ErrNoMessage) && len(o.list) > 1 {
			fmt.Fprintln(o.env.Err, o.say(words.ReplaySkipped, "name", text.Line(x.name)))
			continue
		}
		if errors.Is(err, recording.ErrNoMessage) {
			err = withHint(err, hint(words.ReplayHintVerification))
		}
		if err != nil {
			return nil, err
		}
		sent = append(sent, x)
		c := a.pusher(o.env, o.timeout)
		c.Attempts = o.attempts
		push, err := c.Build(m)
		if err != nil {
			return nil, usage(words.ReplayErrOne, "name", quoted(x.name), "error", err)
		}
		all = append(all, readyPush{a, c, push})
	}
	if len(all) == 0 {
		return nil, failed(words.ReplayErrNone)
	}
	o.list = sent
	return all, nil
}

// account is the one that a recording is delivered for: in the mode that is
// set, or where none is, in the recording's own.
func (o *replayOptions) account(x recorded) (*account, error) {
	v, err := o.config.Get(config.Mode)
	if err != nil {
		return nil, err
	}
	mode := msgcrypt.Mode(v.Text)
	switch recorded := msgcrypt.Mode(x.Mode); {
	case x.Mode == "" || recorded == mode:
	case v.From == "default":
		mode = recorded
	case v.From != config.Mode.Flag():
		o.otherMode(x, mode, v.From)
	}
	if a := o.accounts[mode]; a != nil {
		return a, nil
	}
	a, err := readAccountIn(o.config, mode)
	if err != nil {
		if v.From == "default" && mode != msgcrypt.Plain {
			return nil, withHint(err, hint(words.ReplayHintMode, "name", text.Line(x.name), "mode", modeName(mode)))
		}
		return nil, err
	}
	o.accounts[mode] = a
	return a, nil
}

// otherMode says that a recording goes out in another mode than it came in:
// the server's encryption is not tried then, or is for the first time.
func (o *replayOptions) otherMode(x recorded, mode msgcrypt.Mode, from string) {
	fmt.Fprintln(o.env.Err, o.say(words.ReplayOtherMode, "name", text.Line(x.name), "from", text.Line(from),
		"was", text.Line(x.Mode), "was-name", text.Line(o.sayer().mode(msgcrypt.Mode(x.Mode))), "mode-name", o.sayer().mode(mode)))
}

// message is the recorded message with a new time and id, and the fields of
// the command line.
func (o *replayOptions) message(x recorded, ids *message.MsgIDs, times map[string]int64) (*message.Message, error) {
	m, err := x.ReadMessage()
	if err != nil {
		return nil, failed(words.ReplayErrOne, "name", quoted(x.name), "error", err)
	}
	set := func(name, value string) {
		if m.Field(name) != nil && err == nil {
			err = m.Set(name, value)
		}
	}
	if o.from != "" {
		set("FromUserName", openID(o.from))
	}
	if !o.sameID {
		now, from := o.env.Now(), m.Get("FromUserName")
		at := now.Unix()
		if m.IsEvent() { // a server tells these apart by sender and second alone
			at = max(at, times[from]+1)
			times[from] = at
		}
		set("CreateTime", fmt.Sprint(at))
		set("MsgId", fmt.Sprint(ids.Next()))
	}
	if err != nil {
		return nil, failed(words.ReplayErrOne, "name", quoted(x.name), "error", err)
	}
	for _, field := range o.fields {
		name, value, _ := strings.Cut(field, "=")
		if t := m.Type(); t != nil {
			o.warnUnknown(m, t, name)
		}
		if err := m.Set(name, value); err != nil {
			return nil, usageError{err}
		}
	}
	if names := recording.Hidden(m); len(names) > 0 {
		return nil, withHint(usage(words.ReplayErrHidden, "name", quoted(x.name), "field", text.Line(names[0])),
			hint(words.ReplayHintHidden, "field", text.Line(names[0])))
	}
	return m, nil
}
