package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
)

var statusWords = map[finding.Lang]struct {
	token, callback, quota, network, not                 string
	fetched, kept, addresses, used, rate, resolves, ping string
	tokenNot, callbackNot, quotaNot, networkNot          string
	notAsked                                             string
}{
	finding.English: {
		token: "Token", callback: "Addresses that WeChat pushes from", quota: "Quota of today", network: "WeChat's look at the server",
		not:     "Does not prove: ",
		fetched: "fetched now, %s left", kept: "kept, %s old, %s left", addresses: "%d in all",
		used: "%d of %d used, %d left", rate: ", and %d in %ds", resolves: "name look-up: %s (%s)", ping: "ping of %s from %s: %s, %s lost",
		notAsked: "not asked: the API gave no answer before",
		tokenNot: "that the account has the right to any call; it shows that AppID and AppSecret belong together, " +
			"and when it was fetched now, that this address may fetch one.",
		callbackNot: "that a request from one of them is a push of your account: check its signature. The list changes.",
		quotaNot: "that a call would be let through: it takes the right to it (48001), and there are limits by the minute. " +
			"All programs of the account use up the same quota.",
		networkNot: "that the server answers: this is one name look-up, and one ping from each carrier. A server may answer " +
			"pings and refuse the port, or the other way round. 'wxdev verify' asks it over HTTP.",
	},
	finding.Chinese: {
		token: "token", callback: "微信推送消息的来源 IP", quota: "今日调用额度", network: "微信对服务器的网络检测",
		not:     "不能证明：",
		fetched: "刚刚获取，还剩 %s", kept: "取自缓存，已用 %s，还剩 %s", addresses: "共 %d 个",
		used: "已用 %d / %d，还剩 %d", rate: "，每 %[2]d 秒 %[1]d 次", resolves: "域名解析：%s（%s）", ping: "ping %s（%s）：%s，丢包 %s",
		notAsked:    "未查询：前一次调用没有收到 API 的响应",
		tokenNot:    "账号有某个接口的权限；只说明 AppID 与 AppSecret 匹配，若是刚刚获取的，还说明本机出口 IP 可以获取 token。",
		callbackNot: "来自这些 IP 的请求就是你账号的推送：仍须验证签名。这个列表会变。",
		quotaNot:    "调用一定成功：还要有接口权限（48001），也不能超过每分钟的限制。账号的所有程序共用这些额度。",
		networkNot:  "服务器能响应：这里只做一次域名解析，每个运营商 ping 一次。能 ping 通，端口也未必开放；ping 不通，服务也可能正常。请用 'wxdev verify' 发 HTTP 请求检查。",
	},
}

// print writes the report, each part with what it does not prove.
func (o *statusOptions) print(r StatusReport) {
	say, w := statusWords[o.Lang()], o.env.Out
	left := shownDuration(o.Lang(), time.Duration(r.Token.ExpiresIn)*time.Second)
	state := fmt.Sprintf(say.fetched, left)
	if r.Token.Cached {
		state = fmt.Sprintf(say.kept, shownDuration(o.Lang(), time.Duration(r.Token.AgeSeconds)*time.Second), left)
	}
	o.part(w, say.token, []string{state, text.Line(r.Token.Source)}, nil, r.Token.NotProven)

	fmt.Fprintln(w)
	lines := []string{fmt.Sprintf(say.addresses, len(r.Callback.IPs))}
	if len(r.Callback.IPs) > 0 {
		lines = append(lines, wrap(text.Line(strings.Join(r.Callback.IPs, " ")), min(o.env.Width, 100)-2, "  "))
	}
	o.part(w, say.callback, lines, r.Callback.Error, r.Callback.NotProven)

	fmt.Fprintln(w)
	o.part(w, say.quota, o.quotaLines(r.Quota.Calls), nil, r.Quota.NotProven)

	fmt.Fprintln(w)
	o.part(w, say.network, o.networkLines(r.Network), r.Network.Error, r.Network.NotProven)
}

// part writes a heading, its lines or its error, and what they do not prove.
func (o *statusOptions) part(w io.Writer, head string, lines []string, failed *StatusError, not string) {
	p, say := o.Colors(o.env.OutTTY), statusWords[o.Lang()]
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
	fmt.Fprintln(w, p.Dim("  "+wrap(say.not+not, min(o.env.Width, 100)-2, "  ")))
}

func (o *statusOptions) quotaLines(calls []CallQuota) []string {
	say, p := statusWords[o.Lang()], o.Colors(o.env.OutTTY)
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
		line += fmt.Sprintf(say.used, c.Quota.Used, c.Quota.Daily, c.Quota.Remain)
		if c.Quota.Rate.Calls > 0 {
			line += fmt.Sprintf(say.rate, c.Quota.Rate.Calls, c.Quota.Rate.Seconds)
		}
		lines = append(lines, line)
	}
	return lines
}

func (o *statusOptions) networkLines(n NetworkStatus) []string {
	if n.Check == nil {
		return nil
	}
	say := statusWords[o.Lang()]
	var lines []string
	for _, d := range n.Check.DNS {
		lines = append(lines, fmt.Sprintf(say.resolves, text.Line(d.IP), text.Line(d.Operator)))
	}
	for _, ping := range n.Check.Ping {
		lines = append(lines, fmt.Sprintf(say.ping, text.Line(ping.IP), text.Line(ping.Operator),
			text.Line(ping.Time), text.Line(ping.Loss)))
	}
	return lines
}
