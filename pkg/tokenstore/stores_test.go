package tokenstore

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/wxdev/wxdev/internal/busy"
)

const (
	testBase  = "http://127.0.0.1:8900"
	testAppID = "wx0123456789abcdef"
)

func testKey(kind string) Key {
	return Key{Base: testBase, AppID: testAppID, Kind: kind, Guard: "guard"}
}

// eachStore runs a test on every store. open gives what a process of its own
// would have: the same values, another handle.
func eachStore(t *testing.T, test func(t *testing.T, open func() Store)) {
	t.Run("memory", func(t *testing.T) {
		m := &Memory{}
		test(t, func() Store { return m })
	})
	t.Run("file", func(t *testing.T) {
		dir := t.TempDir()
		test(t, func() Store { return &File{Dir: dir, Warn: func(err error) { t.Errorf("warned: %v", err) }} })
	})
	t.Run("redis", func(t *testing.T) {
		server := startRedis(t)
		test(t, func() Store { return server.open(t) })
	})
}

// redisServer is a real one, which the test may kill.
type redisServer struct {
	addr     string
	password string // nobody else's: that it opens the server shows whose it is
	cmd      *exec.Cmd
}

func startRedis(t *testing.T) *redisServer {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("CI") == "true" || os.Getenv("WXDEV_STACKS") == "all" {
			t.Fatal("no redis-server: run testdata/servers/setup.sh")
		}
		t.Skip("no redis-server: testdata/servers/setup.sh installs it, or says how")
	}
	s := &redisServer{addr: busy.Free(t), password: "hunter2" + rand.Text()}
	_, port, _ := net.SplitHostPort(s.addr)
	var output bytes.Buffer
	s.cmd = exec.Command(path, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
		"--dir", t.TempDir(), "--requirepass", s.password)
	s.cmd.Stdout, s.cmd.Stderr = &output, &output
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	for end := time.Now().Add(busy.Net); ; time.Sleep(5 * time.Millisecond) {
		conn, err := redis.Dial("tcp", s.addr, redis.DialPassword(s.password))
		if err == nil {
			conn.Close()
			return s
		}
		if time.Now().After(end) {
			s.kill()
			t.Fatalf("redis-server does not answer:\n%s", output.String())
		}
	}
}

func (s *redisServer) kill() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

func (s *redisServer) open(t *testing.T) *Redis {
	t.Helper()
	r, err := NewRedis("redis://:" + s.password + "@" + s.addr + "/1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// life makes a token that was fetched at a time.
func life(value string, fetched time.Time, lasts time.Duration) Token {
	return Token{Value: value, Via: "test", Fetched: fetched, Expires: fetched.Add(lasts)}
}

// fetched is a Fetch that gives a token of two hours.
func fetched(value string) Fetch {
	return func(context.Context, Token) (Token, error) { return life(value, time.Now(), 2*time.Hour), nil }
}

// never is a Fetch where none is needed.
func never(t *testing.T) Fetch {
	return func(context.Context, Token) (Token, error) {
		t.Error("something was fetched")
		return Token{}, errors.New("nothing to fetch")
	}
}

// put keeps a token under the test key.
func put(t *testing.T, s Store, token Token) {
	t.Helper()
	if err := s.Save(t.Context(), testKey("k"), Record{Token: token, Guard: "guard", ID: token.Value}); err != nil {
		t.Fatal(err)
	}
}
