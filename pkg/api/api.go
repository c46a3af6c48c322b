// Package api calls api.weixin.qq.com, and gets the token for it.
//
// [New] makes a client, [Client.Do] makes one call, and [Client.Call] decodes
// the answer as well. [Client.Token] and [Client.Ticket] are for programs that
// make their calls themselves. Tokens and tickets are kept in a store of
// package tokenstore, so that any number of processes share one.
//
//	c := api.New(api.Options{AppID: appid, Secret: secret, Store: store})
//	var user struct{ Subscribe int }
//	err := c.Call(ctx, api.Request{Path: "/cgi-bin/user/info", Query: url.Values{"openid": {id}}}, &user)
//
// Tokens come from stable_token unless told otherwise: the plain endpoint
// issues a new one each time, which invalidates the one that production uses
// (https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken).
// A token that the API refuses (40001, 40014, 42001) is replaced once, and the
// call repeated.
//
// Every failure is an [*Error], to be found with [errors.As]: the API's
// errcode, or why there was no answer. Neither its text nor anything passed to
// [Options].Trace and Notify contains the AppSecret or a token.
//
// A call is tried again when that is safe: when the API is busy (-1), or when
// the connection fails on a call that changes nothing. Redirects are not
// followed, answers are read up to a limit, and every try has a deadline.
//
// A call with [Request].Signed is signed and encrypted by the keys of package
// apisign, and its answer verified and opened.
//
// [Client.Pages] follows a list over its pages; [Client.CallbackIPs],
// [Client.Quota] and [Client.CheckNetwork] are the calls about the account
// itself; [CustomTypes] are the customer-service messages.
//
// # Compatibility
//
// The README says what a release may change. Programs tell failures apart by
// the fields of [Error]; its text is for people. The errcodes, and what they
// mean, are WeChat's.
package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/tokenstore"
)

// DefaultBase is where the API is.
const DefaultBase = "https://api.weixin.qq.com"

// Endpoint is a call that issues access tokens. The tokens of the two are
// independent of each other.
type Endpoint string

// The endpoints.
const (
	StableToken Endpoint = "stable_token" // every caller gets the same token until shortly before it expires
	PlainToken  Endpoint = "token"        // every call issues a new one, which invalidates the previous one
)

// Options are an account and how to call for it. AppID and Secret are needed
// for tokens; the rest may be left out.
type Options struct {
	Base      string // empty is DefaultBase
	AppID     string
	Secret    string
	Endpoint  Endpoint         // empty is StableToken
	Store     tokenstore.Store // nil keeps tokens in memory
	HTTP      *http.Client     // nil is one without a proxy; redirects are never followed
	Timeout   time.Duration    // for one try; 0 is 10 s
	MaxBody   int64            // of an answer; 0 is 1 MiB
	UserAgent string           // empty is "wxdev"
	Now       func() time.Time // nil is time.Now

	// Tokens overrides where tokens come from. It gets the token that the API
	// has refused, or "".
	Tokens func(ctx context.Context, refused string) (string, error)

	// Trace sees every try, secrets masked. It may be nil.
	Trace func(Trace)
	// Hidden are further secrets that no error, Trace or Notify may show.
	Hidden []string
	// Learned is told of each token and ticket that comes up, so that the caller
	// can hide it as well. It may be nil.
	Learned func(secret string)
	// Notify is told what is done about a failure before giving up, and why a
	// token could not be renewed in time. It may be nil.
	Notify func(notice finding.Fact)
}

// Client calls the API for one account. It may be used by several goroutines.
type Client struct {
	o        Options
	http     *http.Client
	keeper   *tokenstore.Keeper
	backoff  func(try int) time.Duration
	maxPages int
	known    *redact.Redactor // of the AppSecret, tokens and tickets
}

const (
	standardTimeout = 10 * time.Second
	standardMaxBody = 1 << 20
)

// New returns a client. It calls nothing yet.
func New(o Options) *Client {
	if o.Base == "" {
		o.Base = DefaultBase
	}
	o.Base = strings.TrimRight(o.Base, "/")
	if o.Endpoint == "" {
		o.Endpoint = StableToken
	}
	if o.Store == nil {
		o.Store = &tokenstore.Memory{}
	}
	if o.Timeout == 0 {
		o.Timeout = standardTimeout
	}
	if o.MaxBody == 0 {
		o.MaxBody = standardMaxBody
	}
	if o.UserAgent == "" {
		o.UserAgent = "wxdev"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Transport: NewTransport()}
	}
	own := *o.HTTP
	own.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // the token in the query is for this host alone
	}
	c := &Client{
		o: o, http: &own, backoff: standardBackoff, maxPages: standardMaxPages,
		known: redact.New(redact.Mask, redact.Shortest, append([]string{o.Secret}, o.Hidden...)...),
	}
	c.keeper = &tokenstore.Keeper{
		Store: o.Store, Now: o.Now, EncodeError: encodeError, DecodeError: decodeError,
		Warn: func(err error) { c.notify(finding.Because(reason.TokenNotRenewed, "error", err)) },
	}
	return c
}

// NewTransport returns a transport with limits that suit the API, and without
// a proxy.
func NewTransport() *http.Transport {
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout:    5 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// Base is the base URL that the client calls.
func (c *Client) Base() string { return c.o.Base }

func (c *Client) notify(notice finding.Fact) {
	if c.o.Notify != nil {
		c.o.Notify(finding.Redact(notice, c.scrub))
	}
}

// key names a value of the account in the store.
func (c *Client) key(kind string) tokenstore.Key {
	mac := hmac.New(sha256.New, []byte(c.o.Secret))
	mac.Write([]byte("wxdev\x00" + c.o.AppID + "\x00" + c.o.Base))
	return tokenstore.Key{
		Base: c.o.Base, AppID: c.o.AppID, Kind: kind,
		// Enough to tell secrets apart: a wrong one must not pass because of
		// a token that the right one got.
		Guard: hex.EncodeToString(mac.Sum(nil)[:8]),
	}
}
