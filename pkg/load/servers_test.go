package load_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/load"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/reply"
)

// seen is a server that counts how often each message came, by what tells
// messages apart, and calls f with that number, from 1.
type seen struct {
	t testing.TB
	f func(w http.ResponseWriter, r *http.Request, in *message.Message, n int)

	mu     sync.Mutex
	times  map[string]int
	bodies map[string]string // of the first delivery
}

func (s *seen) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	in, err := message.Parse(body)
	if err != nil {
		s.t.Error(err)
		return
	}
	s.mu.Lock()
	if s.times == nil {
		s.times, s.bodies = map[string]int{}, map[string]string{}
	}
	key, all := in.DedupKey(), r.URL.RawQuery+string(body)
	s.times[key]++
	n := s.times[key]
	if first, ok := s.bodies[key]; ok && first != all {
		s.t.Errorf("delivered again otherwise: %s after %s", all, first)
	}
	s.bodies[key] = all
	s.mu.Unlock()
	s.f(w, r, in, n)
}

func (s *seen) deliveries() (messages, deliveries int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.times {
		deliveries += n
	}
	return len(s.times), deliveries
}

func say(w io.Writer, in *message.Message, text string) {
	b, err := reply.Text(in, time.Now(), text).Append(nil)
	if err != nil {
		panic(err)
	}
	_, _ = w.Write(b)
}

// gone returns when the client is.
func gone(r *http.Request) { <-r.Context().Done() }

// short is a plan whose deliveries are cut off soon.
func short(t testing.TB, h http.Handler) *load.Plan {
	p := plan(t, h)
	p.Timeout, p.Count = 150*time.Millisecond, 8
	return p
}

// TestRedelivered: a message that is not answered in time comes again, byte for
// byte, and its latency counts from when it was due.
func TestRedelivered(t *testing.T) {
	server := &seen{t: t, f: func(w http.ResponseWriter, r *http.Request, in *message.Message, n int) {
		if n == 1 {
			gone(r)
			return
		}
		say(w, in, "hello")
	}}
	for _, keep := range []bool{false, true} {
		p := short(t, server)
		p.KeepAlive = keep
		before, all := server.deliveries()
		res := run(t, p)
		messages, deliveries := server.deliveries()
		if messages-before != 8 || deliveries-all < 16 {
			t.Errorf("%d messages in %d deliveries", messages-before, deliveries-all)
		}
		if int(res.Redelivered) != deliveries-all-8 || res.Errors[load.ErrTimeout] < 8 {
			t.Errorf("%d redelivered, errors %v", res.Redelivered, res.Errors)
		}
		if res.Answered == 8 && (res.Faults != 0 || res.Latency.Percentile(0) < p.Timeout) {
			t.Errorf("%d faults, the quickest answer in %v", res.Faults, res.Latency.Percentile(0))
		}
	}
}

// TestFaults: a message that is never answered is delivered three times, and its
// user sees the fault line; nobody looks when an unwatched event comes.
func TestFaults(t *testing.T) {
	for mix, faults := range map[string]int64{"text": 8, "unsubscribe": 0} {
		server := &seen{t: t, f: func(_ http.ResponseWriter, r *http.Request, _ *message.Message, _ int) { gone(r) }}
		p := short(t, server)
		p.Source = source(t, load.Options{Mix: mixOf(t, mix)})
		p.Connections = 8
		p.Check = 0 // what is not accepted is judged all the same
		res := run(t, p)
		if res.Faults != faults || res.Redelivered != 16 || res.Answered != 0 || res.Latency.Count() != 0 || res.Errors[load.ErrTimeout] != 24 {
			t.Errorf("%s: %+v", mix, res)
		}
	}
}

// TestErrors: what is wrong with deliveries is told apart.
func TestErrors(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); w.WriteHeader(code) }
	}
	raw := func(f func(c *net.TCPConn)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			c, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			f(c.(*net.TCPConn))
		}
	}
	for want, h := range map[load.Class]http.HandlerFunc{
		load.ErrStatus5xx: status(500), load.ErrStatus4xx: status(403), load.ErrStatus3xx: status(302), load.ErrStatus2xx: status(202), load.ErrStatus: status(600),
		load.ErrReset:     raw(func(c *net.TCPConn) { c.SetLinger(0) }),
		load.ErrClosed:    raw(func(*net.TCPConn) {}),
		load.ErrMalformed: raw(func(c *net.TCPConn) { io.WriteString(c, "SSH-2.0\r\n") }),
		load.ErrShort:     raw(func(c *net.TCPConn) { io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab") }),
		load.ErrTooLarge:  func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("a", 2<<20)) },
		load.ErrTimeout: func(w http.ResponseWriter, r *http.Request) { // a slow body
			io.Copy(io.Discard, r.Body)
			io.WriteString(w, "<xml>")
			w.(http.Flusher).Flush()
			gone(r)
		},
	} {
		for _, keep := range []bool{false, true} {
			p := plan(t, h)
			p.Count, p.KeepAlive = 8, keep
			if want == load.ErrTimeout {
				p.Timeout = 100 * time.Millisecond
			}
			faults := int64(8)
			if want == load.ErrStatus2xx { // which WeChat may take for an answer
				faults = 0
			}
			res := run(t, p)
			if len(res.Errors) != 1 || res.Errors[want] != 24 || res.Sent != 8 || res.Answered != 0 || res.Faults != faults {
				t.Errorf("%s keep %t: %+v", want, keep, res)
			}
			if res.Series[0].Errors == 0 && res.Series[len(res.Series)-1].Errors == 0 {
				t.Errorf("%s: no second has them", want)
			}
		}
	}
}

