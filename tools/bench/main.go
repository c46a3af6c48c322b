// Bench runs the benchmarks that stand beside a bare primitive, in turns, and
// prints how many times as long ours take: a ratio means the same on any machine,
// and turns share whatever else it does.
//
//	go run ./tools/bench [-rounds N] [-time D] [folder...]
//
// A benchmark takes part by having two sub-benchmarks, bare and wxdev. With -once
// each is run for one iteration and nothing is measured: that they still work.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const pattern = "/^(bare|wxdev)$"

func main() {
	rounds := flag.Int("rounds", 5, "how often to run each; its fastest run counts")
	duration := flag.String("time", "200ms", "how long to run each")
	once := flag.Bool("once", false, "run each benchmark once, and print nothing if all do")
	flag.Parse()
	if err := run(os.Stdout, *rounds, *duration, *once, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, rounds int, duration string, once bool, folders []string) error {
	if len(folders) == 0 {
		var err error
		if folders, err = withBenchmarks("."); err != nil {
			return err
		}
	}
	if once {
		_, err := bench(".", "1x", folders)
		return err
	}
	var all table
	for range rounds {
		text, err := bench(pattern, duration, folders)
		if err != nil {
			return err
		}
		all.read(text)
	}
	return all.print(out)
}

// bench runs benchmarks of packages, one package after the other.
func bench(pattern, duration string, folders []string) (string, error) {
	args := append([]string{"test", "-p", "1", "-run", "^$", "-bench", pattern, "-benchtime", duration, "-benchmem"}, folders...)
	cmd := exec.Command("go", args...)
	var text strings.Builder
	cmd.Stdout, cmd.Stderr = &text, os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, text.String())
	}
	return text.String(), nil
}

// withBenchmarks are the folders of pkg and internal that have benchmarks.
func withBenchmarks(root string) ([]string, error) {
	var folders []string
	for _, top := range []string{"pkg", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, _ os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			if folder := "./" + filepath.ToSlash(filepath.Dir(path)); strings.Contains(string(text), "\nfunc Benchmark") && !slices.Contains(folders, folder) {
				folders = append(folders, folder)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return folders, nil
}
