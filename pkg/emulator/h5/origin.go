package h5

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/internal/lazy"
)

// origin is where pages come from: scheme, host and port. The names of this
// machine are one: a server at 127.0.0.1:8080 is that at localhost:8080.
type origin struct {
	scheme, host string // in lower case
	port         string
}

// originOf reads the origin of an address.
func originOf(u *url.URL) (origin, bool) {
	o := origin{strings.ToLower(u.Scheme), strings.ToLower(u.Hostname()), u.Port()}
	switch {
	case o.host == "" || strings.ContainsAny(o.host, "\"'<>\\ ;,"):
		return o, false
	case o.port == "" && o.scheme == "http":
		o.port = "80"
	case o.port == "" && o.scheme == "https":
		o.port = "443"
	}
	n, err := strconv.Atoi(o.port)
	return o, err == nil && n > 0 && n < 1<<16 && (o.scheme == "http" || o.scheme == "https")
}

// same reports whether two origins are one server.
func (o origin) same(p origin) bool {
	return o.scheme == p.scheme && o.port == p.port && (o.host == p.host || isThisMachine(o.host) && isThisMachine(p.host))
}

// address is host and port as a browser writes them: without a port that is the
// usual one.
func (o origin) address() string {
	host := o.host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if o.scheme == "http" && o.port == "80" || o.scheme == "https" && o.port == "443" {
		return host
	}
	return host + ":" + o.port
}

func (o origin) String() string { return o.scheme + "://" + o.address() }

// isThisMachine: localhost and the loopback addresses that servers say they
// listen on. Other names and addresses of this machine are other hosts.
func isThisMachine(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

// transition are the addresses that have another one in them, which is where a
// packet goes: 6to4, Teredo, and NAT64. What is in them is not looked at: nobody
// develops there.
var transition = lazy.Value[[]netip.Prefix]{Make: func() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
		netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("::/96"),
	}
}}

// mayDial reports whether pages may come from an address. A page of this machine
// comes from it and nowhere else: what is no loopback address is not looked at for
// what else it may be. Named hosts are those of --h5-hosts, whose addresses are
// whatever their DNS says but for those that no server has.
func mayDial(ip netip.Addr, named bool) bool {
	ip = ip.Unmap().WithZone("")
	switch {
	case ip.IsLoopback():
		return true
	case !named || ip.IsUnspecified() || ip.IsMulticast() || ip.IsLinkLocalUnicast():
		return false
	}
	return !slices.ContainsFunc(transition.Get(), func(p netip.Prefix) bool { return p.Contains(ip) })
}

// errAddress says that a host's address is not one that pages may come from.
type errAddress struct{ host string }

func (e errAddress) Error() string {
	return fmt.Sprintf("%s is no address of this machine: --h5-hosts of the emulator lets it in", quote(e.host))
}

// resolve finds the addresses of a host, and those of them that may be dialled.
func (b *Browser) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if strings.HasSuffix("."+host, ".localhost") { // RFC 6761: no DNS is asked
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}, nil
	}
	var all []netip.Addr
	literal, err := netip.ParseAddr(host)
	switch {
	case err == nil:
		all = []netip.Addr{literal}
	default:
		if all, err = b.lookup(ctx, host); err != nil {
			return nil, err
		}
	}
	named := b.named(host)
	if err == nil && literal.IsValid() && named { // somebody has written exactly this address
		return all, nil
	}
	all = slices.DeleteFunc(all, func(ip netip.Addr) bool { return !mayDial(ip, named) })
	if len(all) == 0 {
		return nil, errAddress{host}
	}
	return all, nil
}

// named reports whether a host is one of --h5-hosts.
func (b *Browser) named(host string) bool { return slices.Contains(b.hosts, host) }

// dial connects to an address that was checked, and to no other: the name is not
// looked up once more.
func (b *Browser) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ips, err := b.resolve(ctx, strings.ToLower(host))
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	for _, ip := range ips {
		var conn net.Conn
		if conn, err = d.DialContext(ctx, network, net.JoinHostPort(ip.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// checkHost refuses an address of the phone's own servers, and one that is not
// this machine's without that it was let in. It may ask DNS.
func (b *Browser) checkHost(ctx context.Context, o origin) error {
	ips, err := b.resolve(ctx, o.host)
	if err != nil {
		return err
	}
	local := slices.ContainsFunc(ips, func(ip netip.Addr) bool { return hostname.Loopback(ip.Unmap().String()) })
	if local && b.isOwn(o.port) {
		return errOwn
	}
	return nil
}
