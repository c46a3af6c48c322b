//go:build unix

package stacks

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
)

// Serve runs a server in dir until the test ends, and returns its address once
// it takes connections there. In the command {python} and {port} are filled
// in; the environment is the test's, with PORT and vars.
func Serve(t testing.TB, dir string, command []string, vars ...string) (addr string) {
	t.Helper()
	addr = busy.Free(t)
	_, port, _ := net.SplitHostPort(addr)
	args := make([]string, len(command))
	for i, arg := range command {
		if arg == "{python}" {
			arg = Python()
		}
		args[i] = strings.ReplaceAll(arg, "{port}", port)
	}
	var output bytes.Buffer
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "PORT="+port), vars...)
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // to reach its children too
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		stop(cmd.Process.Pid, ended)
		if t.Failed() {
			t.Logf("%s printed:\n%s", strings.Join(args, " "), output.String())
		}
	})
	awaitListener(t, addr, ended)
	return addr
}

// stop asks the process group to end, and then makes it.
func stop(pid int, ended <-chan error) {
	_ = syscall.Kill(-pid, syscall.SIGTERM) // fails when all is over, which is fine
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
	}
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	<-ended
}

// awaitListener returns when addr takes connections. Five minutes are for go
// run on a cold cache and a busy machine.
func awaitListener(t testing.TB, addr string, ended <-chan error) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Minute)
	for {
		conn, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			conn.Close()
			return
		}
		if time.Now().After(deadline) { // till then it may be refused, or reset by whoever had the port
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			t.Fatalf("the server ended before it took a connection: %v", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
