// Benchpeers measures wxdev bench beside other load generators, and writes
// docs/performance.md and its Chinese twin.
//
//	go run ./tools/benchpeers [-rounds N] [-requests N] [-time D] [-only WORD] [-write]
//
// All of them load the same server in turns: a handler that reads the body and
// answers nothing, in a process of its own. What counts is the ratio of the
// medians; the numbers are those of one machine. hey, ab and wrk must be on the
// PATH; vegeta is built from testdata/loadtools. What is missing is named.
package main

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

const token = "wxdevtoken"

// lab is what the measurements need.
type lab struct {
	dir      string // for what is built and written
	wxdev    string
	requests int
	time     time.Duration
	rounds   int
	url      string // of the message that all peers send, with its query
	body     string // the file with it
	missing  map[string]string
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "benchpeers:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) > 2 && os.Args[1] == "serve" {
		return serve(os.Args[2])
	}
	if len(os.Args) > 3 && os.Args[1] == "profile" {
		return profile(os.Args[2], os.Args[3])
	}
	l := &lab{missing: map[string]string{}}
	flag.IntVar(&l.rounds, "rounds", 3, "how often each takes its turn; the median counts")
	flag.IntVar(&l.requests, "requests", 50_000, "of each turn, of those that count")
	flag.DurationVar(&l.time, "time", 3*time.Second, "of each turn, of those that take a time")
	only := flag.String("only", "", "measure only what has this `word` in its name")
	write := flag.Bool("write", false, "write docs/performance.md")
	flag.Parse()
	dir, err := os.MkdirTemp("", "benchpeers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	l.dir = dir
	if err := l.prepare(); err != nil {
		return err
	}
	rows, err := l.measure(*only)
	if err != nil {
		return err
	}
	fmt.Print(table(rows, english))
	for name, why := range l.missing {
		fmt.Printf("missing: %s: %s\n", name, why)
	}
	if !*write {
		return nil
	}
	top, err := l.top()
	if err != nil {
		return err
	}
	return l.write(rows, top)
}

// prepare builds what is measured.
func (l *lab) prepare() error {
	l.wxdev = filepath.Join(l.dir, "wxdev")
	if runtime.GOOS == "windows" {
		l.wxdev += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", l.wxdev, "./cmd/wxdev").CombinedOutput(); err != nil {
		return fmt.Errorf("build wxdev: %w: %s", err, out)
	}
	vegeta := exec.Command("go", "build", "-o", filepath.Join(l.dir, "vegeta"), "github.com/tsenart/vegeta/v12")
	vegeta.Dir = "testdata/loadtools"
	if out, err := vegeta.CombinedOutput(); err != nil {
		l.missing["vegeta"] = strings.TrimSpace(string(out))
	}
	for _, name := range []string{"hey", "ab", "wrk"} {
		if _, err := exec.LookPath(name); err != nil {
			l.missing[name] = "not on the PATH"
		}
	}
	return nil
}

// sample takes one message of the stream for vegeta, which all peers send over
// and over.
func (l *lab) sample(url string) error {
	cmd := exec.Command(l.wxdev, "bench", "--export", "vegeta", "--url", url, "--token", token)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	var target struct{ URL, Body string }
	err = json.NewDecoder(out).Decode(&target)
	_ = out.Close()
	_ = cmd.Wait() // whose pipe broke
	if err != nil {
		return err
	}
	body, err := base64.StdEncoding.DecodeString(target.Body)
	if err != nil {
		return err
	}
	l.url, l.body = target.URL, filepath.Join(l.dir, "body")
	script := fmt.Sprintf("wrk.method = 'POST'\nwrk.headers['Content-Type'] = 'text/xml'\nwrk.body = io.open(%q):read('*a')\n", l.body)
	fixed := "POST " + l.url + "\nContent-Type: text/xml\n@" + l.body + "\n"
	for name, text := range map[string]string{"body": string(body), "wrk.lua": script, "fixed": fixed} {
		if err := os.WriteFile(filepath.Join(l.dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}
