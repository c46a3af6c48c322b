package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/push"
)

type sendOptions struct {
	*globals
	what     string   // the type
	value    string   // its first field
	hasValue bool     // a value was given, be it empty
	fields   []string // Name=value, from --set and the short flags
	body     string   // a file to send as it is
	raw      bool
	from     string
	to       string
	attempts int
	timeout  time.Duration
	wait     waiting
	json     bool
	verbose  bool
	report   string
	targets  []reportTarget
	account  *account
}

// fieldFlags are the short names of fields, over all types; a test holds that
// package message has just these. They are written down here so that starting
// wxdev reads no file. Two of them (appid, url) mean a setting on every
// command: for those fields there is --set.
var fieldFlags = []string{
	"account", "action", "card", "code", "content", "description", "device", "info", "key", "label", "lat", "lng",
	"media-id", "menu-id", "order", "page", "pic-url", "poi", "precision", "reason", "recognition", "result", "risky",
	"scale", "scene", "session-from", "status", "str", "suggest", "template-id", "thumb-media-id", "ticket", "title",
	"to-account", "trace-id", "transaction", "waybill",
}

func newSend(g *globals) *cobra.Command {
	o := &sendOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "send <type> [value] [flags]",
		Args: oneValue("wxdev send text 'hello world'"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return typeNames(g), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.settings(cmd, args); err != nil {
				return err
			}
			return runSend(cmd.Context(), o)
		},
	}
	addSettings(cmd, "product", "url", "token", "mode", "format", "appid", "aes-key", "receiver", "auth-url", "account-appid")
	f := cmd.Flags()
	f.StringArrayVar(&o.fields, "set", nil, "")
	f.StringVar(&o.body, "body", "", "")
	f.BoolVar(&o.raw, "raw", false, "")
	f.StringVar(&o.from, "from", "user", "")
	f.StringVar(&o.to, "to", "", "")
	f.IntVar(&o.attempts, "attempts", push.Attempts, "")
	addDuration(f, &o.timeout, "timeout", 5*time.Second)
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "")
	addWait(f, &o.wait)
	addReport(cmd, &o.report)
	for _, name := range fieldFlags {
		f.String(name, "", "")
		if err := f.MarkHidden(name); err != nil {
			panic(err) // declared on the line above
		}
		fixedValues(cmd, name)
	}
	completed(cmd, "set", func(_ *cobra.Command, args []string) []string { return fieldPaths(args) })
	for _, name := range []string{"from", "to", "attempts", "timeout", "wait"} {
		fixedValues(cmd, name)
	}
	cmd.AddCommand(newSendList(g))
	return cmd
}

// fieldPaths completes --set with the fields of the type, if that is typed
// already.
func fieldPaths(args []string) []string {
	if len(args) == 0 {
		return nil
	}
	t, ok := message.LookupType(args[0])
	if !ok {
		return nil
	}
	var paths []string
	for _, f := range t.Fields() {
		if f.Kind != message.Group {
			paths = append(paths, f.Path+"=")
		}
	}
	return paths
}

// typeNames completes types with what they are.
func typeNames(g *globals) []string {
	var names []string
	for _, t := range message.Types() {
		names = append(names, t.Name+"\t"+t.Title(g.Lang()))
	}
	return names
}

