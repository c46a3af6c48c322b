package scenario_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/scenario"
)

const token = "letmein7"

// bot answers a message with a text, or with success when it is empty.
type bot func(in *message.Message) string

// serve runs a correct server around a bot, and a runner for it.
func serve(t testing.TB, b bot) *scenario.Runner {
	t.Helper()
	return runner(t, &receiver.Handler{Token: token, Codec: codec(t), Reply: func(in *message.Message) *message.Message {
		if text := b(in); text != "" {
			return reply.Text(in, time.Now(), text)
		}
		return nil
	}})
}

func runner(t testing.TB, h http.Handler) *scenario.Runner {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c := &push.Pusher{URL: s.URL + "/wechat", Token: token}
	c.Sender.Timeout = busy.Net
	return &scenario.Runner{Pusher: c}
}

func codec(t testing.TB) *msgcrypt.Codec {
	t.Helper()
	key, err := msgcrypt.ParseKey("wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd")
	if err != nil {
		t.Fatal(err)
	}
	return msgcrypt.New(key, "wx0123456789abcdef")
}

func parse(t testing.TB, text string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Parse("test.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs scenarios and returns their results.
func run(t testing.TB, r *scenario.Runner, all ...*scenario.Scenario) []*scenario.Result {
	t.Helper()
	var results []*scenario.Result
	for _, s := range all {
		if err := r.Check(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Run(t.Context(), all, func(res *scenario.Result) { results = append(results, res) }); err != nil {
		t.Fatal(err)
	}
	return results
}

// echo says what it hears, and what the event was.
func echo(in *message.Message) string {
	if in.IsEvent() {
		return in.Get("Event") + " " + in.Get("EventKey")
	}
	return "you said: " + in.Get("Content")
}

func TestGoesWell(t *testing.T) {
	r := serve(t, echo)
	res := run(t, r, parse(t, `
[[step]]
send = "text"
value = "number 42"
expect = { type = "text", text = "you said: number 42", match = '\d+$', not_match = "x", contains = ["said", "42"], not_contains = ["error"], under = "1m", no_findings = "info", fields = { Content = "you said: number 42" } }
capture = { number = 'number (\d+)', all = '.*' }
[[step]]
from = "bob"
send = "click"
value = "{{number}} of {{ n }}"
repeat = 3
[step.expect]
text = "CLICK {{number}} of {{n}}"
match = '^CLICK {{number}} of [123]$'
[[step]]
send = "text"
set.Content = "{{openid}}: {{all}} {{not a variable}} {{}}"
expect.match = '^you said: oWXDEV\S{22}: you said: number 42 \{\{not a variable\}\} \{\{\}\}$'
`))[0]
	if !res.OK() || res.Ran() != 3 || res.Steps[1].Runs != 3 {
		t.Fatal(describe(res))
	}
	s := res.Steps[1]
	if english(s.Sent) != `event CLICK "42 of 3"` || english(s.Got) != `text "CLICK 42 of 3"` || s.Seen != reply.SeenReply || s.Took <= 0 {
		t.Errorf("the second step is %+v", s)
	}
}

// describe is a result in words, for the tests.
func describe(res *scenario.Result) string {
	var b strings.Builder
	for i, s := range res.Steps {
		fmt.Fprintf(&b, "step %d: %d runs, sent %s, got %s\n", i+1, s.Runs, english(s.Sent), english(s.Got))
		if f := s.Failure; f != nil {
			fmt.Fprintf(&b, "  run %d copy %d: %v\n", f.Run, f.Copy, f.Err)
			for _, m := range f.Mismatches {
				fmt.Fprintf(&b, "  %s %s want %q got %q absent %t\n", m.Kind, m.Name, m.Want, m.Got, m.Absent)
			}
			for _, g := range f.Findings {
				fmt.Fprintf(&b, "  %s %s\n", g.ID, g.Variant)
			}
		}
	}
	return b.String()
}

// TestExpectations has an expectation that is met and one that is not, for
// each kind.
func TestExpectations(t *testing.T) {
	news := func(in *message.Message) *message.Message {
		return reply.News(in, time.Now(), reply.Article{Title: "Help", Description: "a\nb", PicURL: "http://a/p", URL: "http://a/u"})
	}
	text := func(in *message.Message) *message.Message { return reply.Text(in, time.Now(), "one two") }
	nothing := func(*message.Message) *message.Message { return nil }
	image := func(in *message.Message) *message.Message { return reply.Image(in, time.Now(), "MEDIA") }
	unswapped := func(in *message.Message) *message.Message {
		m := text(in)
		m.Delete("FromUserName")
		return m
	}
	long := func(in *message.Message) *message.Message {
		return reply.Text(in, time.Now(), strings.Repeat("x", 3000)) // a warning
	}
	for _, c := range []struct {
		expect string
		answer func(*message.Message) *message.Message
		want   string // the kinds that are not met, and findings
	}{
		{`type = "text"`, text, ""},
		{`type = "text"`, news, "type"},
		{`type = "text"`, nothing, "type"},
		{`type = "news"`, news, ""},
		{`type = "image"`, image, ""},
		{`type = "success"`, nothing, ""},
		{`type = "success"`, text, "type"},
		{`type = "nothing"`, nothing, ""},
		{`type = "nothing"`, text, "type"},
		{`type = "empty"`, nothing, "type"},
		{`type = "fault"`, nothing, "type"},
		{`type = "fault"`, unswapped, ""},
		{`type = "text"`, unswapped, "M12"},
		{`type = "text", no_findings = "warning"`, unswapped, "no_findings M12"},
		{`type = "text", no_findings = "warning"`, long, "no_findings M12"},
		{`type = "text", no_findings = "error"`, long, ""},
		{`text = "one two"`, text, ""},
		{`text = "one"`, text, "text"},
		{`text = "one"`, nothing, "type text"},
		{`text = "one"`, news, "type text"},
		{`match = '^o'`, text, ""},
		{`match = '^two'`, text, "match"},
		{`match = ['^o', 'x', 'z']`, text, "match match"},
		{`match = ''' b$ '''`, nothing, "match"},
		{`match = '(?m)^b$'`, news, ""},
		{`not_match = 'two'`, text, "not_match"},
		{`not_match = 'two'`, nothing, ""},
		{`contains = "two"`, text, ""},
		{`contains = ["two", "three"]`, text, "contains"},
		{`contains = "http://a/u"`, news, ""},
		{`contains = "MEDIA"`, image, ""},
		{`contains = "gh_"`, text, "contains"},
		{`not_contains = "two"`, text, "not_contains"},
		{`not_contains = "three"`, text, ""},
		{`articles = 1`, news, ""},
		{`articles = 2`, news, "articles"},
		{`fields = { "Articles.item[1].Title" = "Help" }`, news, ""},
		{`fields = { "Articles.item[2].Title" = "Help" }`, news, "fields"},
		{`fields = { Image.MediaId = "OTHER" }`, image, "fields"},
		{`under = "1m"`, text, ""},
		{`under = "1ns"`, text, "under"},
		{`under = "1ns", type = "fault"`, text, "under type"},
	} {
		r := runner(t, &receiver.Handler{Token: token, Reply: c.answer})
		res := run(t, r, parse(t, "[[step]]\nsend = \"text\"\nexpect = { "+c.expect+" }\n"))[0]
		var got []string
		if f := res.Steps[0].Failure; f != nil {
			for _, m := range f.Mismatches {
				got = append(got, string(m.Kind))
			}
			for _, g := range f.Findings {
				got = append(got, g.ID)
			}
		}
		if s := strings.Join(got, " "); s != c.want || res.OK() != (c.want == "") {
			t.Errorf("%s: %q, want %q\n%s", c.expect, s, c.want, describe(res))
		}
	}
}

// TestEndsWithTheFirstFailure: what would come after it is not sent.
func TestEndsWithTheFirstFailure(t *testing.T) {
	var mu sync.Mutex
	var heard []string
	r := serve(t, func(in *message.Message) string {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, in.Get("Content"))
		return in.Get("Content")
	})
	res := run(t, r, parse(t, `
[[step]]
send = "text"
value = "a"
[[step]]
send = "text"
value = "{{n}}"
repeat = 5
expect.not_contains = "3"
[[step]]
send = "text"
value = "b"
`))[0]
	if res.OK() || res.Ran() != 2 || res.Steps[1].Failure.Run != 3 || res.Steps[2].Runs != 0 {
		t.Error(describe(res))
	}
	if want := []string{"a", "1", "2", "3"}; !slices.Equal(heard, want) {
		t.Errorf("the server heard %q, want %q", heard, want)
	}
}

// TestStatus: a reply with another status than 200 is the fault that 'wxdev
// send' says it is, and one without a word to say is none.
func TestStatus(t *testing.T) {
	for body, want := range map[string]string{"<xml><MsgType>text</MsgType><Content>hi</Content></xml>": "fault", "success": "success", "": "nothing"} {
		h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusCreated)
			io.WriteString(w, body)
		})
		r := runner(t, h)
		r.Pusher.Attempts = 1
		if res := run(t, r, parse(t, "[[step]]\nsend = \"text\"\nexpect.type = \""+want+"\"\n"))[0]; !res.OK() {
			t.Errorf("%q: %s", body, describe(res))
		}
	}
}

