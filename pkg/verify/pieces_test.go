package verify_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/verify"
)

// paced makes a sender wait before a further piece of a request until the server
// has taken the ones before it: no clock decides what a server finds.
type paced struct {
	mu    sync.Mutex
	taken map[string]chan struct{} // by the client's address
}

func (p *paced) of(address string) chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken == nil {
		p.taken = map[string]chan struct{}{}
	}
	if p.taken[address] == nil {
		p.taken[address] = make(chan struct{}, 64)
	}
	return p.taken[address]
}

func (p *paced) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &pacedConn{Conn: conn, taken: p.of(conn.LocalAddr().String())}, nil
}

type pacedConn struct {
	net.Conn
	taken  chan struct{}
	writes int
}

func (c *pacedConn) Write(b []byte) (int, error) {
	if c.writes++; c.writes > 1 {
		select {
		case <-c.taken:
		case <-time.After(4 * time.Second): // the server answered without reading
		}
	}
	return c.Conn.Write(b)
}

// reading is a server that gets its body from read.
func (p *paced) reading(h http.Handler, read func(next func() ([]byte, error)) ([]byte, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		taken, buf := p.of(r.RemoteAddr), make([]byte, 1<<20)
		body, err := read(func() ([]byte, error) {
			n, err := r.Body.Read(buf)
			select {
			case taken <- struct{}{}:
			default:
			}
			return slices.Clone(buf[:n]), err
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		h.ServeHTTP(w, r)
	})
}

// piecewise reads all pieces, each as decode has it.
func piecewise(decode func([]byte) ([]byte, error)) func(func() ([]byte, error)) ([]byte, error) {
	return func(next func() ([]byte, error)) ([]byte, error) {
		var body []byte
		for {
			piece, err := next()
			text, bad := decode(piece)
			if body = append(body, text...); bad != nil {
				return nil, bad
			}
			if errors.Is(err, io.EOF) {
				return body, nil
			}
			if err != nil {
				return nil, err
			}
		}
	}
}

func firstOnly(next func() ([]byte, error)) ([]byte, error) {
	piece, err := next()
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return piece, err
}

// TestPieces: a body that arrives in two pieces is read as one that does not.
func TestPieces(t *testing.T) {
	asItCame := func(piece []byte) ([]byte, error) { return piece, nil }
	lossy := func(piece []byte) ([]byte, error) { return bytes.ToValidUTF8(piece, []byte("\ufffd")), nil }
	dropping := func(piece []byte) ([]byte, error) { return bytes.ToValidUTF8(piece, nil), nil }
	strict := func(piece []byte) ([]byte, error) {
		if !utf8.Valid(piece) {
			return nil, errors.New("invalid start byte")
		}
		return piece, nil
	}
	hello := func(in *message.Message) string { return xmlReply(reply.Text(in, time.Now(), "hello")) }
	mute := func(*message.Message) string { return "success" }
	type bots = func(codec *msgcrypt.Codec) http.Handler
	for name, c := range map[string]struct {
		want string
		mode string
		bot  bots
		read func(func() ([]byte, error)) ([]byte, error)
	}{
		"as it came":              {"", "plain", plainBot(bot{}), piecewise(asItCame)},
		"as it came, safe":        {"", "safe", safeBot(bot{}), piecewise(asItCame)},
		"as it came, compat":      {"", "compat", plainBot(bot{}), piecewise(asItCame)},
		"each by itself":          {"M33 decoded", "plain", plainBot(bot{}), piecewise(lossy)},
		"each by itself, compat":  {"M33 decoded", "compat", plainBot(bot{}), piecewise(lossy)},
		"each by itself, safe":    {"", "safe", safeBot(bot{}), piecewise(lossy)}, // there it is all ASCII
		"each, what is no text":   {"M33 decoded", "plain", plainBot(bot{}), piecewise(dropping)},
		"each, strictly":          {"M33 decoded-fails", "plain", plainBot(bot{}), piecewise(strict)},
		"each, strictly, hello":   {"M33 decoded-fails", "plain", plainBot(bot{answer: hello}), piecewise(strict)},
		"each, strictly, success": {"M33 decoded-fails", "plain", plainBot(bot{answer: mute}), piecewise(strict)},
		"the first":               {"M33 first-piece-fails", "plain", plainBot(bot{}), firstOnly},
		"the first, hello":        {"M33 first-piece-fails", "plain", plainBot(bot{answer: hello}), firstOnly},
		"the first, safe":         {"M33 first-piece-fails", "safe", safeBot(bot{}), firstOnly},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &paced{}
			o := messageOptions(t, handler(p.reading(c.bot(newCodec(t, appID)), c.read))(t), c.mode)
			o.Only, o.Sender.Dial = []string{"M33"}, p.dial
			r := run(t, o)
			got := serious(r)
			if c.want == "" && len(got) > 0 || c.want != "" && !slices.Equal(got, []string{c.want}) {
				t.Errorf("found %q, want %q", got, c.want)
			}
			describable(t, r)
			inChinese(t, r)
			i := slices.IndexFunc(r.Checks, func(k verify.Check) bool { return k.Name == verify.Pieces })
			if k := r.Checks[i]; k.Outcome == verify.Skipped && k.Reason != verify.Silent {
				t.Errorf("%s: %s", k.Outcome, k.Reason)
			}
		})
	}
}
