package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/jssdk"
	"github.com/wxdev/wxdev/pkg/jssdk/devserver"
	"github.com/wxdev/wxdev/pkg/tokenstore"
)

type signJSOptions struct {
	caller
	ticketText string // of --ticket; empty: the account's
	nonce      string // empty: random
	timestamp  string // empty: now
	apis, tags []string
	debug      bool
	entryURL   string
	html, json bool

	explain    string // what is to be explained; see readGiven
	signingAPI string
	otherURLs  []string

	card, choose                bool
	cardID, code, openID        string
	locationID, cardType        string
	serve                       bool
	addr, readyFile, allowedOrg string
	answerTexts                 []string
	answers                     devserver.Answers

	url   string // the argument
	appid string
	kept  tokenstore.Store // for other tickets; nil until they are looked for
}

// signJSResult is what sign-js --json prints for a page.
type signJSResult struct {
	outcome

	URL       string        `json:"url"` // as it was signed
	Config    jssdk.Config  `json:"config"`
	EntryURL  string        `json:"entry_url,omitempty"`
	IOSConfig *jssdk.Config `json:"ios_config,omitempty"`
	Warnings  []findingJSON `json:"warnings"` // the findings by their old name, until v1
}

// standardAPIs are in the config where --api does not say otherwise.
var standardAPIs = []string{
	"updateAppMessageShareData", "updateTimelineShareData", "chooseImage", "previewImage", "getLocation", "openLocation",
	"scanQRCode", "hideMenuItems", "closeWindow",
}

func newSignJS(g *globals) *cobra.Command {
	o := &signJSOptions{caller: caller{globals: g}}
	cmd := &cobra.Command{
		Use:  "sign-js [URL] [flags]",
		Args: atMost(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.url = args[0]
			}
			return runSignJS(cmd.Context(), o, cmd)
		},
	}
	addCaller(cmd, &o.caller)
	f := cmd.Flags()
	f.StringVar(&o.ticketText, "ticket", "", "")
	f.StringVar(&o.nonce, "nonce", "", "")
	f.StringVar(&o.timestamp, "timestamp", "", "")
	f.StringSliceVar(&o.apis, "api", standardAPIs, "")
	f.StringSliceVar(&o.tags, "open-tag", nil, "")
	f.BoolVar(&o.debug, "debug", false, "")
	f.StringVar(&o.entryURL, "entry-url", "", "")
	f.BoolVar(&o.html, "html", false, "")
	f.BoolVar(&o.json, "json", false, "")
	f.StringVar(&o.explain, "explain", "", "")
	f.StringVar(&o.signingAPI, "signing-api", "", "")
	f.StringArrayVar(&o.otherURLs, "other-url", nil, "")
	f.BoolVar(&o.card, "card", false, "")
	f.StringVar(&o.cardID, "card-id", "", "")
	f.StringVar(&o.code, "code", "", "")
	f.StringVar(&o.openID, "openid", "", "")
	f.BoolVar(&o.choose, "choose", false, "")
	f.StringVar(&o.locationID, "location-id", "", "")
	f.StringVar(&o.cardType, "card-type", "", "")
	f.BoolVar(&o.serve, "serve", false, "")
	f.StringVar(&o.addr, "addr", "127.0.0.1:0", "")
	addOutFile(f, &o.readyFile, "ready-file")
	f.StringVar(&o.allowedOrg, "origin", "", "")
	f.StringArrayVar(&o.answerTexts, "answer", nil, "")
	fixedValues(cmd, "api", jssdk.APIs()...)
	fixedValues(cmd, "answer", answerable()...)
	fixedValues(cmd, "open-tag", jssdk.OpenTags()...)
	fixedValues(cmd, "card-type", "GROUPON", "DISCOUNT", "GIFT", "CASH", "GENERAL_COUPON", "MEMBER_CARD")
	for _, name := range []string{
		"ticket", "nonce", "timestamp", "entry-url", "signing-api", "other-url", "card-id", "code", "openid", "location-id", "addr", "origin",
	} {
		fixedValues(cmd, name)
	}
	return cmd
}

func runSignJS(ctx context.Context, o *signJSOptions, cmd *cobra.Command) error {
	if err := o.validate(cmd); err != nil {
		return err
	}
	if err := o.settings(cmd); err != nil {
		return err
	}
	switch {
	case o.serve:
		return o.runServe(ctx)
	case o.card && o.explain != "":
		return o.runCardExplain(ctx)
	case cmd.Flags().Changed("explain"):
		return o.runExplain(ctx)
	}
	ticket, err := o.ticket(ctx)
	if err != nil {
		return err
	}
	if err := o.fill(); err != nil {
		return err
	}
	if o.card {
		return o.printCard(ticket)
	}
	return o.printPage(ticket)
}

// belongs names for each of the modes the flags that mean something in it
// alone.
var belongs = []struct {
	mode  string
	flags []string
}{
	{"explain", []string{"signing-api", "other-url"}},
	{"card", []string{"card-id", "code", "openid", "choose", "location-id", "card-type"}},
	{"serve", []string{"addr", "ready-file", "origin", "answer"}},
}

