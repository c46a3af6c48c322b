package tokenstore

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/internal/stacks"
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
		server := stacks.Redis(t)
		test(t, func() Store { return openRedis(t, server) })
	})
}

// openRedis is a store in a database of its own.
func openRedis(t *testing.T, server *stacks.RedisServer) *Redis {
	t.Helper()
	r, err := NewRedis(server.URL() + "/1")
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

// demandChinese looks for English in what a Chinese user reads of an error.
func demandChinese(t *testing.T, err error) {
	t.Helper()
	if fault := bilingual.Fault(err); fault != "" {
		t.Error(fault)
	}
}
