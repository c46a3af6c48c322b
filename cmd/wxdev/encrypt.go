package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

type encryptOptions struct {
	*globals
	Body      string // file
	Envelope  bool
	Reply     bool
	To        string
	Random    string // empty: random
	Timestamp string // empty: now
	Nonce     string // empty: random
	JSON      bool
}

// encryptResult is what encrypt --json prints. Only Encrypt is there without
// --envelope and --reply.
type encryptResult struct {
	outcome

	Encrypt      string `json:"encrypt"`
	Body         string `json:"body,omitempty"`
	Signature    string `json:"signature,omitempty"`
	Timestamp    string `json:"timestamp,omitempty"`
	Nonce        string `json:"nonce,omitempty"`
	MsgSignature string `json:"msg_signature,omitempty"`
	Query        string `json:"query,omitempty"`
}

func newEncrypt(g *globals) *cobra.Command {
	o := &encryptOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "encrypt [TEXT | -]",
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runEncrypt(o, cmd, args) },
	}
	addSettings(cmd, "product", "token", "appid", "aes-key", "format")
	f := cmd.Flags()
	f.StringVar(&o.Body, "body", "", "")
	f.BoolVar(&o.Envelope, "envelope", false, "")
	f.BoolVar(&o.Reply, "reply", false, "")
	f.StringVar(&o.To, "to", "", "")
	f.StringVar(&o.Random, "random", "", "")
	f.StringVar(&o.Timestamp, "timestamp", "", "")
	f.StringVar(&o.Nonce, "nonce", "", "")
	f.BoolVar(&o.JSON, "json", false, "")
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	for _, name := range []string{"to", "random", "timestamp", "nonce"} {
		fixedValues(cmd, name)
	}
	return cmd
}

func runEncrypt(o *encryptOptions, cmd *cobra.Command, args []string) error {
	if err := o.validate(cmd, args); err != nil {
		return err
	}
	conf, err := o.load(cmd)
	if err != nil {
		return err
	}
	needs := []config.Key{config.AESKey, config.AppID}
	if o.Envelope || o.Reply {
		needs = append(needs, config.Token)
	}
	if err := conf.Require(needs...); err != nil {
		return err
	}
	msg, err := readMessage(o.globals, conf, args, o.Body)
	if err != nil {
		return err
	}
	if len(msg) == 0 && len(args) == 0 {
		return usage(words.EncryptErrEmpty)
	}
	encrypt, err := o.encrypt(conf, msg)
	if err != nil {
		return err
	}
	if !o.Envelope && !o.Reply {
		if o.JSON {
			return writeJSON(o.env.Out, encryptResult{outcome: newOutcome(true), Encrypt: encrypt})
		}
		fmt.Fprintln(o.env.Plain, encrypt)
		return nil
	}
	r, err := o.sign(conf, encrypt, msg)
	if err != nil {
		return err
	}
	return o.print(r)
}

// validate checks the flags together.
func (o *encryptOptions) validate(cmd *cobra.Command, args []string) error {
	for _, name := range []string{"body", "to", "timestamp", "nonce"} {
		if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
			return usage(words.ErrEmptyFlag, "flag", "--"+name)
		}
	}
	if o.Envelope && o.Reply {
		return usage(words.ErrNoPair, "a", "--envelope", "b", "--reply")
	}
	if cmd.Flags().Changed("random") && len(o.Random) != 16 {
		return usage(words.EncryptErrRandom, "n", len(o.Random))
	}
	if o.To != "" && !o.Envelope {
		return usage(words.EncryptErrTo)
	}
	if (o.Timestamp != "" || o.Nonce != "") && !o.Envelope && !o.Reply {
		return usage(words.EncryptErrNonce)
	}
	if len(args) > 0 && o.Body != "" {
		return usage(words.EncryptErrTwice)
	}
	return nil
}

func (o *encryptOptions) encrypt(conf *config.Config, msg []byte) (string, error) {
	key, err := aesKey(conf)
	if err != nil {
		return "", err
	}
	appID, err := conf.Get(config.AppID)
	if err != nil {
		return "", err
	}
	codec := msgcrypt.New(key, appID.Text)
	if o.Random != "" {
		return codec.EncryptWith([16]byte([]byte(o.Random)), msg)
	}
	return codec.Encrypt(msg, o.env.Rand)
}

// aesKey is the key that the config gives. The config refuses whatever
// ParseKey would, in words that name the setting.
func aesKey(conf *config.Config) (msgcrypt.Key, error) {
	v, err := conf.Get(config.AESKey)
	if err != nil {
		return msgcrypt.Key{}, err
	}
	return msgcrypt.ParseKey(v.Text)
}

