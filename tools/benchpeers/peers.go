package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const connections = "64"

// contender is one that takes its turn: it loads the server, and returns how many
// requests it made in a second.
type contender struct {
	name string
	tool string // that may be missing
	turn func(l *lab, url string) (float64, error)
}

// wxdevWith runs wxdev bench on the server.
func wxdevWith(args ...string) func(l *lab, url string) (float64, error) {
	return func(l *lab, url string) (float64, error) {
		out, _, err := l.bench(url, append(args, "--connections", connections, "--count", strconv.Itoa(l.requests))...)
		return out.Rate, err
	}
}

// measured is what counts of the output of wxdev bench.
type measured struct {
	Count, Answered int
	Rate            float64
	Late            int
	LatencyMS       struct{ P99 *float64 } `json:"latency_ms"`
}

// bench returns what wxdev bench says, and the most memory that it had, in KiB,
// where the system tells.
func (l *lab) bench(url string, args ...string) (measured, int64, error) {
	args = append([]string{
		"bench", "--json", "--url", url, "--token", token,
		"--appid", "wx0123456789abcdef", "--aes-key", "wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd",
	}, args...)
	cmd := exec.Command(l.wxdev, args...)
	out, err := cmd.Output()
	var m measured
	if jsonErr := json.Unmarshal(out, &m); err == nil {
		err = jsonErr
	}
	if err == nil && m.Count != m.Answered {
		err = fmt.Errorf("%d of %d messages were answered", m.Answered, m.Count)
	}
	return m, memory(cmd.ProcessState), err
}

// program runs a peer, whose output has its rate after a word.
func program(rate string, args ...string) func(l *lab, url string) (float64, error) {
	return func(l *lab, _ string) (float64, error) {
		fill := strings.NewReplacer(
			"{url}", l.url, "{body}", l.body, "{n}", strconv.Itoa(l.requests), "{dir}", l.dir,
			"{s}", strconv.Itoa(int(math.Ceil(l.time.Seconds())))+"s") // wrk takes whole seconds
		var words []string
		for _, a := range args {
			words = append(words, fill.Replace(a))
		}
		out, err := exec.Command(words[0], words[1:]...).Output()
		if err != nil {
			return 0, fmt.Errorf("%s: %w", words[0], err)
		}
		m := regexp.MustCompile(rate + `:\s*([0-9.]+)`).FindSubmatch(out)
		if m == nil {
			return 0, fmt.Errorf("%s says no %s", words[0], rate)
		}
		return strconv.ParseFloat(string(m[1]), 64)
	}
}

// vegeta attacks with targets that write gives it, and reports what it did.
func vegeta(write func(l *lab, url string) (io.ReadCloser, func(), error), args ...string) func(l *lab, url string) (float64, error) {
	return func(l *lab, url string) (float64, error) {
		targets, done, err := write(l, url)
		if err != nil {
			return 0, err
		}
		results := filepath.Join(l.dir, "results")
		attack := exec.Command(filepath.Join(l.dir, "vegeta"), append([]string{
			"attack", "-rate", "0", "-max-workers", connections, "-duration", l.time.String(), "-output", results,
		}, args...)...)
		attack.Stdin = targets
		err = attack.Run()
		_ = targets.Close()
		done()
		if err != nil {
			return 0, err
		}
		out, err := exec.Command(filepath.Join(l.dir, "vegeta"), "report", "-type", "json", results).Output()
		if err != nil {
			return 0, err
		}
		var report struct{ Throughput, Success float64 }
		if err := json.Unmarshal(out, &report); err != nil {
			return 0, err
		}
		if report.Success < 1 {
			return 0, errors.New("vegeta was refused")
		}
		return report.Throughput, nil
	}
}

// fixed is one target, and export the stream of wxdev.
func fixed(l *lab, _ string) (io.ReadCloser, func(), error) {
	f, err := os.Open(filepath.Join(l.dir, "fixed"))
	return f, func() {}, err
}

func export(l *lab, url string) (io.ReadCloser, func(), error) {
	cmd := exec.Command(l.wxdev, "bench", "--export", "vegeta", "--url", url, "--token", token)
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	cmd.Stdout = w
	err = cmd.Start()
	_ = w.Close()
	return r, func() { _ = cmd.Wait() }, err
}

// median of what a contender did in its turns.
func median(sorted []float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)/2]
}

// settle lets a server close what the one before left.
func settle() { time.Sleep(200 * time.Millisecond) }
