package main

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wxdev/wxdev/internal/words"
)

const (
	lineTick    = 50 * time.Millisecond // how often lines are written
	lineBacklog = 1 << 20               // bytes that wait; what comes on top is dropped
	lineGrace   = time.Second           // for the last lines, when nobody takes them
)

// lineWriter writes lines a little later, many at once: a server that prints
// each request must not wait for its output, be it that nobody reads it.
type lineWriter struct {
	out  io.Writer
	say  sayer
	quit chan struct{}
	done chan struct{}

	mu      sync.Mutex // never held while writing
	buf     bytes.Buffer
	dropped int // lines
}

func newLineWriter(out io.Writer, say sayer) *lineWriter {
	w := &lineWriter{out: out, say: say, quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		tick := time.NewTicker(lineTick)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				w.flush()
			case <-w.quit:
				w.flush()
				return
			}
		}
	}()
	return w
}

// Print takes a line that ends with its newline, or several.
func (w *lineWriter) Print(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.buf.Len() > 0 && w.buf.Len()+len(line) > lineBacklog {
		w.dropped += strings.Count(line, "\n")
		return
	}
	w.buf.WriteString(line)
}

// Dropped says that so many lines are lost already.
func (w *lineWriter) Dropped(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dropped += n
}

func (w *lineWriter) flush() {
	w.mu.Lock()
	lines := bytes.Clone(w.buf.Bytes())
	if w.dropped > 0 {
		lines = append(lines, w.say(words.CommonDropped, "n", strconv.Itoa(w.dropped))+"\n"...)
	}
	w.buf.Reset()
	w.dropped = 0
	w.mu.Unlock()
	if len(lines) == 0 {
		return
	}
	_, _ = w.out.Write(lines) // output that nobody reads is no reason to stop serving
}

// Close writes what is left, if somebody takes it.
func (w *lineWriter) Close() {
	close(w.quit)
	select {
	case <-w.done:
	case <-time.After(lineGrace):
	}
}