// sign puts the envelope or the reply around encrypt.
func (o *encryptOptions) sign(conf *config.Config, encrypt string, msg []byte) (encryptResult, error) {
	r := encryptResult{outcome: newOutcome(true), Encrypt: encrypt, Timestamp: o.Timestamp, Nonce: o.Nonce}
	token, err := conf.Get(config.Token)
	if err != nil {
		return r, err
	}
	format, err := conf.Get(config.Format)
	if err != nil {
		return r, err
	}
	if r.Timestamp == "" {
		r.Timestamp = strconv.FormatInt(o.env.Now().Unix(), 10)
	}
	if r.Nonce == "" {
		if r.Nonce, err = wire.NewNonce(o.env.Rand); err != nil {
			return r, err
		}
	}
	reply := msgcrypt.NewReply(token.Text, r.Timestamp, r.Nonce, encrypt)
	reply.Format = msgcrypt.Format(format.Text)
	r.MsgSignature = reply.MsgSignature
	if o.Reply {
		r.Body = string(reply.Body())
		return r, nil
	}
	env := msgcrypt.Envelope{Format: reply.Format, ToUserName: o.To, Encrypt: encrypt}
	if env.ToUserName == "" {
		if env.ToUserName = recipient(msg); env.ToUserName == "" {
			return r, usage(words.EncryptErrRecipient)
		}
	}
	r.Body = string(env.Body())
	r.Signature = signature.Access(token.Text, r.Timestamp, r.Nonce)
	r.Query = r.query()
	return r, nil
}

// recipient is the ToUserName of a message in plain mode, "" without one.
func recipient(msg []byte) string {
	env, err := msgcrypt.ParseEnvelope(msg)
	if err != nil && !errors.Is(err, msgcrypt.ErrNoEncrypt) {
		return ""
	}
	return env.ToUserName
}

// query is that of a push, in WeChat's order.
func (r encryptResult) query() string {
	signed := signResult{Signature: r.Signature, MsgSignature: r.MsgSignature, Timestamp: r.Timestamp, Nonce: r.Nonce}
	var pairs []string
	for _, p := range signed.params() {
		pairs = append(pairs, p[0]+"="+url.QueryEscape(p[1]))
	}
	return strings.Join(pairs, "&")
}

func (o *encryptOptions) print(r encryptResult) error {
	if o.JSON {
		return writeJSON(o.env.Out, r)
	}
	if r.Query != "" {
		fmt.Fprintln(o.env.Err, o.say(words.EncryptQuery, "query", r.Query))
	}
	// Not a byte more than the body has: it is going to be sent.
	if _, err := io.WriteString(o.env.Plain, r.Body); err != nil {
		return failed(words.ErrStdout, "error", cause(err))
	}
	if o.env.OutTTY && !strings.HasSuffix(r.Body, "\n") {
		fmt.Fprintln(o.env.Out)
	}
	return nil
}

// messageLimit is how much encrypt and decrypt read: a body with the lines of
// a log before it.
const messageLimit = msgcrypt.MaxBody + 64<<10

// readMessage returns the arguments, "-" being stdin, and the file after
// them, a line each, or all of stdin when there is neither.
func readMessage(g *globals, conf *config.Config, args []string, file string) ([]byte, error) {
	parts := make([][]byte, 0, 3)
	stdin := 0
	read := func(name string) error {
		if name == "-" {
			if stdin++; stdin > 1 {
				return usage(words.EncryptErrStdinTwice)
			}
			if by := stdinSetting(conf); by != "" {
				return usage(words.EncryptErrStdinSetting, "setting", text.Line(by))
			}
		}
		b, err := readInput(g.env, name, messageLimit)
		parts = append(parts, b)
		return err
	}
	for _, arg := range args {
		if arg != "-" {
			if isFile(arg) {
				g.advise(g.say(words.EncryptHintFile, "file", quoted(arg)))
			}
			parts = append(parts, []byte(arg))
		} else if err := read(arg); err != nil {
			return nil, err
		}
	}
	if file == "" && len(args) == 0 {
		if g.env.InTTY {
			return nil, usage(words.EncryptErrNoMessage)
		}
		file = "-"
	}
	if file != "" {
		if err := read(file); err != nil {
			return nil, err
		}
	}
	return bytes.Join(parts, []byte("\n")), nil
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// stdinSetting is the setting that was read from stdin, "" if none was.
func stdinSetting(conf *config.Config) string {
	for _, k := range []config.Key{config.Token, config.AppID, config.AESKey} {
		if v, err := conf.Get(k); err == nil && v.Via == "-" {
			return v.From
		}
	}
	return ""
}
