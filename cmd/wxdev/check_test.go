package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// officialLine is the check of WeChat's manual, with token AAAAA.
const officialLine = "GET /wechat?signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492 HTTP/1.0"

// check runs the command over a log and returns what it printed.
func check(ctx context.Context, t *testing.T, log io.Reader, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	env, _, errs := atTerminal(t, "")
	var out bytes.Buffer
	env.In, env.InTTY, env.Out = interruptible{ctx, log}, false, &out
	env.Now = func() time.Time { return time.Unix(1714036504+3600, 0) }
	cmd := newCheck(&globals{env: env, lang: "en"})
	cmd.SetArgs(append([]string{"--token", "AAAAA"}, args...))
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err = cmd.ExecuteContext(ctx)
	return out.String(), errs.String(), err
}

func TestCheckTellsTheAge(t *testing.T) {
	for stamp, want := range map[string]string{
		"1714036504":          "age     1h ago\n",
		"1714040103":          "age     1s ago\n",
		"1714040164":          "age     1m in the future\n",
		"1713036504":          "age     11 days ago\n",
		"1714036504000":       "age     1h ago\n",
		"0":                   "",
		"99999999999999":      "",
		"seventeen":           "",
		"9223372036854775807": "",
	} {
		out, _, err := check(t.Context(), t, strings.NewReader("/?signature=0&nonce=1&timestamp="+stamp), "-v")
		if !errors.Is(err, errNo) || !strings.Contains(out, want) || want == "" && strings.Contains(out, "age") {
			t.Errorf("%s: %v, %q, want %q", stamp, err, out, want)
		}
	}
}

// TestCheckLongLines: a line of a megabyte is checked, a longer one is told
// of and the next one read on from its beginning.
func TestCheckLongLines(t *testing.T) {
	pad := func(n int) string { return officialLine + strings.Repeat(" ", n-len(officialLine)-1) + "x\n" }
	out, errs, err := check(t.Context(), t, strings.NewReader(pad(maxLine)+pad(maxLine+1)+pad(3*maxLine)+officialLine))
	if err != nil {
		t.Fatal(err)
	}
	want := "ok     line 1: 2024-04-25 09:15:04Z  signature is right\nok     line 4: 2024-04-25 09:15:04Z  signature is right\n"
	if out != want {
		t.Errorf("got %q, want %q", out, want)
	}
	for _, line := range []string{"line 2 is longer than 1 MiB", "line 3 is longer than 1 MiB", "skipped: 2\n"} {
		if !strings.Contains(errs, line) {
			t.Errorf("stderr %q is without %q", errs, line)
		}
	}
}

// TestCheckStreams: each line is answered before the next one is there, and
// Ctrl-C ends a wait for it.
func TestCheckStreams(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	r, w := io.Pipe()
	defer w.Close()
	go func() {
		_, _ = io.WriteString(w, officialLine+"\n")
		_, _ = io.WriteString(w, "\n") // is read when the first line has been checked
		stop()
	}()
	out, _, err := check(ctx, t, r)
	if !errors.Is(err, context.Canceled) || !strings.HasPrefix(out, "ok     line 1: ") {
		t.Errorf("%v, %q", err, out)
	}
}

func TestCheckReadError(t *testing.T) {
	broken := errors.New("disk on fire")
	out, _, err := check(t.Context(), t, io.MultiReader(strings.NewReader(officialLine+"\n"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || !strings.HasPrefix(out, "ok ") {
		t.Errorf("%v, %q", err, out)
	}
}

// TestCheckPrintsNoControlCharacters: a log holds what strangers sent.
func TestCheckPrintsNoControlCharacters(t *testing.T) {
	evil := "%1B%5B2J%E2%80%AE%0D%0A%07%FF"
	log := "/?signature=" + evil + "&timestamp=" + evil + "&nonce=" + evil + "\n" +
		"/?signature=" + strings.Repeat("a", 10000) + "&timestamp=\x1b[31m1&nonce=2\n" +
		"/?signature=1&timestamp=" + evil + "\n"
	for _, flag := range []string{"-v", "--json"} {
		out, errs, err := check(t.Context(), t, strings.NewReader(log), flag)
		if !errors.Is(err, errNo) {
			t.Errorf("%s: %v", flag, err)
		}
		if strings.ContainsAny(out+errs, "\x1b\r\x07\u202e\ufffd") || strings.Contains(out, strings.Repeat("a", 1000)) {
			t.Errorf("%s prints it raw: %q", flag, out+errs)
		}
	}
}
