package tokenstore

import (
	"bufio"
	"io"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

func TestGreetings(t *testing.T) {
	for address, want := range map[string]string{
		"redis://h":                     "CLIENT SETNAME wxdev",
		"redis://h/":                    "CLIENT SETNAME wxdev",
		"redis://h/0":                   "CLIENT SETNAME wxdev",
		"redis://:secret@h":             "AUTH secret, CLIENT SETNAME wxdev",
		"redis://secret@h/3":            "AUTH secret, CLIENT SETNAME wxdev, SELECT 3",
		"redis://me:p%40ss@h":           "AUTH me p@ss, CLIENT SETNAME wxdev",
		"redis://h/x":                   "invalid database: x",
		"redis://h/-1":                  "invalid database: -1",
		"redis://h/1/2":                 "invalid database: 1/2",
		"redis://h/9999999999999999999": "invalid database: 9999999999999999999",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		all, err := greetings(u)
		var got []string
		for _, command := range all {
			got = append(got, strings.Join(command, " "))
		}
		if err != nil {
			got = []string{err.Error()}
		}
		if have := strings.Join(got, ", "); have != want {
			t.Errorf("%s: %q, want %q", address, have, want)
		}
	}
}

// TestConnectionsAreKept: one after the other, commands share a connection, until
// an answer makes no sense.
func TestConnectionsAreKept(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var opened atomic.Int32
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			opened.Add(1)
			go func() {
				defer conn.Close()
				for in := bufio.NewReader(conn); ; {
					command, err := readCommand(in)
					switch {
					case err != nil:
						return
					case command == "CLIENT":
						io.WriteString(conn, "+OK\r\n")
					case command == "NONSENSE":
						io.WriteString(conn, "?\r\n")
					default:
						io.WriteString(conn, "-ERR no\r\n")
					}
				}
			}()
		}
	}()
	r, err := NewRedis("redis://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for i, command := range []string{"A", "B", "NONSENSE", "C", "D"} {
		if _, err := r.do(t.Context(), command); err == nil {
			t.Errorf("%s: no error", command)
		}
		if want := int32(1 + i/3); opened.Load() != want {
			t.Errorf("%s: %d connections, want %d", command, opened.Load(), want)
		}
	}
	if err := r.Close(); err != nil || len(r.conns.idle) != 0 {
		t.Errorf("%v, %d connections are left", err, len(r.conns.idle))
	}
}
