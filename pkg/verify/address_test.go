package verify_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/verify"
	"github.com/wxdev/wxdev/pkg/wire"
)

// More addresses of the ranges for documentation: public, and nobody's.
const (
	publicIP2 = "198.51.100.9"
	publicIP6 = "2001:db8::7"
)

// listening starts h on an address of loopback and returns it with its port.
func listening(t testing.TB, addr string, h http.Handler) string {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil && addr != "127.0.0.1:0" {
		// Not every machine has IPv6 or 127.0.0.2. What the name resolves to is
		// the sender's business, so that another socket serves as well.
		t.Logf("%v: listening on 127.0.0.1 in its place", err)
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(h)
	s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	return l.Addr().String()
}

// hosted are options for a URL whose address matters. That the receiver takes
// old timestamps, as the docs allow, is another matter.
func hosted(url string, s wire.Sender) verify.Options {
	o := options(url)
	o.Sender, o.Skip = s, []string{"V09"}
	return o
}

// all lists the findings, each as "ID variant severity".
func all(r *verify.Report) []string {
	var ids []string
	for _, f := range r.Findings {
		ids = append(ids, f.ID+" "+f.Variant+" "+string(f.Severity))
	}
	slices.Sort(ids)
	return ids
}

func TestAddresses(t *testing.T) {
	good := listening(t, "127.0.0.1:0", &receiver.Handler{Token: token})
	second := listening(t, "127.0.0.2:0", &receiver.Handler{Token: token})
	six := listening(t, "[::1]:0", &receiver.Handler{Token: token})
	other := listening(t, "127.0.0.1:0", http.NotFoundHandler())
	closed := busy.Nobody(t)
	const http1 = "V47 plain-http info"
	for name, c := range map[string]struct {
		servers map[string]string // address: what is there
		order   []string          // as the name resolves
		want    []string
	}{
		"one address":             {map[string]string{publicIP: good}, []string{publicIP}, []string{http1}},
		"two addresses":           {map[string]string{publicIP: good, publicIP2: second}, []string{publicIP, publicIP2}, []string{http1}},
		"both families":           {map[string]string{publicIP: good, publicIP6: six}, []string{publicIP6, publicIP}, []string{http1}},
		"the same twice":          {map[string]string{publicIP: good}, []string{publicIP, publicIP}, []string{http1}},
		"IPv6 alone":              {map[string]string{publicIP6: six}, []string{publicIP6}, []string{"V19 no-ipv4 error", http1}},
		"IPv6 alone, dead":        {map[string]string{publicIP6: closed}, []string{publicIP6}, []string{"V04 refused error", "V19 no-ipv4 error"}},
		"IPv6 refused":            {map[string]string{publicIP: good, publicIP6: closed}, []string{publicIP6, publicIP}, []string{"V19 ipv6-dead warning", http1}},
		"IPv6 dropped":            {map[string]string{publicIP: good}, []string{publicIP6, publicIP}, []string{"V19 ipv6-dead warning", http1}},
		"IPv6 of another":         {map[string]string{publicIP: good, publicIP6: other}, []string{publicIP, publicIP6}, []string{"V19 ipv6-differs warning", http1}},
		"the second refused":      {map[string]string{publicIP: good, publicIP2: closed}, []string{publicIP, publicIP2}, []string{"V04 one-address error", http1}},
		"the first refused":       {map[string]string{publicIP: good, publicIP2: closed}, []string{publicIP2, publicIP}, []string{"V04 one-address error", http1}},
		"the second of another":   {map[string]string{publicIP: good, publicIP2: other}, []string{publicIP, publicIP2}, []string{"V04 one-address error", http1}},
		"refused":                 {map[string]string{publicIP: closed}, []string{publicIP}, []string{"V04 refused error"}},
		"both dropped":            {nil, []string{publicIP, publicIP2}, []string{"V04 timeout error"}},
		"private":                 {map[string]string{"192.168.1.5": good}, []string{"192.168.1.5"}, []string{"V04 private-address warning", http1}},
		"loopback":                {map[string]string{"127.0.0.1": good}, []string{"127.0.0.1"}, []string{"V04 private-address warning", http1}},
		"the carrier's":           {map[string]string{"100.64.1.2": good}, []string{"100.64.1.2"}, []string{"V04 private-address warning", http1}},
		"a private one among two": {map[string]string{"10.1.2.3": good, publicIP: second}, []string{publicIP, "10.1.2.3"}, []string{"V04 private-address warning", http1}},
		"unique local IPv6":       {map[string]string{publicIP: good, "fd00::1": six}, []string{publicIP, "fd00::1"}, []string{"V04 private-address warning", http1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := hosted("http://"+host+"/wechat", public(c.servers, c.order...))
			limit := busy.Net
			if strings.Contains(name, "dropped") {
				limit = time.Second
			}
			slices.Sort(c.want)
			busy.Patiently(t, limit, func(limit time.Duration) error {
				o.Sender.Timeout = limit
				r := run(t, o)
				describable(t, r)
				inChinese(t, r)
				printable(t, r)
				if got := all(r); !slices.Equal(got, c.want) {
					return fmt.Errorf("found %q, want %q", got, c.want)
				}
				return nil
			})
		})
	}
}

// TestFirstAddressDropped: the time that a dead address takes is not told as
// a slow way to the other, nor as a slow server.
func TestFirstAddressDropped(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for time to pass")
	}
	t.Parallel()
	good := listening(t, "127.0.0.1:0", &receiver.Handler{Token: token})
	o := options("http://" + host + "/wechat")
	o.Only = []string{"V04", "V14", "V28", "V37"}
	o.Sender = public(map[string]string{publicIP2: good}, publicIP, publicIP2)
	dial := o.Sender.Dial
	var tries atomic.Int32
	o.Sender.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasPrefix(address, publicIP+":") && tries.Add(1) > 2 { // as slow again would prove no more
			return nil, &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
		}
		return dial(ctx, network, address)
	}
	busy.Patiently(t, time.Second, func(limit time.Duration) error {
		tries.Store(0)
		o := o.WithSlow(limit / 3)
		o.Sender.Timeout = limit // of which the dead address takes half
		r := run(t, o)
		if way := r.Probes[0].Exchange.Times.Connect; way < limit/3 {
			return fmt.Errorf("connecting took only %v of %v", way, limit)
		}
		if got := serious(r); !slices.Equal(got, []string{"V04 one-address"}) {
			return fmt.Errorf("found %q", got)
		}
		return nil
	})
}

