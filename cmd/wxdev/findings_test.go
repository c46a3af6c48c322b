package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/reply"
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
		"  提示 post       签名错误的 POST 得到：没有响应就关闭了连接；--messages 的检查会进一步说明\n": {
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

// TestPlacesAreShownOnce: where in the console is set what the fixes speak of
// stands once below them, and so among the annotations; a JUnit report has it,
// and the code, with each finding.
func TestPlacesAreShownOnce(t *testing.T) {
	exchange := &finding.Exchange{Received: []byte("HTTP/1.1 403 Forbidden\r\nX-Powered-By: PHP/8.2\r\n\r\nno")}
	var out, commands bytes.Buffer
	g := &globals{env: &Env{Width: 200, Commands: &commands, LookupEnv: func(string) (string, bool) { return "", false }}, lang: "en"}
	var all []findingJSON
	for _, f := range []finding.Finding{
		finding.New("V03", ""), finding.New("V51", ""), // both speak of the server configuration
		{ID: "V18", Variant: "numeric-sort", Exchange: exchange},        // of nothing in the console
		{ID: "V04", Variant: "private-address", Severity: finding.Info}, // whose fix is not shown
		finding.New("J11", ""), // of another setting
	} {
		all = append(all, describe(g.Lang(), f))
	}
	for i := range all {
		if (all[i].Where == nil) != (all[i].ID == "V18") {
			t.Errorf("%s: %q", all[i].ID, all[i].Where)
		}
	}

	printFindings(&out, g, all)
	for text, want := range map[string]int{"Where it is set": 2, "mini programs": 1, "JS接口安全域名": 2} {
		if n := strings.Count(out.String(), text); n != want {
			t.Errorf("text: %q is there %d times, want %d:\n%s", text, n, want, &out)
		}
	}
	cases := []reportCase{{Name: "one", Findings: all[:1]}, {Name: "rest", Findings: all[1:]}}
	g.annotate(cases, false)
	if n := strings.Count(commands.String(), "::notice title=Where it is set in WeChat's console::official and service accounts"); n != 2 {
		t.Errorf("annotations: %d places, want 2:\n%s", n, &commands)
	}
	report, err := (&globals{env: SystemEnv()}).junit("suite", cases, false)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(report), "接口配置信息"); n != 3 { // V03, V51, V04
		t.Errorf("JUnit: %d places, want 3:\n%s", n, report)
	}
	if !strings.Contains(string(report), "PHP&#xA;") || !strings.Contains(string(report), "sort($a, SORT_STRING);") {
		t.Errorf("JUnit lacks the code:\n%s", report)
	}
	if strings.Contains(commands.String(), "SORT_STRING") {
		t.Errorf("an annotation is no place for code:\n%s", &commands)
	}
}

// TestPlaceInJSON: a finding about a reply has the place of the wrong bytes and
// what should stand there, an empty text where nothing should; one about a file
// has its old keys.
func TestPlaceInJSON(t *testing.T) {
	place := func(body, variant string) string {
		for _, f := range reply.Judge([]byte(body), reply.Asked{}).Findings {
			if f.Variant == variant {
				b, err := json.Marshal(describe(finding.English, f).Place)
				if err != nil {
					t.Fatal(err)
				}
				return string(b)
			}
		}
		return "not found"
	}
	for _, c := range []struct{ body, variant, want string }{
		{"success\n", "blank-success", `{"in":"body","line":1,"column":1,"offset":0,"length":8,"expected":"success"}`},
		{"\ufeffsuccess", "bom", `{"in":"body","line":1,"column":1,"offset":0,"length":3,"expected":""}`},
		{"hello", "plain-text", `{"in":"body","line":1,"column":1,"offset":0,"length":5}`},
	} {
		if got := place(c.body, c.variant); got != c.want {
			t.Errorf("%s: %s, want %s", c.variant, got, c.want)
		}
	}
	f := finding.New("A20", "json-syntax")
	f.Place = &finding.Place{File: "menu.json", Line: 2, Column: 3}
	if got := describe(finding.English, f); got.Place != nil || got.File != "menu.json" || got.Line != 2 || got.Column != 3 {
		t.Errorf("a file: %+v", got)
	}
}
