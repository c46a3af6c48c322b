package api

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Trace is one try of a call as it went over the wire, secrets masked. Its
// texts come from outside and are not fit for a terminal as they are.
type Trace struct {
	Sent     string // request line, headers, body
	Received string // status, headers, body; empty when there is no answer
	Err      error  // why there is none
	Took     time.Duration
}

const (
	masked    = "***"
	shownBody = 16 << 10
)

// Names of secrets, in queries and in JSON. A ticket of a QR code is none, but
// it is called like those that are.
const secretNames = `access_token|stable_token|refresh_token|component_access_token|authorizer_access_token|` +
	`authorizer_refresh_token|component_verify_ticket|secret|appsecret|session_key|js_code|ticket`

// Compiled when first needed: most calls go well, and start-up is dear.
var (
	secretInJSON = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`("(?:` + secretNames + `)"\s*:\s*")(?:[^"\\]|\\.)*`)
	})
	secretInText = sync.OnceValue(func() *regexp.Regexp { // JSON within a string of JSON
		return regexp.MustCompile(`(\\"(?:` + secretNames + `)\\"\s*:\s*\\")[^"\\]*`)
	})
	secretInQuery = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\b((?:` + secretNames + `)=)[^&\s"\\]*`)
	})
)

// remember adds a value to those that are masked wherever they stand.
func (c *Client) remember(value string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if value != "" && !slices.Contains(c.seen, value) {
		c.seen = append(c.seen, value)
	}
}

// scrub masks the secrets in text: those that are known by their value, and
// those that are called so.
func (c *Client) scrub(text string) string {
	c.mu.Lock()
	known := slices.Clone(c.seen)
	c.mu.Unlock()
	for _, secret := range append(known, c.o.Secret) {
		if len(secret) > 3 {
			text = strings.ReplaceAll(text, secret, masked)
		}
	}
	for _, pattern := range []func() *regexp.Regexp{secretInJSON, secretInText, secretInQuery} {
		text = pattern().ReplaceAllString(text, "${1}"+masked)
	}
	return text
}

func (c *Client) trace(req *http.Request, body []byte, resp *Response, err error, took time.Duration) {
	if c.o.Trace == nil {
		return
	}
	seen := Trace{Err: err, Took: took}
	seen.Sent = c.scrub(fmt.Sprintf("%s %s HTTP/1.1\nHost: %s\n%s\n%s",
		req.Method, req.URL.RequestURI(), req.URL.Host, headerText(req.Header), c.bodyText(body)))
	if resp != nil {
		seen.Received = c.scrub(fmt.Sprintf("%d %s\n%s\n%s",
			resp.Status, http.StatusText(resp.Status), headerText(resp.Header), c.bodyText(resp.Body)))
	}
	c.o.Trace(seen)
}

func headerText(h http.Header) string {
	var lines []string
	for name, values := range h {
		for _, v := range values {
			if name == "Set-Cookie" || name == "Cookie" || name == "Authorization" {
				v = masked
			}
			lines = append(lines, name+": "+v+"\n")
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// bodyText is a body for people: a file is told, not shown. Secrets are masked
// before it is cut, or the cut could leave half of one.
func (c *Client) bodyText(b []byte) string {
	if !utf8.Valid(b) {
		return fmt.Sprintf("(%d bytes that are no text)", len(b))
	}
	if len(b) <= shownBody {
		return string(b)
	}
	head := c.scrub(string(b[:min(len(b), 2*shownBody)]))
	return strings.ToValidUTF8(head[:min(len(head), shownBody)], "") + fmt.Sprintf("… (%d bytes)", len(b))
}
