package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/recording"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// defaultToken serves where no account is configured; it is printed.
const defaultToken = "wxdevtoken"

type listenOptions struct {
	*globals
	addr      string
	readyFile string
	verbose   bool
	json      bool
	plain     bool
	live      bool // a list on the terminal, instead of lines
	reply     string
	hasReply  bool // --reply was given, be it empty
	replies   string
	forward   string
	record    string

	token, appid, aesKey string
	others               []signature.Named // tokens of the config's other profiles
	codec                *msgcrypt.Codec   // nil when there is no EncodingAESKey
	product              product.Product
	echoCodec            *msgcrypt.Codec // of WeCom's verification
	mode                 msgcrypt.Mode
	format               msgcrypt.Format // the one that is configured; empty when none is
	rules                *receiver.Rules
	recorder             *recording.Recorder

	ring *listenRing // what is told of requests

	mu    sync.Mutex      // one request's lines at a time
	shown map[string]bool // the findings that were printed in full, by id and variant
}

func newListen(g *globals) *cobra.Command {
	o := &listenOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "listen [flags]",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.hasReply = cmd.Flags().Changed("reply")
			if err := o.settings(cmd); err != nil {
				return err
			}
			g.known.Add(recording.URLSecrets(o.forward)...)
			return runListen(cmd.Context(), o)
		},
	}
	addSettings(cmd, "product", "token", "mode", "appid", "aes-key", "format", "receiver", "provider-corpid")
	f := cmd.Flags()
	f.StringVar(&o.addr, "addr", "127.0.0.1:8080", "")
	addOutFile(f, &o.readyFile, "ready-file")
	f.StringVar(&o.reply, "reply", "", "")
	f.StringVar(&o.replies, "replies", "", "")
	f.StringVar(&o.forward, "forward", "", "")
	f.StringVar(&o.record, "record", "", "")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "")
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVar(&o.plain, "plain", false, "")
	fixedValues(cmd, "addr")
	fixedValues(cmd, "reply")
	fixedValues(cmd, "forward")
	if err := cmd.MarkFlagDirname("record"); err != nil {
		panic(err) // declared a few lines above
	}
	return cmd
}

// settings checks the command line and reads the config and the rules.
func (o *listenOptions) settings(cmd *cobra.Command) error {
	switch {
	case o.hasReply && o.replies != "":
		return usage(words.ErrNoPair, "a", "--reply", "b", "--replies")
	case o.forward != "" && (o.hasReply || o.replies != ""):
		return usage(words.ListenErrForward)
	case o.hasReply && o.reply == "":
		return withHint(usage(words.ListenErrReply), hint(words.ListenHintReply))
	}
	if o.forward != "" {
		if _, err := wire.CheckURL(o.forward); err != nil {
			return usage(words.ErrInFlag, "flag", "--forward", "error", err)
		}
		if err := o.notToItself(o.addr); err != nil {
			return err
		}
	}
	c, err := o.load(cmd)
	if err != nil {
		return err
	}
	if err := o.readKeys(c); err != nil {
		return err
	}
	if o.replies == "" {
		return nil
	}
	text, err := readInput(o.env, o.replies, receiver.MaxRules)
	if err != nil {
		return err
	}
	o.rules, err = receiver.ParseRules(o.replies, text)
	return fileError(err)
}

// readKeys reads what messages are checked and opened with. In plain mode the
// key is used if it is there, and not missed.
func (o *listenOptions) readKeys(c *config.Config) error {
	v := map[config.Key]config.Value{}
	for _, k := range []config.Key{config.Mode, config.Format, config.Token} {
		var err error
		if v[k], err = c.Get(k); err != nil {
			return err
		}
	}
	o.mode = msgcrypt.Mode(v[config.Mode].Text)
	if v[config.Format].From != "default" {
		o.format = msgcrypt.Format(v[config.Format].Text)
	}
	if o.token = v[config.Token].Text; o.token == "" {
		o.token = defaultToken
	}
	rules, err := readProduct(c)
	if err != nil {
		return err
	}
	if rules != nil {
		o.product = rules.Product
	}
	robot := isRobot(c, o.product)
	if o.mode != msgcrypt.Plain {
		needs := []config.Key{config.AppID, config.AESKey}
		if robot {
			needs = needs[1:]
		}
		if err := c.Require(needs...); err != nil {
			return err
		}
	}
	o.appid, o.aesKey = optional(c, config.AppID), optional(c, config.AESKey)
	o.others = otherTokens(c)
	if o.appid == "" && !robot || o.aesKey == "" {
		return nil
	}
	if o.codec, err = newCodec(o.aesKey, o.appid); err != nil || o.product != product.WeCom {
		return err
	}
	o.echoCodec, err = echoCodec(c, o.codec)
	return err
}

