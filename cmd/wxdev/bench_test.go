package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/load"
)

// benchOf are options as a command line gives them, and where they print.
func benchOf(t *testing.T, lang string, failIf ...string) (o *benchOptions, out, errOut *bytes.Buffer) {
	t.Helper()
	env, out, errOut := testEnv(t, "WXDEV_LANG", lang)
	env.masked()
	_, g := newRoot(env, nil)
	o = &benchOptions{
		globals: g, perSecond: 500, duration: time.Minute, mix: "text", share: 1, failIf: failIf,
		account: &account{url: "http://127.0.0.1/wechat", mode: "plain", format: "xml"},
	}
	if err := o.readLimits(); err != nil {
		t.Fatal(err)
	}
	return o, out, errOut
}

// TestBenchOutcome: how a load ends, by what came of it. What cannot be told is
// never green, and an interruption is one whatever else there was.
func TestBenchOutcome(t *testing.T) {
	late := &load.Result{Sent: 1000, Answered: 1000, Late: 11, Faults: 1}
	crowded := &load.Result{Sent: 1000, Answered: 1000, Late: 11, Crowded: 11}
	interrupted := &load.Result{Sent: 1000, Answered: 0, Faults: 5, Interrupted: true}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		r      *load.Result
		failIf string
		code   int
		says   string
	}{
		"late":                     {late, "", exitOK, "not told: 1.1% of the messages were sent over 10 ms late"},
		"late, and demanded":       {late, "p99>1s", exitFailed, "?  p99>1s"},
		"late, of something else":  {late, "faults>1", exitOK, "ok  faults>1 (1)"},
		"late, with a broken one":  {late, "faults>0", exitNo, "FAIL  faults>0 (1)"},
		"late, demanded":           {late, "late>1%", exitNo, "FAIL  late>1% (1.10%)"},
		"no connection":            {crowded, "max>1s", exitFailed, "give more with --connections"},
		"no descriptor":            {&load.Result{Sent: 1000, Answered: 989, Local: 11}, "faults>0", exitFailed, "not told: 1.1% of the messages could not leave this machine"},
		"some were left":           {&load.Result{Sent: 5, Answered: 5, Unsent: 5}, "faults>0", exitOK, ", 5 were left when the time was over"},
		"nothing sent":             {&load.Result{}, "errors>0", exitFailed, "?  errors>0"},
		"interrupted":              {interrupted, "", exitInterrupted, "Interrupted: this is what there was so far."},
		"interrupted, and demands": {interrupted, "faults>0", exitInterrupted, "FAIL  faults>0 (5)"},
	} {
		t.Run(name, func(t *testing.T) {
			var failIf []string
			if c.failIf != "" {
				failIf = []string{c.failIf}
			}
			o, out, _ := benchOf(t, "en", failIf...)
			ctx := t.Context()
			if c.r.Interrupted {
				ctx = canceled
			}
			b := o.report(c.r, time.Now())
			err := b.outcome(ctx)
			if code := exitCode(ctx, err, true); code != c.code {
				t.Errorf("exit %d: %v", code, err)
			}
			b.print(o.env.Out)
			if text := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(text, strings.Join(strings.Fields(c.says), " ")) {
				t.Errorf("says\n%s", out)
			}
			doc := b.document(err)
			if doc.OK != (c.code == exitOK) || (doc.Error != nil) != (c.code == exitFailed || c.code == exitInterrupted) || doc.Latency != nil {
				t.Errorf("the document is %+v", doc)
			}
			if page := string(b.htmlPage()); strings.Contains(page, "p99.9") || !strings.Contains(page, "<div class=\"tile") {
				t.Errorf("the page is %s", page)
			}
		})
	}
}

