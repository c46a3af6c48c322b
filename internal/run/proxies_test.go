package run

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
)

// TestProxiesOf: whose proxy a call takes.
func TestProxiesOf(t *testing.T) {
	env := map[string]string{
		"https_proxy": "proxy.example:3128", "ALL_PROXY": "socks5://socks.example", "NO_PROXY": "corp.example, 10.0.0.0/8 .intern:8080",
	}
	p := readProxies(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	for where, want := range map[string]string{
		"https example.com:443": "http://proxy.example:3128", "http example.com": "socks5://socks.example",
		"https corp.example:443": "", "https x.corp.example:443": "", "https 10.1.2.3:443": "", "https 11.1.2.3:443": "http://proxy.example:3128",
		"https a.intern:8080": "", "https a.intern:443": "http://proxy.example:3128", "https localhost:443": "", "https 127.0.0.1:1": "",
	} {
		scheme, addr, _ := strings.Cut(where, " ")
		got := ""
		if u := p.of(scheme, addr); u != nil {
			got = u.String()
		}
		if got != want {
			t.Errorf("%s: %q, not %q", where, got, want)
		}
	}
	if u := proxyURL("://"); u != nil {
		t.Errorf("%v", u)
	}
}

// socksServer is a SOCKS 5 proxy that greets in the name of every host.
func socksServer(t *testing.T, password string) string {
	l := listen(t)
	t.Cleanup(func() { l.Close() })
	serve := func(c net.Conn) error {
		defer c.Close()
		r := bufio.NewReader(c)
		take := func(n int) []byte {
			b := make([]byte, n)
			_, _ = io.ReadFull(r, b)
			return b
		}
		methods := take(int(take(2)[1]))
		if password == "" {
			_, _ = c.Write([]byte{5, 0})
		} else {
			if !strings.Contains(string(methods), "\x02") {
				_, err := c.Write([]byte{5, 0xff})
				return err
			}
			_, _ = c.Write([]byte{5, 2})
			take(int(take(2)[1]))
			given := string(take(int(take(1)[0])))
			if given != password {
				_, err := c.Write([]byte{1, 1})
				return err
			}
			_, _ = c.Write([]byte{1, 0})
		}
		take(4)
		host := string(take(int(take(1)[0])))
		take(2)
		if host == "refused.example" {
			_, err := c.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0})
			return err
		}
		_, _ = c.Write([]byte{5, 0, 0, 3, 3, 'a', 'b', 'c', 0, 80})
		_, err := fmt.Fprintf(c, "this is %s\n", host)
		return err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = serve(c) }()
		}
	}()
	return l.Addr().String()
}

func TestSocks(t *testing.T) {
	open, closed := socksServer(t, ""), socksServer(t, "pw")
	for n, c := range []struct{ proxy, host, want string }{
		{"socks5://" + open, "a.example:443", "this is a.example\n"},
		{"socks5h://me:pw@" + open, "a.example:443", "this is a.example\n"},
		{"socks5://me:pw@" + closed, "b.example:443", "this is b.example\n"},
		{"socks5://me:no@" + closed, "b.example:443", "does not take"},
		{"socks5://" + closed, "b.example:443", "who asks"},
		{"socks5://" + open, "refused.example:443", "code 5"},
		{"socks5://" + open, "a.example:http", "no address"},
		{"ftp://" + open, "a.example:443", "no kind of proxy"},
	} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			p := proxies{https: proxyURL(c.proxy)}
			conn, err := p.dial(t.Context(), "https", c.host)
			got := fmt.Sprint(err)
			if err == nil {
				defer conn.Close()
				got, _ = bufio.NewReader(conn).ReadString('\n')
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("%q, not %q", got, c.want)
			}
		})
	}
}
