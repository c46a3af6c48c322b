package main

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
)

// The languages of the page, as indexes of what is in both.
const (
	english = iota
	chinese
)

var page = [2]string{
	`# How fast wxdev bench is

` + "`make bench-peers`" + ` makes this page; change tools/benchpeers instead. All load the same server in turns: an
empty Go handler that reads the body, in a process of its own, over loopback. The ratios are of the medians, and what
counts; the numbers are those of one machine (%s, %d cores), which the server shares.
The peers send one fixed body and judge nothing; each message of wxdev is another one, signed, and its reply is judged.

%s
%s## Where the time of the generator goes

Of the closed loop with 64 kept connections, by its profile:

%s`,
	`# wxdev bench 有多快

本页由 ` + "`make bench-peers`" + ` 生成，请改 tools/benchpeers，不要直接改本页。各工具轮流向同一个服务器发送：只读取请求体的空 Go
处理函数，单独一个进程，走回环地址。比值取自中位数，有意义的是比值；数字只代表某一台机器（%s，%d 核），服务器也在这台机器上。
其他工具只发送固定的一个请求体，什么都不检查；wxdev 的每条消息都不同，都有签名，回复也逐条检查。

%s
%s## 生成端的时间花在哪里

64 个长连接的闭环，按性能剖析：

%s`,
}

// table is the measurements as Markdown.
func table(rows []row, lang int) string {
	var b strings.Builder
	b.WriteString([2]string{
		"| What | Measured | Beside | Ratio | Goal |\n|---|---|---|---|---|\n",
		"| 项目 | 实测 | 对照 | 比值 | 目标 |\n|---|---|---|---|---|\n",
	}[lang])
	for _, r := range rows {
		measured, beside, ratio, goal := "–", "–", "–", fmt.Sprintf("≥ %g", r.goal)
		if r.rate > 0 {
			measured = fmt.Sprintf("`%s`: %.0f%s", strings.ReplaceAll(r.ours, "|", `\|`), r.rate, r.unit)
		}
		if r.than > 0 {
			beside = fmt.Sprintf("`%s`: %.0f%s", r.other, r.than, r.unit)
		} else if r.other != "" {
			beside = "`" + r.other + "`" + [2]string{": missing", "：缺少"}[lang]
		}
		if r.ratio > 0 && !r.atMost {
			ratio = fmt.Sprintf("**%.2f**", r.ratio)
		}
		if r.group == "stall" {
			goal = "0.95–1.05"
		}
		if r.atMost {
			goal = fmt.Sprintf("< %g%s", r.goal, r.unit)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.words[lang], measured, beside, ratio, goal)
	}
	return b.String()
}

func (l *lab) write(rows []row, top []share) error {
	for lang, file := range []string{"docs/performance.md", "docs/performance.zh-CN.md"} {
		missing := ""
		if names := slices.Sorted(maps.Keys(l.missing)); len(names) > 0 {
			missing = [2]string{"Missing, and so not measured: ", "缺少，因此没有测量："}[lang] + strings.Join(names, ", ") + "\n\n"
		}
		var shares strings.Builder
		for _, s := range top {
			fmt.Fprintf(&shares, "- %s %s\n", s.percent, s.words[lang])
		}
		text := fmt.Sprintf(page[lang], runtime.GOOS+"/"+runtime.GOARCH, runtime.NumCPU(), table(rows, lang), missing, shares.String())
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
