package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/apisign"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/tokenstore"
	"github.com/wxdev/wxdev/pkg/wire"
)

type emulatorOptions struct {
	*globals
	addr      string
	public    string // --public-url; empty is the address
	readyFile string
	variables bool // --env
	ready     bool
	seed      string
	snapshot  string
	h5Hosts   []string // from which pages may be shown, besides this machine
	quiet     bool
	json      bool
	open      bool

	security *apisign.Keys    // of signed calls, from the settings; nil without
	given    emulator.Account // from the settings; what they leave out is empty
	state    *emulator.State  // of the seed; nil without one

	component *emulator.Component // the third-party platform, when that is the product

	greet func(base string) // in place of what introduces the account; nil is that
}

func newEmulator(g *globals) *cobra.Command {
	o := &emulatorOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "emulator [flags]",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for flag, other := range map[string]bool{"--json": o.json, "--ready": o.ready} {
				if o.variables && other {
					return usage(words.ErrNoPair, "a", "--env", "b", flag)
				}
			}
			if err := o.settings(cmd); err != nil {
				return err
			}
			if o.ready {
				return o.askReady(cmd.Context())
			}
			return runEmulator(cmd.Context(), o)
		},
	}
	addSettings(cmd, "product", "appid", "secret", "token", "aes-key", "url", "mode", "format", "auth-url", "account-appid")
	f := cmd.Flags()
	o.addAddress(cmd)
	addOutFile(f, &o.readyFile, "ready-file")
	f.BoolVar(&o.variables, "env", false, "")
	f.BoolVar(&o.ready, "ready", false, "")
	f.StringVar(&o.seed, "seed", "", "")
	addOutFile(f, &o.snapshot, "snapshot-on-exit")
	f.StringSliceVar(&o.h5Hosts, "h5-hosts", nil, "")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "")
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVar(&o.open, "open", false, "")
	fixedValues(cmd, "h5-hosts")
	return cmd
}

// settings reads the account and the seed.
func (o *emulatorOptions) settings(cmd *cobra.Command) error {
	c, err := o.load(cmd)
	if err != nil {
		return err
	}
	if err := o.checkPublic(); err != nil {
		return err
	}
	rules, err := readProduct(c)
	if err != nil {
		return err
	}
	if rules != nil && rules.Product == product.WeCom {
		return withHint(usage(words.EmulatorErrWecom), hint(words.EmulatorHintWecom))
	}
	for _, s := range []struct {
		key config.Key
		to  *string
	}{
		{config.AppID, &o.given.AppID},
		{config.Secret, &o.given.Secret},
		{config.Token, &o.given.Token},
		{config.AESKey, &o.given.AESKey},
		{config.URL, &o.given.URL},
		{config.Mode, &o.given.Mode},
		{config.Format, &o.given.Format},
	} {
		v, err := c.Get(s.key)
		if err != nil {
			return err
		}
		if v.From != "default" {
			*s.to = v.Text
		}
	}
	if err := o.platform(c); err != nil {
		return err
	}
	if err := o.securitySettings(c); err != nil {
		return err
	}
	if o.snapshot != "" { // rather than when all is lost
		if err := atomicfile.Try(o.snapshot); err != nil {
			return o.snapshotError(err)
		}
	}
	if o.seed == "" {
		return nil
	}
	text, err := readInput(o.env, o.seed, emulator.MaxState)
	if err != nil {
		return err
	}
	o.state, err = emulator.ParseState(o.seed, text)
	return fileError(err)
}

// securitySettings reads the keys of signed calls. Without any of them the
// emulator makes its own.
func (o *emulatorOptions) securitySettings(c *config.Config) error {
	k, err := c.Security()
	if err != nil || k.Symmetric == "" && k.Private == nil {
		return err
	}
	k.AppID = cmp.Or(o.given.AppID, emulator.DefaultAppID)
	o.security = &k
	return nil
}

