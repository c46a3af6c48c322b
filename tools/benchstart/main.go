// Command benchstart measures how long wxdev takes to start, against the least
// that a program on cobra can be ([bare]): whole processes, one of each in
// turn, and the ratio pair by pair, so that a machine that slows down meanwhile
// does not matter.
//
//	go run ./tools/benchstart [-n PAIRS]
//
// [bare]: bare/main.go
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

func main() {
	log.SetFlags(0)
	n := flag.Int("n", 200, "how many `pairs` of processes are run for each command")
	flag.Parse()
	if err := measure(*n); err != nil {
		log.Fatal("benchstart: ", err)
	}
}

func measure(pairs int) error {
	dir, err := os.MkdirTemp("", "benchstart")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	wxdev, bare := filepath.Join(dir, "wxdev"), filepath.Join(dir, "bare")
	for bin, pkg := range map[string]string{wxdev: "./cmd/wxdev", bare: "./tools/benchstart/bare"} {
		if err := build(bin, pkg); err != nil {
			return err
		}
	}
	served := server()
	defer served.Close()
	env := append(os.Environ(),
		"HOME="+dir, "XDG_CACHE_HOME="+dir, "XDG_CONFIG_HOME="+dir,
		"WXDEV_URL="+served.URL+"/callback", "WXDEV_TOKEN=token", "WXDEV_API_BASE="+served.URL,
		"WXDEV_APPID=wx0123456789abcdef", "WXDEV_SECRET=0123456789abcdef0123456789abcdef")

	fmt.Printf("%-24s %10s %10s %8s\n", "", "wxdev ms", "bare ms", "ratio")
	for _, args := range [][]string{{"--version"}, {"--help"}, {"token"}, {"send", "text"}} {
		if err := compare(pairs, env, command{wxdev, args}, command{bare, []string{"--version"}}); err != nil {
			return err
		}
	}
	return nil
}

func build(bin, pkg string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", bin, pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

// server is a callback server, and the API that gives the token.
func server() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /callback", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "success") })
	mux.HandleFunc("/cgi-bin/", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "for-benchstart", "expires_in": 7200})
	})
	return httptest.NewServer(mux)
}

type command struct {
	bin  string
	args []string
}

// run is how long the process took, from its start until it was reaped.
func (c command) run(env []string) (time.Duration, error) {
	cmd := exec.Command(c.bin, c.args...)
	cmd.Env = env
	start := time.Now()
	err := cmd.Run()
	return time.Since(start), err
}

// compare runs a and b in turn and prints their medians. The first pair is not
// counted: it reads the files, and fetches the token.
func compare(pairs int, env []string, a, b command) error {
	var as, bs []time.Duration
	var ratios []float64
	for i := range pairs + 1 {
		ta, err := a.run(env)
		if err != nil {
			return fmt.Errorf("wxdev %v: %w", a.args, err)
		}
		tb, err := b.run(env)
		if err != nil {
			return fmt.Errorf("bare %v: %w", b.args, err)
		}
		if i > 0 {
			as, bs, ratios = append(as, ta), append(bs, tb), append(ratios, float64(ta)/float64(tb))
		}
	}
	fmt.Printf("%-24s %10.2f %10.2f %8.2f\n", fmt.Sprint("wxdev ", a.args),
		median(as).Seconds()*1000, median(bs).Seconds()*1000, median(ratios))
	return nil
}

func median[T ~int64 | ~float64](of []T) T {
	slices.Sort(of)
	return of[len(of)/2]
}
