package main

import (
	"crypto/rsa"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/apisign"
	"github.com/wxdev/wxdev/pkg/finding"
)

const (
	maxCall    = 8 << 20  // a HAR file has many
	maxKeyFile = 64 << 10 // of a key or a certificate
)

type checkAPIOptions struct {
	*globals
	file      string
	publicKey string
	response  string
	url       string
	others    []string
	at        string
	json      bool
	verbose   bool
	report    string
}

func newCheckAPI(g *globals) *cobra.Command {
	o := &checkAPIOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "check-api [FILE | -]",
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = strings.Join(append(args, ""), "")
			if o.file == "" {
				o.file = "-"
			}
			return o.run(cmd)
		},
	}
	addSettings(cmd, "appid", "secret", "sym-key", "sym-sn", "serial", "certificate-sn")
	f := cmd.Flags()
	for _, name := range []string{"private-key", "certificate"} {
		f.String(name, "", "") // completed with files
	}
	f.StringVar(&o.publicKey, "public-key", "", "")
	f.StringVar(&o.response, "response", "", "")
	f.StringVar(&o.url, "url", "", "")
	f.StringVar(&o.at, "at", "", "")
	f.StringArrayVar(&o.others, "other-appid", nil, "")
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "")
	fixedValues(cmd, "url")
	fixedValues(cmd, "at")
	fixedValues(cmd, "other-appid")
	addReport(cmd, &o.report)
	return cmd
}

func (o *checkAPIOptions) run(cmd *cobra.Command) error {
	if o.file == "-" && o.env.InTTY {
		return withHint(usage(words.CheckAPIErrNothing), hint(words.CheckAPIHintForms))
	}
	targets, err := parseReport(o.report)
	if err != nil {
		return err
	}
	keys, err := o.keys(cmd)
	if err != nil {
		return err
	}
	call, err := o.call()
	if err != nil {
		return err
	}
	r := o.judge(call, keys)
	if o.json {
		err = writeJSON(o.env.Out, r)
	} else {
		err = o.print(call, r)
	}
	if err := errors.Join(err, o.writeReports(targets, "wxdev check-api", []reportCase{{Name: r.Method + " " + r.URL, Findings: r.Findings}}, false)); err != nil {
		return err
	}
	if !r.OK {
		return errNo
	}
	return nil
}

// keys are those of flags and settings. What the settings lack is not checked.
func (o *checkAPIOptions) keys(cmd *cobra.Command) (apisign.Keys, error) {
	for _, name := range []string{"private-key", "certificate"} {
		if fl := cmd.Flags().Lookup(name); fl.Changed { // a file, unless it says what it is
			if v := fl.Value.String(); v != "" && v != "-" && !config.Indirect(v) && !strings.Contains(v, "-----BEGIN") {
				if err := fl.Value.Set("file:" + v); err != nil {
					return apisign.Keys{}, err
				}
			}
		}
	}
	conf, err := o.load(cmd)
	if err != nil {
		return apisign.Keys{}, err
	}
	k, err := conf.Security()
	if err != nil {
		return k, err
	}
	appID, err := conf.Get(config.AppID)
	if err != nil {
		return k, err
	}
	secret, err := conf.Get(config.Secret)
	if err != nil && strings.HasPrefix(secret.From, "--") {
		return k, err
	}
	k.AppID, k.Secret, k.OtherAppIDs = appID.Text, secret.Text, append(otherAppIDs(conf), o.others...)
	if o.publicKey != "" {
		k.Public, err = o.readPublicKey()
	}
	return k, err
}

func (o *checkAPIOptions) readPublicKey() (key *rsa.PublicKey, err error) {
	text := o.publicKey
	if !strings.Contains(text, "-----BEGIN") {
		b, err := readInput(o.env, strings.TrimPrefix(text, "file:"), maxKeyFile)
		if err != nil {
			return nil, err
		}
		text = string(b)
	}
	if key, err = apisign.ParsePublicKey(text); err != nil {
		return nil, usage(words.CheckAPIErrKey, "flag", "--public-key", "error", err)
	}
	return key, nil
}

