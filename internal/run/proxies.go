package run

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
)

// proxies are those of the user's environment, through which go the calls that
// are passed on: many can reach nothing without theirs.
type proxies struct {
	http, https *url.URL
	no          []string // entries of NO_PROXY
}

// readProxies reads the variables as Go does, with ALL_PROXY besides.
func readProxies(lookup func(string) (string, bool)) proxies {
	get := func(names ...string) string {
		for _, name := range names {
			if v, _ := lookup(name); v != "" {
				return v
			}
		}
		return ""
	}
	all := get("ALL_PROXY", "all_proxy")
	return proxies{
		http:  proxyURL(cmp.Or(get("HTTP_PROXY", "http_proxy"), all)),
		https: proxyURL(cmp.Or(get("HTTPS_PROXY", "https_proxy"), all)),
		no:    entries(get("NO_PROXY", "no_proxy")),
	}
}

// but leaves out a proxy that is at an address: this run's own, which has the
// port of an earlier one whose variables are still there.
func (p proxies) but(addr string) proxies {
	for _, u := range []**url.URL{&p.http, &p.https} {
		if *u != nil && strings.EqualFold((*u).Host, addr) {
			*u = nil
		}
	}
	return p
}

// proxyURL is nil for what is no proxy: the client would have had an error of
// its own.
func proxyURL(s string) *url.URL {
	if s == "" {
		return nil
	}
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}

// of is the proxy for a host with its port, nil for none.
func (p proxies) of(scheme, addr string) *url.URL {
	u := p.http
	if scheme == "https" {
		u = p.https
	}
	if u == nil {
		return nil
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		host, port = addr, map[string]string{"http": "80", "https": "443"}[scheme]
	}
	ip, err := netip.ParseAddr(host)
	if canonical(host) == "localhost" || err == nil && ip.IsLoopback() {
		return nil
	}
	if slices.ContainsFunc(p.no, func(entry string) bool { return excludes(entry, host, port) }) {
		return nil
	}
	return u
}

// entries are the parts of a NO_PROXY.
func entries(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' })
}

// excludes reports whether an entry of NO_PROXY keeps a host from the proxy, by
// the rules of one runtime or another: they differ, and any of them is enough.
func excludes(entry, host, port string) bool {
	host, entry = canonical(host), strings.ToLower(entry)
	if entry == "*" {
		return true
	}
	if network, err := netip.ParsePrefix(entry); err == nil {
		ip, err := netip.ParseAddr(host)
		return err == nil && network.Contains(ip.Unmap())
	}
	if h, p, err := net.SplitHostPort(entry); err == nil {
		if p != port {
			return false
		}
		entry = h
	}
	entry = strings.Trim(strings.TrimSuffix(entry, "."), "[]")
	entry = strings.TrimPrefix(strings.TrimPrefix(entry, "*"), ".")
	return entry != "" && (host == entry || strings.HasSuffix(host, "."+entry))
}

// cleaned is a NO_PROXY without what would keep our hosts from us, and with
// what is on this machine.
func cleaned(list string) string {
	kept := slices.DeleteFunc(entries(list), func(entry string) bool {
		return slices.ContainsFunc(hosts, func(h string) bool { return excludes(entry, h, "443") || excludes(entry, h, "80") })
	})
	for _, own := range []string{"localhost", "127.0.0.1", "::1"} {
		if !slices.Contains(kept, own) {
			kept = append(kept, own)
		}
	}
	return strings.Join(kept, ",")
}

// dial connects to an address, through the user's proxy where there is one.
func (p proxies) dial(ctx context.Context, scheme, addr string) (net.Conn, error) {
	var d net.Dialer
	u := p.of(scheme, addr)
	if u == nil {
		return d.DialContext(ctx, "tcp", addr)
	}
	c, err := d.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), defaultPorts.Get()[u.Scheme])))
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	through, err := handOver(ctx, c, u, addr)
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("the proxy %s: %w", u.Host, err)
	}
	return through, nil
}

var defaultPorts = lazy.Value[map[string]string]{Make: func() map[string]string {
	return map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080", "socks": "1080"}
}}

// handOver asks a proxy to connect to an address.
func handOver(ctx context.Context, c net.Conn, u *url.URL, addr string) (net.Conn, error) {
	switch u.Scheme {
	case "socks5", "socks5h", "socks":
		return c, socks(c, u.User, addr)
	case "https":
		secure := tls.Client(c, &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12})
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		c = secure
	case "http":
	default:
		return nil, fmt.Errorf("%q is no kind of proxy that can be used", u.Scheme)
	}
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{}}
	if u.User != nil {
		password, _ := u.User.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password)))
	}
	if err := req.Write(c); err != nil {
		return nil, err
	}
	read := bufio.NewReader(c)
	res, err := http.ReadResponse(read, req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s", res.Status)
	}
	return &peeked{Conn: c, r: read}, nil
}