// settings checks the command line and reads the config.
func (o *sendOptions) settings(cmd *cobra.Command, args []string) error {
	var err error
	if o.targets, err = parseReport(o.report); err != nil {
		return err
	}
	switch {
	case o.body != "" && len(args) > 0:
		return usage(words.SendErrBodyType)
	case o.body == "" && len(args) == 0:
		return withHint(usage(words.SendErrWhat), hint(words.SendHintWhat))
	case o.attempts < 1 || o.attempts > 10:
		return usage(words.ErrTakesRange, "flag", "--attempts", "given", o.attempts, "from", 1, "to", 10)
	case o.timeout <= 0:
		return usage(words.ErrNotPositive, "flag", "--timeout", "given", o.timeout)
	}
	if err := o.wait.check(); err != nil {
		return err
	}
	if len(args) > 0 {
		o.what = args[0]
	}
	if len(args) > 1 {
		o.value, o.hasValue = args[1], true
	}
	for _, name := range fieldFlags {
		if f := cmd.Flags().Lookup(name); f.Changed {
			o.fields = append(o.fields, "--"+name+"="+f.Value.String())
		}
	}
	c, err := o.load(cmd)
	if err != nil {
		return err
	}
	o.account, err = readAccount(c)
	return err
}

func runSend(ctx context.Context, o *sendOptions) error {
	pusher := o.account.pusher(o.env, o.timeout)
	pusher.Attempts = o.attempts
	push, err := o.push(pusher)
	if err != nil {
		return err
	}
	if err := o.wait.forServer(ctx, o.globals, o.account.url, words.WaitHint); err != nil {
		return err
	}
	bar := newProgress(o.env)
	bar.Say(o.say(words.DeliveryWaiting, "url", text.Line(o.account.url)))
	d := pusher.Deliver(ctx, push)
	bar.Close()
	if err := ctx.Err(); err != nil {
		return err
	}
	findings := describeFindings(o.globals, d.Findings)
	if o.verbose {
		for _, ex := range d.Exchanges {
			printExchange(o.env.Err, o.globals, ex)
		}
	}
	if o.json {
		err = writeJSON(o.env.Out, sendDocument(d, findings))
	} else {
		printDelivery(o.env.Out, o.globals, d)
		printFindings(o.env.Out, o.globals, findings)
	}
	if err != nil {
		return err
	}
	cases := []reportCase{{Name: o.fact(finding.English, labelOf(push)), Findings: findings, Took: d.Last().Times.Total}}
	if err := o.writeReports(o.targets, "wxdev send", cases, false); err != nil {
		return err
	}
	if !d.OK() {
		return errNo
	}
	return nil
}

// push makes the message that the command line describes.
func (o *sendOptions) push(c *push.Pusher) (*push.Push, error) {
	if o.body != "" {
		body, err := readInput(o.env, o.body, message.MaxBody)
		if err != nil {
			return nil, err
		}
		switch {
		case len(o.fields) > 0:
			return nil, usage(words.SendErrBodyField)
		case len(body) == 0:
			return nil, usage(words.SendErrEmpty, "file", inputName(o.body))
		}
		var broken *message.SyntaxError
		if _, err := message.Parse(body); errors.As(err, &broken) {
			fmt.Fprintln(o.env.Err, hint(words.SendNoMessage, "file", inputName(o.body), "error", broken).In(o.Lang()))
		}
		return c.BuildBody(body)
	}
	t, err := lookupType(o.what)
	if err != nil {
		return nil, err
	}
	if t.Name == "subscribe" && o.byCode() {
		if t, err = lookupType("subscribe_scene"); err != nil {
			return nil, err
		}
	}
	if err := o.suits(t); err != nil {
		return nil, err
	}
	if o.account.format == msgcrypt.JSON && !t.JSON {
		return nil, withHint(usage(words.SendErrJSON, "type", t.Name), hint(words.SendHintJSON))
	}
	now := o.env.Now()
	to := o.to
	switch {
	case to != "":
	case t.Group == "platform" && o.account.appid != "":
		to = o.account.appid // these name the platform's AppID
	default:
		to = o.account.accountID()
	}
	m := t.New(openID(o.from), to, now, message.NewMsgIDs(o.env.Rand, now).Next())
	m.Format, m.Raw = o.account.format, o.raw
	if err := o.setFields(m, t); err != nil {
		return nil, err
	}
	if o.account.product == product.Component && t.Group == "platform" {
		if c.URL = o.account.authURL; c.URL == "" {
			return nil, o.account.noAuthURL
		}
		o.account.url = c.URL // it is what is waited for, and told
	}
	push, err := c.Build(m)
	if err != nil {
		return nil, withHint(usageError{err}, hint(words.SendHintRaw))
	}
	return push, nil
}

