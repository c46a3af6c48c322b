package main

import (
	"cmp"
	"net"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/wire"
)

// addAddress declares where the emulator is: for programs, and for a browser.
func (o *emulatorOptions) addAddress(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.addr, "addr", "127.0.0.1:0", "")
	cmd.Flags().StringVar(&o.public, "public-url", "", "")
	fixedValues(cmd, "addr")
	fixedValues(cmd, "public-url")
}

// checkPublic holds --public-url to what can begin every URL: the emulator's
// paths are its own.
func (o *emulatorOptions) checkPublic() error {
	if o.public == "" {
		return nil
	}
	u, err := wire.CheckURL(o.public)
	if err != nil || strings.TrimRight(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery {
		return usage(words.ErrTakesPair, "flag", "--public-url", "given", quoted(o.public), "form", "https://HOST or http://HOST:PORT")
	}
	o.public = u.Scheme + "://" + u.Host
	return nil
}

// hosts are names by which the control API may be called.
func (o *emulatorOptions) hosts() []string {
	if host, _, err := net.SplitHostPort(o.addr); err == nil && host != "" {
		return []string{strings.ToLower(host)}
	}
	return nil
}

// base is the URL for programs. The name in --addr stays a name: other machines
// and containers know it, and not the address that it has today.
func (o *emulatorOptions) base(l net.Listener) string {
	host, _, err := net.SplitHostPort(o.addr)
	if tcp, ok := l.Addr().(*net.TCPAddr); ok && err == nil && !hostname.Loopback(host) && net.ParseIP(host) == nil {
		return "http://" + net.JoinHostPort(strings.ToLower(host), strconv.Itoa(tcp.Port))
	}
	return "http://" + reachable(l.Addr())
}

// page is the address of the phone for a browser.
func (o *emulatorOptions) page(base string) string { return cmp.Or(o.public, base) + "/" }
