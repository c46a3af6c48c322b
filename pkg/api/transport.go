package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// once makes one try.
func (c *Client) once(ctx context.Context, r Request, token string) (*Response, error) {
	ctx, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, r.method(), c.address(r, token), bytes.NewReader(r.Body))
	if err != nil {
		return nil, c.failure(r.op(), finding.Because(reason.MakesNoRequest, "why", finding.Verbatim(inner(err).Error())), nil)
	}
	if r.Body == nil {
		req.Body, req.GetBody, req.ContentLength = nil, nil, 0
	} else {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
		if r.ContentType != "" {
			req.Header.Set("Content-Type", r.ContentType)
		}
	}
	req.Header.Set("User-Agent", c.o.UserAgent)
	sent := sent{req: req, body: r.Body}
	if r.Signed != nil {
		if err := c.seal(r, &sent); err != nil {
			return nil, err
		}
	}
	start := time.Now()
	resp, err := c.exchange(req, r)
	if err != nil {
		err = c.noAnswer(ctx, r, err)
	}
	took := time.Since(start)
	opened, fault := resp, error(nil)
	if err == nil && sent.sealed != nil {
		opened, fault = c.open(r, sent.sealed, resp)
	}
	c.trace(sent, resp, opened, err, took)
	switch {
	case err != nil:
		return nil, err
	case fault != nil:
		return nil, fault
	}
	return opened, c.judge(opened)
}

// exchange sends a request and reads the answer up to the limit.
func (c *Client) exchange(req *http.Request, r Request) (*Response, error) {
	got, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer got.Body.Close()
	var body []byte
	if got.StatusCode != http.StatusSwitchingProtocols { // its body is the connection: no context ends a read of it
		if body, err = io.ReadAll(io.LimitReader(got.Body, c.maxBody(r)+1)); err != nil {
			return nil, err
		}
	}
	if int64(len(body)) > c.maxBody(r) {
		return nil, errTooLong
	}
	return &Response{Status: got.StatusCode, Header: got.Header, Body: body, op: r.op()}, nil
}

func (c *Client) maxBody(r Request) int64 { return cmp.Or(r.MaxBody, c.o.MaxBody) }

var errTooLong = errors.New("the answer is too long")

// judge finds the error in an answer.
func (c *Client) judge(r *Response) error {
	v, ok := readVerdict(r.Body)
	if ok && v.code != 0 {
		e := &Error{Op: r.op, Code: v.code, Msg: c.scrub(v.msg), Rid: v.rid}
		if r.Status != http.StatusOK {
			e.Status = r.Status
		}
		return e
	}
	if r.Status == http.StatusOK {
		return nil
	}
	id, pairs := reason.AnswersStatus, []any{"base", c.o.Base, "status", finding.Status{Code: r.Status, Reason: http.StatusText(r.Status)}}
	switch {
	case r.Status/100 == 3:
		to := r.Header.Get("Location")
		if u, err := url.Parse(to); err == nil {
			u.RawQuery, u.User = "", nil
			to = u.String()
		}
		id, pairs = reason.AnswersRedirect, append(pairs, "url", finding.Quote{Text: to, Limit: 120})
	case len(r.Body) > 0:
		id, pairs = reason.AnswersStatusBody, append(pairs, "body", r.Body)
	}
	return &Error{Op: r.op, Why: finding.Redact(finding.Because(id, pairs...), c.scrub), Status: r.Status}
}

// inner removes a *url.Error, whose text has the whole URL, with secret and
// token in it.
func inner(err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		return outer.Err
	}
	return err
}

// noAnswer says why there is no answer.
func (c *Client) noAnswer(ctx context.Context, r Request, err error) error {
	op := r.op()
	err = inner(err)
	var timeout net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return context.Canceled
	case errors.Is(err, errTooLong):
		return c.failure(op, c.at(finding.Because(reason.AnswerTooLong, "limit", c.maxBody(r))), nil)
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return c.failure(op, c.at(finding.Because(reason.NoAnswerWithin, "limit", c.o.Timeout.String())), context.DeadlineExceeded)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return c.failure(op, c.at(finding.Because(reason.ClosedBeforeComplete)), io.ErrUnexpectedEOF)
	}
	why := finding.Failure(err)
	if finding.System(err) == nil { // it is net/http's own
		why = finding.Because(reason.HTTPClientSays, "text", finding.Verbatim(err.Error()))
	}
	return c.failure(op, c.at(why), err)
}

// at is why a call failed, with where it went.
func (c *Client) at(why finding.Fact) finding.Fact {
	return finding.Because(reason.AtPlace, "place", c.o.Base, "why", why)
}

// again reports whether a failed call may be made again: when the API was busy
// and so did nothing, when no connection could be made, and when one broke
// during a call that the API may get twice. A refusal stays one, and whoever
// waited a whole timeout has waited enough.
func again(r Request, err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	if e.Code != 0 {
		return e.Code == CodeBusy
	}
	return broken(e.Err) && (r.repeatable() || r.question() && unsent(e.Err))
}

// unsent reports whether a connection could not be made.
func unsent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// broken reports whether a connection could not be made or broke, for a reason
// that may pass.
func broken(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	var alert tls.AlertError
	switch {
	case err == nil, errors.As(err, &alert), errors.As(err, &dns) && dns.IsNotFound, errors.Is(err, context.DeadlineExceeded):
		return false
	case errors.Is(err, io.ErrUnexpectedEOF):
		return true
	}
	return errors.As(err, &op) && op.Op != "remote error" && op.Op != "local error" // those are TLS
}
