package tokenstore

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

const (
	redisTime  = 3 * time.Second // for a connection, and for each answer
	lockLife   = 6 * time.Second // a killed process blocks the others for as long
	lockBeat   = lockLife / 3
	recordLife = 25 * time.Hour // by then a value has expired, and a day's count of forced refreshes, too
)

// Redis keeps values in a Redis server, for everyone who can reach it. The lock
// of a key is SET NX PX, prolonged while the fetch lasts. The server's clock is
// the one that counts, so those of the machines may differ.
type Redis struct {
	name  finding.Fact
	known *redact.Redactor // of the password
	tls   *tls.Config      // nil without TLS
	pool  *redis.Pool
}

// NewRedis returns the store at redis://[[user]:password@]host[:port][/db],
// or rediss:// for TLS. It does not connect yet.
func NewRedis(address string) (*Redis, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" || u.Hostname() == "" {
		return nil, finding.Because(reason.StoreNotRedis) // it may contain a password
	}
	port := u.Port()
	if port == "" {
		port = "6379"
	}
	r := &Redis{name: finding.Because(reason.StoreRedis, "address", net.JoinHostPort(u.Hostname(), port))}
	password, _ := u.User.Password()
	if password == "" {
		password = u.User.Username() // as redis-cli takes it
	}
	r.known = redact.New(redact.Mask, 1, password)
	if u.Scheme == "rediss" {
		r.tls = &tls.Config{ServerName: u.Hostname()}
		u.Scheme = "redis" // TLS is below what checks the replies
	}
	r.pool = &redis.Pool{
		MaxIdle: 2,
		DialContext: func(ctx context.Context) (redis.Conn, error) {
			ctx, cancel := context.WithTimeout(ctx, redisTime)
			defer cancel()
			return redis.DialURLContext(ctx, u.String(), redis.DialClientName("wxdev"), redis.DialContextFunc(r.dial),
				redis.DialReadTimeout(redisTime), redis.DialWriteTimeout(redisTime))
		},
	}
	return r, nil
}

func (r *Redis) dial(ctx context.Context, network, address string) (net.Conn, error) {
	return dial(ctx, network, address, r.tls)
}

// Name is "the Redis at host:port".
func (r *Redis) Name() finding.Fact { return r.name }

// Close closes the connections.
func (r *Redis) Close() error { return r.pool.Close() }

// do runs one command on a connection of its own.
func (r *Redis) do(ctx context.Context, command string, args ...any) (any, error) {
	conn, err := r.pool.GetContext(ctx)
	if err != nil {
		return nil, r.fail(ctx, err)
	}
	defer conn.Close()
	reply, err := redis.DoContext(conn, ctx, command, args...)
	if err != nil {
		return nil, r.fail(ctx, err)
	}
	return reply, nil
}

// fail makes a StoreError, without the password, should the server repeat it.
func (r *Redis) fail(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	// The client looks at the clock, which may be ahead of ctx's timer.
	if end, ok := ctx.Deadline(); ok && !time.Now().Before(end) {
		return context.DeadlineExceeded
	}
	return &StoreError{Store: r.name, Why: finding.Redact(whyRedis(err), r.known.Text)}
}

// whyRedis is an error of the server's, of the client library's, or of ours and
// the system's, which are said in both languages.
func whyRedis(err error) finding.Fact {
	var ours *finding.Reason
	var said redis.Error
	switch {
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &said):
		return finding.Because(reason.RedisSays, "text", finding.Verbatim(said))
	case finding.System(err) == nil:
		return finding.Because(reason.RedisClientSays, "text", finding.Verbatim(err.Error()))
	}
	return finding.Failure(err)
}

func (r *Redis) key(k Key) string { return "wxdev:" + k.account() + ":" + k.kind() }

// Load returns the record of key.
func (r *Redis) Load(ctx context.Context, key Key) (Record, error) {
	reply, err := r.do(ctx, "GET", r.key(key))
	if err != nil || reply == nil {
		return Record{}, err
	}
	data, err := redis.Bytes(reply, nil)
	if err != nil {
		return Record{}, r.fail(ctx, err)
	}
	var rec Record
	if json.Unmarshal(data, &rec) != nil {
		return Record{}, nil // damaged: the next fetch replaces it
	}
	ahead, err := r.ahead(ctx)
	rec.Token.shift(-ahead)
	return rec, err
}

// Save keeps rec under key.
func (r *Redis) Save(ctx context.Context, key Key, rec Record) error {
	ahead, err := r.ahead(ctx)
	if err != nil {
		return err
	}
	rec.Token.shift(ahead)
	data, err := json.Marshal(rec)
	if err != nil {
		return finding.Because(reason.NotWrittenJSON, "error", err)
	}
	_, err = r.do(ctx, "SET", r.key(key), data, "PX", recordLife.Milliseconds())
	return err
}

// ahead is how far the server's clock is ahead of ours.
func (r *Redis) ahead(ctx context.Context) (time.Duration, error) {
	before := time.Now()
	reply, err := r.do(ctx, "TIME")
	if err != nil {
		return 0, err
	}
	parts, err := redis.Int64s(reply, nil)
	if err != nil || len(parts) != 2 {
		return 0, r.fail(ctx, finding.Because(reason.RedisNoTime))
	}
	took := time.Since(before)
	return time.Unix(parts[0], parts[1]*1000).Sub(before.Add(took / 2)), nil
}

// shift moves the times of t. The count of forced refreshes is by the day, so
// small differences between clocks do not matter there.
func (t *Token) shift(by time.Duration) {
	if t.Value == "" {
		return
	}
	t.Fetched, t.Expires = t.Fetched.Add(by), t.Expires.Add(by)
}

// A lock is prolonged and released only by its holder.
const (
	prolongScript = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0`
	releaseScript = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`
)

// TryLock locks key against everyone who uses the server.
func (r *Redis) TryLock(ctx context.Context, key Key) (*Lock, bool, error) {
	name, id := r.key(key)+":lock", rand.Text()
	reply, err := r.do(ctx, "SET", name, id, "NX", "PX", lockLife.Milliseconds())
	if err != nil || reply == nil {
		return nil, false, err
	}
	held, lose := context.WithCancelCause(ctx)
	var beat sync.WaitGroup
	beat.Go(func() { r.prolong(held, lose, name, id) })
	release := func() {
		lose(nil)
		beat.Wait()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), redisTime)
		defer cancel()
		r.do(last, "EVAL", releaseScript, 1, name, id) // what fails here ends by itself, in lockLife
	}
	return &Lock{Ctx: held, Release: release}, true, nil
}

// prolong keeps the lock until held ends, or ends held with the reason why
// the lock is lost.
func (r *Redis) prolong(held context.Context, lose context.CancelCauseFunc, name, id string) {
	tick := time.NewTicker(lockBeat)
	defer tick.Stop()
	for {
		select {
		case <-held.Done():
			return
		case <-tick.C:
		}
		kept, err := redis.Int(r.do(held, "EVAL", prolongScript, 1, name, id, lockLife.Milliseconds()))
		switch {
		case held.Err() != nil:
			return
		case err != nil:
			lose(err)
			return
		case kept == 0:
			lose(&StoreError{Store: r.name, Why: finding.Because(reason.LockLost)})
			return
		}
	}
}
