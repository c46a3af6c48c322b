package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// stallRate is how many messages a second the server that stalls is sent.
const stallRate = 5000

// serve is the server that is loaded, until its input ends: "empty" reads the body
// and answers nothing, "stall" answers nothing for the last second of each ten,
// and says in the end what its log has.
func serve(kind string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &staller{}
	handler := http.HandlerFunc(empty)
	if kind == "stall" {
		handler = s.answer
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		if kind == "stall" {
			fmt.Println(int64(s.p99()))
		}
		os.Exit(0)
	}()
	fmt.Println("http://" + l.Addr().String() + "/wechat")
	return http.Serve(l, handler)
}

func empty(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }

// staller is the server that stands still, and its log.
type staller struct {
	mu    sync.Mutex
	start time.Time
	log   []entry
}

// entry is when message n came, and was answered.
type entry struct {
	n              int
	came, answered time.Time
}

func (s *staller) answer(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	came := time.Now()
	s.mu.Lock()
	if s.start.IsZero() {
		s.start = came
	}
	in := came.Sub(s.start) % (10 * time.Second)
	s.mu.Unlock()
	if in >= 9*time.Second {
		time.Sleep(10*time.Second - in)
	}
	_, rest, _ := bytes.Cut(body, []byte("<![CDATA[message "))
	digits, _, _ := bytes.Cut(rest, []byte("]"))
	n, _ := strconv.Atoi(string(digits))
	s.mu.Lock()
	s.log = append(s.log, entry{n, came, time.Now()})
	s.mu.Unlock()
}

// p99 is how long 99 of a hundred users waited at most, from when their message
// was planned: no message comes before that.
func (s *staller) p99() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.log) == 0 {
		return 0
	}
	planned := func(n int) time.Duration { return time.Duration(n-1) * time.Second / stallRate }
	start := s.log[0].came
	for _, e := range s.log {
		if at := e.came.Add(-planned(e.n)); at.Before(start) {
			start = at
		}
	}
	var waits []time.Duration
	for _, e := range s.log {
		waits = append(waits, e.answered.Sub(start)-planned(e.n))
	}
	slices.Sort(waits)
	return waits[len(waits)*99/100]
}

// child is a server of this program's.
type child struct {
	cmd *exec.Cmd
	in  io.Closer
	out *bufio.Reader
	url string
}

func start(kind string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.Command(self, "serve", kind)}
	in, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.in, c.out = in, bufio.NewReader(out)
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := c.out.ReadString('\n')
	c.url = strings.TrimSpace(line)
	return c, err
}

// stop ends the server, and returns what it says then.
func (c *child) stop() string {
	_ = c.in.Close()
	said, _ := io.ReadAll(c.out)
	_ = c.cmd.Wait()
	return strings.TrimSpace(string(said))
}
