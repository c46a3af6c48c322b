package run

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/stacks"
)

// failing is a listener that fails once, as with too many open files.
type failing struct {
	net.Listener
	failed atomic.Bool
}

func (l *failing) Accept() (net.Conn, error) {
	if !l.failed.Swap(true) {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

// TestAcceptFails: a connection that could not be taken is not the last.
func TestAcceptFails(t *testing.T) {
	r := newRedirect(t, Options{})
	l := &failing{Listener: listen(t)}
	done := make(chan error, 1)
	go func() { done <- r.ServeHosts(l) }()
	req, _ := http.NewRequest("GET", "http://"+l.Addr().String(), nil)
	req.Host = "api.weixin.qq.com"
	res, err := (&http.Client{Timeout: 30 * time.Second}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	l.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestPassesSlowly: how long a client takes to send is no matter of ours.
func TestPassesSlowly(t *testing.T) {
	const limit = 50 * time.Millisecond
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(w, req.Body) // what came
	}))
	defer there.Close()
	r := newRedirect(t, Options{})
	l := listen(t)
	s := &http.Server{Handler: r.Redirect, ReadTimeout: limit}
	go func() { _ = s.Serve(l) }()
	defer s.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST %s/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 7\r\n\r\nat ", there.URL)
	time.Sleep(4 * limit)
	fmt.Fprint(conn, "last")
	if b, err := io.ReadAll(conn); err != nil || !strings.HasSuffix(string(b), "\r\n\r\nat last") {
		t.Errorf("%q, %v", b, err)
	}
}

// TestPageAtThePort: a web page whose name was turned to this machine, or that
// just calls the port, gets nothing from the emulator.
func TestPageAtThePort(t *testing.T) {
	r := newRedirect(t, Options{})
	for _, host := range []string{"evil.example", fmt.Sprintf("127.0.0.1:%d", r.tls), "localhost", "api.weixin.qq.com.evil.example"} {
		req, _ := http.NewRequest("POST", fmt.Sprintf("http://127.0.0.1:%d/__wxdev/push", r.tls), nil)
		req.Host = host
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("%s: %d", host, res.StatusCode)
		}
	}
	if r.seen() != "" {
		t.Errorf("the emulator got %s", r.seen())
	}
}

// TestOwnProxy: who has the variables of an earlier run, whose port is ours now,
// has no other proxy: a call would go round until nothing is left.
func TestOwnProxy(t *testing.T) {
	was := readProxies(func(string) (string, bool) { return "http://LOCALHOST:8080", true })
	if p := was.but("localhost:8080"); p.http != nil || p.https != nil {
		t.Errorf("%v, %v", p.http, p.https)
	}
	if p := was.but("localhost:8081"); p.http == nil || p.https == nil {
		t.Error("another proxy is left out")
	}
	if p := (proxies{}).but("localhost:8080"); p.http != nil {
		t.Error(p.http)
	}
}

// TestStrangeName: another name in the handshake than one of ours is refused, and
// what is told of it is not that --offline was given.
func TestStrangeName(t *testing.T) {
	for offline, want := range map[bool]string{false: "broken qyapi.weixin.qq.com: the client asks for another host", true: "refused qyapi.weixin.qq.com"} {
		r := newRedirect(t, Options{Offline: offline})
		pool := x509.NewCertPool()
		pool.AddCert(r.authority.cert)
		c, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", r.tls), &tls.Config{RootCAs: pool, ServerName: "qyapi.weixin.qq.com", MinVersion: tls.VersionTLS12})
		if err == nil {
			c.Close()
			t.Error("it is spoken for")
		}
		r.hears(t, want)
	}
}

// inClear is the connection of a client that answers a certificate as OpenSSL does
// with TLS 1.3: with an alert that is not encrypted.
type inClear struct {
	net.Conn
	read bool
}

func (c *inClear) Read(p []byte) (int, error) {
	c.read = true
	return c.Conn.Read(p)
}

func (c *inClear) Write(p []byte) (int, error) {
	if c.read {
		p = []byte{21, 3, 3, 0, 2, 2, 48} // an alert of 2 bytes: fatal, unknown CA
	}
	return c.Conn.Write(p)
}

// TestUntrustedOpenSSL: curl, Python and PHP break off as who does not trust.
func TestUntrustedOpenSSL(t *testing.T) {
	r := newRedirect(t, Options{})
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", r.tls))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c := tls.Client(&inClear{Conn: conn}, &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "api.weixin.qq.com", MinVersion: tls.VersionTLS13})
	if err := c.Handshake(); err == nil {
		t.Error("it trusts")
	}
	r.hears(t, "untrusted api.weixin.qq.com")
}

// TestOfflineNumbers: an address is one however it is written.
func TestOfflineNumbers(t *testing.T) {
	r := newRedirect(t, Options{Offline: true})
	for _, host := range []string{"134744072:443", "0x08080808:443", "8.526344:443", "[::ffff:8.8.8.8]:443", "API.MCH.weixin.qq.com.:443"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", host)
		if b, _ := io.ReadAll(conn); !strings.HasPrefix(string(b), "HTTP/1.1 403 ") {
			t.Errorf("%s: %q", host, b)
		}
		conn.Close()
	}
}

// TestHookNames: a name that begins as an address of the network does is none.
func TestHookNames(t *testing.T) {
	stacks.Need(t, "node")
	for _, host := range []string{"feishu.invalid", "fd.invalid", "10.invalid", "127.0.0.1.invalid", "2130706433.1", "134744072", "203.0.113.7", "::ffff:203.0.113.7"} {
		r := newRedirect(t, Options{Offline: true})
		cmd := exec.Command("node", "-e", "const s = require('tls').connect({ port: 443, host: process.argv[1], servername: 'x.invalid' }); s.on('error', () => {}); setTimeout(() => s.destroy(), 5000).unref()", host)
		cmd.Env = r.kit(t).Env(os.Environ())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", host, err, out)
		}
		r.hears(t, "refused x.invalid")
	}
	own := listen(t)
	defer own.Close()
	r := newRedirect(t, Options{Offline: true})
	for _, host := range []string{"127.0.0.1", "::ffff:127.0.0.1", "localhost"} {
		cmd := exec.Command("node", "-e", "const s = require('tls').connect({ port: +process.argv[2], host: process.argv[1] }); s.on('error', () => {}); s.on('connect', () => { console.log(s.remotePort); s.destroy() })", host, fmt.Sprint(own.Addr().(*net.TCPAddr).Port))
		cmd.Env = r.kit(t).Env(os.Environ())
		if out, _ := cmd.CombinedOutput(); strings.TrimSpace(string(out)) != fmt.Sprint(own.Addr().(*net.TCPAddr).Port) {
			t.Errorf("%s: %s", host, out)
		}
	}
}