func TestCaptureFails(t *testing.T) {
	r := serve(t, func(in *message.Message) string { return in.Get("Content") })
	for value, absent := range map[string]bool{"no digits": false, "": true} {
		res := run(t, r, parse(t, "[[step]]\nsend = \"text\"\nvalue = \""+value+"\"\ncapture = { code = '\\d' }\n"))[0]
		f := res.Steps[0].Failure
		if f == nil || len(f.Mismatches) != 1 || f.Mismatches[0].Kind != scenario.Capture || f.Mismatches[0].Name != "code" || f.Mismatches[0].Absent != absent {
			t.Errorf("%q: %s", value, describe(res))
		}
	}
}

// TestForbiddenInVariable: JSON may hold what XML forbids. A message that
// cannot be written fails the step, not the run.
func TestForbiddenInVariable(t *testing.T) {
	kf := func(in *message.Message) *message.Message { return reply.Transfer(in, time.Now(), "a\x02b") }
	r := runner(t, &receiver.Handler{Token: token, Reply: kf})
	res := run(t, r, parse(t, `
[[step]]
send = "text"
format = "json"
capture = { x = '.+' }
[[step]]
send = "text"
value = "{{x}}"
`))[0]
	if f := res.Steps[1].Failure; f == nil || f.Err == nil || f.Delivery != nil || !strings.Contains(f.Err.Error(), "U+0002") {
		t.Error(describe(res))
	}
}