// account is the settings' account: without an appid that of the seed's first
// account, or else the standard one.
func (o *emulatorOptions) account() emulator.Account {
	a := o.given
	if a.AppID == "" && o.state != nil && len(o.state.Accounts) > 0 {
		a.AppID = o.state.Accounts[0].AppID
	}
	a.AppID = cmp.Or(a.AppID, emulator.DefaultAppID)
	return a
}

// given reports whether the settings say anything.
func (o *emulatorOptions) hasAccount() bool {
	g := o.given
	return cmp.Or(g.AppID, g.Secret, g.Token, g.AESKey, g.URL, g.Mode, g.Format) != ""
}

func runEmulator(ctx context.Context, o *emulatorOptions) error {
	if o.variables {
		if base, err := o.running(ctx); err == nil {
			o.show(base)
			return o.printVariables(base)
		}
	}
	lines := newLineWriter(o.env.Out, o.sayer())
	defer lines.Close()
	cfg := emulator.Config{Seed: o.state, Now: o.env.Now, Lang: o.Lang(), H5Hosts: o.h5Hosts, Hosts: o.hosts(), PublicURL: o.public, Security: o.security}
	if o.hasAccount() {
		cfg.Accounts = []emulator.Account{o.account()}
	}
	if cfg.Component = o.component; cfg.Component != nil {
		cfg.Accounts = []emulator.Account{o.account()}
		cfg.Component.Authorizers = []*emulator.Authorizer{{AppID: o.account().AppID}}
	}
	switch {
	case o.json:
		cfg.OnRequest = func(e emulator.Entry) { lines.Print(lineJSON(o.line(e))) }
	case !o.variables && !o.quiet:
		p, marks := o.Colors(o.env.OutTTY), newLineMarks(o.sayer())
		cfg.OnRequest = func(e emulator.Entry) { lines.Print(requestLine(p, marks, e)) }
	}
	e, err := local.New(cfg)
	if err != nil {
		if o.seed != "" {
			err = failed(words.ErrInFile, "file", text.Line(o.seed), "error", err)
		}
		return usageError{err}
	}
	defer e.Close()
	l, err := listenOn(o.addr)
	if err != nil {
		return err
	}
	defer l.Close()
	pages, err := e.ServePages()
	if err != nil {
		return err
	}
	defer pages.Close()
	base := o.base(l)
	o.forget(base)
	if o.json {
		lines.Print(lineJSON(emulatorJSON{outcome: newOutcome(true), Event: eventServing, URL: base, AppID: o.account().AppID}))
	}
	if err := o.announce(base); err != nil {
		return err
	}
	if tcp, ok := l.Addr().(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		o.warn(failed(words.EmulatorErrOpen, "addr", l.Addr().String()))
	}
	o.show(base) // the port is there: who comes early waits
	e.PushTickets()
	s := newServer()
	s.Handler = e
	s.RegisterOnShutdown(e.EndStreams) // whose readers stay for ever
	if err := serveWith(ctx, l, s); err != nil || o.snapshot == "" {
		return err
	}
	text, err := e.Snapshot()
	if err == nil {
		err = atomicfile.Write(o.snapshot, text, 0o600)
	}
	if err != nil {
		return unwritten(o.snapshotError(err))
	}
	return nil
}

// show opens the page, if that was asked for. Without a browser there is still
// the emulator.
func (o *emulatorOptions) show(base string) {
	if !o.open {
		return
	}
	if err := openPage(o.page(base)); err != nil {
		o.warn(failed(words.EmulatorErrBrowser, "url", o.page(base), "error", cause(err)))
	}
}

// snapshotError names the file once.
func (o *emulatorOptions) snapshotError(err error) error {
	return failed(words.EmulatorErrSnapshot, "file", quoted(o.snapshot), "error", cause(err))
}