// TestRefused: nobody listens.
func TestRefused(t *testing.T) {
	p := planTo(t, "http://"+nobody(t), load.Options{})
	p.Count = 4
	if res := run(t, p); res.Errors[load.ErrRefused] != 12 || res.Faults != 4 {
		t.Errorf("%+v", res)
	}
}

// TestLocal: what this machine has run out of is not the server's fault, and what
// was not sent is not green.
func TestLocal(t *testing.T) {
	for _, out := range []error{syscall.EMFILE, syscall.EADDRNOTAVAIL} {
		p := planTo(t, "http://127.0.0.1:1/", load.Options{})
		p.Pusher.Sender.Dial = func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("socket", out)}
		}
		p.Count = 4
		res := run(t, p)
		if res.Errors[load.ErrLocal] != 4 || res.Local != 4 || res.Faults != 0 || res.Redelivered != 0 || len(res.Findings) != 0 || res.Withheld() != load.WithheldLocal {
			t.Errorf("%v: %+v", out, res)
		}
		for limit, want := range map[string]load.Verdict{"faults>0": load.Unknown, "errors>0": load.Broken, "p99>1s": load.Unknown} {
			l, err := load.ParseLimit(limit)
			if _, v := l.Judge(res); err != nil || v != want {
				t.Errorf("%s: %s, %v", limit, v, err)
			}
		}
	}
}

// TestClosesAtRandom: a server that ends kept connections as it likes is no
// error.
func TestClosesAtRandom(t *testing.T) {
	var n atomic.Int64
	p := plan(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if n.Add(1)%3 > 0 {
			return
		}
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") // and closed, which it did not say
	}))
	p.KeepAlive, p.Count = true, 300
	if res := run(t, p); res.Answered != 300 || len(res.Errors) > 0 || res.Redelivered != 0 {
		t.Errorf("%+v", res)
	}
}

// TestAnsweredTwice: a server that handles a delivery again says something else
// the second time, be the first answer too late or not. One that says the same,
// or nothing, is right.
func TestAnsweredTwice(t *testing.T) {
	for name, c := range map[string]struct {
		says  func(w io.Writer, in *message.Message, n int)
		twice int64
	}{
		"otherwise": {func(w io.Writer, in *message.Message, n int) { say(w, in, "answer "+string(rune('0'+n))) }, 8},
		"the same":  {func(w io.Writer, in *message.Message, _ int) { say(w, in, "answer") }, 0},
		"then nothing": {func(w io.Writer, in *message.Message, n int) {
			if n == 1 {
				say(w, in, "answer")
			}
		}, 0},
	} {
		server := &seen{t: t, f: func(w http.ResponseWriter, r *http.Request, in *message.Message, n int) {
			if n == 1 {
				gone(r) // it comes too late, and is heard all the same
			}
			c.says(w, in, n)
		}}
		res := run(t, short(t, server))
		if res.Answered == 8 && res.AnsweredTwice != c.twice {
			t.Errorf("%s: %d answered twice: %+v", name, res.AnsweredTwice, res)
		}
	}
}

// TestFindings: each kind is counted, and shown by the first that had it.
func TestFindings(t *testing.T) {
	server := &seen{t: t, f: func(w http.ResponseWriter, _ *http.Request, in *message.Message, _ int) {
		say(w, in, "") // which WeChat refuses
	}}
	for _, keep := range []bool{false, true} {
		p := plan(t, server)
		p.KeepAlive = keep
		res := run(t, p)
		if len(res.Findings) != 1 || res.Findings[0].N != 100 || res.Faults != 100 || res.Answered != 100 {
			t.Fatalf("%+v", res)
		}
		f := res.Findings[0].Finding
		if f.Exchange == nil || !strings.HasPrefix(string(f.Exchange.Sent), "POST / ") && !strings.HasPrefix(string(f.Exchange.Sent), "POST /?") ||
			!strings.Contains(string(f.Exchange.Received), "<Content><![CDATA[]]>") || !strings.Contains(f.Exchange.Replay, "openid=") {
			t.Errorf("%s %s: %+v", f.ID, f.Variant, f.Exchange)
		}
		in, err := message.Parse(f.Exchange.Sent[strings.Index(string(f.Exchange.Sent), "<xml>"):])
		if err != nil || !strings.Contains(string(f.Exchange.Received), in.Get("FromUserName")) {
			t.Errorf("the answer is that to another message: %v", err)
		}
	}
}

// TestSamples: Check is the share that is judged.
func TestSamples(t *testing.T) {
	for check, judged := range map[float64]int64{0: 0, 0.1: 9, 0.5: 49, 1: 100} {
		p := plan(t, strict(t))
		p.Check = check
		if res := run(t, p); res.Checked < judged || res.Checked > judged+2 {
			t.Errorf("%v: %d of %d were judged", check, res.Checked, res.Sent)
		}
	}
}
