// Package hostname knows which addresses and names of hosts are local. It has
// one answer for each question, because the questions differ:
//
//	Private(ip)            can nobody outside reach the address?
//	Local(host)            can it only be the developer's own machine or network?
//	Loopback(host)         is it this machine?
//	Pinned(header)         was the server called by a name that DNS cannot turn?
//	Unregistrable(header)  or by one that nobody on the internet can own?
//
// Pinned and Unregistrable are the guard against DNS rebinding: a web page at
// evil.example turns its own name to 127.0.0.1, and is then, for the browser,
// of the same origin as a server on the developer's machine. The Host header
// still says evil.example, so a server asks one of them before it answers.
// Neither may ever accept a name that somebody can register.
package hostname

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
)

// carrierNAT is of RFC 6598.
var carrierNAT = lazy.Value[netip.Prefix]{Make: func() netip.Prefix { return netip.MustParsePrefix("100.64.0.0/10") }}

// Private reports whether an address cannot be reached from the internet.
func Private(ip netip.Addr) bool {
	ip = ip.Unmap()
	return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || carrierNAT.Get().Contains(ip)
}

// Local reports whether a host, as in a URL, can only be the developer's own
// machine or network: a private address, a name without a dot, or one in a
// domain that the internet does not have. Numbers that systems take for an
// address (134744072 is 8.8.8.8) are no name. It is not a guard: lan and home are
// unused by custom, not by rule.
func Local(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return Private(ip)
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return !number(host) && unregistrable(host) || within(host, "lan", "home")
}

// number reports whether the last part of a host is a number: no name's is
// (https://url.spec.whatwg.org/#ends-in-a-number-checker, source: unrecorded).
func number(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	_, err := strconv.ParseUint(last, 0, 64)
	return last != "" && (err == nil || strings.Trim(last, "0123456789") == "")
}

// Loopback reports whether a host, as in a URL or in the address of a listener,
// is this machine: localhost, a loopback address, or the unspecified one, which
// may be empty and to which connecting comes to the same.
func Loopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		return ip.IsLoopback() || ip.IsUnspecified()
	}
	return host == "" || isLocalhost(strings.ToLower(host))
}

// Pinned reports whether a Host header has an address, localhost or a name
// under it, or one of own, which are lower case. No DNS of a stranger's turns
// these, so it is the guard for what must not leak.
func Pinned(header string, own ...string) bool {
	host := fromHeader(header)
	return pinned(host) || slices.Contains(own, host)
}

// Unregistrable is [Pinned] for servers that other machines and containers
// call by names of their network: besides own it also accepts a name without a dot (a
// service of Docker Compose, or none at all, as in HTTP/1.0) and those in local,
// internal and test, which RFC 6762, ICANN and RFC 6761 keep from being sold.
func Unregistrable(header string, own ...string) bool {
	host := fromHeader(header)
	return pinned(host) || unregistrable(host) || slices.Contains(own, host)
}

// fromHeader is the host in a Host header, in lower case, without its port.
func fromHeader(header string) string {
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		host = header
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

func pinned(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || isLocalhost(host)
}

// isLocalhost: RFC 6761 keeps names under localhost on this machine.
func isLocalhost(host string) bool {
	return host == "localhost" || within(host, "localhost")
}

func unregistrable(host string) bool {
	return !strings.Contains(host, ".") || within(host, "localhost", "local", "internal", "test")
}

// within reports whether a name ends in one of the domains.
func within(host string, domains ...string) bool {
	return slices.ContainsFunc(domains, func(d string) bool { return strings.HasSuffix(host, "."+d) })
}