// forget removes the tokens that were kept of an emulator that was here
// before: this one does not know them.
func (o *emulatorOptions) forget(base string) {
	dir, err := o.env.CacheDir()
	if err != nil {
		return // nothing is kept, then
	}
	kept := &tokenstore.File{Dir: filepath.Join(dir, "wxdev", "tokens")}
	appids := []string{o.account().AppID}
	if o.state != nil {
		for _, a := range o.state.Accounts {
			appids = append(appids, a.AppID)
		}
	}
	for _, id := range appids {
		for _, b := range []string{base, strings.Replace(base, "127.0.0.1", "localhost", 1)} {
			_ = os.Remove(kept.Path(tokenstore.Key{Base: b, AppID: id})) // nearly always there is none
		}
	}
}

// announce says where the emulator is, and who the account is.
func (o *emulatorOptions) announce(base string) error {
	fmt.Fprintf(o.env.Err, "%s\n", o.say(words.EmulatorPage, "url", o.page(base)))
	if o.greet != nil {
		o.greet(base)
	} else if err := o.introduce(base); err != nil {
		return err
	}
	if o.readyFile == "" {
		return nil
	}
	if err := atomicfile.Write(o.readyFile, []byte(base+"\n"), 0o666); err != nil {
		return failed(words.ErrReadyFile, "error", cause(err))
	}
	return nil
}

func (o *emulatorOptions) introduce(base string) error {
	a, say := o.account(), o.sayer()
	fmt.Fprintf(o.env.Err, "%s\n", say(words.EmulatorServing, "url", base))
	secret, token := say(words.EmulatorConfigured), say(words.EmulatorConfigured)
	if a.Secret == "" && o.state == nil {
		secret = emulator.DefaultSecret
	}
	if a.Token == "" && o.state == nil {
		token = emulator.DefaultToken
	}
	fmt.Fprintf(o.env.Err, "%s\n", say(words.EmulatorAccount, "appid", text.Line(a.AppID), "secret", secret, "token", token))
	if a.AESKey == "" && o.state == nil {
		fmt.Fprintf(o.env.Err, "%s\n", say(words.EmulatorAESKey, "key", emulator.DefaultAESKey))
	}
	if p := o.component; p != nil {
		fmt.Fprintf(o.env.Err, "%s\n", say(words.EmulatorPlatform, "appid", text.Line(cmp.Or(p.AppID, emulator.DefaultComponentAppID)), "url", base+"/cgi-bin/componentloginpage"))
		for _, url := range []string{p.AuthURL, p.URL} {
			if url != "" {
				fmt.Fprintf(o.env.Err, "%s\n", say(words.EmulatorServer, "url", text.Line(url)))
			}
		}
	}
	if a.URL != "" {
		fmt.Fprintf(o.env.Err, "%s\n", say(words.EmulatorServer, "url", text.Line(a.URL)))
	}
	fmt.Fprintf(o.env.Err, "%s\n", say(words.EmulatorControl, "url", base+emulator.ControlPrefix))
	fmt.Fprintf(o.env.Err, "%s\n", say(words.EmulatorJSSDK, "url", base+emulator.ControlPrefix+"js-sdk/"+text.Line(a.AppID)+"/"))
	if !o.variables {
		return nil
	}
	return o.printVariables(base)
}

