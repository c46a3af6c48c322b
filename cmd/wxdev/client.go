package main

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/tokenstore"
)

// caller is what every command has that calls the API.
type caller struct {
	*globals
	endpoint string
	timeout  time.Duration
	verbose  bool

	conf      *config.Config
	client    *api.Client
	file      *tokenstore.File // nil when tokens are kept elsewhere
	storeName finding.Fact
}

// addCaller declares on cmd the flags of the caller.
func addCaller(cmd *cobra.Command, c *caller) {
	addSettings(cmd, "appid", "secret", "api-base", "store")
	f := cmd.Flags()
	f.StringVar(&c.endpoint, "endpoint", string(api.StableToken), "")
	addDuration(f, &c.timeout, "timeout", 10*time.Second)
	f.BoolVarP(&c.verbose, "verbose", "v", false, "")
	fixedValues(cmd, "endpoint", string(api.StableToken), string(api.PlainToken))
	fixedValues(cmd, "timeout")
}

// connect reads the account from the settings and makes the client. It calls
// nothing.
func (c *caller) connect(cmd *cobra.Command) error {
	if err := oneOf("--endpoint", c.endpoint, string(api.StableToken), string(api.PlainToken)); err != nil {
		return err
	}
	if c.timeout <= 0 {
		return usage(words.ErrNotPositive, "flag", "--timeout", "given", c.timeout)
	}
	var err error
	if c.conf, err = c.load(cmd); err != nil {
		return err
	}
	if err := c.conf.Require(config.AppID, config.Secret, config.APIBase); err != nil {
		return err
	}
	store, err := c.store()
	if err != nil {
		return err
	}
	c.storeName = store.Name()
	transport := api.NewTransport()
	transport.Proxy = http.ProxyFromEnvironment
	o := api.Options{
		Base: c.setting(config.APIBase), AppID: c.setting(config.AppID), Secret: c.setting(config.Secret),
		Hidden:   c.known.Values(),
		Endpoint: api.Endpoint(c.endpoint), Store: store, HTTP: &http.Client{Transport: transport},
		Timeout: c.timeout, Now: c.env.Now,
		Learned: func(secret string) { c.known.Add(secret) },
		Notify:  func(notice finding.Fact) { fmt.Fprintln(c.env.Err, "wxdev: "+text.Line(notice.In(c.Lang()))) },
	}
	if c.verbose {
		o.Trace = c.trace
	}
	c.client = api.New(o)
	return nil
}

// setting is one that Require has found to be right.
func (c *caller) setting(k config.Key) string {
	v, err := c.conf.Get(k)
	if err != nil {
		return ""
	}
	return v.Text
}

// store is where tokens are kept: the Redis of the settings, else the user's
// cache folder.
func (c *caller) store() (tokenstore.Store, error) {
	v, err := c.conf.Get(config.Store)
	if err != nil {
		return nil, err
	}
	if v.Text != "" {
		return tokenstore.NewRedis(v.Text)
	}
	warn := func(err error) {
		if !errors.Is(err, tokenstore.ErrReplaced) {
			err = withHint(err, hint(words.TokenHintOwn))
		}
		c.warn(err)
	}
	dir, err := c.env.CacheDir()
	if err != nil {
		warn(failed(words.TokenErrCache, "error", err))
		return &tokenstore.Memory{}, nil
	}
	c.file = &tokenstore.File{Dir: filepath.Join(dir, "wxdev", "tokens"), Warn: warn}
	return c.file, nil
}

// trace prints a try for -v.
func (c *caller) trace(try api.Trace) {
	w := c.env.Err
	quoteLines(w, "> ", []byte(try.Sent))
	quoteLines(w, "< ", []byte(try.Received))
	c.traceSigned(try)
	if try.Err != nil {
		fmt.Fprintf(w, "! %s\n", c.errorText(try.Err))
	}
	fmt.Fprintf(w, "= %d ms\n", try.Took.Milliseconds())
}