// TestDuplicate: a message that comes twice must be answered the same, or with
// nothing.
func TestDuplicate(t *testing.T) {
	const twice = "[[step]]\nsend = \"text\"\nduplicate = 2\nexpect.contains = \"answer\"\n"
	count := 0
	counting := func(in *message.Message) *message.Message {
		count++
		return reply.Text(in, time.Now(), fmt.Sprint("answer ", count))
	}
	correct := run(t, runner(t, &receiver.Handler{Token: token, Reply: counting}), parse(t, twice))[0]
	if !correct.OK() || count != 1 {
		t.Errorf("%d answers were made: %s", count, describe(correct))
	}
	forgetful := runner(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		(&receiver.Handler{Token: token, Reply: counting}).ServeHTTP(w, req)
	}))
	f := run(t, forgetful, parse(t, twice))[0].Steps[0].Failure
	if f == nil || f.Copy != 1 || len(f.Findings) != 1 || f.Findings[0].ID != "M08" || f.Findings[0].Facts.Text(finding.English, "second") != `text "answer 3"` {
		t.Errorf("the forgetful server: %+v", f)
	}
	silent := onceOnly(counting)
	if res := run(t, runner(t, silent), parse(t, twice))[0]; !res.OK() {
		t.Errorf("success to a duplicate: %s", describe(res))
	}
}

