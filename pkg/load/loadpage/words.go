package loadpage

import (
	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
)

// text is what the page says, in English and Chinese.
var text = lazy.Value[map[string][2]string]{Make: func() map[string][2]string {
	return map[string][2]string{
		"p50":         {"p50", "p50"},
		"p90":         {"p90", "p90"},
		"p99":         {"p99", "p99"},
		"p99.9":       {"p99.9", "p99.9"},
		"max":         {"longest", "最长"},
		"sent":        {"messages sent", "已推送消息"},
		"rate":        {"a second", "每秒"},
		"answered":    {"answered", "已响应"},
		"faults":      {"users saw the fault line", "用户看到故障提示"},
		"redelivered": {"deliveries repeated", "重新推送"},
		"twice":       {"answered twice", "重复处理"},
		"errors":      {"failed deliveries", "失败的推送"},
		"late":        {"sent late", "发送偏晚"},
		"unsent":      {"never sent", "没有发送"},
		"interrupted": {"It was interrupted: this is what there was so far.", "测试被中断，以下是中断前的结果。"},
		"limits":      {"What was demanded", "要求"},
		"findings":    {"What is wrong with the replies", "回复的问题"},
		"over-time":   {"Latency over time, on a logarithmic scale", "响应时间随时间的变化（对数坐标）"},
		"per-second":  {"Messages in each second", "每秒的消息数"},
		"percentiles": {"Latency by percentile", "响应时间的百分位分布"},
		"p50-line":    {"p50", "p50"},
		"p99-line":    {"p99", "p99"},
		"max-line":    {"longest", "最长"},
		"sent-line":   {"sent", "推送"},
		"failed-line": {"failed", "失败"},
		"limit":       {"WeChat gives up", "微信不再等待"},
	}
}}

func sayIn(lang finding.Lang) func(id string) string {
	at := 0
	if lang == finding.Chinese {
		at = 1
	}
	return func(id string) string { return text.Get()[id][at] }
}
