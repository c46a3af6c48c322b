package main

import (
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/internal/feed"
	"github.com/wxdev/wxdev/pkg/receiver"
)

// TestListenRingIsBounded: the oldest lose their bytes first, and the reader
// learns of what it cannot have.
func TestListenRingIsBounded(t *testing.T) {
	r := newListenRing(100)
	var all []*listenLine
	big := strings.Repeat("x", 1<<20)
	for range 50 {
		line := newListenLine(big)
		all = append(all, line)
		r.publish(line)
	}
	kept := 0
	for i, line := range all {
		if kept += line.weight(); line.weight() > 0 && i < 50-listenBytes>>20 {
			t.Errorf("line %d of 50 has its bytes", i)
		}
	}
	if kept != listenBytes {
		t.Errorf("%d bytes are kept, not %d", kept, listenBytes)
	}
	for range 200 {
		r.publish(newListenLine("a"))
	}
	r.Close()
	got, lost := 0, 0
	r.each(t.Context(), func(events []feed.Event, missed int) { got += len(events); lost += missed })
	if got != 100 || lost != 150 {
		t.Errorf("a late reader gets %d and misses %d", got, lost)
	}
}

// TestListenWithoutReader: a pipe that nobody reads stops no answer, and
// whoever reads it later is told what is missing.
func TestListenWithoutReader(t *testing.T) {
	env, _, _ := testEnv(t)
	in, out := io.Pipe() // a Write waits for a Read
	env.Out = out
	o := &listenOptions{globals: &globals{env: env}, ring: newListenRing(listenLines), verbose: true}
	h := &receiver.Handler{Token: "letmein7", Log: o.log}
	read := make(chan string)
	served := make(chan struct{})
	go func() {
		_ = o.serveWithLines(t.Context(), func(context.Context) error {
			for range 400 {
				w := httptest.NewRecorder()
				if h.ServeHTTP(w, request(pushTo(t, strings.Repeat("long ", 1000)))); w.Code != 200 {
					t.Errorf("status %d", w.Code)
				}
			}
			close(served)
			return nil
		})
		out.Close()
	}()
	select {
	case <-served:
	case <-time.After(busy.Net):
		t.Fatal("it waits for the reader")
	}
	go func() {
		b, _ := io.ReadAll(in)
		read <- string(b)
	}()
	if got := <-read; !strings.Contains(got, "long long") {
		t.Errorf("read %d bytes", len(got))
	}
}

// TestKeptBodies: a secret that a cut would halve is hidden.
func TestKeptBodies(t *testing.T) {
	env, _, _ := testEnv(t)
	env.Plain = io.Discard
	env.masked()
	env.Known.Add("verysecretvalue")
	o := &listenOptions{globals: &globals{env: env, known: env.Known}}
	text := strings.Repeat("a", listenBody-5) + "verysecretvalue" + strings.Repeat("b", 100)
	if b := o.keep([]byte(text)); strings.Contains(b.text, "very") || b.whole() || b.size != len(text) || len(b.text) > listenBody {
		t.Errorf("%d of %d bytes are kept, ending %q", len(b.text), b.size, b.text[len(b.text)-20:])
	}
	if b := o.keep([]byte("short verysecretvalue")); !b.whole() {
		t.Error("a short body is cut")
	}
}

// TestLiveExchange: what the list has of a request has no byte of somebody's
// that a terminal would act on, and no secret.
func TestLiveExchange(t *testing.T) {
	env, _, _ := testEnv(t)
	env.Plain = io.Discard
	env.masked()
	env.Known.Add("verysecretvalue")
	o := &listenOptions{globals: &globals{env: env, known: env.Known}, token: "letmein7", live: true, ring: newListenRing(listenItems)}
	req := request(pushTo(t, "a\u202e\u0085b verysecretvalue"))
	req.Header.Set("X-Odd", "\x1b]0;owned\x07verysecretvalue")
	req.Header.Set("Cookie", "session=abc")
	h := &receiver.Handler{Token: "letmein7", Log: o.log}
	h.ServeHTTP(httptest.NewRecorder(), req)
	o.ring.Close()
	var x *exchange
	o.ring.each(t.Context(), func(events []feed.Event, _ int) { x = events[0].Data.(*exchange) })
	for _, width := range []int{20, 40, 80} {
		all := x.row.Head + x.row.Text + x.row.Tail + x.line + strings.Join(x.Detail(width), "")
		if strings.ContainsAny(all, "\x1b\x07\u202e\u0085") || strings.Contains(all, "session=abc") {
			t.Errorf("%q", all)
		}
		for _, line := range x.Detail(width) {
			if strings.Contains(line, "verysecretvalue") {
				t.Errorf("%q", line)
			}
		}
		if strings.Contains(x.row.Text, "verysecret") || !strings.Contains(x.row.Text, "→ success") {
			t.Errorf("%q", x.row.Text)
		}
	}
	if !x.Contains("CONTENT") || x.Contains("no such text") || x.mode == "" {
		t.Errorf("%+v", x)
	}
	x.lighten()
	if all := strings.Join(x.Detail(80), "\n"); !strings.Contains(all, "not kept any more") || x.weight() != 0 {
		t.Errorf("without its bytes it is\n%s", all)
	}
}