// validate checks the flags together.
func (o *signJSOptions) validate(cmd *cobra.Command) error {
	given := func(name string) bool { return cmd.Flags().Changed(name) }
	var modes []string
	for _, b := range belongs {
		if given(b.mode) {
			modes = append(modes, "--"+b.mode)
			continue
		}
		if i := slices.IndexFunc(b.flags, given); i >= 0 {
			return usage(words.ErrGoesWith, "flag", "--"+b.flags[i], "with", "--"+b.mode)
		}
	}
	if slices.Equal(modes, []string{"--explain", "--card"}) {
		return o.validateCardExplain(given)
	}
	if len(modes) > 1 {
		return usage(words.ErrOneOf, "flags", finding.Names(modes...))
	}
	for _, name := range []string{"explain", "ticket", "nonce", "timestamp", "entry-url", "signing-api", "card-id", "origin"} {
		if given(name) && cmd.Flags().Lookup(name).Value.String() == "" {
			return usage(words.ErrEmptyFlag, "flag", "--"+name)
		}
	}
	if strings.Trim(o.timestamp, "0123456789") != "" {
		return usage(words.ErrTakesSeconds, "flag", "--timestamp", "given", quoted(o.timestamp), "example", "1414587457")
	}
	switch {
	case len(modes) == 0:
		return o.validatePage()
	case modes[0] == "--card":
		return o.validateCard(given)
	case modes[0] == "--serve":
		return o.validateServe(given)
	}
	return o.validateExplain(given)
}

// only refuses flags that have no meaning in a mode.
func only(given func(string) bool, mode string, flags ...string) error {
	if i := slices.IndexFunc(flags, given); i >= 0 {
		return usage(words.ErrNoPair, "a", "--"+flags[i], "b", mode)
	}
	return nil
}

func (o *signJSOptions) validatePage() error {
	switch {
	case o.url == "":
		return withHint(usage(words.SignJSErrNoURL), hint(words.SignJSHintNoURL))
	case !strings.Contains(o.url, "://") && !strings.Contains(strings.ToLower(o.url), "%3a%2f%2f"):
		return withHint(usage(words.SignJSErrScheme, "url", quoted(o.url)), hint(words.SignJSHintScheme, "url", "https://"+text.Line(strings.TrimLeft(o.url, "/"))))
	case o.html && o.json:
		return usage(words.ErrOneOf, "flags", finding.Names("--html", "--json"))
	}
	return nil
}

// settings reads the account. Where a ticket is given nothing is called, and
// the secret is not needed.
func (o *signJSOptions) settings(cmd *cobra.Command) error {
	if o.ticketText == "" {
		if err := o.connect(cmd); err != nil {
			return o.offlineHint(err)
		}
		o.appid = o.setting(config.AppID)
		return nil
	}
	var err error
	if o.conf, err = o.load(cmd); err != nil {
		return err
	}
	if o.needsAppID() {
		if err := o.conf.Require(config.AppID); err != nil {
			return err
		}
	}
	if o.appid = optional(o.conf, config.AppID); o.appid == "" {
		_, err = o.conf.Get(config.AppID) // what is wrong with one that is there
	}
	return err
}

// needsAppID says whether the AppID is part of what is printed.
func (o *signJSOptions) needsAppID() bool { return o.explain == "" && (!o.card || o.choose) }

// fill gives what no flag gave.
func (o *signJSOptions) fill() error {
	var err error
	if o.timestamp == "" {
		o.timestamp = strconv.FormatInt(o.env.Now().Unix(), 10)
	}
	if o.nonce == "" {
		o.nonce, err = jssdk.NewNonce(o.env.Rand)
	}
	return err
}

// printPage prints the config, and warns about the URL.
func (o *signJSOptions) printPage(ticket string) error {
	page := jssdk.CleanURL(o.url)
	r := signJSResult{outcome: newOutcome(true), URL: page, Config: o.config(ticket, page)}
	warnings := append(jssdk.Warnings(o.url), jssdk.APIWarnings(o.apis)...)
	if entry := jssdk.CleanURL(o.entryURL); entry != "" {
		c := o.config(ticket, entry)
		r.EntryURL, r.IOSConfig = entry, &c
		warnings = append(warnings, jssdk.Warnings(entry)...)
	}
	for _, w := range warnings {
		r.Findings = append(r.Findings, describe(o.Lang(), w))
	}
	r.Warnings = r.Findings
	if o.json {
		return writeJSON(o.env.Out, r)
	}
	warn(o.env.Err, o.globals, r.Warnings)
	text := r.Config.JS()
	if r.IOSConfig != nil {
		text = forBoth(r.IOSConfig.JS(), text)
	}
	if o.html {
		text = testPage(o.Lang(), page, text)
	}
	_, err := io.WriteString(o.env.Out, text)
	return err
}

func (o *signJSOptions) config(ticket, page string) jssdk.Config {
	c := jssdk.NewConfig(o.appid, ticket, page, o.nonce, o.timestamp, o.apis...)
	c.Debug, c.OpenTagList = o.debug, o.tags
	return c
}

// forBoth makes one script of two configs: iOS compares with the URL at which
// a single-page app was entered, others with the current one.
func forBoth(ios, others string) string {
	indent := func(js string) string {
		return "  " + strings.ReplaceAll(strings.TrimSuffix(js, "\n"), "\n", "\n  ") + "\n"
	}
	return "if (/iPhone|iPad|iPod/.test(navigator.userAgent)) {\n" + indent(ios) + "} else {\n" + indent(others) + "}\n"
}

// warn prints findings, each in a line, and what to do in another.
func warn(w io.Writer, g *globals, findings []findingJSON) {
	say := g.sayer()
	for _, f := range findings {
		fmt.Fprintf(w, "wxdev: %s%s%s %s%s%s\n", say.named("report.severity.", string(f.Severity)), say(words.CommonColon), f.ID, f.Title, say(words.CommonColon), f.Evidence)
		if f.Severity != finding.Info {
			fmt.Fprintln(w, say(words.CommonHint, "text", f.Fix))
		}
	}
}

// ticketType is the type of the ticket that signs.
func (o *signJSOptions) ticketType() api.TicketType {
	if o.card {
		return api.CardTicket
	}
	return api.JSAPITicket
}
