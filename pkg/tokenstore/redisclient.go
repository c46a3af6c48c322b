package tokenstore

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// redisSays is an error of the server's, in its words.
type redisSays string

func (e redisSays) Error() string { return string(e) }

var errReply = errors.New("unexpected response line")

// client runs commands on a Redis, over connections that it keeps for the next
// command. It is all that a store of tokens needs of one.
type client struct {
	dial    func(ctx context.Context) (net.Conn, error)
	greet   [][]string // the commands that come first on a connection
	invalid error      // of the address; it is said when the client is used

	mu     sync.Mutex
	idle   []*redisConn
	closed bool
}

const mostIdle = 2

// greetings are what an address asks for: its password, and its database.
func greetings(u *url.URL) ([][]string, error) {
	var all [][]string
	if u.User != nil {
		name := u.User.Username()
		password, given := u.User.Password()
		switch {
		case given && name != "" && password != "":
			all = append(all, []string{"AUTH", name, password})
		case given && password != "":
			all = append(all, []string{"AUTH", password})
		case !given && name != "":
			all = append(all, []string{"AUTH", name}) // as redis-cli takes it
		}
	}
	all = append(all, []string{"CLIENT", "SETNAME", "wxdev"})
	path := strings.TrimPrefix(u.Path, "/")
	if path == "" {
		return all, nil
	}
	db, err := strconv.Atoi(path)
	if err != nil || db < 0 {
		return nil, fmt.Errorf("invalid database: %s", path)
	}
	if db > 0 {
		all = append(all, []string{"SELECT", path})
	}
	return all, nil
}

// do runs one command on a connection of its own.
func (c *client) do(ctx context.Context, command ...string) (any, error) {
	conn, err := c.get(ctx)
	if err != nil {
		return nil, err
	}
	reply, err := conn.do(ctx, command)
	if err != nil && !errors.As(err, new(redisSays)) {
		conn.Close() // nobody knows what comes next on it
		return nil, err
	}
	c.put(conn)
	return reply, err
}

func (c *client) get(ctx context.Context) (*redisConn, error) {
	if c.invalid != nil {
		return nil, c.invalid
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	if n := len(c.idle); n > 0 {
		conn := c.idle[n-1]
		c.idle = c.idle[:n-1]
		c.mu.Unlock()
		return conn, nil
	}
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, redisTime)
	defer cancel()
	raw, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	conn := &redisConn{Conn: raw, in: bufio.NewReaderSize(raw, maxReplyLine)}
	for _, command := range c.greet {
		if _, err := conn.do(ctx, command); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return conn, nil
}

func (c *client) put(conn *redisConn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(c.idle) >= mostIdle {
		conn.Close()
		return
	}
	c.idle = append(c.idle, conn)
}

func (c *client) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.idle {
		conn.Close()
	}
	c.idle, c.closed = nil, true
}

// redisConn is a connection to a Redis.
type redisConn struct {
	net.Conn
	in *bufio.Reader
}

// do runs one command, for redisTime at most.
func (c *redisConn) do(ctx context.Context, command []string) (any, error) {
	if err := c.SetDeadline(time.Now().Add(redisTime)); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) }) // one that fails is closed
	defer stop()
	out := fmt.Appendf(nil, "*%d\r\n", len(command))
	for _, word := range command {
		out = fmt.Appendf(out, "$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := c.Write(out); err != nil {
		return nil, err
	}
	reply, err := c.receive()
	if !stop() { // its deadline is over, or soon will be
		return nil, ctx.Err()
	}
	return reply, err
}

// receive reads a reply: a string, an int64, bytes, nil, or a list of these. An
// error of the server's is a [redisSays].
func (c *redisConn) receive() (any, error) {
	raw, err := readReply(c.in)
	if err != nil {
		return nil, err
	}
	if len(raw) == 0 || raw[0] != '*' {
		reply, _, err := parseReply(raw)
		return reply, err
	}
	line, rest, _ := bytes.Cut(raw, []byte("\r\n"))
	n, err := strconv.Atoi(string(line[1:]))
	if err != nil {
		return nil, errReply
	}
	if n < 0 {
		return nil, nil
	}
	list := make([]any, n)
	for i := range list {
		if list[i], rest, err = parseReply(rest); err != nil {
			return nil, errReply // also for an error among them, which no command has
		}
	}
	return list, nil
}

// parseReply reads what is no array, and returns what follows it.
func parseReply(raw []byte) (reply any, rest []byte, err error) {
	line, rest, ok := bytes.Cut(raw, []byte("\r\n"))
	if !ok || len(line) == 0 {
		return nil, nil, errReply
	}
	text := string(line[1:])
	switch line[0] {
	case '+':
		return text, rest, nil
	case '-':
		return nil, rest, redisSays(text)
	case ':':
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, nil, errReply
		}
		return n, rest, nil
	case '$':
		n, err := strconv.Atoi(text)
		switch {
		case err != nil:
			return nil, nil, errReply
		case n < 0:
			return nil, rest, nil
		case len(rest) < n+2 || string(rest[n:n+2]) != "\r\n":
			return nil, nil, errors.New("bad bulk string")
		}
		return rest[:n], rest[n+2:], nil
	}
	return nil, nil, errReply
}
