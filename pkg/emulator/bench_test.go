package emulator_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// benchServer is an emulator without quotas that has a menu, and a token of
// it.
func benchServer(tb testing.TB) (s *local.Server, menuURL string) {
	tb.Helper()
	state, err := emulator.ParseState("seed", []byte("[[account]]\nappid = \"wx0123456789abcdef\"\nmenu = '''"+goodMenu+"'''\n"+
		"[account.quota]\n\"/cgi-bin/token\" = 0\n\"/cgi-bin/menu/get\" = 0\n[[account.token_issued]]\nvalue = \"t\"\nkind = \"stable_token\"\ncreated = 2020-01-01T00:00:00Z\nexpires = 2199-01-01T00:00:00Z\n"))
	if err != nil {
		tb.Fatal(err)
	}
	if s, err = local.NewServer(emulator.Config{Seed: state}); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s, s.URL + "/cgi-bin/menu/get?access_token=t"
}

// emptyServer answers with nothing: what net/http costs by itself.
func emptyServer(tb testing.TB) string {
	tb.Helper()
	srv := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ReadHeaderTimeout: busy.Net}
	l := listen(tb)
	go srv.Serve(l)
	tb.Cleanup(func() { srv.Close() })
	return "http://" + l.Addr().String()
}

// BenchmarkToken and BenchmarkMenuGet ask for a token and a menu on 64 connections
// at once, beside an empty handler that is asked for the same.
func BenchmarkToken(b *testing.B) {
	s, _ := benchServer(b)
	benchmarkRate(b, s.URL, tokenURL)
}

func BenchmarkMenuGet(b *testing.B) {
	s, menuURL := benchServer(b)
	benchmarkRate(b, s.URL, menuURL[len(s.URL):])
}

func benchmarkRate(b *testing.B, server, target string) {
	b.Run("bare", func(b *testing.B) { callAtOnce(b, emptyServer(b), target) })
	b.Run("wxdev", func(b *testing.B) { callAtOnce(b, server, target) })
}

// callAtOnce keeps 64 connections busy. It writes and reads bytes and no more: an
// HTTP client would take longer than the server.
func callAtOnce(b *testing.B, server, target string) {
	const connections = 64
	b.SetParallelism(max(1, connections/runtime.GOMAXPROCS(0)))
	address := strings.TrimPrefix(server, "http://")
	b.RunParallel(func(p *testing.PB) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			b.Error(err)
			return
		}
		defer conn.Close()
		request := []byte("GET " + target + " HTTP/1.1\r\nHost: " + address + "\r\n\r\n")
		in := bufio.NewReader(conn)
		for p.Next() {
			if err := call(conn, in, request); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// call sends a request and reads the answer to its end.
func call(out io.Writer, in *bufio.Reader, request []byte) error {
	if _, err := out.Write(request); err != nil {
		return err
	}
	size := 0
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		switch {
		case err != nil:
			return err
		case first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")):
			return fmt.Errorf("%s", line)
		case len(line) == len("\r\n"):
			_, err = in.Discard(size)
			return err
		}
		if n, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if size, err = strconv.Atoi(string(n[:len(n)-len("\r\n")])); err != nil {
				return err
			}
		}
	}
}

// BenchmarkHandler is what the emulator itself takes of a call.
func BenchmarkHandler(b *testing.B) {
	s, menuURL := benchServer(b)
	for _, c := range []struct{ name, url string }{{"token", tokenURL}, {"menu", menuURL[len(s.URL):]}} {
		b.Run(c.name, func(b *testing.B) {
			req := httptest.NewRequest("GET", c.url, nil)
			b.ReportAllocs()
			for b.Loop() {
				s.ServeHTTP(discard{}, req)
			}
		})
	}
}

// TestAllocs holds what a call costs without a look at the clock: hiding secrets
// when the log is written took a third more.
func TestAllocs(t *testing.T) {
	s, menuURL := benchServer(t)
	for _, c := range []struct {
		name, url string
		most      float64
	}{{"token", tokenURL, 20}, {"menu", menuURL[len(s.URL):], 16}} {
		req := httptest.NewRequest("GET", c.url, nil)
		if n := testing.AllocsPerRun(200, func() { s.ServeHTTP(discard{}, req) }); n > c.most {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
}

// discard is a ResponseWriter that costs little.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}
