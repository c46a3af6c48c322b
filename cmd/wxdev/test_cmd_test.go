package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
)

// lines are those that a writer gets, for a test to wait on.
type lines struct {
	t  *testing.T
	ch chan string
}

func newLines(t *testing.T) (io.Writer, *lines) {
	t.Helper()
	r, w := io.Pipe()
	l := &lines{t, make(chan string, 1000)}
	go func() {
		for s := bufio.NewScanner(r); s.Scan(); {
			l.ch <- s.Text()
		}
	}()
	t.Cleanup(func() { w.Close() })
	return w, l
}

// await returns when a line matches.
func (l *lines) await(pattern string) {
	l.t.Helper()
	re := regexp.MustCompile(pattern)
	var seen []string
	timeout := time.After(busy.Net)
	for {
		select {
		case line := <-l.ch:
			if re.MatchString(line) {
				return
			}
			seen = append(seen, line)
		case <-timeout:
			l.t.Fatalf("no line matches %q in\n%s", pattern, strings.Join(seen, "\n"))
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestWatch changes a file in the ways editors do, and adds one.
func TestWatch(t *testing.T) {
	server := httptest.NewServer(scriptServers["echobot"])
	t.Cleanup(server.Close)
	env, _, _ := testEnv(t, "WXDEV_URL", server.URL, "WXDEV_TOKEN", "letmein7")
	var out, errOut *lines
	env.Out, out = newLines(t)
	env.Err, errOut = newLines(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "a.toml")
	write(t, file, "[[step]]\nsend = \"text\"\n")

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := newTest(&globals{env: env})
	cmd.SetArgs([]string{"--watch", dir})
	ended := make(chan error, 1)
	go func() { ended <- cmd.ExecuteContext(ctx) }()

	out.await("^ok: 1 conversation,")
	errOut.await("watching for changes")
	write(t, file, "[[step]]\nsend = \"text\"\nexpect.text = \"no\"\n")
	out.await("^FAIL: 1 of 1 conversation;")
	errOut.await("watching for changes")
	write(t, file, "[[step]]\nsend = text\n")
	errOut.await(`a\.toml:2:8: not TOML`)
	errOut.await("watching for changes")
	fresh := filepath.Join(dir, "a.toml.new")
	write(t, fresh, "[[step]]\nsend = \"text\"\n")
	if err := os.Rename(fresh, file); err != nil {
		t.Fatal(err)
	}
	out.await("^ok: 1 conversation,")
	errOut.await("watching for changes")
	write(t, filepath.Join(dir, "b.toml"), "[[step]]\nsend = \"text\"\n")
	out.await("^ok: 2 conversations,")
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Ctrl-C ends it with %v", err)
	}
}

// TestTestOnATerminal: columns stand below each other, and there is colour.
func TestTestOnATerminal(t *testing.T) {
	server := httptest.NewServer(scriptServers["echobot"])
	t.Cleanup(server.Close)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.toml"), "[[step]]\nsend = \"text\"\nvalue = \"a\\nb\"\nexpect.text = \"x\\nb\"\n")
	write(t, filepath.Join(dir, "一个很长的名字.toml"), "[[step]]\nsend = \"text\"\n")
	t.Chdir(dir)
	for _, lang := range []string{"en", "zh"} {
		env, out, errOut := testEnv(t, "WXDEV_URL", server.URL, "WXDEV_TOKEN", "letmein7")
		env.OutTTY = true
		if code := Main([]string{"test", "a.toml", "一个很长的名字.toml", "--lang", lang}, env); code != exitNo {
			t.Fatalf("exit %d: %s", code, errOut)
		}
		text := out.String()
		if !strings.Contains(text, "\x1b[31m- x") && !strings.Contains(text, "\x1b[31;1m- x") {
			t.Errorf("no red line in the difference:\n%q", text)
		}
		plain := regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(text, "")
		var at []int
		for _, line := range strings.Split(plain, "\n") {
			if before, _, ok := strings.Cut(line, ".toml "); ok && !strings.HasPrefix(line, " ") {
				name := before + ".toml"
				rest := line[len(name):]
				at = append(at, columns(name)+len(rest)-len(strings.TrimLeft(rest, " ")))
			}
		}
		if len(at) != 2 || at[0] != at[1] {
			t.Errorf("the columns begin at %d:\n%s", at, plain)
		}
	}
}

// TestTestKeepsSecrets: neither the report nor an error shows one.
func TestTestKeepsSecrets(t *testing.T) {
	key := strings.Repeat("wxdev", 9)[:43]
	dir := t.TempDir()
	file := filepath.Join(dir, "a.toml")
	write(t, file, "[[step]]\nsend = \"text\"\nmode = \"safe\"\n")
	nobody := busy.Nobody(t)
	for _, args := range [][]string{{"test", file}, {"test", file, "--json"}, {"test", file, "-v", "--report", "github"}, {"test", file + "x"}} {
		env, out, errOut := testEnv(t, "WXDEV_URL", "http://"+nobody+"/", "WXDEV_TOKEN", "letmein7", "WXDEV_APPID", "wx0123456789abcdef", "WXDEV_AES_KEY", key)
		if code := Main(args, env); code == exitOK {
			t.Errorf("%q: exit %d", args, code)
		}
		for _, secret := range []string{"letmein7", key} {
			if bytes.Contains(out.Bytes(), []byte(secret)) || bytes.Contains(errOut.Bytes(), []byte(secret)) {
				t.Errorf("%q shows a secret:\n%s%s", args, out, errOut)
			}
		}
	}
}