// otherAppIDs are those of the other profiles.
func otherAppIDs(conf *config.Config) []string {
	var all []string
	for _, name := range append(conf.Profiles(), "") {
		view, err := conf.InProfile(name)
		if err != nil {
			continue
		}
		if v, err := view.Get(config.AppID); err == nil && v.Text != "" && !slices.Contains(all, v.Text) {
			all = append(all, v.Text)
		}
	}
	return all
}

// call reads the call, and its answer.
func (o *checkAPIOptions) call() (*apisign.Call, error) {
	text, err := readInput(o.env, o.file, maxCall)
	if err != nil {
		return nil, err
	}
	c, err := apisign.Read(string(text), func(name string) ([]byte, error) { return readInput(o.env, name, maxCall) })
	if err != nil {
		return nil, withHint(usage(words.CheckAPIErrRead, "file", inputName(o.file), "error", err), hint(words.CheckAPIHintForms))
	}
	if o.url != "" {
		c.Request.URL = o.url
	}
	o.known.Add(redact.Secrets.Values(c.Request.URL)...)
	if c.Request.URL == "" {
		return nil, withHint(usage(words.CheckAPIErrURL), hint(words.CheckAPIHintURL))
	}
	if o.response != "" {
		text, err := readInput(o.env, o.response, maxCall)
		if err != nil {
			return nil, err
		}
		resp, err := apisign.ReadResponse(string(text))
		if err != nil {
			return nil, usage(words.CheckAPIErrRead, "file", inputName(o.response), "error", err)
		}
		c.Response = &resp
		c.Request.Answered(resp)
	}
	if o.at != "" {
		if c.Request.At, err = parseMoment(o.at); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// parseMoment reads a time as WeChat writes it, in seconds, or as RFC 3339 has
// it.
func parseMoment(s string) (time.Time, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 {
		return time.Unix(n, 0), nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	return time.Time{}, withHint(usage(words.CheckAPIErrAt, "given", quoted(s)), hint(words.CheckAPIHintAt))
}

// judge explains the call, and its answer.
func (o *checkAPIOptions) judge(c *apisign.Call, k apisign.Keys) checkAPIJSON {
	x := apisign.Explain(c.Request, k)
	r := checkAPIJSON{
		outcome: newOutcome(true), Form: c.Form, Method: c.Request.Method, URL: o.hidden(c.Request.URL), ErrCode: c.Request.ErrCode,
		Tried: x.Tried, Also: []findingJSON{}, Uncertain: []string{}, NotChecked: []string{},
		ToSign: o.hidden(string(x.ToSign)),
		Signed: o.hidden(string(x.Signed)), AAD: o.hidden(x.AAD), Plaintext: o.hidden(string(x.Plaintext)),
	}
	if x.Look != nil {
		r.Signature = newLookJSON(x.Look)
	}
	mistakes, notChecked := x.Mistakes, x.NotChecked
	if c.Response != nil {
		y := apisign.ExplainResponse(c.Request, *c.Response, k)
		mistakes, notChecked = append(mistakes, y.Mistakes...), append(notChecked, y.NotChecked...)
		r.Answer = o.hidden(string(y.Plaintext))
	}
	for _, m := range mistakes {
		f := o.describeAPI(m)
		r.Findings = append(r.Findings, f)
		if !m.Certain {
			r.Uncertain = append(r.Uncertain, f.ID)
		}
		r.OK = r.OK && f.Severity == finding.Info
	}
	for _, m := range x.Also {
		r.Also = append(r.Also, o.describeAPI(m))
	}
	for _, why := range notChecked {
		if text := why.In(o.Lang()); !slices.Contains(r.NotChecked, text) {
			r.NotChecked = append(r.NotChecked, text)
		}
	}
	return r
}

func (o *checkAPIOptions) describeAPI(m apisign.Mistake) findingJSON {
	m.Facts = m.Facts.Redact(o.hidden) // a body that was not encrypted has them by name
	return describe(o.Lang(), m.Finding)
}
