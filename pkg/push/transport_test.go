package push_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

// serve answers every connection by answer, once the request has been read,
// and closes it. It returns the server's address.
func serve(t testing.TB, answer func(c *net.TCPConn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
					_, _ = io.Copy(io.Discard, r.Body)
					answer(c.(*net.TCPConn))
				}
			}()
		}
	}()
	return l.Addr().String()
}

// writes is a server's raw answer.
func writes(bytes string) func(*net.TCPConn) {
	return func(c *net.TCPConn) { _, _ = io.WriteString(c, bytes) }
}

// resets breaks the connection off without an answer.
func resets(c *net.TCPConn) { _ = c.SetLinger(0) }

func resolves(addrs ...string) func(context.Context, string) ([]netip.Addr, error) {
	return func(context.Context, string) ([]netip.Addr, error) {
		var all []netip.Addr
		for _, a := range addrs {
			all = append(all, netip.MustParseAddr(a))
		}
		return all, nil
	}
}

func dialFails(err error) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: err}
	}
}

// pushTo delivers a text message to url once, in plain mode.
func pushTo(t testing.TB, url string, sender wire.Sender) *push.Delivery {
	t.Helper()
	p := &push.Pusher{URL: url, Token: token, Sender: sender, Attempts: 1}
	if p.Sender.Timeout == 0 {
		p.Sender.Timeout = busy.Net
	}
	built, err := p.Build(newMessage(t, "text"))
	if err != nil {
		t.Fatal(err)
	}
	return p.Deliver(t.Context(), built)
}

