package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/config"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/safetext"
	"github.com/wxdev/wxdev/pkg/signature"
)

// defaultToken serves where no account is configured; it is printed.
const defaultToken = "wxdevtoken"

type listenOptions struct {
	*globals
	addr      string
	readyFile string
	verbose   bool
	token     string
}

func newListen(g *globals) *cobra.Command {
	opts := &listenOptions{globals: g}
	cmd := &cobra.Command{
		Use:   "listen [flags]",
		Short: "Run a correct server, and print what comes in",
		Long: `listen is a callback server that does everything right: it checks signatures,
returns the echostr, answers messages with success, on any path, and prints a
line for each request. Use it to see what arrives (from a tunnel, say, or from
wxdev verify), and to compare your own server with. It says which mistake made
a wrong signature. It speaks plain mode (明文模式).

Without a token in flags, environment or config it uses ` + defaultToken + `.
It listens on the loopback interface unless told otherwise; Ctrl-C ends it.`,
		Example: `  $ wxdev listen
  $ wxdev listen --addr 127.0.0.1:9000 --token mytoken -v`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := opts.load(cmd)
			if err != nil {
				return err
			}
			v, err := c.Get(config.Token)
			if err != nil {
				return err
			}
			if opts.token = v.Text; opts.token == "" {
				opts.token = defaultToken
			}
			return runListen(cmd.Context(), opts)
		},
	}
	addSettings(cmd, "token")
	f := cmd.Flags()
	f.StringVar(&opts.addr, "addr", "127.0.0.1:8080", "listen on this `HOST:PORT`; port 0 takes a free one")
	f.StringVar(&opts.readyFile, "ready-file", "", "write the base URL to `FILE` once connections are accepted")
	f.BoolVarP(&opts.verbose, "verbose", "v", false, "print the bodies of messages too")
	fixedValues(cmd, "addr")
	return cmd
}

func runListen(ctx context.Context, o *listenOptions) error {
	l, err := net.Listen("tcp", o.addr)
	if err != nil {
		return withHint(fmt.Errorf("listen on %s: %w", o.addr, err), "choose another address with --addr, such as 127.0.0.1:0")
	}
	base := "http://" + l.Addr().String()
	name := "the configured token"
	if o.token == defaultToken {
		name = "token " + defaultToken
	}
	fmt.Fprintf(o.env.Err, "listening on %s (%s), Ctrl-C ends it\n", base, name)
	if o.readyFile != "" {
		if err := writeFile(o.readyFile, []byte(base+"\n"), 0o644); err != nil {
			l.Close()
			return fmt.Errorf("write the ready file: %w", err)
		}
	}
	var mu sync.Mutex // one line at a time
	return serve(ctx, l, &receiver.Handler{Token: o.token, Log: func(e receiver.Event) {
		mu.Lock()
		defer mu.Unlock()
		o.print(o.env.Out, e)
	}})
}

// serve answers until the context ends, and lets requests that are under way
// finish.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute}
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

// print writes one line for a request: when, what, and how it was answered.
func (o *listenOptions) print(w io.Writer, e receiver.Event) {
	p := o.Colors(o.env.OutTTY)
	what := "verification"
	if e.Request.Method == http.MethodPost {
		what = fmt.Sprintf("message, %d bytes", len(e.Body))
	}
	result := p.Green(fmt.Sprint(e.Status))
	if e.Err != nil {
		result = p.Red(fmt.Sprintf("%d %v", e.Status, e.Err)) + o.mistake(e)
	}
	fmt.Fprintf(w, "%s  %-4s %s  %s  %s\n", e.Time.Format(time.TimeOnly), safetext.Line(e.Request.Method),
		safetext.Line(e.Request.URL.Path), what, result)
	if o.verbose {
		quoteLines(w, "  ", e.Body)
	}
}

// mistake names what made a wrong signature, if it is a known one.
func (o *listenOptions) mistake(e receiver.Event) string {
	if !errors.Is(e.Err, receiver.ErrBadSignature) {
		return ""
	}
	q := e.Query
	found := signature.Explain(q.Get("signature"), signature.Request{
		Token: o.token, Timestamp: q.Get("timestamp"), Nonce: q.Get("nonce"), Echostr: q.Get("echostr"),
	})
	if len(found) == 0 {
		return ""
	}
	entry, ok := catalog.Lookup(found[0].ID)
	if !ok {
		return ""
	}
	title, _, _ := entry.Describe(o.Lang(), found[0].Variant, found[0].Facts)
	return ": " + safetext.Line(title) + " [" + found[0].ID + "]"
}
