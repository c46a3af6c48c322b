package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
)

type decryptOptions struct {
	*globals
	Body         string // file
	MsgSignature string
	Timestamp    string
	Nonce        string
	ShowSteps    bool
	JSON         bool
}

// decryptResult is what decrypt --json prints.
type decryptResult struct {
	SchemaVersion int              `json:"schema_version"`
	OK            bool             `json:"ok"`
	Kind          string           `json:"kind"` // text, push or reply
	MsgSignature  signatureResult  `json:"msg_signature"`
	AppID         appIDResult      `json:"appid"`
	Error         *decryptProblem  `json:"error,omitempty"`
	Warnings      []decryptProblem `json:"warnings,omitempty"`
	Random        string           `json:"random,omitempty"`
	MsgLen        *int             `json:"msg_len,omitempty"`
	Pad           int              `json:"pad,omitempty"`
	Message       *string          `json:"message,omitempty"`        // when it is UTF-8
	MessageBytes  []byte           `json:"message_base64,omitempty"` // when it is not
	Steps         *decryptSteps    `json:"steps,omitempty"`
}

// signatureResult says how the check of msg_signature went: "ok", "wrong", or
// "unchecked", and then why.
type signatureResult struct {
	Result string         `json:"result"`
	Given  string         `json:"given,omitempty"`
	Want   string         `json:"expected,omitempty"`
	Why    string         `json:"why,omitempty"`
	Causes []decryptCause `json:"causes,omitempty"`
}

// decryptCause is a known mistake that makes the given signature.
type decryptCause struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Fix   string `json:"fix"`
}

type appIDResult struct {
	Result string `json:"result"` // ok, wrong or unchecked
	Got    string `json:"got,omitempty"`
	Want   string `json:"expected,omitempty"`
}

type decryptProblem struct {
	Class   msgcrypt.Class `json:"class"`
	Message string         `json:"message"`
	Hint    string         `json:"hint,omitempty"`
	Offset  *int           `json:"offset,omitempty"`
}

func newDecrypt(g *globals) *cobra.Command {
	o := &decryptOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "decrypt [REQUEST] [BODY | TEXT | -]",
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return runDecrypt(o, cmd, args) },
	}
	addSettings(cmd, "token", "appid", "aes-key")
	f := cmd.Flags()
	f.StringVar(&o.Body, "body", "", "")
	f.StringVar(&o.MsgSignature, "msg-signature", "", "")
	f.StringVar(&o.Timestamp, "timestamp", "", "")
	f.StringVar(&o.Nonce, "nonce", "", "")
	f.BoolVar(&o.ShowSteps, "show-steps", false, "")
	f.BoolVar(&o.JSON, "json", false, "")
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	for _, name := range []string{"msg-signature", "timestamp", "nonce"} {
		fixedValues(cmd, name)
	}
	return cmd
}

// decryption is one run: what there is to decrypt, with what, and the result.
type decryption struct {
	*sealed
	key    msgcrypt.Key
	token  config.Value
	appID  config.Value
	lang   finding.Lang
	plain  *msgcrypt.Plaintext // nil when it could not be decrypted
	result decryptResult
}

func runDecrypt(o *decryptOptions, cmd *cobra.Command, args []string) error {
	for _, name := range []string{"body", "msg-signature", "timestamp", "nonce"} {
		if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
			return usagef("--%s is empty", name)
		}
	}
	d := &decryption{lang: o.Lang()}
	conf, err := o.load(cmd)
	if err != nil {
		return err
	}
	if err := d.settings(conf); err != nil {
		return err
	}
	text, err := readMessage(o.globals, conf, args, o.Body)
	if err != nil {
		return err
	}
	var broken *msgcrypt.Error
	d.sealed, err = parseSealed(string(text))
	if err != nil && !errors.As(err, &broken) {
		return err
	}
	d.override(o)
	d.result = decryptResult{SchemaVersion: schemaVersion, Kind: d.kind}
	d.run(broken)
	if o.ShowSteps {
		d.result.Steps = d.steps()
	}
	return o.print(d)
}

func (d *decryption) settings(conf *config.Config) error {
	if err := conf.Require(config.AESKey); err != nil {
		return err
	}
	var err error
	if d.key, err = aesKey(conf); err != nil {
		return err
	}
	if d.token, err = conf.Get(config.Token); err != nil {
		return err
	}
	d.appID, err = conf.Get(config.AppID)
	return err
}

// override lets flags take the place of what the request says.
func (d *decryption) override(o *decryptOptions) {
	for field, flag := range map[*string]string{
		&d.given: o.MsgSignature, &d.timestamp: o.Timestamp, &d.nonce: o.Nonce,
	} {
		if flag != "" {
			*field = flag
		}
	}
}

