package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/load"
	"github.com/wxdev/wxdev/pkg/push"
)

// profile loads a server, in the closed loop, and writes where the time of the
// generator goes.
func profile(url, file string) error {
	source, err := load.NewSource(load.Options{})
	if err != nil {
		return err
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	plan := &load.Plan{Pusher: &push.Pusher{URL: url, Token: token}, Source: source, Connections: 64, Count: 200_000, KeepAlive: true, Check: 1}
	_, err = plan.Run(context.Background())
	return err
}

// parts are the parts of the generator whose share of the time is named: what
// they call is theirs.
var parts = []struct {
	function string
	words    [2]string
}{
	{"net.(*conn).Write", [2]string{"writing to the socket (system calls)", "写套接字（系统调用）"}},
	{"net.(*conn).Read", [2]string{"reading from it (system calls)", "读套接字（系统调用）"}},
	{"runtime.mcall", [2]string{"Go's scheduler and poller", "Go 的调度器与网络轮询"}},
	{"push.(*Pusher).Build", [2]string{"writing and signing the message", "写消息并签名"}},
	{"load.(*worker).request", [2]string{"making the request of it", "生成请求"}},
	{"push.(*Pusher).Verdict", [2]string{"judging the reply", "检查回复"}},
	{"load.(*Source).message", [2]string{"making the message", "生成消息"}},
	{"runtime.gcBgMarkWorker", [2]string{"garbage collection", "垃圾回收"}},
}

// share is how much of the time a part takes.
type share struct {
	words   [2]string
	percent string
}

// top names where the time of the generator goes.
func (l *lab) top() ([]share, error) {
	server, err := start("empty")
	if err != nil {
		return nil, err
	}
	defer server.stop()
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(l.dir, "profile")
	if err := exec.Command(self, "profile", server.url, file).Run(); err != nil {
		return nil, err
	}
	out, err := exec.Command("go", "tool", "pprof", "-top", "-cum", "-nodecount=1000", "-nodefraction=0", self, file).Output()
	if err != nil {
		return nil, err
	}
	var shares []share
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		for _, p := range parts {
			if len(fields) >= 6 && (fields[5] == p.function || strings.HasSuffix(fields[5], "/"+p.function)) {
				shares = append(shares, share{p.words, fields[4]})
			}
		}
	}
	return slices.Clip(shares), nil
}