func runListen(ctx context.Context, o *listenOptions) error {
	l, err := listenOn(o.addr)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := o.prepare(l); err != nil {
		return err
	}
	base := "http://" + l.Addr().String()
	o.announce(base)
	if o.readyFile != "" {
		if err := atomicfile.Write(o.readyFile, []byte(base+"\n"), 0o666); err != nil {
			return failed(words.ErrReadyFile, "error", cause(err))
		}
	}
	serving := func(ctx context.Context) error { return o.serve(ctx, l) }
	if o.live = o.wantsList(); o.live {
		return o.serveWithList(ctx, base, serving)
	}
	o.ring = newListenRing(listenLines)
	if o.json {
		o.ring.publish(newListenLine(lineJSON(listenJSON{outcome: newOutcome(true), Event: eventListening, URL: base})))
	}
	return o.serveWithLines(ctx, serving)
}

// serveWithLines prints a line for each request that is served.
func (o *listenOptions) serveWithLines(ctx context.Context, serving func(context.Context) error) error {
	lines := newLineWriter(o.env.Out, o.sayer()) // nobody need read it for the server to go on
	defer lines.Close()
	var printing sync.WaitGroup
	printing.Go(func() { o.printLines(o.ring, lines) })
	defer printing.Wait()
	defer o.ring.Close()
	return serving(ctx)
}

// serve answers requests, or passes them on, until the context ends.
func (o *listenOptions) serve(ctx context.Context, l net.Listener) error {
	h := &receiver.Handler{
		Token: o.token, Codec: o.codec, Product: o.product, EchoCodec: o.echoCodec, SafeOnly: o.mode == msgcrypt.Safe, Reply: o.answer, Log: o.log,
	}
	s := newServer()
	if o.live { // the screen is the list's
		s.ErrorLog = log.New(o.env.Err, "", 0)
	}
	if o.forward == "" {
		s.Handler = h
		return serveWith(ctx, l, s)
	}
	proxy := &receiver.Proxy{Handler: h, Pusher: &push.Pusher{
		URL: o.forward, Token: o.token, Mode: o.mode, Product: o.product, Codec: o.codec, Now: o.env.Now, Rand: o.env.Rand,
	}}
	err := serveWith(ctx, proxy.Attach(s, l), s)
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 500*time.Millisecond) // after the 2 s of serveWith
	defer cancel()
	proxy.Wait(grace)
	return err
}

// announce says where it listens, and what becomes of the requests.
func (o *listenOptions) announce(base string) {
	say := o.sayer()
	fmt.Fprintln(o.env.Err, say(words.ListenListening, "url", base, "how", o.how()))
	if o.forward != "" {
		fmt.Fprintln(o.env.Err, say(words.ListenForwarding, "url", text.Line(redact.Unknown.URL(o.forward))))
	}
	if o.record != "" {
		fmt.Fprintln(o.env.Err, say(words.ListenRecording, "dir", text.Line(o.record)))
	}
}

// prepare makes what the first request needs.
func (o *listenOptions) prepare(l net.Listener) error {
	if err := o.notToItself(l.Addr().String()); err != nil { // what --addr resolved to
		return err
	}
	if o.record == "" {
		return nil
	}
	var err error
	o.recorder, err = recording.New(o.record, o.known.Values()...)
	return err
}

// notToItself refuses to forward what comes to addr to addr.
func (o *listenOptions) notToItself(addr string) error {
	if o.forward == "" || !sameAddress(o.forward, addr) {
		return nil
	}
	return withHint(usage(words.ListenErrLoop), hint(words.ListenHintLoop))
}

// sameAddress reports whether a URL leads to the host and port of addr. It
// does not ask DNS: what it is to prevent is a slip of the pen.
func sameAddress(rawURL, addr string) bool {
	u, err := wire.CheckURL(rawURL)
	if err != nil {
		return false
	}
	_, to, _ := net.SplitHostPort(wire.HostPort(u))
	host, port, err := net.SplitHostPort(addr)
	if err != nil || to != port {
		return false
	}
	return strings.EqualFold(u.Hostname(), host) || hostname.Loopback(u.Hostname()) && hostname.Loopback(host)
}

// how says with what keys it listens.
func (o *listenOptions) how() string {
	say := o.sayer()
	name := say(words.ListenConfigured)
	if o.token == defaultToken {
		name = say(words.ListenToken, "token", defaultToken)
	}
	if o.mode == msgcrypt.Plain {
		return name
	}
	return name + say(words.CommonComma) + say(words.ListenMode, "mode", say.mode(o.mode))
}

// answer makes the reply to a message.
func (o *listenOptions) answer(in *message.Message) *message.Message {
	switch {
	case o.hasReply:
		return reply.Text(in, time.Now(), o.reply)
	case o.rules != nil:
		return o.rules.Reply(in, time.Now())
	}
	return nil
}

func newServer() *http.Server {
	return &http.Server{ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute}
}

// serve answers until the context ends, and lets requests that are under way
// finish.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := newServer()
	s.Handler = h
	return serveWith(ctx, l, s)
}

func serveWith(ctx context.Context, l net.Listener, s *http.Server) error {
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := s.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