// TestNoIPv6Here: a machine without IPv6 says nothing about the server's.
func TestNoIPv6Here(t *testing.T) {
	t.Parallel()
	unreachable := syscall.ENETUNREACH
	if runtime.GOOS == "windows" {
		unreachable = syscall.Errno(10051)
	}
	good := listening(t, "127.0.0.1:0", &receiver.Handler{Token: token})
	o := options("http://" + host + "/wechat")
	o.Sender = public(map[string]string{publicIP: good}, publicIP, publicIP6)
	dial := o.Sender.Dial
	o.Sender.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasPrefix(address, "[") {
			return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", unreachable)}
		}
		return dial(ctx, network, address)
	}
	if got := serious(run(t, o)); len(got) > 0 {
		t.Errorf("false alarm: %q", got)
	}
}

// TestRealLoopback goes without a Dial of the test's own: the public name has
// loopback addresses, and the URL the server's port.
func TestRealLoopback(t *testing.T) {
	t.Parallel()
	addr := listening(t, "127.0.0.1:0", &receiver.Handler{Token: token})
	_, port, _ := net.SplitHostPort(addr)
	resolve := func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")}, nil
	}
	o := hosted("http://"+host+":"+port+"/wechat", wire.Sender{Timeout: busy.Net, Resolve: resolve})
	r := run(t, o)
	// On 127.0.0.2 nothing listens; where there is no such address, connecting
	// fails in another way.
	want := []string{"V04 one-address error", "V04 private-address warning", "V26 other-port error", "V47 plain-http info"}
	if got := all(r); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

