// Package wire sends what WeChat sends to a server, byte for byte, and
// records what happened.
//
// Build a [Request] with [NewRequest] from a URL that [JoinQuery] has given
// WeChat's parameters ([VerificationParams], [PushParams]), deliver it with [Sender.Do], and read the [Exchange]:
// the addresses and times, the bytes in both directions, the [Response] as a
// client of that HTTP version takes it, how the body ended, or the [Error].
//
// The default is what WeChat's own client does: HTTP/1.0, `User-Agent:
// Mozilla/4.0`, no Connection header, a new connection for each request, 5
// seconds for all of it, no redirect followed. Variants (HTTP/1.1, another
// agent, one address family) are fields of the same types.
//
// Everything that comes back is hostile: at most [MaxBytes] are read, the
// deadline ends slow and endless answers, and nothing is decoded that was not
// asked for. The protocol facts are from access logs and
// https://developers.weixin.qq.com/doc/oplatform/developers/dev/push .
//
// # Compatibility
//
// The README says what a release may change. What is sent by default follows
// WeChat, byte for byte, and changes when WeChat's client does. Programs tell
// failures apart by the fields of [Error], not by its text.
package wire

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/wxdev/wxdev/pkg/finding"
)

// Limits of one exchange.
const (
	DefaultTimeout = 5 * time.Second // WeChat cuts the connection then
	MaxBytes       = 1 << 20         // of head and body together
	MaxHead        = 64 << 10        // of the status line and headers
)

// Field is one header line.
type Field struct{ Name, Value string }

// Request is one HTTP request, to be written as it is here.
type Request struct {
	Method string
	URL    string  // absolute, http or https
	Proto  string  // "HTTP/1.0" or "HTTP/1.1"
	Header []Field // in order; Host and Content-Length among them
	Body   []byte

	// Cuts are places in Body at which what goes over the wire is cut: each piece
	// is written by itself, and sent a moment after the one before it.
	Cuts []int
}

// NewRequest returns the request as WeChat writes it: GET to verify the
// server, POST with a body to push a message. The URL must be absolute; see
// [CheckURL].
func NewRequest(method, rawURL string, body []byte) *Request {
	r := &Request{Method: method, URL: rawURL, Proto: "HTTP/1.0", Body: body}
	r.Header = append(make([]Field, 0, 6),
		Field{"User-Agent", "Mozilla/4.0"},
		Field{"Accept", "*/*"},
		Field{"Host", r.host()},
		Field{"Pragma", "no-cache"})
	if method == "POST" {
		r.Header = append(r.Header,
			Field{"Content-Length", strconv.Itoa(len(body))},
			Field{"Content-Type", "text/xml"})
	}
	return r
}

// With returns a copy of r with the header field set, in its place if r has
// one of that name, else at the end.
func (r *Request) With(name, value string) *Request {
	c := *r
	c.Header = slices.Clone(r.Header)
	c.Set(name, value)
	return &c
}

// Set sets a header field, in its place if r has one of that name, else at the
// end.
func (r *Request) Set(name, value string) {
	for i, f := range r.Header {
		if strings.EqualFold(f.Name, name) {
			r.Header[i].Value = value
			return
		}
	}
	r.Header = append(r.Header, Field{name, value})
}

// Get returns the first header field of that name, or "".
func (r *Request) Get(name string) string { return get(r.Header, name) }

func get(header []Field, name string) string {
	for _, f := range header {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// HTTP11 returns a copy of r that is sent as HTTP/1.1, asking the server to
// close the connection.
func (r *Request) HTTP11() *Request {
	c := r.With("Connection", "close")
	c.Proto = "HTTP/1.1"
	return c
}

// Bytes returns what goes over the wire.
func (r *Request) Bytes() []byte { return r.Append(make([]byte, 0, 512+len(r.Body))) }

// Append appends what goes over the wire.
func (r *Request) Append(b []byte) []byte {
	b = append(append(b, r.Method...), ' ')
	b = append(append(b, r.target()...), ' ')
	b = append(append(b, r.Proto...), "\r\n"...)
	for _, f := range r.Header {
		b = append(append(b, f.Name...), ": "...)
		b = append(append(b, f.Value...), "\r\n"...)
	}
	b = append(b, "\r\n"...)
	return append(b, r.Body...)
}

// Line returns the request line, for a report.
func (r *Request) Line() string { return r.Method + " " + r.target() + " " + r.Proto }

// Curl returns a shell command that sends the request. Of a body that a terminal
// would act on, or that no argument can hold, printf writes the bytes, so that
// any shell sends them.
func (r *Request) Curl() string {
	words := []string{"curl", "-i"}
	if strings.Contains(r.target(), "/.") {
		words = append(words, "--path-as-is") // else curl follows the dots by itself
	}
	if strings.ContainsAny(r.target(), "[]{}") {
		words = append(words, "-g") // else curl takes these for patterns
	}
	if r.Proto == "HTTP/1.0" {
		words = append(words, "-0")
	}
	for _, f := range r.Header {
		switch f.Name {
		case "Host", "Content-Length", "Connection":
			continue // curl writes these itself, from the URL, the body and its own habits
		case "User-Agent":
			words = append(words, "-A", ShellQuote(f.Value))
		default:
			words = append(words, "-H", ShellQuote(f.Name+": "+f.Value))
		}
	}
	switch {
	case r.Method != "POST":
	case unprintable(string(r.Body)):
		words = append([]string{"printf", printfFormat(r.Body), "|"}, append(words, "--data-binary", "@-")...)
	default:
		words = append(words, "--data-raw", ShellQuote(string(r.Body)))
	}
	return strings.Join(append(words, ShellQuote(r.URL)), " ")
}

// unprintable reports whether a terminal would act on s.
func unprintable(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) })
}

