package tokenstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/internal/stacks"
	"github.com/wxdev/wxdev/pkg/finding"
)

// demandStoreError wants an error that names the store and hides the password.
func demandStoreError(t *testing.T, err error, addr string) {
	t.Helper()
	var store *StoreError
	if !errors.As(err, &store) || !strings.HasPrefix(err.Error(), "the Redis at "+addr+": ") {
		t.Errorf("got %v", err)
	}
	demandChinese(t, err)
	if err != nil && strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the password is in %q", err)
	}
}

// demandLate wants an error that does not deny the call.
func demandLate(t *testing.T, err error) {
	t.Helper()
	var store *StoreError
	if errors.As(err, &store) && !store.Late {
		t.Errorf("%v is not late", err)
	}
}

// Without its Redis nobody fetches: each process would end the token of the
// others.
func TestLostRedis(t *testing.T) {
	t.Parallel()
	server := stacks.Redis(t)
	k := &Keeper{Store: openRedis(t, server)}
	var fetches atomic.Int64
	fetch := func(context.Context, Token) (Token, error) {
		fetches.Add(1)
		return life("new", time.Now(), 2*time.Hour), nil
	}
	if _, err := k.Get(t.Context(), testKey("k"), Want{}, fetch); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	for _, want := range []Want{{}, {Not: "new"}, {Force: true}} {
		_, err := k.Get(t.Context(), testKey("k"), want, fetch)
		demandStoreError(t, err, server.Addr)
	}
	if _, err := k.Peek(t.Context(), testKey("k")); err == nil {
		t.Error("peeked at a lost Redis")
	}
	if fetches.Load() != 1 {
		t.Errorf("%d fetches", fetches.Load())
	}
}

// One that is lost while a token is fetched ends the fetch: the lock is lost.
func TestRedisLostDuringFetch(t *testing.T) {
	t.Parallel()
	server := stacks.Redis(t)
	k := &Keeper{Store: openRedis(t, server)}
	_, err := k.Get(t.Context(), testKey("k"), Want{}, func(ctx context.Context, _ Token) (Token, error) {
		server.Kill()
		<-ctx.Done()
		return Token{}, ctx.Err()
	})
	demandStoreError(t, err, server.Addr)
	demandLate(t, err)
}

// One that is lost before the token is kept is an error too, although there
// is a token: the next process would fetch again, and so on.
func TestRedisLostBeforeSaving(t *testing.T) {
	t.Parallel()
	server := stacks.Redis(t)
	k := &Keeper{Store: openRedis(t, server)}
	_, err := k.Get(t.Context(), testKey("k"), Want{}, func(context.Context, Token) (Token, error) {
		server.Kill()
		return life("new", time.Now(), 2*time.Hour), nil
	})
	demandStoreError(t, err, server.Addr)
	demandLate(t, err)
}

func TestRedisRefuses(t *testing.T) {
	server := stacks.Redis(t)
	for name, address := range map[string]string{
		"no password":    "redis://" + server.Addr,
		"a wrong one":    "redis://:wrongwrongwrong@" + server.Addr,
		"no such number": server.URL() + "/9999",
	} {
		r, err := NewRedis(address)
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.Load(t.Context(), testKey("k"))
		demandStoreError(t, err, server.Addr)
		if strings.Contains(err.Error(), "wrongwrong") {
			t.Errorf("%s: the password is in %q", name, err)
		}
		r.Close()
	}
}

// overdue is a context whose deadline is over, and whose timer is late.
type overdue struct{ context.Context }

func (overdue) Deadline() (time.Time, bool) { return time.Now().Add(-time.Millisecond), true }

// The end of the caller's time is no fault of the Redis.
func TestRedisOutOfTime(t *testing.T) {
	server := stacks.Redis(t)
	_, err := openRedis(t, server).Load(overdue{t.Context()}, testKey("k"))
	var store *StoreError
	if !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &store) {
		t.Errorf("got %v", err)
	}
}

// A server that takes connections and says nothing ends at a deadline.
func TestSilentRedis(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := NewRedis("redis://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	busy.Patiently(t, 100*time.Millisecond, func(limit time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), min(limit, time.Second))
		defer cancel()
		start := time.Now()
		_, err := r.Load(ctx, testKey("k"))
		// The store's own limit would end it too, but later.
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > redisTime*3/4 {
			return fmt.Errorf("got %v after %v", err, took)
		}
		return nil
	})
}