// evidence is what the catalogue says of the findings, one a line.
func evidence(t testing.TB, d *push.Delivery) string {
	t.Helper()
	var lines []string
	for _, f := range d.Findings {
		entry, ok := catalog.Lookup(f.ID)
		if !ok {
			t.Fatalf("%s is not in the catalogue", f.ID)
		}
		_, text, _ := entry.Describe(finding.English, f.Variant, f.Facts)
		if text == "" || strings.ContainsAny(text, "{}") {
			t.Errorf("%s %s: %q", f.ID, f.Variant, text)
		}
		if f.Exchange == nil || string(f.Exchange.Sent) != string(d.Last().Sent) || string(f.Exchange.Received) != string(d.Last().Received) {
			t.Errorf("%s %s shows %+v", f.ID, f.Variant, f.Exchange)
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}

// TestUnreachable: what keeps a push from an HTTP response, and that the user
// sees the fault line then.
func TestUnreachable(t *testing.T) {
	nobody := busy.Nobody(t)
	plain := httptest.NewServer(says(200, "success"))
	t.Cleanup(plain.Close)
	secure := httptest.NewUnstartedServer(says(200, "success"))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // a refused certificate is logged
	secure.StartTLS()
	t.Cleanup(secure.Close)
	_, securePort, _ := net.SplitHostPort(secure.Listener.Addr().String())
	noSuchHost := func(context.Context, string) ([]netip.Addr, error) {
		return nil, &net.DNSError{Err: "no such host", Name: "wx.example.com"}
	}
	for name, c := range map[string]struct {
		url    string
		sender wire.Sender
		ids    string
		says   string // a part of the evidence
	}{
		"no such name":     {"http://wx.example.com/", wire.Sender{Resolve: noSuchHost}, "V04 dns", "wx.example.com"},
		"no address":       {"http://wx.example.com/", wire.Sender{Resolve: resolves()}, "V04 dns", "no address"},
		"refused":          {"http://" + nobody + "/", wire.Sender{}, "V04 refused", nobody},
		"no route":         {"http://127.0.0.1/", wire.Sender{Dial: dialFails(syscall.EHOSTUNREACH)}, "V04 no-route", "127.0.0.1:80"},
		"not connected":    {"http://127.0.0.1/", wire.Sender{Dial: dialFails(errors.New("i/o timeout"))}, "V04 timeout", "127.0.0.1:80"},
		"self-signed":      {secure.URL, wire.Sender{}, "V13 self-signed", ""},
		"and another name": {"https://wx.example.org:" + securePort, wire.Sender{Resolve: resolves("127.0.0.1")}, "V13 name, V13 self-signed", "wx.example.org"},
		"not TLS":          {strings.Replace(plain.URL, "http", "https", 1), wire.Sender{}, "V13 not-tls", ""},
		"TLS on this port": {"http://" + serve(t, writes("\x15\x03\x01\x00\x02\x02\x46")), wire.Sender{}, "V38 tls-port", "15 03 01"},
		"HTTP/2":           {"http://" + serve(t, writes("\x00\x00\x00\x04\x00\x00\x00\x00\x00")), wire.Sender{}, "V38 http2", "00 00 00 04"},
		"not HTTP":         {"http://" + serve(t, writes("SSH-2.0-OpenSSH_9.6\r\n\x1b[2J")), wire.Sender{}, "V38 garbage", "SSH-2.0-OpenSSH_9.6"},
		"a header cut":     {"http://" + serve(t, writes("HTTP/1.0 200 OK\r\nContent-Ty")), wire.Sender{}, "V38 header", "Content-Ty"},
		"closed":           {"http://" + serve(t, writes("")), wire.Sender{}, "M30 no-answer", "closed without an answer"},
		"reset":            {"http://" + serve(t, resets), wire.Sender{}, "M30 no-answer", "reset"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := pushTo(t, c.url, c.sender)
			if ids(d) != c.ids || d.OK() || d.Canceled {
				t.Errorf("%s: %v", ids(d), d.Last().Err)
			}
			if d.Seen != reply.SeenFault || d.Fault != reply.FaultAccount || d.Reply != nil {
				t.Errorf("seen %s %s, reply %v", d.Seen, d.Fault, d.Reply)
			}
			if text := evidence(t, d); !strings.Contains(text, c.says) || strings.Contains(text, "\x1b") {
				t.Errorf("the evidence is %q", text)
			}
			if found := answer.Unreachable(d.Last()); !strings.HasPrefix(c.ids, "M30") && len(found) != len(d.Findings) {
				t.Errorf("Unreachable says %v", found)
			}
		})
	}
}

// TestStatuses: who answered with another status than 200, and why.
func TestStatuses(t *testing.T) {
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	for name, c := range map[string]struct {
		status int
		header http.Header
		body   string
		ids    string
		says   string
	}{
		"redirected":        {302, header("Location", "https://example.com/login"), "", "M18 post-redirected", "https://example.com/login"},
		"no route":          {404, nil, "nothing here", "V17 post-unrouted", "404 Not Found"},
		"GET only":          {405, header("Allow", "GET, HEAD"), "", "V17 post-unrouted", "(Allow: GET, HEAD)"},
		"not implemented":   {501, nil, "", "V17 post-unrouted", "501"},
		"Laravel's guard":   {419, nil, "<title>Page Expired</title>", "V07 post-guarded", "page expired"},
		"Django's guard":    {403, nil, "<h1>CSRF verification failed.</h1>", "V07 post-guarded", "csrf"},
		"a guard's header":  {400, header("X-Error", "Antiforgery token"), "", "V07 post-guarded", "antiforgery"},
		"a guard's cookie":  {400, header("Set-Cookie", "XSRF-TOKEN=1"), "bad request", "M29 refused", "bad request"},
		"a guard's script":  {403, nil, "<script>var csrf = 1</script><style>.csrf</style><!-- csrf -->no 1 < 2", "M29 refused", "403 Forbidden"},
		"an open script":    {403, nil, "no<script>var csrf = 1", "M29 refused", "403"},
		"an open bracket":   {403, nil, "1 < csrf", "V07 post-guarded", "csrf"},
		"refused":           {401, nil, "who are you", "M29 refused", "who are you"},
		"the proxy's":       {502, nil, "<h1>Bad Gateway</h1>", "V04 gateway", "502 Bad Gateway"},
		"busy":              {503, nil, "", "V04 gateway", "503"},
		"late proxy":        {504, nil, "", "V04 gateway-slow", "504"},
		"nobody behind it":  {521, nil, "error code: 521", "V04 gateway", "521"},
		"no TLS behind it":  {525, nil, "error code: 525", "V04 gateway-tls", "525"},
		"a tunnel's 404":    {404, nil, "Tunnel wx.example.com not found", "V32 offline", "not found"},
		"rate limit":        {429, nil, "Too Many Requests", "V48 refused", "429"},
		"a login page":      {200, nil, `<html><form><input type="password"></form></html>`, "V42 form", "password"},
		"a firewall":        {403, nil, "<html><title>网站防火墙</title></html>", "V10 challenge", "网站防火墙"},
		"a front end":       {200, nil, `<html><script src="/a.js"></script><div id="app"></div></html>`, "V05 front-end", "app"},
		"says it is wrong":  {200, nil, "请求校验失败", "M29 said", "校验失败"},
		"a framework":       {500, nil, "Traceback (most recent call last):\n  File \"a.py\"\nValueError: bad", "M19 framework", "ValueError: bad"},
		"crashed":           {500, nil, "Traceback", "M19 error-status", "Traceback"},
		"loop detected":     {508, nil, "", "M19 error-status", "508"},
		"an escape in it":   {500, nil, "\x1b[2J", "M19 error-status", `\x1B[2J`},
		"a redirect to ESC": {301, header("Location", "/\u202e"), "", "M18 post-redirected", "301"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range c.header {
					w.Header()[k] = v
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			d := deliver(t, h, newMessage(t, "text"), msgcrypt.Plain)
			if ids(d) != c.ids || d.OK() || d.Seen != reply.SeenFault || d.Fault != reply.FaultAccount || d.Reply != nil {
				t.Errorf("%s, seen %s %s, reply %v", ids(d), d.Seen, d.Fault, d.Reply)
			}
			text := evidence(t, d)
			if !strings.Contains(text, c.says) || strings.ContainsAny(text, "\x1b\u202e") {
				t.Errorf("the evidence is %q", text)
			}
			if s := answer.Summary(d.Last()).In(finding.English); !strings.HasPrefix(s, fmt.Sprint(c.status)) || strings.HasSuffix(s, ", empty body") != (c.body == "") {
				t.Errorf("the answer is %q", s)
			}
		})
	}
}

// TestBodies: an answer of status 200 whose body did not come as it should.
func TestBodies(t *testing.T) {
	ok := func(header, body string) func(*net.TCPConn) {
		return writes("HTTP/1.1 200 OK\r\n" + header + "\r\n" + body)
	}
	right := textReply(newMessage(t, "text"))
	chunks := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(right), right)
	other := strings.Replace(right, "ToUserName><![CDATA[o", "ToUserName><![CDATA[p", 1)
	for name, c := range map[string]struct {
		answer func(*net.TCPConn)
		ids    string
		says   string
		seen   reply.Seen
		reply  string // its type; empty when there is none
	}{
		"whole":        {ok("", right), "", "", reply.SeenReply, "text"},
		"with length":  {ok(fmt.Sprintf("Content-Length: %d\r\n", len(right)), right), "", "", reply.SeenReply, "text"},
		"cut":          {ok(fmt.Sprintf("Content-Length: %d\r\n", len(right)+9), right), "V25 length", fmt.Sprint(len(right) + 9), reply.SeenFault, ""},
		"endless":      {ok("", strings.Repeat("x", wire.MaxBytes)), "V40 oversized", fmt.Sprint(wire.MaxBytes), reply.SeenFault, ""},
		"compressed":   {ok("Content-Encoding: gzip\r\n", "\x1f\x8b\x08"), "V41 compressed", "gzip", reply.SeenFault, ""},
		"not really":   {ok("Content-Encoding: identity\r\n", right), "", "", reply.SeenReply, "text"},
		"in chunks":    {ok("Transfer-Encoding: chunked\r\n", chunks), "V20 chunked", "3C 78 6D 6C", reply.SeenFault, "text"},
		"no chunks":    {ok("Transfer-Encoding: chunked\r\n", right), "V20 chunked", "3C 78 6D 6C", reply.SeenFault, reply.TypeEmpty},
		"a bare word":  {ok("", "ok\x1b!"), "M06 plain-text", `ok\x1B!`, reply.SeenFault, ""},
		"two replies":  {ok("", right+right), "M16 two-documents", "", reply.SeenFault, "text"},
		"another user": {ok("", other), "M14 wrong-to", message.OpenID("alice"), reply.SeenFault, "text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := pushTo(t, "http://"+serve(t, c.answer)+"/", wire.Sender{})
			if ids(d) != c.ids || d.Seen != c.seen {
				t.Errorf("%s, seen %s: %q", ids(d), d.Seen, answer.Summary(d.Last()).In(finding.English))
			}
			if text := evidence(t, d); !strings.Contains(text, c.says) || strings.Contains(text, "\x1b") {
				t.Errorf("the evidence is %q", text)
			}
			if found := answer.Unreachable(d.Last()); found != nil {
				t.Errorf("answered, and unreachable: %v", found)
			}
			got := ""
			if d.Reply != nil {
				got = d.Reply.Type
			}
			if got != c.reply || got == "text" && d.Reply.Text() != "hi" {
				t.Errorf("the reply is %v", d.Reply)
			}
		})
	}
}

