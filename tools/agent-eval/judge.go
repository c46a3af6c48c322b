package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// eval is a run of an agent on the servers.
type eval struct {
	agent string
	dir   string
	wxdev string
	limit time.Duration
}

func (e *eval) folder(c *broken) string { return filepath.Join(e.dir, fmt.Sprintf("%02d", c.number)) }

// runAgent lets the agent work in a folder.
func (e *eval) runAgent(ctx context.Context, c *broken) error {
	ctx, cancel := context.WithTimeout(ctx, e.limit)
	defer cancel()
	log, err := os.Create(e.folder(c) + ".log")
	if err != nil {
		return err
	}
	defer log.Close()
	quoted := "'" + strings.ReplaceAll(e.folder(c), "'", `'\''`) + "'"
	cmd := exec.CommandContext(ctx, "sh", "-c", strings.ReplaceAll(e.agent, "{dir}", quoted))
	cmd.Dir, cmd.Stdout, cmd.Stderr = e.folder(c), log, log
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(e.wxdev)+string(os.PathListSeparator)+os.Getenv("PATH"))
	return runInGroup(cmd)
}

// judge says why a server is not mended; nil when it is.
func (e *eval) judge(ctx context.Context, c *broken) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	if c.Leaves != "" {
		if err := os.Remove(filepath.Join(e.folder(c), c.Leaves)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, "sh", "start.sh")
	cmd.Dir, cmd.Env = e.folder(c), append(os.Environ(), "PORT="+port)
	ended := make(chan error, 1)
	go func() {
		ended <- runInGroup(cmd)
		cancel() // nobody waits for a server that is gone
	}()
	defer func() { cancel(); <-ended }()
	home, err := os.MkdirTemp("", "judge") // no wxdev.toml of the agent's, or of whoever runs this
	if err != nil {
		return err
	}
	defer os.RemoveAll(home)
	j := judge{ctx: ctx, wxdev: e.wxdev, home: home, url: "http://127.0.0.1:" + port + "/wechat", c: c}
	if err := j.verify(); err != nil {
		return err
	}
	if err := j.talk(); err != nil {
		return err
	}
	return j.left(filepath.Join(e.folder(c), c.Leaves))
}

// judge asks wxdev about a server that runs.
type judge struct {
	ctx   context.Context
	wxdev string
	home  string
	url   string
	c     *broken
}

// busyFindings are what a busy machine gives rise to.
var busyFindings = []string{"V14", "V28", "V37"}

func (j *judge) verify() error {
	out, err := j.run("verify", "--messages", "--wait", "30s")
	var report struct {
		Findings []struct{ ID, Severity, Title, Evidence string }
	}
	if json.Unmarshal(out, &report) != nil {
		return fmt.Errorf("wxdev verify: %w: %s", err, out)
	}
	for _, f := range report.Findings {
		if f.Severity == "error" || f.Severity == "warning" && !slices.Contains(busyFindings, f.ID) {
			return fmt.Errorf("%s %s", f.ID, f.Title)
		}
	}
	return err
}

func (j *judge) talk() error {
	name := "queue.toml"
	if j.c.Format == "json" {
		name = "mini.toml"
	}
	text, err := data.ReadFile("aside/" + name)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(j.home, name), text, 0o644); err != nil {
		return err
	}
	out, err := j.run("test", name)
	if err != nil {
		return fmt.Errorf("wxdev test: %w: %s", err, failure(out))
	}
	return nil
}

// failure is what a conversation broke on.
func failure(out []byte) string {
	var report struct {
		Scenarios []struct {
			Steps []struct {
				Line     int
				Status   string
				Sent     string
				Got      string
				Findings []struct{ ID, Evidence string }
			}
		}
	}
	_ = json.Unmarshal(out, &report) // or all of it is shown
	for _, talk := range report.Scenarios {
		for _, step := range talk.Steps {
			if step.Status != "failed" {
				continue
			}
			why := fmt.Sprintf("line %d: %s got %s", step.Line, step.Sent, step.Got)
			for _, f := range step.Findings {
				why += "; " + f.ID + " " + f.Evidence
			}
			return why
		}
	}
	return string(out)
}

// left waits for the file that the server's owner wants; what takes time may be
// written after the answer.
func (j *judge) left(file string) error {
	if j.c.Leaves == "" {
		return nil
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if text, _ := os.ReadFile(file); len(bytes.TrimSpace(text)) > 0 {
			return nil
		}
		if time.Now().After(deadline) || j.ctx.Err() != nil {
			return fmt.Errorf("%s is not written", j.c.Leaves)
		}
	}
}

// run runs wxdev with the settings of the console. The error is of the exit code.
func (j *judge) run(args ...string) ([]byte, error) {
	args = append(args, "--json", "--lang", "en", "--url", j.url, "--token", token, "--appid", appID, "--aes-key", aesKey,
		"--mode", j.c.Mode, "--format", j.c.Format)
	cmd := exec.CommandContext(j.ctx, j.wxdev, args...)
	cmd.Dir = j.home
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "WXDEV_") }),
		"HOME="+j.home, "XDG_CONFIG_HOME="+j.home)
	return cmd.Output()
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}