// TestSubmitRules: what stands in the way of submitting a URL is an info while
// the host can only be the developer's own.
func TestSubmitRules(t *testing.T) {
	addr := listening(t, "127.0.0.1:0", &receiver.Handler{Token: token})
	_, port, _ := net.SplitHostPort(addr)
	sender := func(ip string) wire.Sender { return public(map[string]string{ip: addr}, ip) }
	for _, c := range []struct {
		url    string
		sender wire.Sender
		want   []string
	}{
		{"http://" + host + "/wechat", sender(publicIP), []string{"V47 plain-http info"}},
		{"http://WX.Example.COM./wechat", sender(publicIP), []string{"V47 plain-http info"}},
		{"http://" + host + ":80/wechat", sender(publicIP), []string{"V26 default-port warning", "V47 plain-http info"}},
		{"http://" + host + ":443/wechat", sender(publicIP), []string{"V26 other-port error", "V47 plain-http info"}},
		{"http://" + host + ":8080/wechat", sender(publicIP), []string{"V26 other-port error", "V47 plain-http info"}},
		{"http://" + publicIP + "/wechat", sender(publicIP), []string{"V47 plain-http info"}},
		{"http://192.168.1.5/wechat", sender("192.168.1.5"), []string{"V04 private-ip info", "V47 plain-http info"}},
		{"http://[fd00::1]/wechat", sender("fd00::1"), []string{"V04 private-ip info", "V47 plain-http info"}},
		{"http://app.internal:9000/wechat", sender("10.1.2.3"), []string{"V04 private-address info", "V26 other-port info", "V47 plain-http info"}},
		{"http://backend:9000/wechat", sender(publicIP), []string{"V26 other-port info", "V47 plain-http info"}},
		{"http://localhost:" + port + "/wechat", wire.Sender{}, []string{"V04 private-address info", "V26 other-port info", "V47 plain-http info"}},
		{"http://" + addr + "/wechat", wire.Sender{}, []string{"V04 private-ip info", "V26 other-port info", "V47 plain-http info"}},
	} {
		t.Run(c.url, func(t *testing.T) {
			t.Parallel()
			r := run(t, hosted(c.url, c.sender))
			if got := all(r); !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
			if wrong := slices.ContainsFunc(c.want, func(s string) bool { return strings.HasSuffix(s, " error") }); r.OK() == wrong {
				t.Errorf("OK is %t with %q", r.OK(), c.want)
			}
		})
	}
}

func TestNameDoesNotResolve(t *testing.T) {
	t.Parallel()
	o := options("http://" + host + "/wechat")
	o.Sender.Resolve = func(context.Context, string) ([]netip.Addr, error) {
		return nil, &net.DNSError{Err: "no such host\x1b[2J", Name: host, Server: "10.9.8.7:53", IsNotFound: true}
	}
	r := run(t, o)
	if got := serious(r); !slices.Equal(got, []string{"V04 dns"}) {
		t.Errorf("found %q", got)
	}
	if f := r.Findings[0].Facts; f.Text(finding.English, "host") != host || strings.Contains(f.Text(finding.English, "error"), "10.9.8.7") {
		t.Errorf("facts %q", f)
	}
	printable(t, r)
}

// TestFar: the way, not the server, takes the time.
func TestFar(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for time to pass")
	}
	t.Parallel()
	good := listening(t, "127.0.0.1:0", &receiver.Handler{Token: token})
	o := options("http://" + host + "/wechat")
	o.Sender = public(map[string]string{publicIP: good}, publicIP)
	resolve := o.Sender.Resolve
	busy.Patiently(t, 300*time.Millisecond, func(slow time.Duration) error {
		o := o.WithSlow(slow)
		var asked atomic.Int32
		o.Sender.Resolve = func(ctx context.Context, name string) ([]netip.Addr, error) {
			if asked.Add(1) <= 3 { // the requests that are timed
				time.Sleep(slow)
			}
			return resolve(ctx, name)
		}
		r := run(t, o)
		describable(t, r)
		inChinese(t, r)
		if got := serious(r); !slices.Equal(got, []string{"V14 far"}) || !r.OK() {
			return fmt.Errorf("found %q, OK is %t", got, r.OK())
		}
		if r.Count(finding.Warning) != 1 {
			t.Errorf("%d warnings", r.Count(finding.Warning))
		}
		return nil
	})
}
