package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"
)

// group are contenders that are compared: the first with each of the others.
type group struct {
	name  string
	words [2]string
	all   []contender
	goals map[string]float64 // by the name of the other
}

var vegetaFixed = contender{"vegeta", "vegeta", vegeta(fixed)}

func groups() []group {
	kept := wxdevWith("--keepalive")
	return []group{
		{
			"keepalive",
			[2]string{"64 connections that are kept, plain mode, every reply judged", "64 个长连接，明文模式，逐条检查回复"},
			[]contender{
				{"wxdev bench --keepalive", "", kept},
				{"hey", "hey", program("Requests/sec", "hey", "-n", "{n}", "-c", connections, "-m", "POST", "-T", "text/xml", "-D", "{body}", "{url}")},
				vegetaFixed,
				{"wrk", "wrk", program("Requests/sec", "wrk", "-t2", "-c"+connections, "-d{s}", "-s", "{dir}/wrk.lua", "{url}")},
			},
			map[string]float64{"hey": 1.3, "vegeta": 1.5, "wrk": 0.8},
		},
		{
			"new",
			[2]string{"a connection a message, HTTP/1.0, as WeChat does", "每条消息新建一个连接，HTTP/1.0，与微信相同"},
			[]contender{
				{"wxdev bench", "", wxdevWith()},
				{"hey -disable-keepalive", "hey", program("Requests/sec", "hey", "-disable-keepalive", "-n", "{n}", "-c", connections, "-m", "POST", "-T", "text/xml", "-D", "{body}", "{url}")},
				{"ab", "ab", program(`Requests per second`, "ab", "-q", "-n", "{n}", "-c", connections, "-T", "text/xml", "-p", "{body}", "{url}")},
			},
			map[string]float64{"hey -disable-keepalive": 1.2, "ab": 1.2},
		},
		{
			"safe",
			[2]string{"safe mode, every message encrypted, beside plain mode", "安全模式（逐条加密）与明文模式相比"},
			[]contender{
				{"wxdev bench --keepalive --mode safe", "", wxdevWith("--keepalive", "--mode", "safe")},
				{"wxdev bench --keepalive", "", kept},
			},
			map[string]float64{"wxdev bench --keepalive": 0.6},
		},
		{
			"export",
			[2]string{"vegeta with the stream of --export vegeta, beside one fixed target", "vegeta 使用 --export vegeta 的数据流，与固定的一个目标相比"},
			[]contender{
				{"wxdev bench --export vegeta | vegeta", "vegeta", vegeta(export, "-lazy", "-format", "json")},
				vegetaFixed,
			},
			map[string]float64{"vegeta": 0.95},
		},
	}
}

// row is a line of the table.
type row struct {
	group       string
	words       [2]string
	ours, other string
	rate, than  float64 // 0 for one that was not measured
	ratio, goal float64
	atMost      bool // the goal is a limit
	unit        string
}

// measure lets all take their turns.
func (l *lab) measure(only string) ([]row, error) {
	server, err := start("empty")
	if err != nil {
		return nil, err
	}
	defer server.stop()
	if err := l.sample(server.url); err != nil {
		return nil, err
	}
	var rows []row
	for _, g := range groups() {
		if only != "" && only != g.name {
			continue
		}
		rates := map[string][]float64{}
		for n := range l.rounds {
			for _, c := range g.all {
				if l.missing[c.tool] != "" {
					continue
				}
				settle()
				rate, err := c.turn(l, server.url)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", c.name, err)
				}
				fmt.Fprintf(os.Stderr, "%s, round %d: %s: %.0f/s\n", g.name, n+1, c.name, rate)
				rates[c.name] = append(rates[c.name], rate)
			}
		}
		for name := range rates {
			slices.Sort(rates[name])
		}
		for _, c := range g.all[1:] {
			r := row{group: g.name, words: g.words, ours: g.all[0].name, other: c.name, goal: g.goals[c.name], unit: "/s"}
			r.rate, r.than = median(rates[r.ours]), median(rates[c.name])
			if r.than > 0 {
				r.ratio = r.rate / r.than
			}
			rows = append(rows, r)
		}
	}
	if only == "" || only == "memory" {
		r, err := l.memory(server.url)
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	if only == "" || only == "stall" {
		r, err := l.stall()
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// memory is what a million messages take.
func (l *lab) memory(url string) (row, error) {
	_, most, err := l.bench(url, "--keepalive", "--connections", connections, "--count", "1000000")
	return row{
		group: "memory", words: [2]string{"the most memory of a run of 1,000,000 messages", "发送 1,000,000 条消息时的最大内存"},
		ours: "wxdev bench --keepalive --count 1000000", rate: float64(most) / 1024, ratio: float64(most) / 1024, goal: 64, atMost: true, unit: " MiB",
	}, err
}

// stall compares the p99 of the open loop with what the server's log gives.
func (l *lab) stall() (row, error) {
	server, err := start("stall")
	if err != nil {
		return row{}, err
	}
	m, _, err := l.bench(server.url, "--keepalive", "--rate", strconv.Itoa(stallRate)+"/s", "--duration", "20s")
	said, numErr := strconv.ParseInt(server.stop(), 10, 64)
	r := row{
		group: "stall", words: [2]string{
			"p99 at 5,000/s of a server that stalls 1 s in every 10 s, beside its own log", "服务器每 10 秒停顿 1 秒，以 5,000/s 发送：p99 与服务器自己的日志相比",
		},
		ours: "wxdev bench --keepalive --rate 5000/s", other: "log", unit: " ms", than: float64(said) / float64(time.Millisecond), goal: 0.95,
	}
	switch {
	case err != nil:
		return r, err
	case numErr != nil:
		return r, numErr
	case m.LatencyMS.P99 == nil:
		fmt.Fprintf(os.Stderr, "stall: %d of %d were late: no percentiles on this machine\n", m.Late, m.Count)
		r.than = 0
		return r, nil
	}
	r.rate = *m.LatencyMS.P99
	r.ratio = r.rate / r.than
	return r, nil
}
