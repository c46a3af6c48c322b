package run

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// client is a Go client that uses the proxy and trusts the authority.
func (r *redirect) client(t testing.TB, more ...*x509.Certificate) *http.Client {
	t.Helper()
	u, err := url.Parse(r.url)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(r.authority.cert)
	for _, c := range more {
		pool.AddCert(c)
	}
	transport := &http.Transport{
		Proxy: http.ProxyURL(u), TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func get(t testing.TB, c *http.Client, url string) (int, string) {
	t.Helper()
	res, err := c.Get(url)
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// TestHosts: the calls to the hosts of the list arrive, each by HTTP/2 where the
// client speaks it, and many on one connection.
func TestHosts(t *testing.T) {
	r := newRedirect(t, Options{Offline: true})
	c := r.client(t)
	for _, host := range append(Hosts(), "API.weixin.qq.com", "api.weixin.qq.com.", "api.weixin.qq.com:8443") {
		if status, body := get(t, c, "https://"+host+"/cgi-bin/x"); status != 200 || !strings.Contains(body, `"emulated":true,"host":"127.0.0.1:`) {
			if host != "api.weixin.qq.com." { // Go compares the name with its dot
				t.Errorf("%s: %d, %s", host, status, body)
			}
		}
		if _, body := get(t, c, "http://"+strings.TrimSuffix(host, ":8443")+"/plain"); !strings.Contains(body, `"emulated":true`) {
			t.Errorf("http://%s: %s", host, body)
		}
	}
	if !strings.Contains(r.seen(), "GET /cgi-bin/x HTTP/2") || !strings.Contains(r.seen(), "GET /plain HTTP/1") {
		t.Errorf("seen: %s", r.seen())
	}
	old := r.client(t)
	old.Transport.(*http.Transport).ForceAttemptHTTP2 = false
	for range 3 {
		get(t, old, "https://api.weixin.qq.com/again")
	}
	if n := strings.Count(r.seen(), "GET /again HTTP/1"); n != 3 {
		t.Errorf("%d of 3 calls arrived:\n%s", n, r.seen())
	}
}

// certificate is that of a test server.
func certificateOf(s *httptest.Server) *x509.Certificate { return s.Certificate() }

// TestOthersPass: what is not in the list arrives where it was sent, with the
// certificate that is there; payment and WeCom are others. Here their names lead
// to a server by way of the user's own proxy.
func TestOthersPass(t *testing.T) {
	there := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		fmt.Fprintf(w, "the real %s", req.Host)
	}))
	defer there.Close()
	var asked []string
	theirs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodConnect {
			asked = append(asked, req.URL.String())
			fmt.Fprint(w, "by their proxy")
			return
		}
		asked = append(asked, req.Host+" "+req.Header.Get("Proxy-Authorization"))
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		fmt.Fprint(c, "HTTP/1.0 200 ok\r\n\r\n")
		to, err := net.Dial("tcp", there.Listener.Addr().String())
		if err != nil {
			panic(err)
		}
		go join(c, to)
	}))
	defer theirs.Close()
	env := func(name string) (string, bool) {
		switch name {
		case "HTTPS_PROXY":
			return strings.Replace(theirs.URL, "://", "://me:pass@", 1), true
		case "all_proxy":
			return theirs.URL, true
		case "NO_PROXY":
			return "*.intern.example", true
		}
		return "", false
	}
	r := newRedirect(t, Options{LookupEnv: env})
	c := r.client(t, certificateOf(there))
	c.Transport.(*http.Transport).TLSClientConfig.ServerName = "example.com" // which the test's certificate names
	for _, host := range []string{"api.mch.weixin.qq.com", "qyapi.weixin.qq.com", "open.weixin.qq.com", "weixin.qq.com", "example.org", "xapi.weixin.qq.com"} {
		if _, body := get(t, c, "https://"+host+"/pay"); body != "the real "+host {
			t.Errorf("%s: %s", host, body)
		}
	}
	if _, body := get(t, c, "http://api.mch.weixin.qq.com/x?a=1"); body != "by their proxy" {
		t.Errorf("without encryption: %s", body)
	}
	got := strings.Join(asked, "\n")
	if !strings.Contains(got, "api.mch.weixin.qq.com:443 Basic bWU6cGFzcw==") || !strings.Contains(got, "http://api.mch.weixin.qq.com/x?a=1") {
		t.Errorf("their proxy was asked for %s", got)
	}
	if r.seen() != "" {
		t.Errorf("the emulator got %s", r.seen())
	}
	if _, body := get(t, http.DefaultClient, r.url+"/__wxdev/ready"); body != "own" {
		t.Errorf("the address itself: %s", body)
	}
}

