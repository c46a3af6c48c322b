package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/finding"
)

// answering serves one answer to every call but that for a token, and returns
// the arguments that make wxdev api ask it.
func answering(t *testing.T, answer string) []string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cgi-bin/stable_token" {
			_, _ = w.Write([]byte(`{"access_token":"66_token","expires_in":7200}`))
			return
		}
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(s.Close)
	return []string{"api", "--api-base", s.URL, "--appid", "wx0123456789abcdef", "--secret", "5ec4e7", "GET", "/x"}
}

// A terminal gets JSON indented, with numbers as they came and nothing that it
// would act on; a pipe gets the bytes.
func TestAPIOutput(t *testing.T) {
	const answer = `{"name":"你好 \u001b[31m & ` + "\u009b2J\u202e" + `","id":23892468385179204,"x":1.50}`
	for name, c := range map[string]struct {
		answer string
		args   []string
		tty    bool
		want   string
	}{
		"a pipe": {answer, nil, false, answer},
		"a terminal": {answer, nil, true, `{
  "name": "你好 \u001b[31m & \u009b2J\u202e",
  "id": 23892468385179204,
  "x": 1.50
}
`},
		"a text on a pipe":      {answer, []string{"--field", "name"}, false, "你好 \x1b[31m & \u009b2J\u202e\n"},
		"a text on a terminal":  {answer, []string{"--field", "name"}, true, `你好 \x1B[31m & \xC2\x9B2J\xE2\x80\xAE` + "\n"},
		"a number":              {answer, []string{"--field", "id"}, false, "23892468385179204\n"},
		"no JSON on a terminal": {"line\r\n\x1b[2Jnext", nil, true, "line\n\\x1B[2Jnext\n"},
		"no JSON on a pipe":     {"line\r\n\x1b[2Jnext", nil, false, "line\r\n\x1b[2Jnext"},
		"a file on a pipe":      {"\xff\xd8\x00", nil, false, "\xff\xd8\x00"},
		"deep in it":            {`{"a":[{"b.c":null,"d":{"e":[1, 2]}}]}`, []string{"--field", "a.0.d.e"}, false, "[1, 2]\n"},
	} {
		t.Run(name, func(t *testing.T) {
			env, out, errOut := testEnv(t)
			env.OutTTY = c.tty
			if code := Main(append(answering(t, c.answer), c.args...), env); code != exitOK {
				t.Fatalf("exit %d: %s", code, errOut)
			}
			if out.String() != c.want {
				t.Errorf("printed %q, want %q", out, c.want)
			}
		})
	}
	for name, c := range map[string]struct {
		answer string
		args   []string
		want   string
	}{
		"a file on a terminal": {"\xff\xd8\x00", nil, "the answer is a file of 3 bytes, not for a terminal\nhint: -o FILE writes it"},
		"a field of no JSON":   {"<html>", []string{"--field", "a"}, `--field "a": the answer is not JSON`},
		"a field of a number":  {`{"a":1}`, []string{"--field", "a.b"}, `"a" has no "b"` + "\nhint: it is \"1\", with nothing in it"},
		"a name to hide":       {`{"\u001b[2J":1}`, []string{"--field", "zzzzzz"}, `hint: it has \x1B[2J`},
	} {
		t.Run(name, func(t *testing.T) {
			env, out, errOut := testEnv(t)
			env.OutTTY = true
			if code := Main(append(answering(t, c.answer), c.args...), env); code != exitFailed || !strings.Contains(errOut.String(), c.want) {
				t.Errorf("exit %d: %q", code, errOut)
			}
			if out.Len() > 0 {
				t.Errorf("printed %q", out)
			}
		})
	}
}

func TestShownDuration(t *testing.T) {
	for _, test := range []struct {
		seconds int
		en, zh  string
	}{
		{0, "0s", "0 秒"},
		{59, "59s", "59 秒"},
		{60, "1m", "1 分钟"},
		{187, "3m07s", "3 分 7 秒"},
		{3599, "59m59s", "59 分 59 秒"},
		{3600, "1h", "1 小时"},
		{7199, "1h59m", "1 小时 59 分"},
	} {
		d := time.Duration(test.seconds) * time.Second
		if en, zh := shownDuration(finding.English, d), shownDuration(finding.Chinese, d); en != test.en || zh != test.zh {
			t.Errorf("%d s is %q and %q, want %q and %q", test.seconds, en, zh, test.en, test.zh)
		}
	}
}

// The pages of a list are kept in memory, so they have a limit in all.
func TestAPIListIsBounded(t *testing.T) {
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n++
		fmt.Fprintf(w, `{"count":1,"data":{"openid":["%s"]},"next_openid":"o%d"}`, strings.Repeat("o", 1<<20), n)
	}))
	defer s.Close()
	env, out, _ := testEnv(t)
	o := &apiOptions{caller: caller{globals: &globals{env: env}}, maxList: 5 << 20}
	o.client = api.New(api.Options{Base: s.URL, MaxBody: 2 << 20, Tokens: func(context.Context, string) (string, error) { return "66_token", nil }})
	o.all = true
	err := runAPI(t.Context(), o, api.Request{Path: "/x"})
	if err == nil || !strings.Contains(err.Error(), "the list has more than 5 MiB") || n > 6 || out.Len() > 0 {
		t.Errorf("got %v after %d pages, printed %d bytes", err, n, out.Len())
	}
	if fault := bilingual.Fault(err); fault != "" {
		t.Error(fault)
	}
}