// run does all checks that can be done: a wrong signature does not keep the
// message from being decrypted, because which of the two fails says whether
// the Token or the key is wrong.
func (d *decryption) run(broken *msgcrypt.Error) {
	r := &d.result
	r.AppID = appIDResult{Result: "unchecked", Want: d.appID.Text}
	r.MsgSignature = d.checkSignature()
	if broken != nil {
		r.Error = d.problem(broken)
	}
	if d.encrypt == "" {
		return
	}
	err := d.decrypt()
	var failure *msgcrypt.Error
	if errors.As(err, &failure) && broken == nil {
		r.Error = d.problem(failure)
	}
	d.describePlain()
	r.OK = r.Error == nil && r.MsgSignature.Result != "wrong"
}

func (d *decryption) decrypt() (err error) {
	if d.appID.Text == "" {
		d.plain, err = d.key.Decrypt(d.encrypt)
	} else {
		d.plain, err = msgcrypt.New(d.key, d.appID.Text).Decrypt(d.encrypt)
	}
	if d.plain == nil {
		return err
	}
	r := &d.result
	r.AppID.Got = d.plain.AppID
	var failure *msgcrypt.Error
	switch {
	case d.appID.Text == "":
	case err == nil:
		r.AppID.Result = "ok"
	case errors.As(err, &failure) && failure.Class == msgcrypt.ClassAppID:
		r.AppID.Result = "wrong"
	}
	return err
}

// describePlain fills in what is known of the message.
func (d *decryption) describePlain() {
	r := &d.result
	warnings := d.warnings
	if d.plain != nil {
		n := len(d.plain.Msg)
		r.MsgLen, r.Pad, r.Random = &n, d.plain.Pad, text.Line(string(d.plain.Random[:]))
		if text := string(d.plain.Msg); utf8.ValidString(text) {
			r.Message = &text
		} else {
			r.MessageBytes = d.plain.Msg
		}
		warnings = append(warnings, d.plain.Warnings...)
		warnings = append(warnings, d.oddities()...)
	}
	for _, w := range warnings {
		r.Warnings = append(r.Warnings, *d.problem(w))
	}
}

// oddities are what is odd in the message itself.
func (d *decryption) oddities() (list []*msgcrypt.Error) {
	var bad *msgcrypt.Error
	if errors.As(d.plain.CheckUTF8(), &bad) {
		list = append(list, bad)
	} else if bad = noMessage(d.plain.Msg); bad != nil {
		list = append(list, bad)
	}
	if _, err := msgcrypt.ParseEnvelope(d.plain.Msg); err == nil {
		list = append(list, &msgcrypt.Error{
			Class: msgcrypt.ClassField, Offset: -1,
			Reason: finding.Because(reason.EncryptTwice), Hint: finding.Because(reason.HintEncryptOnce),
		})
	}
	return list
}

// noMessage says why what was encrypted is not a message, or returns nil.
// An echostr of WeCom's is digits.
func noMessage(plain []byte) *msgcrypt.Error {
	if len(plain) == 0 {
		return &msgcrypt.Error{
			Class: msgcrypt.ClassField, Offset: -1,
			Reason: finding.Because(reason.DocEmpty, "what", finding.Because(reason.AMessage)),
			Hint:   finding.Because(reason.HintEmptyUnencrypted),
		}
	}
	clean, _ := message.Sanitize(plain) // what users type may hold what XML forbids
	_, err := message.Parse(clean)
	var broken *message.SyntaxError
	if !errors.As(err, &broken) || strings.Trim(string(plain), "0123456789") == "" {
		return nil
	}
	why := reason.DocBroken
	if broken.Format == "" {
		why = reason.DocOfNoFormat
	}
	return &msgcrypt.Error{
		Class: msgcrypt.ClassSyntax, Offset: -1,
		Reason: finding.Because(why, "what", finding.Because(reason.AMessage), "error", broken),
	}
}

// checkSignature checks msg_signature if all that it is made of is known.
func (d *decryption) checkSignature() signatureResult {
	r := signatureResult{Result: "unchecked", Given: d.given}
	switch {
	case d.encrypt == "":
		r.Why = "there is no Encrypt"
	case d.given == "":
		r.Why = "none is given: put the URL before the body, or use --msg-signature, --timestamp and --nonce"
	case d.timestamp == "" || d.nonce == "":
		r.Why = "its timestamp or nonce is not given"
	case d.token.Text == "":
		r.Why = "no token is set"
	default:
		r.Want = signature.Message(d.token.Text, d.timestamp, d.nonce, d.encrypt)
		r.Result = "ok"
		if !signature.Equal(r.Want, d.given) {
			r.Result = "wrong"
			r.Causes = d.explain()
		}
	}
	return r
}