// onceOnly answers a message the first time, and then says success.
func onceOnly(reply func(*message.Message) *message.Message) http.Handler {
	var mu sync.Mutex
	seen := map[string]bool{}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		(&receiver.Handler{Token: token, Reply: func(in *message.Message) *message.Message {
			mu.Lock()
			defer mu.Unlock()
			if seen[in.DedupKey()] {
				return nil
			}
			seen[in.DedupKey()] = true
			return reply(in)
		}}).ServeHTTP(w, req)
	})
}

// TestRetry: when the answer was lost, success leaves the user without one.
func TestRetry(t *testing.T) {
	const again = "[[step]]\nsend = \"text\"\nvalue = \"x\"\nretry = 2\nexpect.text = \"you said: x\"\n"
	said := func(in *message.Message) *message.Message { return reply.Text(in, time.Now(), echo(in)) }
	if res := run(t, runner(t, &receiver.Handler{Token: token, Reply: said}), parse(t, again))[0]; !res.OK() {
		t.Errorf("the correct server: %s", describe(res))
	}
	res := run(t, runner(t, onceOnly(said)), parse(t, again))[0]
	if f := res.Steps[0].Failure; f == nil || f.Mismatches[0].Kind != scenario.TypeOf || f.Mismatches[0].Got != "success" {
		t.Errorf("success to the second delivery: %s", describe(res))
	}
}

// TestEventsDiffer: events of one user never have the same second, not even
// those of two runs.
func TestEventsDiffer(t *testing.T) {
	seen := map[string]bool{}
	var mu sync.Mutex
	r := serve(t, func(in *message.Message) string {
		mu.Lock()
		defer mu.Unlock()
		key := in.Get("FromUserName") + in.Get("CreateTime") + in.Get("MsgId")
		if seen[key] {
			t.Errorf("%s came twice", key)
		}
		seen[key] = true
		return "ok"
	})
	same := parse(t, "fresh = false\n[[step]]\nsend = \"click\"\nvalue = \"k\"\nrepeat = 20\n[[step]]\nsend = \"text\"\nrepeat = 20\n[[step]]\nsend = \"subscribe\"\n")
	run(t, r, same, same, same)
	if len(seen) != 3*41 {
		t.Errorf("%d messages came, not %d", len(seen), 3*41)
	}
}

// TestUsers: a name is another user in each run, unless it is to be the same;
// an OpenID is itself.
func TestUsers(t *testing.T) {
	r := serve(t, func(in *message.Message) string { return "" })
	const steps = "[[step]]\nfrom = \"alice\"\nsend = \"text\"\n[[step]]\nfrom = \"oAbCdEfGhIjKlMnOpQrStUvWxYz0\"\nsend = \"text\"\n"
	fresh, same := parse(t, steps), parse(t, "fresh = false\n"+steps)
	res := run(t, r, fresh, fresh, same, same)
	ids := func(n int) string { return res[0].Steps[n].OpenID }
	if ids(0) == res[1].Steps[0].OpenID || !strings.HasPrefix(ids(0), message.TestPrefix) {
		t.Errorf("alice is %s in both runs", ids(0))
	}
	for _, x := range res[2:] {
		if x.Steps[0].OpenID != message.OpenID("alice") {
			t.Errorf("alice is %s", x.Steps[0].OpenID)
		}
	}
	if ids(1) != "oAbCdEfGhIjKlMnOpQrStUvWxYz0" {
		t.Errorf("an OpenID became %s", ids(1))
	}
}

