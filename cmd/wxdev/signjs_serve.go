package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/jssdk"
	"github.com/wxdev/wxdev/pkg/jssdk/devserver"
)

func (o *signJSOptions) validateServe(given func(string) bool) error {
	if err := only(given, "--serve", "html", "json", "debug", "open-tag", "nonce", "timestamp", "entry-url"); err != nil {
		return err
	}
	if o.url != "" {
		return withHint(usage(words.SignJSErrServeURL, "url", quoted(o.url)), hint(words.SignJSHintOrigin))
	}
	if err := o.readAnswers(); err != nil || o.allowedOrg == "" {
		return err
	}
	u, err := url.Parse(o.allowedOrg)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil || strings.Contains(u.Host, "*") {
		return usage(words.SignJSErrOrigin, "given", quoted(o.allowedOrg))
	}
	o.allowedOrg = strings.ToLower(u.Scheme + "://" + u.Host)
	return nil
}

// answerable are the beginnings of what --answer takes.
func answerable() []string {
	var list []string
	for _, name := range jssdk.APIs() {
		if !devserver.Tells(name) {
			list = append(list, name+"=")
		}
	}
	return list
}

// readAnswers reads what functions of the SDK are to give back.
func (o *signJSOptions) readAnswers() error {
	for _, given := range o.answerTexts {
		err := o.answers.Add(given)
		var unknown *devserver.UnknownAPI
		switch {
		case errors.As(err, &unknown) && unknown.Nearest != "":
			return withHint(usage(words.SignJSErrAnswerName, "name", quoted(unknown.Name)), hint(words.HintDidYouMean, "best", unknown.Nearest))
		case errors.As(err, &unknown):
			return usage(words.SignJSErrAnswerName, "name", quoted(unknown.Name))
		case err != nil:
			return usage(words.SignJSErrAnswer, "given", quoted(given))
		}
	}
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
	fmt.Fprintln(o.env.Err, o.say(words.SignJSServing, "url", base+"/"))
	fmt.Fprintln(o.env.Err, o.say(words.SignJSScript, "script", `<script src="`+base+`/jweixin.js"></script>`))
	o.tellWhoMayAsk(l.Addr())
	if o.readyFile != "" {
		if err := atomicfile.Write(o.readyFile, []byte(base+"\n"), 0o666); err != nil {
			return failed(words.ErrReadyFile, "error", cause(err))
		}
	}
	lines := newLineWriter(o.env.Out, o.sayer())
	defer lines.Close()
	server := &devserver.Server{
		AppID: o.appid, Ticket: ticket, Others: o.otherTickets, Origin: o.allowedOrg, APIs: o.apis,
		Lang: o.Lang(),
		Now:  o.env.Now, Rand: o.env.Rand, Log: func(e devserver.Event) { lines.Print(o.eventLine(e)) },
	}
	if len(o.answerTexts) > 0 {
		server.Answer = o.answers.Answer
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
		fmt.Fprintln(o.env.Err, o.say(words.SignJSMayAsk, "origin", text.Line(o.allowedOrg)))
	} else {
		fmt.Fprintln(o.env.Err, o.say(words.SignJSOwnPages))
	}
	if tcp, ok := addr.(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		o.warn(failed(words.SignJSErrOpen, "addr", addr.String()))
	}
}

// eventLine is what happened at the server, in a line or more.
func (o *signJSOptions) eventLine(e devserver.Event) string {
	p := o.Colors(o.env.OutTTY)
	line := o.env.Now().Format("15:04:05") + "  "
	page := finding.Excerpt(e.URL).In(o.Lang())
	signed, refused := o.say(words.SignJSEventSigned), o.say(words.SignJSEventRefused)
	width := max(columns(signed), columns(refused))
	switch {
	case e.Err != nil:
		return line + p.Red(e.What) + "  " + page + "  " + o.errorText(e.Err) + "\n"
	case e.What == "refused":
		return line + p.Yellow(padded(refused, width)) + "  " + page + "  " + o.say(words.SignJSEventOrigin, "reason", finding.Excerpt(e.Reason).In(o.Lang())) + "\n"
	case e.What == "call":
		said := p.Green(text.Line(e.Said))
		if !strings.HasSuffix(e.Said, ":ok") {
			said = p.Red(text.Line(e.Said))
		}
		return line + padded(o.say(words.SignJSEventCalled), width) + "  " + page + "  " + said + "\n"
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
