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
	"github.com/wxdev/wxdev/internal/words"
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
	outcome

	Kind         string           `json:"kind"` // text, push or reply
	MsgSignature signatureResult  `json:"msg_signature"`
	AppID        appIDResult      `json:"appid"`
	Error        *decryptProblem  `json:"error,omitempty"`
	Warnings     []decryptProblem `json:"warnings,omitempty"`
	Random       string           `json:"random,omitempty"`
	MsgLen       *int             `json:"msg_len,omitempty"`
	Pad          int              `json:"pad,omitempty"`
	Message      *string          `json:"message,omitempty"`        // when it is UTF-8
	MessageBytes []byte           `json:"message_base64,omitempty"` // when it is not
	Steps        *decryptSteps    `json:"steps,omitempty"`
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
		Args: atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error { return runDecrypt(o, cmd, args) },
	}
	addSettings(cmd, "product", "token", "appid", "aes-key")
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
	key   msgcrypt.Key
	token config.Value
	appID config.Value
	*globals
	plain  *msgcrypt.Plaintext // nil when it could not be decrypted
	result decryptResult
}

func runDecrypt(o *decryptOptions, cmd *cobra.Command, args []string) error {
	for _, name := range []string{"body", "msg-signature", "timestamp", "nonce"} {
		if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
			return usage(words.ErrEmptyFlag, "flag", "--"+name)
		}
	}
	d := &decryption{globals: o.globals}
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
	d.result = decryptResult{outcome: newOutcome(false), Kind: d.kind}
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
		r.Why = d.say(words.DecryptWhyNoEncrypt)
	case d.given == "":
		r.Why = d.say(words.DecryptWhyNotGiven)
	case d.timestamp == "" || d.nonce == "":
		r.Why = d.say(words.DecryptWhyNoNonce)
	case d.token.Text == "":
		r.Why = d.say(words.DecryptWhyNoToken)
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
		f := describeMistake(d.Lang(), m)
		d.result.Findings = append(d.result.Findings, f)
		causes = append(causes, decryptCause{ID: f.ID, Title: f.Title, Fix: f.Fix})
	}
	return causes
}

func (d *decryption) problem(e *msgcrypt.Error) *decryptProblem {
	p := &decryptProblem{Class: e.Class, Message: e.In(d.Lang()), Hint: e.HintIn(d.Lang())}
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
		d.result.Steps.print(o.env.Err, o.globals)
	}
	d.printChecks(o.env.Err, p)
	if d.plain == nil {
		return nil
	}
	var err error
	if o.env.OutTTY {
		_, err = fmt.Fprintln(o.env.Plain, strings.TrimSuffix(text.Block(string(d.plain.Msg)), "\n"))
	} else {
		_, err = o.env.Plain.Write(d.plain.Msg)
	}
	if err != nil {
		return failed(words.ErrStdout, "error", cause(err))
	}
	return nil
}

// printChecks says what was checked, a line each, and below it what to do.
func (d *decryption) printChecks(w io.Writer, p palette) {
	r, say := d.result, d.sayer()
	line := func(label, text string) { fmt.Fprintln(w, padded(label, stepWidth)+" "+text) }
	below := func(label words.ID, text string) { line("  "+say(label), text) }
	right, wrong := p.Green(say(words.DecryptRight)), p.Red(say(words.DecryptWrong))
	switch sig := r.MsgSignature; sig.Result {
	case "ok":
		line("msg_signature", right+say(words.CommonColon)+"timestamp "+text.Line(d.timestamp)+say(words.CommonComma)+"nonce "+text.Line(d.nonce))
	case "wrong":
		line("msg_signature", wrong)
		below(words.DecryptLabelGiven, text.Line(sig.Given))
		below(words.DecryptLabelExpected, sig.Want)
		d.printCauses(w, below)
	default:
		line("msg_signature", say(words.DecryptUnchecked, "why", sig.Why))
	}
	switch id := r.AppID; {
	case id.Result == "ok":
		line("AppID", right+say(words.CommonColon)+id.Want)
	case id.Result == "wrong":
		line("AppID", wrong)
		below(words.DecryptLabelInMessage, d.quote(id.Got, 64))
		below(words.DecryptLabelConfigured, quoted(id.Want))
		if r.Error.Class == msgcrypt.ClassAppID {
			d.printHint(w, r.Error.Hint)
		}
	case id.Want == "" && d.plain != nil:
		line("AppID", say(words.DecryptUnchecked, "why", say(words.DecryptWhyNoAppid, "got", d.quote(id.Got, 64))))
	}
	if e := r.Error; e != nil && e.Class != msgcrypt.ClassAppID {
		line(say(words.DecryptLabelDecryption), p.Red(say(words.DecryptFailed))+say(words.CommonColon)+string(e.Class)+say(words.CommonColon)+e.Message)
		d.printHint(w, e.Hint)
	}
	for _, e := range r.Warnings {
		line(say(words.ReportSeverityWarning), e.Message)
		d.printHint(w, e.Hint)
	}
}

func (d *decryption) printCauses(w io.Writer, below func(words.ID, string)) {
	causes := d.result.MsgSignature.Causes
	if len(causes) == 0 {
		d.printHint(w, d.say(words.DecryptHintToken))
	}
	for _, c := range causes {
		below(words.DecryptLabelCause, c.ID+d.say(words.CommonColon)+c.Title)
		below(words.CheckLabelFix, c.Fix)
		below(words.CheckLabelMore, "wxdev explain "+c.ID)
	}
}

func (d *decryption) printHint(w io.Writer, hint string) {
	if hint != "" {
		fmt.Fprintln(w, "  "+d.say(words.CommonHint, "text", hint))
	}
}