// TestModesAndFormats: each step in its own.
func TestModesAndFormats(t *testing.T) {
	h := &receiver.Handler{Token: token, Codec: codec(t), Reply: func(in *message.Message) *message.Message {
		if in.Format == msgcrypt.JSON {
			return reply.Transfer(in, time.Now(), "json")
		}
		return reply.Text(in, time.Now(), "xml")
	}}
	r := runner(t, h)
	s := parse(t, `
format = "json"
[[step]]
send = "text"
expect = { contains = "json", no_findings = "error" }
[[step]]
send = "text"
mode = "safe"
expect.contains = "json"
[[step]]
send = "text"
mode = "compat"
format = "xml"
expect.text = "xml"
`)
	if err := r.Check(s); err == nil || !strings.HasPrefix(err.Error(), "test.toml:8:1: safe mode needs") {
		t.Errorf("without a key: %v", err)
	}
	r.Pusher.Codec = codec(t)
	if res := run(t, r, s)[0]; !res.OK() {
		t.Error(describe(res))
	}
	control := parse(t, "[[step]]\nsend = \"text\"\nset = { Content = \"a\\u0002\" }\n")
	if err := r.Check(control); err == nil || err.Error() != "test.toml:3:9: a character that XML forbids" {
		t.Errorf("a control character in XML: %v", err)
	}
	menu := parse(t, "[[step]]\nsend = \"click\"\n")
	r.Format = msgcrypt.JSON
	if err := r.Check(control); err != nil {
		t.Errorf("a control character in JSON: %v", err)
	}
	if err := r.Check(menu); err == nil || !strings.HasPrefix(err.Error(), "test.toml:2:8: click is not pushed in JSON") {
		t.Errorf("a menu in JSON: %v", err)
	}
	r.Pusher.Mode, r.Pusher.Codec = msgcrypt.Safe, nil
	if err := r.Check(menu); err == nil || !strings.HasPrefix(err.Error(), "test.toml:2:8: safe mode needs") {
		t.Errorf("safe mode from the account: %v", err)
	}
}

// TestNoServer: what was expected is told, though there is nothing to compare
// it with.
func TestNoServer(t *testing.T) {
	r := &scenario.Runner{Pusher: &push.Pusher{URL: "http://" + busy.Nobody(t) + "/", Token: token, Attempts: 1}}
	for expect, want := range map[string]string{
		`text = "x", contains = "y", not_contains = "z"`:            "type text contains",
		`articles = 2, fields = { "Articles.item[1].Title" = "x" }`: "type articles fields",
		`type = "success"`:                  "type",
		`type = "fault"`:                    "",
		`match = "x", no_findings = "info"`: "no_findings match",
	} {
		res := run(t, r, parse(t, "[[step]]\nsend = \"text\"\nexpect = { "+expect+" }\n"))[0]
		var got []string
		if f := res.Steps[0].Failure; f != nil {
			for _, m := range f.Mismatches {
				got = append(got, string(m.Kind))
			}
		}
		if s := strings.Join(got, " "); s != want || res.OK() != (want == "") {
			t.Errorf("%s: %q, want %q\n%s", expect, s, want, describe(res))
		}
	}
}

// TestTimeout: a step's own limit ends a delivery, and WeChat delivers three
// times.
func TestTimeout(t *testing.T) {
	release := make(chan struct{})
	r := serve(t, func(*message.Message) string { <-release; return "late" })
	t.Cleanup(func() { close(release) })
	r.Pusher.Sender.Timeout = 5 * busy.Net
	busy.Patiently(t, 50*time.Millisecond, func(limit time.Duration) error {
		began := time.Now()
		res := run(t, r, parse(t, fmt.Sprintf("[[step]]\nsend = \"text\"\ntimeout = %q\n", limit)))[0]
		f := res.Steps[0].Failure
		if f == nil || len(f.Delivery.Exchanges) != 3 || f.Findings[0].ID != "M01" || time.Since(began) > 3*limit+busy.Net {
			return errors.New(describe(res))
		}
		return nil
	})
}

func TestCanceled(t *testing.T) {
	for _, parallel := range []int{1, 4} {
		ctx, cancel := context.WithCancel(t.Context())
		arrived, release := make(chan struct{}, 10), make(chan struct{})
		r := serve(t, func(*message.Message) string { arrived <- struct{}{}; <-release; return "" })
		r.Parallel = parallel
		go func() { <-arrived; cancel() }()
		s := parse(t, "[[step]]\nsend = \"text\"\n[[step]]\nfrom = \"bob\"\nsend = \"text\"\n")
		err := r.Run(ctx, []*scenario.Scenario{s, s}, func(res *scenario.Result) { t.Errorf("a result: %s", describe(res)) })
		if err == nil {
			t.Error("Run says that all went well")
		}
		close(release) // the server's end waits for its handlers
	}
}

func english(f finding.Fact) string {
	if f == nil {
		return ""
	}
	return f.In(finding.English)
}