// printVariables prints what makes wxdev, and programs that read its
// variables, use the emulator. It is the flag's job to show the secrets.
func (o *emulatorOptions) printVariables(base string) error {
	a := o.account()
	platform := []string{"", "", ""}
	if p := o.component; p != nil { // its names are what its server takes
		platform = []string{string(product.Component), p.AuthURL, a.AppID}
		a = emulator.Account{AppID: cmp.Or(p.AppID, emulator.DefaultComponentAppID), Secret: p.Secret, Token: p.Token, AESKey: p.AESKey, URL: p.URL}
	} else if o.state != nil && len(o.state.Accounts) > 0 {
		seeded := o.state.Accounts[0]
		for _, s := range o.state.Accounts {
			if s.AppID == a.AppID {
				seeded = s
			}
		}
		a.Secret, a.Token = cmp.Or(a.Secret, seeded.Secret), cmp.Or(a.Token, seeded.Token)
		a.AESKey, a.URL, a.Mode = cmp.Or(a.AESKey, seeded.AESKey), cmp.Or(a.URL, seeded.URL), cmp.Or(a.Mode, seeded.Mode)
	}
	for _, v := range []struct {
		key   config.Key
		value string
	}{
		{config.APIBase, base},
		{config.AppID, a.AppID},
		{config.Secret, cmp.Or(a.Secret, emulator.DefaultSecret)},
		{config.Token, cmp.Or(a.Token, emulator.DefaultToken)},
		{config.AESKey, cmp.Or(a.AESKey, emulator.DefaultAESKey)},
		{config.URL, a.URL},
		{config.Mode, a.Mode},
		{config.Product, platform[0]},
		{config.AuthURL, platform[1]},
		{config.AccountAppID, platform[2]},
	} {
		if v.value == "" {
			continue
		}
		if _, err := fmt.Fprintf(o.env.Plain, "export %s=%s\n", v.key.Env(), wire.ShellQuote(v.value)); err != nil {
			return err
		}
	}
	return nil
}

// lineMarks are the words of the lines, looked up once.
type lineMarks struct {
	dropped, fault, panicked, push string

	seen map[reply.Seen]string
}

func newLineMarks(say sayer) lineMarks {
	return lineMarks{
		say(words.EmulatorDropped), say(words.CommonBracket, "text", say(words.EmulatorFault)),
		say(words.EmulatorPanic) + say(words.CommonColon), say(words.EmulatorPush),
		map[reply.Seen]string{
			reply.SeenReply: say(words.EmulatorPushReply), reply.SeenNothing: say(words.EmulatorPushNothing), reply.SeenFault: say(words.EmulatorPushFault),
			reply.SeenUnknown: say(words.EmulatorPushUnknown),
		},
	}
}

// requestLine is one line for a request: when, what, and how it was answered.
// It is put together by hand: the emulator must not spend more on its lines
// than on its answers.
func requestLine(p palette, say lineMarks, e emulator.Entry) string {
	line := e.Time.Local().AppendFormat(make([]byte, 0, 128), time.TimeOnly+"  ")
	if e.Kind == emulator.KindPush {
		return string(line) + pushLine(p, say, e)
	}
	result := ""
	switch {
	case e.Status == 0:
		result = p.Red(say.dropped)
	case e.ErrCode != 0:
		result = p.Red(strconv.Itoa(e.ErrCode) + " " + text.Line(e.ErrMsg))
	case e.Status >= 400:
		result = p.Red(strconv.Itoa(e.Status))
	default:
		result = p.Green(strconv.Itoa(e.Status))
	}
	method := text.Line(e.Method)
	line = append(line, method...)
	for range max(1, 5-len(method)) {
		line = append(line, ' ')
	}
	line = append(append(line, text.Line(cutPath(e.Path))...), "  "...)
	line = append(line, result...)
	if e.Fault {
		line = append(line, say.fault...)
	}
	if e.Panic != "" {
		line = append(append(line, "  "+say.panicked...), text.Line(e.Panic)...)
	}
	return string(append(line, '\n'))
}

// pushLine is the line for a message to the account's server.
func pushLine(p palette, say lineMarks, e emulator.Entry) string {
	if e.Push == nil { // it was never sent
		return say.push + "  " + p.Red(say.panicked+text.Line(e.Panic)) + "\n"
	}
	result := p.Green(say.seen[e.Push.Seen])
	for _, f := range e.Push.Findings {
		if f.Severity == finding.Error {
			result = p.Red(f.ID + " " + text.Line(f.Title))
			break
		}
	}
	return say.push + " " + text.Line(e.Push.Message) + "  " + result + "\n"
}

func cutPath(path string) string {
	if len(path) > 200 {
		return path[:200] + "…"
	}
	return path
}
