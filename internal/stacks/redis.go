package stacks

import (
	"bytes"
	"crypto/rand"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/wxdev/wxdev/internal/busy"
)

// RedisServer is a real one, which the test may kill.
type RedisServer struct {
	Addr     string
	Password string // nobody else's: that it opens the server shows whose it is
	cmd      *exec.Cmd
}

// Redis starts a server and returns once it answers.
func Redis(t testing.TB) *RedisServer {
	t.Helper()
	Need(t, "redis-server")
	s := &RedisServer{Addr: busy.Free(t), Password: "hunter2" + rand.Text()}
	_, port, _ := net.SplitHostPort(s.Addr)
	var output bytes.Buffer
	s.cmd = exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
		"--dir", t.TempDir(), "--requirepass", s.Password)
	s.cmd.Stdout, s.cmd.Stderr = &output, &output
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	for end := time.Now().Add(busy.Net); ; time.Sleep(5 * time.Millisecond) {
		conn, err := redis.Dial("tcp", s.Addr, redis.DialPassword(s.Password))
		if err == nil {
			conn.Close()
			return s
		}
		if time.Now().After(end) {
			s.Kill()
			t.Fatalf("redis-server does not answer:\n%s", output.String())
		}
	}
}

// URL is its first database, as WXDEV_STORE takes it.
func (s *RedisServer) URL() string { return "redis://:" + s.Password + "@" + s.Addr }

// Kill ends it at once.
func (s *RedisServer) Kill() {
	_ = s.cmd.Process.Kill() // fails when it is over, which is fine
	_ = s.cmd.Wait()
}
