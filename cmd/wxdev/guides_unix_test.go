//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/internal/stacks"
)

// TestGuides runs what docs/guides shows, and compares what is printed; -update
// writes it (`make guides`). Of a guide, in its order:
//
//   - a block of "console" has commands, each after "$ ", with what they print;
//   - a block with a file's name after its language is written to that file;
//   - a comment "run: COMMAND" is run, and not seen by readers. $ROOT is the repository.
//
// All of it is one script in bash, in an empty folder, in the guide's language.
// The ports 8080 and 8900 stand for free ones. Numbers, times, signatures and
// OpenIDs differ from run to run, and line breaks with them.
func TestGuides(t *testing.T) {
	stacks.Need(t, "python", "node", "curl")
	guides, err := filepath.Glob("../../docs/guides/*.md")
	if err != nil || len(guides) == 0 {
		t.Fatalf("%q, %v", guides, err)
	}
	for _, file := range guides {
		text := readText(t, file)
		if !strings.Contains(text, "```console") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			now := followGuide(t, file, text)
			for range 2 { // a busy machine is slow now and then, of which verify tells
				if masked(now) == masked(text) {
					return
				}
				now = followGuide(t, file, text)
			}
			if *update {
				if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			a, b, at := masked(now), masked(text), 0
			for at < len(a) && at < len(b) && a[at] == b[at] {
				at++
			}
			t.Errorf("it is not current: run `make guides`. It prints\n%s\nand has\n%s", clipAround(a, at), clipAround(b, at))
		})
	}
}

func clipAround(s string, at int) string { return s[max(0, at-200):min(len(s), at+200)] }

var (
	guidePart = regexp.MustCompile("(?ms)^```(\\w+)([^\\n]*)\\n(.*?)^```$|^<!-- run: (.*?) -->$")
	// a server may be up before it is waited for
	guideWaits  = regexp.MustCompile(`(?m)^(waiting for|等待) 127\.0\.0\.1.*\n`)
	guideVaries = regexp.MustCompile(`oWXDEV[\w-]+|[A-Za-z0-9+/]{40,}=*|nonceStr: "\w+"|gh_\w+|[0-9a-f]{8,}|\d+(\.\d+)?( ?(ms|s|µs)\b)?`)
)

// masked is a guide without what may differ.
func masked(text string) string {
	return strings.Join(strings.Fields(guideVaries.ReplaceAllString(text, "#")), " ")
}

// followGuide returns the guide with what its commands print now.
func followGuide(t *testing.T, file, text string) string {
	t.Helper()
	dir := t.TempDir()
	const mark = "--8<-- "
	var script strings.Builder
	n := 0
	for _, m := range guidePart.FindAllStringSubmatch(text, -1) {
		switch kind, name, body, hidden := m[1], strings.TrimSpace(m[2]), m[3], m[4]; {
		case hidden != "":
			fmt.Fprintln(&script, hidden)
		case kind == "console":
			for _, command := range guideCommands(body) {
				fmt.Fprintf(&script, "echo '%s%d'\n%s\n", mark, n, command)
				n++
			}
			fmt.Fprintf(&script, "echo '%send'\n", mark)
		case name != "":
			fmt.Fprintf(&script, "mkdir -p \"$(dirname %s)\"; cat > %s <<'END OF FILE'\n%sEND OF FILE\n", name, name, body)
		}
	}
	out := runGuide(t, dir, langOfGuide(file), script.String())
	printed := map[string]string{}
	for _, part := range strings.Split("\n"+out, "\n"+mark)[1:] {
		number, rest, _ := strings.Cut(part, "\n")
		printed[number] = rest
	}
	n = 0
	return guidePart.ReplaceAllStringFunc(text, func(part string) string {
		m := guidePart.FindStringSubmatch(part)
		if m[1] != "console" {
			return part
		}
		var b strings.Builder
		b.WriteString("```console\n")
		for _, command := range guideCommands(m[3]) {
			fmt.Fprintf(&b, "$ %s\n", strings.ReplaceAll(command, "\n", "\n> "))
			if said := strings.Trim(printed[fmt.Sprint(n)], "\n"); said != "" {
				b.WriteString(said + "\n")
			}
			n++
		}
		return b.String() + "```"
	})
}

func langOfGuide(file string) string {
	if strings.HasSuffix(file, ".zh-CN.md") {
		return "zh"
	}
	return "en"
}

// guideCommands are those of a block; a line that begins with "> " goes on.
func guideCommands(block string) (commands []string) {
	for line := range strings.Lines(block) {
		line = strings.TrimRight(line, "\n")
		if more, ok := strings.CutPrefix(line, "> "); ok && len(commands) > 0 {
			commands[len(commands)-1] += "\n" + more
		} else if command, ok := strings.CutPrefix(line, "$ "); ok {
			commands = append(commands, command)
		}
	}
	return commands
}

// runGuide runs a script, and ends what it leaves behind.
func runGuide(t *testing.T, dir, lang, script string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "wxdev"), []byte("#!/usr/bin/env bash\nexec -a wxdev '"+self+"' \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	var there, back []string
	for _, shown := range []string{"8080", "8900"} {
		_, port, _ := net.SplitHostPort(busy.Free(t))
		there, back = append(there, shown, port), append(back, port, shown)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", strings.NewReplacer(there...).Replace(script))
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second
	cmd.Env = []string{
		"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + bin, "ROOT=" + root, "WXDEV_LANG=" + lang, "PORT=" + there[1],
		"NODE_PATH=" + stacks.Testdata("servers/node/node_modules"), "LC_ALL=C.UTF-8",
	}
	err = cmd.Start()
	if err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // what a guide's last command ends with is shown by what it prints
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	return strings.NewReplacer(append(back, dir, "~/bot")...).Replace(guideWaits.ReplaceAllString(out.String(), ""))
}
