package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/verify"
)

func TestARequestIsShownOnce(t *testing.T) {
	var out bytes.Buffer
	g := &globals{env: &Env{Width: 80, LookupEnv: func(string) (string, bool) { return "", false }}, lang: "en"}
	printFindings(&out, g, []findingJSON{
		{ID: "V01", Severity: finding.Error, Title: "one", Replay: "curl a"},
		{ID: "V02", Severity: finding.Error, Title: "two"},
		{ID: "V06", Severity: finding.Info, Title: "note", Replay: "curl b"},
		{ID: "V20", Severity: finding.Error, Title: "three", Replay: "curl a"},
		{ID: "V44", Severity: finding.Warning, Title: "four", Replay: "curl b"},
		{ID: "M01", Severity: finding.Error, Title: "five"},
	})
	for text, want := range map[string]int{"curl a": 1, "curl b": 1, "replay   the same request as for V01": 1, "replay ": 3} {
		if n := strings.Count(out.String(), text); n != want {
			t.Errorf("%q is there %d times, want %d:\n%s", text, n, want, &out)
		}
	}
}

func TestChecksInChinese(t *testing.T) {
	for want, check := range map[string]verify.Check{
		"  注意 post       签名错误的 POST 得到：没有响应就关闭了连接；--messages 的检查会进一步说明\n": {
			Name: "post", Outcome: verify.Passed, Facts: finding.NewFacts("unclear", finding.Because(reason.ClosedWithoutAnswer)),
		},
		"  失败 echo       403 Forbidden，响应体为空\n": {
			Name: "echo", Outcome: verify.Failed, Facts: finding.NewFacts("status", "403 Forbidden", "body", "empty"),
		},
		"  失败 echo       200 OK，但响应体不只是 echostr\n": {
			Name: "echo", Outcome: verify.Failed, Facts: finding.NewFacts("status", "200 OK", "body", "echostr"),
		},
		"  失败 echo       200 OK，响应体不是 echostr\n": {
			Name: "echo", Outcome: verify.Failed, Facts: finding.NewFacts("status", "200 OK", "body", "other"),
		},
	} {
		var out bytes.Buffer
		env := &Env{Out: &out, Width: 100, LookupEnv: func(string) (string, bool) { return "", false }}
		o := &verifyOptions{globals: &globals{env: env, lang: "zh"}}
		if o.printCheck(&check); out.String() != want {
			t.Errorf("got %q, want %q", out.String(), want)
		}
	}
}
