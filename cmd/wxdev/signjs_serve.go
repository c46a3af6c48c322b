package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/jssdk/devserver"
)

func (o *signJSOptions) validateServe(given func(string) bool) error {
	if err := only(given, "--serve", "html", "json", "debug", "open-tag", "nonce", "timestamp", "entry-url"); err != nil {
		return err
	}
	if o.url != "" {
		return withHint(usagef("--serve signs for any page, but %q was given", o.url), "--origin takes the origin of a page that may ask")
	}
	if o.allowedOrg == "" {
		return nil
	}
	u, err := url.Parse(o.allowedOrg)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil || strings.Contains(u.Host, "*") {
		return usagef("--origin is %q: it takes scheme, host and port of one site, such as http://localhost:3000", o.allowedOrg)
	}
	o.allowedOrg = strings.ToLower(u.Scheme + "://" + u.Host)
	return nil
}

// runServe serves until Ctrl-C.
func (o *signJSOptions) runServe(ctx context.Context) error {
	ticket := func(ctx context.Context) (string, error) {
		t, err := o.client.Ticket(ctx, api.JSAPITicket, api.Want{})
		return t.Value, err
	}
	if o.ticketText != "" {
		text, err := o.ticket(ctx)
		if err != nil {
			return err
		}
		ticket = func(context.Context) (string, error) { return text, nil }
	} else if _, err := ticket(ctx); err != nil {
		return o.explained(err) // now, and not when the first page asks
	}
	l, err := listenOn(o.addr)
	if err != nil {
		return err
	}
	defer l.Close()
	base := "http://" + reachable(l.Addr())
	fmt.Fprintf(o.env.Err, "serving on %s/, Ctrl-C ends it\n", base)
	fmt.Fprintf(o.env.Err, "in a page of yours: <script src=\"%s/jweixin.js\"></script>\n", base)
	o.tellWhoMayAsk(l.Addr())
	if o.readyFile != "" {
		if err := atomicfile.Write(o.readyFile, []byte(base+"\n"), 0o644); err != nil {
			return fmt.Errorf("write the ready file: %w", err)
		}
	}
	lines := newLineWriter(o.env.Out)
	defer lines.Close()
	server := &devserver.Server{
		AppID: o.appid, Ticket: ticket, Others: o.otherTickets, Origin: o.allowedOrg, APIs: o.apis,
		Now: o.env.Now, Rand: o.env.Rand, Log: func(e devserver.Event) { lines.Print(o.eventLine(e)) },
	}
	if host, _, err := net.SplitHostPort(o.addr); err == nil && host != "" {
		server.Hosts = []string{strings.ToLower(host)}
	}
	return serve(ctx, l, server)
}

// reachable is an address as a browser on this machine may name it.
func reachable(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
	}
	return addr.String()
}

func (o *signJSOptions) tellWhoMayAsk(addr net.Addr) {
	if o.allowedOrg != "" {
		fmt.Fprintf(o.env.Err, "pages of %s may ask too\n", text.Line(o.allowedOrg))
	} else {
		fmt.Fprintln(o.env.Err, "only its own pages may ask; --origin lets in those of another address")
	}
	if tcp, ok := addr.(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		fmt.Fprintf(o.env.Err, "wxdev: warning: whoever reaches %s can have pages signed in the account's name\n", addr)
	}
}

// eventLine is what happened at the server, in a line or more.
func (o *signJSOptions) eventLine(e devserver.Event) string {
	p := o.Colors(o.env.OutTTY)
	line := o.env.Now().Format("15:04:05") + "  "
	page := text.Excerpt([]byte(e.URL))
	signed, refused := o.say(words.SignJSEventSigned), o.say(words.SignJSEventRefused)
	width := max(columns(signed), columns(refused))
	switch {
	case e.Err != nil:
		return line + p.Red(e.What) + "  " + page + "  " + text.Line(e.Err.Error()) + "\n"
	case e.What == "refused":
		return line + p.Yellow(padded(refused, width)) + "  " + page + "  " + o.say(words.SignJSEventOrigin, "reason", text.Excerpt([]byte(e.Reason))) + "\n"
	case e.What == "sign":
		return line + padded(signed, width) + "  " + page + "\n"
	case e.OK() && len(e.Found) == 0:
		return line + p.Green("config:ok") + "  " + page + "\n"
	}
	word := p.Green("config:ok")
	if !e.OK() {
		word = p.Red("config:fail")
	}
	text := line + word + "  " + page + "\n"
	for _, m := range e.Found {
		f := o.mistake(m)
		text += "          " + p.Bold(f.ID) + " " + f.Title + "\n          " + f.Fix + "\n"
	}
	return text
}
