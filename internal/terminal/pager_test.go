package terminal

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// env is an environment of its own: "NAME=value".
func env(vars ...string) Lookup {
	return func(name string) (string, bool) {
		for _, v := range vars {
			if value, ok := strings.CutPrefix(v, name+"="); ok {
				return value, true
			}
		}
		return "", false
	}
}

func TestPagerIsTheUsers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("has no shell")
	}
	var usual []string
	if less, err := exec.LookPath("less"); err == nil {
		usual = []string{less}
	}
	for _, c := range []struct {
		vars string
		want []string
	}{
		{"", usual},
		{"PAGER=more", []string{"more"}},
		{"PAGER=less>/dev/null", []string{"sh", "-c", "less>/dev/null"}},
		{"PAGER=more NO_PAGER=1", nil},
		{"PAGER=", nil},
		{"PAGER=cat", nil},
		{"NO_PAGER=1", nil},
		{"NO_PAGER=", usual},
		{"TERM=dumb", nil},
		{"TERM=dumb PAGER=more", nil},
	} {
		if got := pager(env(strings.Fields(c.vars)...)); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, not %q", c.vars, got, c.want)
		}
	}
}

// What the pager prints goes to the terminal, and nothing that becomes of it is
// an error; only where it never ran is the text still to be shown.
func TestPage(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("has no shell")
	}
	long := strings.Repeat("a line\n", 100_000) // more than a pipe holds
	for _, c := range []struct {
		vars  []string
		shown bool
		want  string
	}{
		{[]string{"PAGER=sed -n 's/a/one/;1p'"}, true, "one line\n"},
		{[]string{"PAGER=head -1"}, true, "a line\n"}, // leaves early, as on q
		{[]string{"PAGER=echo no; exit 3"}, true, "no\n"},
		{[]string{`PAGER=echo "$LESS $LESSCHARSET"`}, true, "FRX utf-8\n"},
		{[]string{"PAGER=no-such-pager"}, false, ""},
		{[]string{"PAGER=no-such-pager 2>/dev/null"}, false, ""},
		{[]string{"PAGER="}, false, ""},
	} {
		file, err := os.Create(filepath.Join(t.TempDir(), "terminal"))
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv("LESS", "")
		os.Unsetenv("LESS")
		t.Setenv("LESSCHARSET", "")
		os.Unsetenv("LESSCHARSET")
		shown := Page(context.Background(), file, env(c.vars...), []byte(long))
		_ = file.Close()
		got, _ := os.ReadFile(file.Name())
		if shown != c.shown || string(got) != c.want {
			t.Errorf("%s: shown %t, %q", c.vars, shown, got)
		}
	}
}

// The pager ends with the command that it shows the text of.
func TestPageEnds(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("has no shell")
	}
	ctx, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer stop()
	out, err := os.Create(filepath.Join(t.TempDir(), "terminal"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	Page(ctx, out, env("PAGER=sleep 600"), []byte("text"))
}