// TestBenchWidth: the summary fits a terminal of 80 columns, in both languages.
func TestBenchWidth(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		o, out, _ := benchOf(t, lang, "p99>1s", "errors>0.1%")
		r := &load.Result{
			Sent: 30_000_000, Answered: 29_000_000, Late: 400_000, Crowded: 400_000, Seconds: 3600, Rate: 8333.3, Faults: 123_456,
			Redelivered: 234_567, AnsweredTwice: 12_345, Checked: 300_000, Errors: map[load.Class]int64{},
			Findings: []load.Count{{Finding: finding.Finding{ID: "M14", Severity: finding.Error}, N: 123_456}},
		}
		for _, class := range load.Classes() {
			r.Errors[class] = 123_456
		}
		o.report(r, time.Now()).print(o.env.Out)
		for line := range strings.SplitSeq(out.String(), "\n") {
			if columns(line) > 80 {
				t.Errorf("%s: %d columns: %s", lang, columns(line), line)
			}
		}
		if strings.Contains(out.String(), "status-") {
			t.Errorf("a class has no words:\n%s", out)
		}
		if line := o.going(load.Snapshot{Elapsed: 90 * time.Second, Sent: 123_456, Faults: 12, Errors: 34, Late: 56, Last: load.Second{Answered: 1, P99: time.Millisecond}}); columns(line) > 80 {
			t.Errorf("%s: %d columns: %s", lang, columns(line), line)
		}
	}
}

// TestBenchGuard: what is on this machine or a private network is sent to
// freely; another server must be one's own, and what it gets is said.
func TestBenchGuard(t *testing.T) {
	for url, free := range map[string]bool{
		"http://127.0.0.1:8080/": true, "http://[::1]/": true, "http://localhost/": true, "https://10.1.2.3/": true, "http://192.168.1.5/": true,
		"http://203.0.113.7/": false, "http://[2001:db8::7]/": false, "http://172.32.0.1/": false,
	} {
		o, _, errOut := benchOf(t, "en")
		o.account.url = url
		_, err := o.guard(t.Context())
		var wrong usageError
		if free != (err == nil) || !free && !errors.As(err, &wrong) || errOut.Len() > 0 {
			t.Errorf("%s: %v %s", url, err, errOut)
		}
		o.own = true
		to, err := o.guard(t.Context())
		if err != nil || len(to.addresses) == 0 || free != (errOut.Len() == 0) {
			t.Errorf("%s, one's own: %v %s", url, err, errOut)
		}
		if !free && !strings.Contains(errOut.String(), ": 500 a second, for 1m0s, 30000 messages\n") {
			t.Errorf("%s: said %s", url, errOut)
		}
	}
}

// TestBenchPins: the load goes to the address that was looked at, whatever the
// name means later, and of several to one that takes connections.
func TestBenchPins(t *testing.T) {
	env, _, _ := testEnv(t)
	a := &account{url: "http://localhost:1/"}
	o, _, _ := benchOf(t, "en")
	o.account.url = a.url
	to, err := o.guard(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := a.pusher(env, time.Second)
	to.pin(t.Context(), &p.Sender)
	if !p.Sender.Only.IsLoopback() {
		t.Errorf("pinned to %v", p.Sender.Only)
	}
}

// TestBenchDocumentsAgree: what is found is found in text, JSON and the page.
func TestBenchDocumentsAgree(t *testing.T) {
	o, _, _ := benchOf(t, "en")
	r := &load.Result{Sent: 10, Late: 10, Checked: 10, Findings: []load.Count{{Finding: finding.Finding{ID: "M14", Severity: finding.Error}, N: 7}}}
	b := o.report(r, time.Now())
	doc, err := json.Marshal(b.document(nil))
	if err != nil || !bytes.Contains(doc, []byte(`"found":[{"id":"M14","count":7}]`)) || !bytes.Contains(doc, []byte(`"findings":[{"id":"M14"`)) {
		t.Errorf("%v %s", err, doc)
	}
	if page := string(b.htmlPage()); !strings.Contains(page, "<code>M14</code>") || !strings.Contains(page, "in 7 messages") {
		t.Error(page)
	}
}

// TestBenchExportEnds: a stream of targets that somebody reads to no end is over with
// Ctrl-C.
func TestBenchExportEnds(t *testing.T) {
	o, _, _ := benchOf(t, "en")
	o.export, o.users, o.env.Stream = "vegeta", 10, io.Discard
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- runBenchExport(ctx, o) }()
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	case <-time.After(busy.Net):
		t.Error("it goes on")
	}
}