// TestAnswerStops: a server that stops within its answer is waited for no
// longer than WeChat waits.
func TestAnswerStops(t *testing.T) {
	busy.Patiently(t, 200*time.Millisecond, func(limit time.Duration) error {
		release := make(chan struct{})
		defer close(release)
		addr := serve(t, func(c *net.TCPConn) {
			_, _ = io.WriteString(c, "HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\n<xml>")
			<-release
		})
		d := pushTo(t, "http://"+addr+"/", wire.Sender{Timeout: limit})
		if d.Last().Response == nil || ids(d) != "M01 timeout" || d.Seen != reply.SeenFault || d.Reply != nil {
			return fmt.Errorf("%s, seen %s: %v", ids(d), d.Seen, d.Last().Err)
		}
		return nil
	})
}

// TestLongFacts: what a server sends cannot fill a report.
func TestLongFacts(t *testing.T) {
	for _, reason := range []string{strings.Repeat("x", 9000), strings.Repeat("长", 3000)} {
		d := pushTo(t, "http://"+serve(t, writes("HTTP/1.0 404 "+reason+"\r\n\r\n"))+"/", wire.Sender{})
		text := evidence(t, d)
		if ids(d) != "V17 post-unrouted" || len(text) > 1000 || !utf8.ValidString(text) || !strings.Contains(text, reason[:300]) {
			t.Errorf("%s: %d bytes: %q", ids(d), len(text), text)
		}
	}
}
