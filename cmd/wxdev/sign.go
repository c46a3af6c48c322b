package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

type signOptions struct {
	*globals
	Timestamp string // empty: now
	Nonce     string // empty: random
	Echostr   string // empty: random where one is needed
	Encrypt   string // empty: no msg_signature

	SignedURL bool
	Curl      bool
	JSON      bool
}

// signResult is what sign --json prints.
type signResult struct {
	outcome

	Signature    string `json:"signature"`
	MsgSignature string `json:"msg_signature,omitempty"`
	Timestamp    string `json:"timestamp"`
	Nonce        string `json:"nonce"`
	Echostr      string `json:"echostr,omitempty"`
	URL          string `json:"url,omitempty"`
}

func newSign(g *globals) *cobra.Command {
	o := &signOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "sign",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runSign(o, cmd) },
	}
	addSettings(cmd, "url", "token")
	f := cmd.Flags()
	f.StringVar(&o.Timestamp, "timestamp", "", "")
	f.StringVar(&o.Nonce, "nonce", "", "")
	f.StringVar(&o.Echostr, "echostr", "", "")
	f.StringVar(&o.Encrypt, "encrypt", "", "")
	f.BoolVar(&o.SignedURL, "signed-url", false, "")
	f.BoolVar(&o.Curl, "curl", false, "")
	f.BoolVar(&o.JSON, "json", false, "")
	for _, name := range []string{"timestamp", "nonce", "echostr", "encrypt"} {
		fixedValues(cmd, name)
	}
	return cmd
}

func runSign(o *signOptions, cmd *cobra.Command) error {
	if err := o.validate(cmd); err != nil {
		return err
	}
	conf, err := o.load(cmd)
	if err != nil {
		return err
	}
	needs := []config.Key{config.Token}
	if o.SignedURL || o.Curl {
		needs = append(needs, config.URL)
	}
	if err := conf.Require(needs...); err != nil {
		return err
	}
	token, err := conf.Get(config.Token)
	if err != nil {
		return err
	}
	if err := o.fill(); err != nil {
		return err
	}
	r := signResult{
		outcome:   newOutcome(true),
		Signature: signature.Access(token.Text, o.Timestamp, o.Nonce),
		Timestamp: o.Timestamp, Nonce: o.Nonce, Echostr: o.Echostr,
	}
	if o.Encrypt != "" {
		r.MsgSignature = signature.Message(token.Text, o.Timestamp, o.Nonce, o.Encrypt)
	}
	if !o.SignedURL && !o.Curl && !o.JSON {
		if !cmd.Flags().Changed("timestamp") || !cmd.Flags().Changed("nonce") {
			fmt.Fprintln(o.env.Err, o.say(words.SignWith, "query", "timestamp="+o.Timestamp+"&nonce="+text.Line(o.Nonce)))
		}
		fmt.Fprintln(o.env.Out, r.Signature)
		if r.MsgSignature != "" {
			fmt.Fprintln(o.env.Out, r.MsgSignature)
		}
		return nil
	}
	base, err := conf.Get(config.URL)
	if err != nil {
		return err
	}
	return o.print(r, base.Text)
}

// print prints what goes around the signature; base is the server's URL.
func (o *signOptions) print(r signResult, base string) error {
	if base != "" {
		if r.Echostr == "" && o.Encrypt == "" {
			var err error
			if r.Echostr, err = wire.NewEchostr(o.env.Rand); err != nil {
				return err
			}
		}
		r.URL = wire.JoinQuery(base, r.params()...)
	}
	switch {
	case o.JSON:
		return writeJSON(o.env.Out, r)
	case o.Curl:
		fmt.Fprintln(o.env.Out, wire.NewRequest("GET", r.URL, nil).Curl())
	default:
		fmt.Fprintln(o.env.Out, r.URL)
	}
	return nil
}

// params are those of an encrypted push, or of the verification.
func (r signResult) params() [][2]string {
	if r.MsgSignature != "" {
		return wire.PushParams(r.Signature, r.Timestamp, r.Nonce, "", r.MsgSignature)
	}
	return wire.VerificationParams(r.Signature, r.Echostr, r.Timestamp, r.Nonce)
}

// validate checks the flags together.
func (o *signOptions) validate(cmd *cobra.Command) error {
	chosen := 0
	for _, on := range []bool{o.SignedURL, o.Curl, o.JSON} {
		if on {
			chosen++
		}
	}
	if chosen > 1 {
		return usage(words.ErrOneOf, "flags", finding.Names("--signed-url", "--curl", "--json"))
	}
	for _, name := range []string{"timestamp", "nonce", "echostr", "encrypt"} {
		if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
			return usage(words.ErrEmptyFlag, "flag", "--"+name)
		}
	}
	if strings.Trim(o.Timestamp, "0123456789") != "" {
		return usage(words.ErrTakesSeconds, "flag", "--timestamp", "given", quoted(o.Timestamp), "example", "1714036504")
	}
	if o.Encrypt != "" && o.Echostr != "" {
		return usage(words.SignErrEchostr)
	}
	if o.Encrypt != "" && o.Curl {
		return withHint(usage(words.SignErrCurl), hint(words.SignHintCurl))
	}
	return nil
}

// fill gives what no flag gave.
func (o *signOptions) fill() error {
	var err error
	if o.Timestamp == "" {
		o.Timestamp = strconv.FormatInt(o.env.Now().Unix(), 10)
	}
	if o.Nonce == "" {
		if o.Nonce, err = wire.NewNonce(o.env.Rand); err != nil {
			return err
		}
	}
	if o.Encrypt == "-" {
		o.Encrypt, err = readEncrypt(o.env.In)
	}
	return err
}

// readEncrypt reads the base64 text of an Encrypt element.
func readEncrypt(r io.Reader) (string, error) {
	const most = 1 << 20
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	text := strings.TrimRight(string(b), "\r\n")
	switch {
	case err != nil:
		return "", failed(words.ErrFlagStdin, "flag", "--encrypt", "error", cause(err))
	case len(b) > most:
		return "", usage(words.ErrInFlag, "flag", "--encrypt", "error", failed(words.SignErrLarge))
	case text == "":
		return "", usage(words.ErrInFlag, "flag", "--encrypt", "error", failed(words.SignErrEmpty))
	}
	return text, nil
}
