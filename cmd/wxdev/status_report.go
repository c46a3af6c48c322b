package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
)

// print writes the report, each part with what it does not prove.
func (o *statusOptions) print(r StatusReport) {
	say, w := o.sayer(), o.env.Out
	left := shownDuration(o.Lang(), time.Duration(r.Token.ExpiresIn)*time.Second)
	state := say(words.StatusFetched, "left", left)
	if r.Token.Cached {
		state = say(words.StatusKept, "age", shownDuration(o.Lang(), time.Duration(r.Token.AgeSeconds)*time.Second), "left", left)
	}
	o.part(w, say(words.StatusToken), []string{state, text.Line(r.Token.Source)}, nil, r.Token.NotProven)

	fmt.Fprintln(w)
	lines := []string{say(words.StatusAddresses, "n", strconv.Itoa(len(r.Callback.IPs)))}
	if len(r.Callback.IPs) > 0 {
		lines = append(lines, wrap(text.Line(strings.Join(r.Callback.IPs, " ")), min(o.env.Width, 100)-2, "  "))
	}
	o.part(w, say(words.StatusCallback), lines, r.Callback.Error, r.Callback.NotProven)

	fmt.Fprintln(w)
	o.part(w, say(words.StatusQuota), o.quotaLines(r.Quota.Calls), nil, r.Quota.NotProven)

	fmt.Fprintln(w)
	o.part(w, say(words.StatusNetwork), o.networkLines(r.Network), r.Network.Error, r.Network.NotProven)
}

// part writes a heading, its lines or its error, and what they do not prove.
func (o *statusOptions) part(w io.Writer, head string, lines []string, failed *StatusError, not string) {
	p, say := o.Colors(o.env.OutTTY), o.sayer()
	fmt.Fprintln(w, p.Bold(head))
	if failed != nil {
		lines = []string{p.Red(text.Line(failed.Message))}
		for _, h := range failed.Hints {
			lines = append(lines, wrap(h, min(o.env.Width, 100)-2, "  "))
		}
	}
	for _, line := range lines {
		fmt.Fprintln(w, "  "+line)
	}
	fmt.Fprintln(w, p.Dim("  "+wrap(say(words.StatusNotProven, "what", not), min(o.env.Width, 100)-2, "  ")))
}

func (o *statusOptions) quotaLines(calls []CallQuota) []string {
	say, p := o.sayer(), o.Colors(o.env.OutTTY)
	width := 0
	for _, c := range calls {
		width = max(width, columns(text.Line(c.Path)))
	}
	var lines []string
	for _, c := range calls {
		path := text.Line(c.Path)
		line := path + padColumn(path, width)
		if c.Error != nil {
			lines = append(lines, line+p.Red(text.Line(c.Error.Message)))
			continue
		}
		line += say(words.StatusUsed, "used", fmt.Sprint(c.Quota.Used), "daily", fmt.Sprint(c.Quota.Daily), "left", fmt.Sprint(c.Quota.Remain))
		if c.Quota.Rate.Calls > 0 {
			line += say(words.StatusRate, "n", fmt.Sprint(c.Quota.Rate.Calls), "s", fmt.Sprint(c.Quota.Rate.Seconds))
		}
		lines = append(lines, line)
	}
	return lines
}

func (o *statusOptions) networkLines(n NetworkStatus) []string {
	if n.Check == nil {
		return nil
	}
	say := o.sayer()
	var lines []string
	for _, d := range n.Check.DNS {
		lines = append(lines, say(words.StatusResolves, "ip", text.Line(d.IP), "operator", text.Line(d.Operator)))
	}
	for _, ping := range n.Check.Ping {
		lines = append(lines, say(words.StatusPing, "ip", text.Line(ping.IP), "operator", text.Line(ping.Operator),
			"time", text.Line(ping.Time), "loss", text.Line(ping.Loss)))
	}
	return lines
}
