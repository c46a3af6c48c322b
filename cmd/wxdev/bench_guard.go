package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/wire"
)

// target is the server that gets the load.
type target struct {
	hostPort  string
	addresses []netip.Addr // IPv4 first
}

// guard finds out where the load goes. What is not on this machine, or on a
// network of one's own, takes --i-own-this-server, and then is said.
func (o *benchOptions) guard(ctx context.Context) (*target, error) {
	u, err := wire.CheckURL(o.account.url)
	if err != nil {
		return nil, usageError{err}
	}
	t := &target{hostPort: wire.HostPort(u)}
	if t.addresses, err = lookup(ctx, u.Hostname()); err != nil {
		return nil, failed(words.BenchErrHost, "host", text.Line(u.Hostname()), "error", err)
	}
	if !slices.ContainsFunc(t.addresses, func(a netip.Addr) bool { return !hostname.Private(a) }) {
		return t, nil
	}
	where := u.Hostname()
	if ip := t.addresses[0].String(); ip != where {
		where += o.say(words.CommonBracket, "text", ip)
	}
	if !o.own {
		return nil, withHint(usage(words.BenchErrOwn, "host", text.Line(where)), hint(words.BenchHintOwn, "load", o.described()))
	}
	fmt.Fprintln(o.env.Err, o.say(words.BenchSending, "load", o.described(), "host", text.Line(where)))
	return t, nil
}

func lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b netip.Addr) int { return a.Unmap().BitLen() - b.Unmap().BitLen() })
	return found, nil
}

// pin makes the sender connect to an address that was looked at, and to no other
// that the name may mean later: the first that takes a connection, if any does.
func (t *target) pin(ctx context.Context, sender *wire.Sender) {
	sender.Only = t.addresses[0].Unmap()
	_, port, _ := net.SplitHostPort(t.hostPort)
	if len(t.addresses) == 1 {
		return
	}
	for _, a := range t.addresses {
		if sender.Connect(ctx, net.JoinHostPort(a.String(), port)) == nil {
			sender.Only = a.Unmap()
			return
		}
	}
}

// described is what is to be sent, in a few words.
func (o *benchOptions) described() string {
	var parts []string
	if o.perSecond > 0 {
		parts = append(parts, o.say(words.BenchLoadRate, "rate", strconv.FormatFloat(o.perSecond, 'f', -1, 64)))
	}
	switch {
	case o.connections > 0 && o.perSecond == 0:
		parts = append(parts, o.say(words.BenchLoadAtOnce, "n", strconv.Itoa(o.connections)))
	case o.connections > 0:
		parts = append(parts, o.say(words.BenchLoadConnections, "n", strconv.Itoa(o.connections)))
	}
	if o.duration > 0 {
		parts = append(parts, o.say(words.BenchLoadDuration, "time", o.duration.String()))
	}
	if n := o.total(); n > 0 {
		parts = append(parts, o.many(int64(n), 0, words.BenchLoadOne, words.BenchLoadCount))
	}
	return strings.Join(parts, o.say(words.CommonComma))
}

// total is how many messages there will be; 0 is not known.
func (o *benchOptions) total() int {
	n := o.count
	if o.perSecond > 0 && o.duration > 0 {
		if by := int(o.perSecond*o.duration.Seconds() + 0.5); n == 0 || by < n {
			n = by
		}
	}
	return n
}