// suits refuses a type that the product does not push.
func (o *sendOptions) suits(t *message.Type) error {
	rules, ok := product.Lookup(o.account.product)
	switch {
	case !ok:
		return nil
	case rules.Product == product.WeCom && o.account.format == msgcrypt.JSON:
		return withHint(usage(words.SendErrRobot), hint(words.SendHintRobot))
	case rules.Sends(t.Name, t.Group, t.JSON):
		return nil
	}
	return withHint(usage(words.SendErrProduct, "product", string(rules.Product), "type", t.Name), hint(words.SendHintProduct, "product", string(rules.Product)))
}

// byCode reports whether a flag is of those who follow by a QR code: that is a
// type of its own.
func (o *sendOptions) byCode() bool {
	return slices.ContainsFunc(o.fields, func(f string) bool {
		return strings.HasPrefix(f, "--scene=") || strings.HasPrefix(f, "--ticket=")
	})
}

// lookupType finds a type, or says which was meant.
func lookupType(name string) (*message.Type, error) {
	if t, ok := message.LookupType(name); ok {
		return t, nil
	}
	var names []string
	for _, t := range message.Types() {
		names = append(names, t.Name)
	}
	help := hint(words.SendHintTypes)
	if best := text.Nearest(name, names); best != "" {
		help = didYouMean(best)
	}
	return nil, withHint(usage(words.SendErrType, "name", quoted(name)), help)
}

// openID is the sender for --from: an OpenID as it is, or a test user's.
func openID(from string) string {
	if message.IsOpenID(from) {
		return from
	}
	return message.OpenID(from)
}

// setFields gives the message the value and the fields of the command line.
func (o *sendOptions) setFields(m *message.Message, t *message.Type) error {
	if o.hasValue {
		if len(t.Flags) == 0 {
			return usage(words.SendErrValue, "type", t.Name)
		}
		if err := t.Flags[0].Set(m, o.value); err != nil {
			return usageError{err}
		}
	}
	for _, field := range o.fields {
		name, value, ok := strings.Cut(field, "=")
		if !ok || name == "" {
			return usage(words.ErrTakesPair, "flag", "--set", "given", quoted(field), "form", "Name=value")
		}
		short, isFlag := strings.CutPrefix(name, "--")
		if !isFlag {
			o.warnUnknown(m, t, name)
			if err := m.Set(name, value); err != nil {
				return withHint(usageError{err}, hint(words.SendHintFields, "type", t.Name))
			}
			continue
		}
		i := slices.IndexFunc(t.Flags, func(f message.Flag) bool { return f.Name == short })
		if i < 0 {
			return withHint(usage(words.SendErrFlag, "type", t.Name, "flag", "--"+short), hint(words.SendHintFields, "type", t.Name))
		}
		if err := t.Flags[i].Set(m, value); err != nil {
			return usageError{err}
		}
	}
	return nil
}

// warnUnknown says that a field is none of the type's. It is sent all the
// same: WeChat adds some now and then.
func (g *globals) warnUnknown(m *message.Message, t *message.Type, name string) {
	var names []string
	for _, f := range t.Fields() {
		names = append(names, f.Path)
		if f.Path == name || strings.HasPrefix(f.Path, name+".") {
			return
		}
	}
	if m.Field(name) != nil || strings.ContainsAny(name, "[") { // a place in a list
		return
	}
	line := g.say(words.SendNoField, "type", t.Name, "field", text.Line(name))
	if best := text.Nearest(name, names); best != "" {
		line += g.say(words.CommonSemicolon) + didYouMean(best).In(g.Lang())
	}
	fmt.Fprintln(g.env.Err, line)
}
