package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/redact"
)

// Trace is one try of a call as it went over the wire, secrets masked. Its
// texts come from outside and are not fit for a terminal as they are.
type Trace struct {
	Sent     string // request line, headers, body
	Received string // status, headers, body; empty when there is no answer
	Err      error  // why there is none
	Took     time.Duration

	// Of a signed call: what its signature is of, the additional data, what was
	// encrypted, and what was encrypted in the answer.
	ToSign, AAD, Plaintext, Opened string
}

const shownBody = 16 << 10

// remember adds a value to those that are hidden wherever they are.
func (c *Client) remember(value string) {
	c.known.Add(value)
	if c.o.Learned != nil {
		c.o.Learned(value)
	}
}

// scrub hides the secrets in text: those that are known by their value, and
// those that are called so.
func (c *Client) scrub(text string) string { return redact.Secrets.Text(c.known.Text(text)) }

func (c *Client) trace(s sent, resp, opened *Response, err error, took time.Duration) {
	if c.o.Trace == nil {
		return
	}
	seen := Trace{Err: err, Took: took}
	seen.Sent = c.scrub(fmt.Sprintf("%s %s HTTP/1.1\nHost: %s\n%s\n%s",
		s.req.Method, redact.Secrets.URL(s.req.URL.RequestURI()), s.req.URL.Host, headerText(s.req.Header), c.bodyText(s.body)))
	if resp != nil {
		seen.Received = c.scrub(fmt.Sprintf("%d %s\n%s\n%s",
			resp.Status, http.StatusText(resp.Status), headerText(resp.Header), c.bodyText(resp.Body)))
	}
	if s.sealed != nil {
		seen.ToSign, seen.AAD, seen.Plaintext = c.scrub(string(s.sealed.StringToSign)), c.scrub(s.sealed.AAD), c.scrub(string(s.sealed.Plaintext))
		if opened != nil && opened != resp {
			seen.Opened = c.bodyText(opened.Body)
		}
	}
	c.o.Trace(seen)
}

func headerText(h http.Header) string {
	var lines []string
	for name, values := range h {
		for _, v := range values {
			lines = append(lines, name+": "+redact.Secrets.Header(name, v)+"\n")
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// bodyText is a body for people: a file is told, not shown. Secrets are hidden
// before it is cut, or the cut could leave half of one.
func (c *Client) bodyText(b []byte) string {
	if !utf8.Valid(b) {
		return fmt.Sprintf("(%d bytes that are no text)", len(b))
	}
	shown := redact.Secrets.Body(c.known.Text(string(b)))
	if len(b) <= shownBody {
		return shown
	}
	return strings.ToValidUTF8(shown[:min(len(shown), shownBody)], "") + fmt.Sprintf("… (%d bytes)", len(b))
}
