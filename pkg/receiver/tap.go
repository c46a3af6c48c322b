package receiver

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/wire"
)

// net/http sorts headers into a map, in a spelling of its own. To pass a
// request on as it was written, its first bytes are kept as they come in.

// tapListener returns connections that remember their first bytes.
type tapListener struct{ net.Listener }

func (l tapListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &tapConn{Conn: c}, nil
}

type tapConn struct {
	net.Conn

	mu    sync.Mutex
	first []byte
}

func (c *tapConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	room := wire.MaxHead - len(c.first)
	c.first = append(c.first, b[:max(0, min(n, room))]...)
	return n, err
}

// head returns the lines of the request's head. A connection that is tapped
// carries one request only.
func (c *tapConn) head() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	// net/http skips line breaks before a request, as the standard requires.
	text := strings.TrimLeft(string(c.first), "\r\n")
	var lines []string
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		if line = strings.TrimSuffix(line, "\r"); line == "" {
			break
		}
		lines = append(lines, line)
		text = rest
	}
	return lines
}

type tapKey struct{}

// keepConn is an http.Server's ConnContext.
func keepConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, tapKey{}, c)
}

// headerOf returns the header of a request in its order and spelling.
func headerOf(req *http.Request) []wire.Field {
	c, ok := req.Context().Value(tapKey{}).(*tapConn)
	if !ok {
		return nil
	}
	var fields []wire.Field
	for i, line := range c.head() {
		switch {
		case i == 0: // the request line
		case line[0] == ' ' || line[0] == '\t': // a folded line, as old clients write it
			if n := len(fields); n > 0 {
				fields[n-1].Value += " " + strings.Trim(line, " \t")
			}
		default:
			name, value, _ := strings.Cut(line, ":")
			fields = append(fields, wire.Field{Name: name, Value: strings.Trim(value, " \t")})
		}
	}
	return fields
}

// hopByHop are the headers that are about one connection, not about the
// message on it.
var hopByHop = lazy.Value[map[string]bool]{Make: func() map[string]bool {
	return map[string]bool{
		"connection": true, "keep-alive": true, "proxy-connection": true, "proxy-authorization": true,
		"te": true, "trailer": true, "upgrade": true, "expect": true,
	}
}}

// endToEnd returns the fields that are passed on, untouched. It leaves out
// those that a proxy sets itself: about connections that stay open, and about a
// chunked body, which was read whole. "Connection: close" is true for both
// sides.
func endToEnd(fields []wire.Field, req *http.Request, size int) []wire.Field {
	named := map[string]bool{}
	for _, f := range fields {
		if strings.EqualFold(f.Name, "Connection") {
			for token := range strings.SplitSeq(f.Value, ",") {
				named[strings.ToLower(strings.Trim(token, " \t"))] = true
			}
		}
	}
	chunked := len(req.TransferEncoding) > 0
	var out []wire.Field
	for _, f := range fields {
		name := strings.ToLower(f.Name)
		switch {
		case name == "connection" && strings.EqualFold(f.Value, "close"):
			out = append(out, f)
		case name == "transfer-encoding" && chunked:
			out = append(out, wire.Field{Name: "Content-Length", Value: strconv.Itoa(size)})
		case hopByHop.Get()[name], name == "transfer-encoding", name == "content-length" && chunked:
		case named[name] && name != "host" && name != "content-length" && name != "close":
		default:
			out = append(out, f)
		}
	}
	return out
}

// answerBytes are the bytes of an answer as they go to the client: those that
// came, but for interim answers before it and for what is said about keeping
// the connection, which is closed.
func answerBytes(ex *wire.Exchange, http11 bool) []byte {
	head, rest := wire.SplitHead(ex.Received)
	out := make([]byte, 0, len(ex.Received)+len("Connection: close\r\n"))
	drop := false
	for line := range bytes.Lines(head) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		folded := len(line) > 0 && (line[0] == ' ' || line[0] == '\t')
		if !folded {
			drop = isConnectionLine(string(name), strings.TrimSpace(string(value)))
		}
		if !drop {
			out = append(out, line...)
		}
	}
	if http11 && !strings.EqualFold(ex.Response.Get("Connection"), "close") {
		out = append(out, "Connection: close\r\n"...)
	}
	return append(out, rest...)
}

func isConnectionLine(name, value string) bool {
	switch strings.ToLower(name) {
	case "connection":
		return !strings.EqualFold(value, "close")
	case "keep-alive", "proxy-connection":
		return true
	}
	return false
}