func TestRedisAddresses(t *testing.T) {
	for address, name := range map[string]string{
		"redis://localhost":              "the Redis at localhost:6379",
		"redis://:hunter2@[::1]:7000/2":  "the Redis at [::1]:7000",
		"rediss://user:hunter2@cache/15": "the Redis at cache:6379",
		"http://hunter2":                 "",
		"redis://:hunter2@":              "",
		"redis:hunter2":                  "",
		"redis://:hunter2/@x":            "",
	} {
		r, err := NewRedis(address)
		if (err == nil) != (name != "") || err == nil && r.Name().In(finding.English) != name {
			t.Errorf("%s: %v", address, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the password is in %q", err)
		}
		if err != nil {
			demandChinese(t, err)
		}
	}
}

// The holder of a lock keeps it as long as it fetches; that of a dead one
// ends by itself.
func TestRedisLock(t *testing.T) {
	t.Parallel()
	server := stacks.Redis(t)
	one, two := openRedis(t, server), openRedis(t, server)
	lock, ok, err := one.TryLock(t.Context(), testKey("k"))
	if err != nil || !ok {
		t.Fatalf("%t, %v", ok, err)
	}
	conn := dialRedis(t, server)
	name := one.key(testKey("k")) + ":lock"
	// What is left is more than a busy machine is late by, and it is prolonged.
	const left = 4500
	if _, err := conn.Do("PEXPIRE", name, left); err != nil {
		t.Fatal(err)
	}
	awaitTTL(t, conn, name, func(ms int) bool { return ms > left })
	if _, ok, err := two.TryLock(t.Context(), testKey("k")); err != nil || ok {
		t.Errorf("taken twice: %t, %v", ok, err)
	}
	if _, err := conn.Do("SET", name, "somebody else's"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-lock.Ctx.Done():
		demandStoreError(t, context.Cause(lock.Ctx), server.Addr)
	case <-time.After(busy.Net):
		t.Error("the loss of the lock was not seen")
	}
	lock.Release()
	if left, err := redis.String(conn.Do("GET", name)); err != nil || left != "somebody else's" {
		t.Errorf("released another's lock: %q, %v", left, err)
	}
	if _, err := conn.Do("PEXPIRE", name, 1); err != nil {
		t.Fatal(err)
	}
	k := &Keeper{Store: two}
	if got, err := k.Get(t.Context(), testKey("k"), Want{}, fetched("new")); err != nil || got.Value != "new" {
		t.Errorf("%q, %v", got.Value, err)
	}
}

func dialRedis(t *testing.T, server *stacks.RedisServer) redis.Conn {
	t.Helper()
	conn, err := redis.Dial("tcp", server.Addr, redis.DialPassword(server.Password), redis.DialDatabase(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func awaitTTL(t *testing.T, conn redis.Conn, name string, right func(ms int) bool) {
	t.Helper()
	for end := time.Now().Add(busy.Net); ; time.Sleep(20 * time.Millisecond) {
		ms, err := redis.Int(conn.Do("PTTL", name))
		if err != nil {
			t.Fatal(err)
		}
		if right(ms) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s lives %d ms", name, ms)
		}
	}
}

// The clock of the Redis counts: what a machine with another one wrote is read
// with its true age.
func TestRedisClock(t *testing.T) {
	server := stacks.Redis(t)
	r, conn := openRedis(t, server), dialRedis(t, server)
	put(t, r, life("v", time.Now().Add(-time.Hour), 2*time.Hour))
	data, err := redis.Bytes(conn.Do("GET", r.key(testKey("k"))))
	if err != nil {
		t.Fatal(err)
	}
	var rec Record
	if err := json.Unmarshal(data, &rec); err != nil {
		t.Fatal(err)
	}
	clock, err := redis.Int64s(conn.Do("TIME"))
	if err != nil {
		t.Fatal(err)
	}
	if age := time.Unix(clock[0], 0).Sub(rec.Token.Fetched); age < 59*time.Minute || age > 61*time.Minute {
		t.Errorf("kept with age %v", age)
	}
	got, err := r.Load(t.Context(), testKey("k"))
	if age := time.Since(got.Token.Fetched); err != nil || age < 59*time.Minute || age > 61*time.Minute {
		t.Errorf("read with age %v, %v", age, err)
	}
	if ms, err := redis.Int(conn.Do("PTTL", r.key(testKey("k")))); err != nil || ms <= 0 {
		t.Errorf("it stays for %d ms, %v", ms, err)
	}
}

func TestDamagedRedisValues(t *testing.T) {
	server := stacks.Redis(t)
	r, conn := openRedis(t, server), dialRedis(t, server)
	k := &Keeper{Store: r}
	for _, value := range []string{"", "no JSON", `{"token":7}`, "null"} {
		if _, err := conn.Do("SET", r.key(testKey("k")), value); err != nil {
			t.Fatal(err)
		}
		if got, err := k.Get(t.Context(), testKey("k"), Want{}, fetched("new")); err != nil || got.Value != "new" {
			t.Errorf("%q: %q, %v", value, got.Value, err)
		}
	}
	if _, err := conn.Do("DEL", r.key(testKey("k"))); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Do("LPUSH", r.key(testKey("k")), "x"); err != nil {
		t.Fatal(err)
	}
	_, err := k.Get(t.Context(), testKey("k"), Want{}, fetched("new"))
	demandStoreError(t, err, server.Addr)
}
