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
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

var hexDigits = lazy.Regexp(`^[0-9A-Fa-f]{16,}$`)

// The forms in which a signature is given to --explain.
func isSignature(s string) bool { return hexDigits.Get().MatchString(s) }

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
		return withHint(usage(words.SignJSErrNonce), hint(words.SignJSHintConfig))
	case !bare && o.unknown() != nil:
		return o.unknown()
	case !bare && (o.nonce != "" || o.timestamp != ""):
		return usage(words.SignJSErrOwnNonce)
	case o.url == "" && !isPage(o.explain):
		return withHint(usage(words.SignJSErrPage), hint(words.SignJSHintPage))
	case o.explain == "-" && o.env.InTTY:
		return usage(words.SignJSErrStdin)
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

// unknown says that what is to be explained has none of the forms.
func (o *signJSOptions) unknown() error {
	if isPage(o.explain) || o.explain == "-" || strings.Contains(o.explain, "{") {
		return nil
	}
	if _, err := os.Stat(o.explain); !errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return withHint(usage(words.SignJSErrUnknown, "given", finding.Excerpt(o.explain)), hint(words.SignJSHintUnknown))
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
			return config, false, withHint(failed(words.ErrRead, "file", quoted(o.explain), "error", err), hint(words.SignJSHintAPI))
		}
		return config, false, err
	}
	return config, wxConfigCall.Get().MatchString(text), nil
}

var wxConfigCall = lazy.Regexp(`\bwx\s*\.\s*config\s*\(`)

func (o *signJSOptions) givenText(ctx context.Context) (string, error) {
	switch {
	case isPage(o.explain):
		return o.fetchPage(ctx)
	case strings.Contains(o.explain, "{"):
		return o.explain, nil
	}
	b, err := readInput(o.env, o.explain, jssdk.MaxText)
	return string(b), err
}

// fetchPage reads the page. A redirect is told and not followed: the page
// after it has another URL, and it is that one which has to be signed.
func (o *signJSOptions) fetchPage(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, jssdk.CleanURL(o.explain), nil)
	if err != nil {
		return "", usageError{o.pageFault(err)}
	}
	req.Header.Set("User-Agent", jssdk.UserAgent)
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
		return "", withHint(o.pageFault(failed(words.SignJSErrRedirect, "status", resp.StatusCode, "to", finding.Excerpt(to.String()))), hint(words.SignJSHintRedirect))
	}
	if resp.StatusCode != http.StatusOK {
		return "", o.pageFault(failed(words.SignJSErrStatus, "status", resp.StatusCode))
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, jssdk.MaxText+1))
	if err != nil {
		return "", o.pageFault(err)
	}
	if len(body) > jssdk.MaxText {
		fmt.Fprintln(o.env.Err, "wxdev: "+o.say(words.SignJSLongPage))
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
		err = failed(words.SignJSErrSlow, "time", o.timeout)
	case errors.As(err, &named):
		err = cause(named.Err) // the URL is named already
	}
	return failed(words.SignJSErrFetch, "url", quoted(o.explain), "error", err)
}

// takePage takes the URL that was fetched for the page's, or, beside the URL
// of a page, for that of its signing API.
func (o *signJSOptions) takePage(contentType string) error {
	kind, _, _ := mime.ParseMediaType(contentType)
	switch {
	case o.url == "" && strings.HasSuffix(kind, "json"):
		return withHint(usage(words.SignJSErrAPI, "url", quoted(o.explain)), hint(words.SignJSHintPageURL))
	case o.url == "":
		o.url = o.explain
	case o.signingAPI == "":
		o.signingAPI = o.explain
	}
	return nil
}