// TestOffline: other names are refused, and are told; those of this machine are
// not.
func TestOffline(t *testing.T) {
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { fmt.Fprint(w, "here") }))
	defer there.Close()
	r := newRedirect(t, Options{Offline: true})
	c := r.client(t)
	for _, host := range []string{"api.mch.weixin.qq.com", "qyapi.weixin.qq.com", "example.org"} {
		if res, err := c.Get("https://" + host); err == nil {
			res.Body.Close()
			t.Errorf("https://%s was answered", host)
		}
		r.hears(t, "refused "+host)
		if status, _ := get(t, c, "http://"+host); status != http.StatusForbidden {
			t.Errorf("http://%s: %d", host, status)
		}
	}
	req, _ := http.NewRequest("GET", there.URL, nil)
	if res, err := c.Do(req); err != nil || res.StatusCode != 200 {
		t.Errorf("this machine: %v", err)
	}
}

// TestUpgrade: a WebSocket that is not encrypted passes.
func TestUpgrade(t *testing.T) {
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "websocket")
		w.WriteHeader(http.StatusSwitchingProtocols)
		c, b, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer c.Close()
		line, _ := b.ReadString('\n')
		fmt.Fprintf(c, "you said %s", line)
	}))
	defer there.Close()
	r := newRedirect(t, Options{})
	c, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET %s/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", there.URL)
	b := bufio.NewReader(c)
	res, err := http.ReadResponse(b, nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v, %v", res, err)
	}
	fmt.Fprintln(c, "hello")
	if line, _ := b.ReadString('\n'); line != "you said hello\n" {
		t.Errorf("%q", line)
	}
}

// TestUntrusted: a client that trusts only what it has always trusted breaks
// off, in the handshake or after it, and that is told. What breaks off for
// another reason is told as such, and what has asked for something is trusted.
func TestUntrusted(t *testing.T) {
	r := newRedirect(t, Options{})
	config := func(host string) *tls.Config {
		pool := x509.NewCertPool()
		pool.AddCert(r.authority.cert)
		return &tls.Config{RootCAs: pool, ServerName: host, MinVersion: tls.VersionTLS12}
	}
	addr := fmt.Sprintf("127.0.0.1:%d", r.tls)
	for name, c := range map[string]struct {
		change func(*tls.Config)
		told   string
	}{
		"api.weixin.qq.com":      {func(c *tls.Config) { c.RootCAs = x509.NewCertPool() }, "untrusted api.weixin.qq.com: tls: bad certificate"},
		"api2.weixin.qq.com":     {func(c *tls.Config) { c.RootCAs, c.MaxVersion = x509.NewCertPool(), tls.VersionTLS12 }, "untrusted api2.weixin.qq.com: tls: bad certificate"},
		"mp.weixin.qq.com":       {nil, "untrusted mp.weixin.qq.com: it hung up"},
		"file.api.weixin.qq.com": {func(c *tls.Config) { c.NextProtos = []string{"h9"} }, "broken file.api.weixin.qq.com: tls: "},
	} {
		config := config(name)
		if c.change != nil {
			c.change(config)
		}
		conn, err := tls.Dial("tcp", addr, config)
		if (err == nil) != (c.change == nil) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			conn.Close()
		}
		r.hears(t, c.told)
	}
	for _, protocols := range []string{"h2", "http/1.1"} {
		c := r.client(t)
		c.Transport.(*http.Transport).ForceAttemptHTTP2 = protocols == "h2"
		get(t, c, "https://hk.api.weixin.qq.com/")
		c.CloseIdleConnections()
	}
	conn, err := tls.Dial("tcp", addr, config("hk.api.weixin.qq.com"))
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	conn, err = tls.Dial("tcp", addr, config("sz.api.weixin.qq.com"))
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	r.hears(t, "sz.api.weixin.qq.com") // the last of all
	r.mu.Lock()
	defer r.mu.Unlock()
	if told := strings.Join(r.told, "\n"); strings.Contains(told, "hk.api") {
		t.Errorf("a client that asked for something is not trusting: %s", told)
	}
}

// TestHookRefuses: what Node's hook leads here because of --offline is refused
// without encryption, too.
func TestHookRefuses(t *testing.T) {
	r := newRedirect(t, Options{Offline: true})
	for host, want := range map[string]int{"example.org": 403, "qyapi.weixin.qq.com": 403, "api.weixin.qq.com": 200, "localhost:1": 421} {
		req, err := http.NewRequest("GET", fmt.Sprintf("http://127.0.0.1:%d/x", r.tls), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %d", host, res.StatusCode)
		}
	}
	r.hears(t, "refused example.org")
}

// TestAuthority: it can speak for the hosts of the list, and for nobody else.
func TestAuthority(t *testing.T) {
	r := newRedirect(t, Options{})
	block, _ := pem.Decode(r.authority.pem())
	root, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !root.PermittedDNSDomainsCritical || strings.Join(root.PermittedDNSDomains, " ") != strings.Join(hosts, " ") || len(root.ExcludedIPRanges) != 2 {
		t.Errorf("its names: %v, %v", root.PermittedDNSDomains, root.ExcludedIPRanges)
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	for _, host := range []string{"api.mch.weixin.qq.com", "example.com", "127.0.0.1"} {
		c, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", r.tls), &tls.Config{RootCAs: pool, ServerName: host, MinVersion: tls.VersionTLS12})
		if err == nil {
			c.Close()
			t.Errorf("%s is spoken for", host)
		}
	}
}