// explain names the mistakes that make the signature that was given.
func (d *decryption) explain() (causes []decryptCause) {
	const most = 3
	mistakes := signature.Explain(d.given, signature.Request{
		Token: d.token.Text, Timestamp: d.timestamp, Nonce: d.nonce, Encrypt: d.encrypt, AppID: d.appID.Text,
	})
	for _, m := range mistakes[:min(most, len(mistakes))] {
		f := describeMistake(d.lang, m)
		causes = append(causes, decryptCause{ID: f.ID, Title: f.Title, Fix: f.Fix})
	}
	return causes
}

func (d *decryption) problem(e *msgcrypt.Error) *decryptProblem {
	p := &decryptProblem{Class: e.Class, Message: e.In(d.lang), Hint: e.HintIn(d.lang)}
	if e.Offset >= 0 {
		p.Offset = &e.Offset
	}
	return p
}

// print writes the message on stdout and all else on stderr.
func (o *decryptOptions) print(d *decryption) error {
	if o.JSON {
		if err := writeJSON(o.env.Out, d.result); err != nil {
			return err
		}
	} else if err := o.printText(d); err != nil {
		return err
	}
	if !d.result.OK {
		return errNo
	}
	return nil
}

func (o *decryptOptions) printText(d *decryption) error {
	p := o.Colors(o.env.ErrTTY)
	if d.result.Steps != nil {
		d.result.Steps.print(o.env.Err)
	}
	d.printChecks(o.env.Err, p)
	if d.plain == nil {
		return nil
	}
	var err error
	if o.env.OutTTY {
		_, err = fmt.Fprintln(o.env.Out, strings.TrimSuffix(text.Block(string(d.plain.Msg)), "\n"))
	} else {
		_, err = o.env.Out.Write(d.plain.Msg)
	}
	if err != nil {
		return fmt.Errorf("write the message: %w", err)
	}
	return nil
}

// printChecks says what was checked, a line each, and below it what to do.
func (d *decryption) printChecks(w io.Writer, p palette) {
	r := d.result
	switch sig := r.MsgSignature; sig.Result {
	case "ok":
		fmt.Fprintf(w, "msg_signature  %s: timestamp %s, nonce %s\n", p.Green("ok"), text.Line(d.timestamp), text.Line(d.nonce))
	case "wrong":
		fmt.Fprintf(w, "msg_signature  %s\n  given        %s\n  expected     %s\n", p.Red("wrong"), text.Line(sig.Given), sig.Want)
		d.printCauses(w)
	default:
		fmt.Fprintf(w, "msg_signature  not checked: %s\n", sig.Why)
	}
	switch id := r.AppID; {
	case id.Result == "ok":
		fmt.Fprintf(w, "AppID          %s: %s\n", p.Green("ok"), id.Want)
	case id.Result == "wrong":
		fmt.Fprintf(w, "AppID          %s\n  in message   %s\n  configured   %q\n", p.Red("wrong"), text.Quote([]byte(id.Got), 64), id.Want)
		if r.Error.Class == msgcrypt.ClassAppID {
			printHint(w, r.Error.Hint)
		}
	case id.Want == "" && d.plain != nil:
		fmt.Fprintf(w, "AppID          not checked: none is set; the message has %s\n", text.Quote([]byte(id.Got), 64))
	}
	if e := r.Error; e != nil && e.Class != msgcrypt.ClassAppID {
		fmt.Fprintf(w, "decryption     %s: %s: %s\n", p.Red("failed"), e.Class, e.Message)
		printHint(w, e.Hint)
	}
	for _, e := range r.Warnings {
		fmt.Fprintf(w, "warning        %s\n", e.Message)
		printHint(w, e.Hint)
	}
}

func (d *decryption) printCauses(w io.Writer) {
	causes := d.result.MsgSignature.Causes
	if len(causes) == 0 {
		fmt.Fprintln(w, "  hint: another Token, or Encrypt, timestamp or nonce is not the one that was signed")
	}
	for _, c := range causes {
		fmt.Fprintf(w, "  cause        %s: %s\n  fix          %s\n  more         wxdev explain %s\n", c.ID, c.Title, c.Fix, c.ID)
	}
}

func printHint(w io.Writer, hint string) {
	if hint != "" {
		fmt.Fprintf(w, "  hint: %s\n", hint)
	}
}
