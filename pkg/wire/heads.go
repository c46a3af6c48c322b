package wire

import (
	"bytes"
	"maps"
	"math"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// head is the head of a response, and what follows from it.
type head struct {
	response Response // without a body
	length   int      // Content-Length, -1 without
	keeps    bool     // the server does not close the connection
}

// heads are heads that were taken apart before, by their bytes: the answers of a
// server to a load have the same few for a second. What is in them is never
// changed. They are for many goroutines; a nil heads keeps none.
type heads struct {
	known atomic.Pointer[map[string]*head]
}

// maxHeads is how many are kept: then it begins anew.
const maxHeads = 32

// read takes a head apart, of which b has all bytes.
func (hs *heads) read(b []byte) (*head, error) {
	if hs == nil {
		return readHead(b)
	}
	known := hs.known.Load()
	if known != nil {
		if h, ok := (*known)[string(b)]; ok {
			return h, nil
		}
	}
	h, err := readHead(b)
	if err != nil {
		return nil, err
	}
	more := map[string]*head{string(b): h}
	if known != nil && len(*known) < maxHeads {
		maps.Copy(more, *known)
	}
	hs.known.Store(&more) // what another has added meanwhile is read again
	return h, nil
}

func readHead(b []byte) (*head, error) {
	r, err := parseHead(trimHead(b))
	if err != nil {
		return nil, err
	}
	h := &head{response: *r}
	if r.Status/100 != 1 {
		if h.length, err = framing(&h.response); err != nil {
			return nil, err
		}
		h.keeps = keeps(r)
	}
	return h, nil
}

// keeps reports whether the server leaves its connection open.
func keeps(r *Response) bool {
	connection := strings.ToLower(r.Get("Connection"))
	if r.Proto == "HTTP/1.1" {
		return !strings.Contains(connection, "close")
	}
	return strings.Contains(connection, "keep-alive")
}

// framing finds out how the body will end.
func framing(r *Response) (length int, err error) {
	r.Chunked = strings.EqualFold(strings.TrimSpace(r.Get("Transfer-Encoding")), "chunked")
	if r.Status == 204 || r.Status == 304 {
		return 0, nil
	}
	v := r.Get("Content-Length")
	if r.Chunked || v == "" {
		return -1, nil
	}
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, "Content-Length") && f.Value != v {
			return 0, finding.Because(reason.ContentLengthTwice)
		}
	}
	n, err := strconv.ParseUint(v, 10, 62)
	if err != nil {
		return 0, finding.Because(reason.ContentLengthMalformed, "value", finding.Quote{Text: v, Limit: 40})
	}
	return int(min(n, math.MaxInt)), nil
}

// headSize is how many bytes the head takes, with the blank line that ends it; 0
// when it is not complete.
func headSize(b []byte) int {
	b = b[:min(len(b), MaxHead+4)]
	crlf, lf := bytes.Index(b, []byte("\n\r\n")), bytes.Index(b, []byte("\n\n"))
	switch {
	case crlf >= 0 && (lf < 0 || crlf < lf):
		return crlf + 3
	case lf >= 0:
		return lf + 2
	}
	return 0
}

// trimHead is a head without its final blank line.
func trimHead(b []byte) string {
	if lines, ok := bytes.CutSuffix(b, []byte("\n\r\n")); ok {
		return strings.TrimSuffix(string(lines), "\r")
	}
	return string(bytes.TrimSuffix(b, []byte("\n\n")))
}

// folded is a line end within a header field, as old servers write them.
var folded = lazy.Regexp(`\n[ \t]+`)

func parseHead(head string) (*Response, error) {
	head = strings.ReplaceAll(head, "\r\n", "\n")
	if strings.Contains(head, "\n ") || strings.Contains(head, "\n\t") {
		head = folded.Get().ReplaceAllString(head, " ")
	}
	lines := strings.Split(head, "\n")
	proto, rest, _ := strings.Cut(lines[0], " ")
	code, phrase, _ := strings.Cut(strings.TrimSpace(rest), " ")
	status, err := strconv.Atoi(code)
	if err != nil || len(code) != 3 || status < 100 {
		return nil, finding.Because(reason.StatusLineMalformed)
	}
	r := &Response{Proto: proto, Status: status, Reason: phrase, Header: make([]Field, 0, len(lines)-1)}
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return nil, finding.Because(reason.HeaderLineMalformed)
		}
		r.Header = append(r.Header, Field{name, strings.Trim(value, " \t")})
	}
	return r, nil
}
