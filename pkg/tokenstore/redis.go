package tokenstore

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"strconv"
	"sync"
	"time"

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
	conns client
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
	}
	r.conns.dial = func(ctx context.Context) (net.Conn, error) {
		return dial(ctx, net.JoinHostPort(u.Hostname(), port), r.tls)
	}
	r.conns.greet, r.conns.invalid = greetings(u)
	return r, nil
}

// Name is "the Redis at host:port".
func (r *Redis) Name() finding.Fact { return r.name }

// Close closes the connections.
func (r *Redis) Close() error {
	r.conns.close()
	return nil
}

// do runs one command.
func (r *Redis) do(ctx context.Context, command ...string) (any, error) {
	reply, err := r.conns.do(ctx, command...)
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
	var said redisSays
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
	data, ok := reply.([]byte)
	if !ok {
		return Record{}, r.fail(ctx, errReply)
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
	_, err = r.do(ctx, "SET", r.key(key), string(data), "PX", milliseconds(recordLife))
	return err
}

// ahead is how far the server's clock is ahead of ours.
func (r *Redis) ahead(ctx context.Context) (time.Duration, error) {
	before := time.Now()
	reply, err := r.do(ctx, "TIME")
	if err != nil {
		return 0, err
	}
	seconds, micros, ok := clock(reply)
	if !ok {
		return 0, r.fail(ctx, finding.Because(reason.RedisNoTime))
	}
	took := time.Since(before)
	return time.Unix(seconds, micros*1000).Sub(before.Add(took / 2)), nil
}

// clock reads the reply to TIME.
func clock(reply any) (seconds, micros int64, ok bool) {
	parts, _ := reply.([]any)
	var n [2]int64
	for i, p := range parts {
		digits, _ := p.([]byte)
		v, err := strconv.ParseInt(string(digits), 10, 64)
		if err != nil || i >= len(n) {
			return 0, 0, false
		}
		n[i] = v
	}
	return n[0], n[1], len(parts) == len(n)
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

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
	reply, err := r.do(ctx, "SET", name, id, "NX", "PX", milliseconds(lockLife))
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
		r.do(last, "EVAL", releaseScript, "1", name, id) // what fails here ends by itself, in lockLife
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
		kept, err := r.do(held, "EVAL", prolongScript, "1", name, id, milliseconds(lockLife))
		switch {
		case held.Err() != nil:
			return
		case err != nil:
			lose(err)
			return
		case kept != int64(1):
			lose(&StoreError{Store: r.name, Why: finding.Because(reason.LockLost)})
			return
		}
	}
}