// printfFormat is the argument from which printf makes the bytes.
func printfFormat(body []byte) string {
	var b strings.Builder
	b.WriteByte('\'')
	for len(body) > 0 {
		r, n := utf8.DecodeRune(body)
		switch {
		case r == '%':
			b.WriteString("%%")
		case r == '\\' || r == '\'' || r == utf8.RuneError && n <= 1 || r != '\n' && !unicode.IsPrint(r):
			for _, c := range body[:n] {
				fmt.Fprintf(&b, "\\%03o", c)
			}
		default:
			b.Write(body[:n])
		}
		body = body[n:]
	}
	b.WriteByte('\'')
	return b.String()
}

// ShellQuote quotes a word for a shell. Bytes that a terminal would act on are
// written as escapes, in the form that bash and zsh know.
func ShellQuote(s string) string {
	if unprintable(s) {
		return shellEscapes(s, "\n")
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// ShellLine is ShellQuote for a word that has to stay on one line, as in a
// comment.
func ShellLine(s string) string {
	if strings.Contains(s, "\n") {
		return shellEscapes(s, "")
	}
	return ShellQuote(s)
}

// shellEscapes quotes with escapes whatever is not printable, but for plain.
func shellEscapes(s, plain string) string {
	var b strings.Builder
	b.WriteString("$'")
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == '\'' || r == '\\':
			b.WriteString("\\" + s[:n])
		case r == utf8.RuneError && n <= 1 || s[:n] != plain && !unicode.IsPrint(r):
			for i := range n {
				fmt.Fprintf(&b, "\\x%02x", s[i])
			}
		default:
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String() + "'"
}

// host is what comes between "://" and the path.
func (r *Request) host() string {
	host, _ := splitURL(r.URL)
	return host
}

// target is the path and query as written in the URL.
func (r *Request) target() string {
	_, target := splitURL(r.URL)
	return target
}

func splitURL(rawURL string) (host, target string) {
	_, rest, _ := strings.Cut(rawURL, "://")
	rest, _, _ = strings.Cut(rest, "#")
	i := strings.IndexAny(rest, "/?")
	if i < 0 {
		return rest, "/"
	}
	host, target = rest[:i], rest[i:]
	if target[0] == '?' {
		target = "/" + target
	}
	return host, target
}

// JoinQuery appends WeChat's parameters, in the order given, to a server URL
// that may have a query of its own, which stays as it is. Names and values
// are percent-encoded once.
func JoinQuery(rawURL string, params ...[2]string) string {
	rawURL, _, _ = strings.Cut(rawURL, "#")
	var b strings.Builder
	size := len(rawURL)
	for _, p := range params {
		size += len(p[0]) + len(p[1]) + 2
	}
	b.Grow(size)
	for i := range len(rawURL) {
		if c := rawURL[i]; c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	if len(params) == 0 {
		return b.String()
	}
	switch {
	case !strings.Contains(rawURL, "?"):
		b.WriteByte('?')
	case !strings.HasSuffix(rawURL, "?") && !strings.HasSuffix(rawURL, "&"):
		b.WriteByte('&')
	}
	for i, p := range params {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(escapeQuery(p[0]))
		b.WriteByte('=')
		b.WriteString(escapeQuery(p[1]))
	}
	return b.String()
}

func escapeQuery(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

// Times are how long each step took; zero for a step that was not taken.
type Times struct {
	DNS       time.Duration
	Connect   time.Duration
	TLS       time.Duration
	FirstByte time.Duration // from the request being written to the first byte of the answer
	Total     time.Duration // of the whole exchange
}

// End says how the answer ended.
type End int

// The ends there are.
const (
	EndNone     End = iota // there was no answer
	EndLength              // all bytes that Content-Length, or the last chunk, promised
	EndEOF                 // the server closed the connection, as HTTP/1.0 does
	EndShort               // the connection ended before all promised bytes came
	EndTimeout             // the deadline ended it
	EndReset               // the connection broke, with no bytes known to be missing
	EndLimit               // there was more than [MaxBytes]
	EndCanceled            // the caller's context ended it
)

// Exchange records one request and what came of it.
type Exchange struct {
	Request   *Request
	Addresses []netip.Addr // what the host name resolved to, IPv4 first
	Address   string       // the one connected to, with its port
	Times     Times
	TLS       string              // "TLS 1.3", empty without
	Certs     []*x509.Certificate // what the server showed
	Sent      []byte
	Received  []byte
	Response  *Response // nil when nothing came that has the form of an HTTP response
	End       End
	Err       error // an [*Error] when there is no Response, else nil
}

// Failure is the class of what left the exchange without a Response, or 0.
func (ex *Exchange) Failure() Kind {
	if e := ex.failure(); e != nil {
		return e.Kind
	}
	return 0
}

// TLSProblems is all that is wrong with the server's TLS, when Failure is
// [TLSFault].
func (ex *Exchange) TLSProblems() []TLSProblem {
	if e := ex.failure(); e != nil {
		return e.TLS
	}
	return nil
}

func (ex *Exchange) failure() *Error {
	var e *Error
	errors.As(ex.Err, &e)
	return e
}

// Complete reports whether the whole answer came. A connection that breaks
// after a body without a length may have lost nothing.
func (ex *Exchange) Complete() bool {
	return ex.End == EndLength || ex.End == EndEOF || ex.End == EndReset
}

// Evidence is the exchange as a finding shows it.
func (ex *Exchange) Evidence() *finding.Exchange {
	e := &finding.Exchange{Sent: ex.Sent, Received: ex.Received, Took: ex.Times.Total}
	if ex.Request != nil {
		e.Replay = ex.Request.Curl()
	}
	return e
}

// Echoes reports whether the answer is what WeChat wants of a verification:
// the echostr alone, complete, with status 200.
func (ex *Exchange) Echoes(echostr string) bool {
	r := ex.Response
	return r != nil && r.Status == 200 && string(r.Body) == echostr && ex.Complete() && r.Coding() == ""
}

// Response is an HTTP response as a client of the request's version takes it.
type Response struct {
	Proto   string
	Status  int
	Reason  string
	Header  []Field
	Body    []byte // an HTTP/1.0 client takes the chunk framing for a part of it
	Chunked bool
	Decoded []byte // Body with the chunk framing removed; the same as Body without
}

// Get returns the first header field with the name, in any case.
func (r *Response) Get(name string) string { return get(r.Header, name) }

// Coding is what the body was compressed with, or "".
func (r *Response) Coding() string {
	if coding := r.Get("Content-Encoding"); !strings.EqualFold(coding, "identity") {
		return coding
	}
	return ""
}

// StatusText is the status and reason, such as "404 Not Found".
func (r *Response) StatusText() string {
	return strings.TrimSpace(strconv.Itoa(r.Status) + " " + r.Reason)
}

// StatusFact is the status as a fact of a finding.
func (r *Response) StatusFact() finding.Status {
	return finding.Status{Code: r.Status, Reason: r.Reason}
}

// Kind is a class of failure.
type Kind int

// The failures that leave an exchange without a response.
const (
	DNS      Kind = iota + 1 // the name has no address
	Refused                  // nothing listens on that port
	NoRoute                  // no way to that address
	Dial                     // not connected in time, or for another reason
	TLSFault                 // see [Exchange.TLSProblems]
	Closed                   // closed without a byte
	Reset                    // broken off without a byte
	Timeout                  // the deadline came before the head was complete
	NotHTTP                  // what came is not HTTP/1
	BadHead                  // a head that is malformed or larger than [MaxHead]
	Canceled                 // the caller's context ended
)

// Error says why there is no response.
type Error struct {
	Kind Kind
	TLS  []TLSProblem // all that is wrong, when Kind is TLSFault
	Err  error
}

func (e *Error) Error() string {
	if len(e.TLS) > 0 {
		return e.In(finding.English)
	}
	return e.Err.Error()
}

// In implements [finding.Fact].
func (e *Error) In(lang finding.Lang) string {
	if len(e.TLS) == 0 {
		return finding.ErrorIn(lang, e.Err)
	}
	var s []string
	for _, p := range e.TLS {
		s = append(s, p.In(lang))
	}
	if lang == finding.Chinese {
		return strings.Join(s, "；")
	}
	return strings.Join(s, "; ")
}

// Redact implements what [finding.Redact] asks of a fact that cuts texts.
func (e *Error) Redact(hide func(string) string) finding.Fact {
	if len(e.TLS) == 0 {
		return finding.Redact(finding.Failure(e.Err), hide)
	}
	c := *e
	c.TLS = make([]TLSProblem, len(e.TLS))
	for i, p := range e.TLS {
		c.TLS[i] = TLSProblem{p.Kind, p.Facts.Redact(hide)}
	}
	return &c
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
