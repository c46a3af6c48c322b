package tokenstore

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/internal/busy"
)

// hostileRedis listens like a Redis that greets every connection as it should
// and sends what write writes to the first command after that. The config is
// for TLS, or nil.
func hostileRedis(t testing.TB, config *tls.Config, write func(io.Writer)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for in := bufio.NewReader(conn); ; {
					command, err := readCommand(in)
					switch {
					case err != nil:
						return
					case command == "CLIENT":
						io.WriteString(conn, "+OK\r\n")
					default:
						write(conn)
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

// readCommand is the first word of a command.
func readCommand(in *bufio.Reader) (first string, err error) {
	line := func() string {
		s, e := in.ReadString('\n')
		err = errors.Join(err, e)
		return strings.TrimSpace(s)
	}
	n, _ := strconv.Atoi(strings.TrimPrefix(line(), "*"))
	for i := range n {
		line() // its length; no argument of the tests has a line end
		if word := line(); i == 0 {
			first = word
		}
	}
	return first, err
}

// endlessly writes s until the reader has had enough.
func endlessly(s string) func(io.Writer) {
	return func(w io.Writer) {
		for piece := strings.Repeat(s, 1000); ; {
			if _, err := io.WriteString(w, piece); err != nil {
				return
			}
		}
	}
}

func once(s string) func(io.Writer) { return func(w io.Writer) { io.WriteString(w, s) } }

// What a Redis sends is read to a limit: neither stack nor memory is the
// server's to fill.
func TestHostileRedis(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		write func(io.Writer)
		want  string
	}{
		"arrays in arrays, without end": {endlessly("*1\r\n"), "nests arrays"},
		"an array in an array":          {once("*2\r\n:1\r\n*1\r\n:1\r\n"), "nests arrays"},
		"an array of many":              {once("*1000000000\r\n"), "of more than 16 elements"},
		"one of more than fit an int":   {once("*99999999999999999999\r\n"), "of more than 16 elements"},
		"a negative array":              {once("*-5\r\n"), "nests arrays"},
		"an endless bulk string":        {func(w io.Writer) { io.WriteString(w, "$9000000000\r\n"); endlessly("x")(w) }, "more than 1048576 bytes"},
		"a large one that never comes":  {once("$9223372036854775807\r\n"), "more than 1048576 bytes"},
		"one of more than fits an int":  {once("$18446744073709551617\r\n"), "more than 1048576 bytes"},
		"a negative one":                {once("$-7\r\n"), "more than 1048576 bytes"},
		"many that are too much": {func(w io.Writer) {
			io.WriteString(w, "*16\r\n")
			endlessly("$100000\r\n" + strings.Repeat("x", 100000) + "\r\n")(w)
		}, "more than 1048576 bytes"},
		"an endless simple string":      {func(w io.Writer) { io.WriteString(w, "+"); endlessly("x")(w) }, "more than 4096 bytes"},
		"an endless error":              {func(w io.Writer) { io.WriteString(w, "-"); endlessly("x")(w) }, "more than 4096 bytes"},
		"no Redis":                      {once("HTTP/1.1 400 Bad Request\r\n\r\n"), "unexpected response line"},
		"a long string without its end": {once("$3\r\nabcde\r\n"), "bad"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := NewRedis("redis://" + hostileRedis(t, nil, c.write))
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for _, use := range []func() error{
				func() error { _, err := r.Load(t.Context(), testKey("k")); return err },
				func() error { return r.Save(t.Context(), testKey("k"), Record{}) },
				func() error { _, _, err := r.TryLock(t.Context(), testKey("k")); return err },
			} {
				err := use()
				var store *StoreError
				if !errors.As(err, &store) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
				demandChinese(t, err)
			}
		})
	}
}

// What is wrong with a reply is said in both languages.
func TestHostileRedisInChinese(t *testing.T) {
	for _, reply := range []string{"*99\r\n", "$9999999\r\n"} {
		if _, err := readReply(bufio.NewReader(strings.NewReader(reply))); bilingual.Fault(err) != "" {
			t.Error(bilingual.Fault(err))
		}
	}
}

// A reply of which always something comes, and never the end, ends at the
// deadline as silence does.
func TestEndlessRedis(t *testing.T) {
	addr := hostileRedis(t, nil, func(w io.Writer) {
		io.WriteString(w, "$1000000\r\n")
		for range 20_000 {
			if _, err := io.WriteString(w, "x"); err != nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
	})
	r, err := NewRedis("redis://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err = r.Load(ctx, testKey("k"))
	if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > busy.Net {
		t.Errorf("got %v after %v", err, took)
	}
}

// TLS is below what checks the replies, and is verified.
func TestHostileRedisOverTLS(t *testing.T) {
	made := httptest.NewUnstartedServer(nil)
	made.StartTLS() // for its certificate, which is for 127.0.0.1
	defer made.Close()
	addr := hostileRedis(t, made.TLS, endlessly("*1\r\n"))
	r, err := NewRedis("rediss://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Load(t.Context(), testKey("k")); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of nobody's: %v", err)
	}
	r.tls.RootCAs = x509.NewCertPool()
	r.tls.RootCAs.AddCert(made.Certificate())
	if _, err := r.Load(t.Context(), testKey("k")); err == nil || !strings.Contains(err.Error(), "nests arrays") {
		t.Errorf("got %v", err)
	}
}

// FuzzRedisReply: no bytes of a server's make the client panic, or take more
// memory than the limit is worth.
func FuzzRedisReply(f *testing.F) {
	for _, s := range []string{
		"+OK\r\n", "-ERR no\r\n", ":7\r\n", "$-1\r\n", "$0\r\n\r\n", "$2\r\nab\r\n", "*2\r\n$1\r\n1\r\n$1\r\n2\r\n", "*-1\r\n", "*0\r\n",
		strings.Repeat("*1\r\n", 100), "*16\r\n", "*17\r\n", "$1048577\r\n", "$18446744073709551617\r\n", "*18446744073709551617\r\n",
		"$3\r\nab", "\n", "*\n", "$\n", ":\r\n", "%1\r\n", "*1\r\n$-1\r\n", "+OK\r\n+OK\r\n", "$\r\n", ":-\r\n", "*+1\r\n:1\r\n",
		"$13\r\n{\"token\":{}}\n\r\n*2\r\n$19\r\n9223372036854775807\r\n$1\r\n0\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		conn := redis.NewConn(&checkedConn{Conn: deadEnd{}, in: bufio.NewReaderSize(bytes.NewReader(data), maxReplyLine)}, 0, 0)
		for range 4 {
			if _, err := conn.Receive(); conn.Err() != nil {
				break
			} else if err != nil && !errors.As(err, new(redis.Error)) {
				t.Fatalf("%v, and the connection lives on", err)
			}
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 16*(maxReply+uint64(len(data))) {
			t.Fatalf("%d bytes made it allocate %d", len(data), used)
		}
	})
}

// deadEnd is the other half of a connection of which only reading is used.
type deadEnd struct{ net.Conn }

func (deadEnd) Close() error                    { return nil }
func (deadEnd) SetReadDeadline(time.Time) error { return nil }
