package main

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/finding"
)

// TestRequestLineEscapes: what a caller sends moves no cursor.
func TestRequestLineEscapes(t *testing.T) {
	env, out, _ := testEnv(t)
	g := &globals{env: env, color: "auto"}
	lines := newLineWriter(env.Out, g.sayer())
	e, err := local.New(emulator.Config{OnRequest: func(e emulator.Entry) { lines.Print(requestLine(g.Colors(false), newLineMarks(g.sayer()), e)) }})
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{"GET", "\x1b[31mGET"} {
		req := httptest.NewRequest("GET", "/%1b[2J%07"+strings.Repeat("x", 300), nil)
		req.Method = method
		e.ServeHTTP(httptest.NewRecorder(), req)
	}
	lines.Close()
	if n := strings.Count(out.String(), "\n"); n != 2 || strings.ContainsAny(out.String(), "\x1b\a") || !strings.Contains(out.String(), `\x1B[2J\x07`) {
		t.Errorf("%d lines: %q", n, out)
	}
}

// TestLineWriter keeps the lines of many goroutines whole.
func TestLineWriter(t *testing.T) {
	var out bytes.Buffer
	w := newLineWriter(&out, sayIn(finding.English))
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			for range 50 {
				w.Print(fmt.Sprintf("line %02d\n", i))
			}
		})
	}
	all.Wait()
	w.Close()
	if got := strings.Count(out.String(), "line "); got != 1000 || out.Len() != 8000 {
		t.Errorf("%d lines, %d bytes", got, out.Len())
	}
}
