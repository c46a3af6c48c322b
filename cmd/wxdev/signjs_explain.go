package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

var hexDigits = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9A-Fa-f]{16,}$`) })

// The forms in which a signature is given to --explain.
func isSignature(s string) bool { return hexDigits().MatchString(s) }

func isPage(s string) bool {
	lower := strings.ToLower(s)
	return strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://")
}

func (o *signJSOptions) validateExplain(given func(string) bool) error {
	if bare := strings.Trim(o.explain, " \t\r\n\"'"); isSignature(bare) {
		o.explain = bare // as it is copied out of a script
	}
	if err := only(given, "--explain", "html", "api", "open-tag", "debug"); err != nil {
		return err
	}
	switch bare := isSignature(o.explain); {
	case bare && (o.nonce == "" || o.timestamp == ""):
		return withHint(usagef("a signature alone needs --nonce and --timestamp, those that were signed with it"),
			"or give the whole config: --explain 'wx.config({…})', a file, or - for stdin")
	case !bare && (o.nonce != "" || o.timestamp != ""):
		return usagef("--nonce and --timestamp go with a signature; a wx.config has its own")
	case o.url == "" && !isPage(o.explain):
		return withHint(usagef("give the URL of the page too"), "as location.href has it, in quotes, with the part from # on")
	case o.explain == "-" && o.env.InTTY:
		return usagef("--explain - reads a wx.config from stdin: pipe one into it")
	}
	return nil
}

func (o *signJSOptions) runExplain(ctx context.Context) error {
	others := o.otherTickets(ctx) // before a new one takes the place of a stale one
	ticket, err := o.validTicket(ctx)
	if err != nil {
		return err
	}
	config, certain, err := o.given(ctx)
	if err != nil {
		return err
	}
	check := config.Check
	if isSignature(o.explain) {
		check = config.CheckSignature
	}
	r := o.verdict(config, ticket, certain, check(jssdk.Request{
		URL: o.url, Ticket: ticket, AppID: o.appid,
		EntryURL: o.entryURL, SigningAPIURL: o.signingAPI, OtherURLs: o.otherURLs, OtherTickets: others,
	}))
	print := o.printVerdict
	if o.json {
		print = func(v jsVerdict) error { return writeJSON(o.env.Out, v.ExplainReport) }
	}
	if err := print(r); err != nil {
		return err
	}
	if !r.OK {
		return errNo
	}
	return nil
}

// given is the config that is to be explained, and whether its names are
// certain to be those that wx.config got: those of an API's answer need not be.
func (o *signJSOptions) given(ctx context.Context) (config jssdk.Config, certain bool, err error) {
	if isSignature(o.explain) {
		return jssdk.Config{NonceStr: o.nonce, Timestamp: o.timestamp, Signature: o.explain}, true, nil
	}
	text, err := o.givenText(ctx)
	if err != nil {
		return jssdk.Config{}, false, err
	}
	config, err = jssdk.ParseConfig(text)
	if err != nil {
		if isPage(o.explain) {
			return config, false, withHint(fmt.Errorf("read %q: %w", o.explain, err),
				"where the page asks an API for its config: --explain with what the API answers, or with the API's URL, and the page's URL as argument")
		}
		return config, false, err
	}
	return config, wxConfigCall().MatchString(text), nil
}

var wxConfigCall = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bwx\s*\.\s*config\s*\(`) })

func (o *signJSOptions) givenText(ctx context.Context) (string, error) {
	switch {
	case isPage(o.explain):
		return o.fetchPage(ctx)
	case strings.Contains(o.explain, "{"):
		return o.explain, nil
	case o.explain != "-":
		if _, err := os.Stat(o.explain); errors.Is(err, os.ErrNotExist) {
			return "", withHint(usagef("--explain %s is neither a signature nor a wx.config, and there is no such file", text.Excerpt([]byte(o.explain))),
				"a signature has 40 hexadecimal digits; a wx.config has braces")
		}
	}
	b, err := readInput(o.env, o.explain, jssdk.MaxText)
	return string(b), err
}

// inWeChat is how a page is asked for: many make their config for WeChat's
// browser alone.
const inWeChat = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0.50 wxdev"

// fetchPage reads the page. A redirect is told and not followed: the page
// after it has another URL, and it is that one which has to be signed.
func (o *signJSOptions) fetchPage(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, jssdk.CleanURL(o.explain), nil)
	if err != nil {
		return "", usageError{o.pageFault(err)}
	}
	req.Header.Set("User-Agent", inWeChat)
	req.Header.Set("Accept", "text/html, application/json;q=0.9, */*;q=0.8")
	transport := api.NewTransport()
	transport.Proxy = http.ProxyFromEnvironment
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		return "", o.pageFault(err)
	}
	defer resp.Body.Close()
	if to, err := resp.Location(); err == nil && resp.StatusCode/100 == 3 {
		return "", withHint(o.pageFault(fmt.Errorf("it redirects (%d) to %s, which was not followed", resp.StatusCode, text.Excerpt([]byte(to.String())))),
			"give the URL of the page that calls wx.config")
	}
	if resp.StatusCode != http.StatusOK {
		return "", o.pageFault(fmt.Errorf("the answer is %d", resp.StatusCode))
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, jssdk.MaxText+1))
	if err != nil {
		return "", o.pageFault(err)
	}
	if len(body) > jssdk.MaxText {
		fmt.Fprintln(o.env.Err, "wxdev: the page is longer than 1 MiB: the rest was not read")
		body = body[:jssdk.MaxText]
	}
	return string(body), o.takePage(resp.Header.Get("Content-Type"))
}

// pageFault says why the page could not be read. The words of net/http may
// quote the server.
func (o *signJSOptions) pageFault(err error) error {
	var named *url.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("it takes longer than %v", o.timeout)
	case errors.As(err, &named):
		err = named.Err // the URL is named already
	}
	return fmt.Errorf("read the page %q: %s", o.explain, text.Line(err.Error()))
}

// takePage takes the URL that was fetched for the page's, or, beside the URL
// of a page, for that of its signing API.
func (o *signJSOptions) takePage(contentType string) error {
	kind, _, _ := mime.ParseMediaType(contentType)
	switch {
	case o.url == "" && strings.HasSuffix(kind, "json"):
		return withHint(usagef("%q answers JSON: it is an API, not the page", o.explain), "give the page's URL as the argument")
	case o.url == "":
		o.url = o.explain
	case o.signingAPI == "":
		o.signingAPI = o.explain
	}
	return nil
}
