package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/apisign"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Auth is how a call proves who makes it.
type Auth int

// What is added to a call: the access_token, for nearly all calls; appid and
// secret in the query, for jscode2session; or nothing.
const (
	WithToken Auth = iota
	WithSecret
	WithNothing
)

// Request is one call.
type Request struct {
	Op          string // what errors call it; empty is METHOD PATH
	Method      string // empty is GET, or POST with a body
	Path        string // "/cgi-bin/user/info"; may have a query
	Query       url.Values
	Body        []byte
	ContentType string // of the body; empty is JSON
	Auth        Auth
	MaxBody     int64 // of the answer; 0 is that of the Options
	// Signed encrypts and signs the call (API 安全), and verifies and opens the
	// answer; nil does neither.
	Signed *apisign.Keys

	Repeatable bool // changes nothing, so it may be sent twice; implied for a GET, with few exceptions
}

// Response is an answer without an error.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	op     string
}

// Decode reads the answer, which must be JSON, into v.
func (r *Response) Decode(v any) error {
	if err := json.Unmarshal(r.Body, v); err != nil {
		return &Error{Op: r.op, Why: finding.Because(reason.AnswerNotTheJSON), Err: err}
	}
	return nil
}

// File is a file for an upload.
type File struct {
	Field   string // of the form: "media"
	Name    string // WeChat looks at its extension
	Type    string // media type; empty is application/octet-stream
	Content []byte
}

// Form sets a multipart body.
func (r *Request) Form(files ...File) error {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "", "\n", "")
	for _, f := range files {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="%s"`, escape.Replace(f.Field), escape.Replace(f.Name)))
		h.Set("Content-Type", cmp.Or(f.Type, "application/octet-stream"))
		part, err := w.CreatePart(h)
		if err != nil {
			return err
		}
		if _, err := part.Write(f.Content); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	r.Body, r.ContentType = b.Bytes(), w.FormDataContentType()
	return nil
}

func (r Request) method() string {
	if r.Method == "" && r.Body != nil {
		return http.MethodPost
	}
	return strings.ToUpper(cmp.Or(r.Method, http.MethodGet))
}

func (r Request) op() string {
	path, _, _ := strings.Cut(r.Path, "?")
	return cmp.Or(r.Op, r.method()+" "+path)
}

// question reports whether the call only reads, and repeatable whether the API
// may get it twice. Some reads use something up: a code that works once, or the
// token that others have.
func (r Request) question() bool {
	return r.Repeatable || r.method() == http.MethodGet || r.method() == http.MethodHead
}

func (r Request) repeatable() bool {
	path, _, _ := strings.Cut(r.Path, "?")
	switch "/" + strings.TrimLeft(path, "/") {
	case "/cgi-bin/token", "/sns/jscode2session", "/sns/oauth2/access_token":
		return false
	}
	return r.question()
}

// Call makes a call and decodes its answer into v, unless v is nil.
func (c *Client) Call(ctx context.Context, r Request, v any) error {
	resp, err := c.Do(ctx, r)
	if err != nil || v == nil {
		return err
	}
	return resp.Decode(v)
}

// Do makes a call. If the API refuses the token, it gets another one and
// repeats the call, once.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	if r.Auth != WithToken {
		return c.send(ctx, r, "")
	}
	token, err := c.token(ctx, "")
	if err != nil {
		return nil, err
	}
	resp, err := c.send(ctx, r, token)
	if _, ok := tokenRefused(err); !ok {
		return resp, err
	}
	c.notify(finding.Because(reason.AskingAnotherToken, "error", err))
	next, err := c.token(ctx, token)
	if err != nil {
		return nil, err
	}
	resp, err = c.send(ctx, r, next)
	if refused, ok := tokenRefused(err); ok && next == token {
		refused.SameToken = true
	}
	return resp, err
}

// token returns a token other than the refused one, if there is one.
func (c *Client) token(ctx context.Context, refused string) (string, error) {
	if c.o.Tokens != nil {
		token, err := c.o.Tokens(ctx, refused)
		c.remember(token)
		return token, err
	}
	t, err := c.Token(ctx, Want{Not: refused})
	return t.Value, err
}

// tries is how often a call is made in all.
const tries = 3

// standardBackoff is how long to wait after a try, the first being 1.
func standardBackoff(try int) time.Duration {
	return 400 * time.Millisecond << (2 * (try - 1))
}

// send makes a call with a token, and repeats it while that is safe.
func (c *Client) send(ctx context.Context, r Request, token string) (*Response, error) {
	for try := 1; ; try++ {
		resp, err := c.once(ctx, r, token)
		if err == nil || try == tries || !again(r, err) {
			return resp, err
		}
		pause := c.backoff(try)
		c.notify(finding.Because(reason.TryingAgain, "error", err, "pause", pause.String(), "try", try+1, "tries", tries))
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// address returns the URL of a call, with the token first, as the docs have it.
func (c *Client) address(r Request, token string) string {
	path, query, _ := strings.Cut(r.Path, "?")
	var parts []string
	switch r.Auth {
	case WithToken:
		parts = append(parts, "access_token="+url.QueryEscape(token))
	case WithSecret:
		parts = append(parts, "appid="+url.QueryEscape(c.o.AppID), "secret="+url.QueryEscape(c.o.Secret))
	}
	for _, q := range []string{query, r.Query.Encode()} {
		if q != "" {
			parts = append(parts, q)
		}
	}
	address := c.o.Base + "/" + strings.TrimLeft(path, "/")
	if len(parts) > 0 {
		address += "?" + strings.Join(parts, "&")
	}
	return address
}
