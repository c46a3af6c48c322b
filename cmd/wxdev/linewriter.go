package main

import (
	"bytes"
	"io"
	"sync"
	"time"
)

// lineWriter writes lines a little later, many at once: a server that prints
// each request must not wait for its output.
type lineWriter struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	out  io.Writer
	quit chan struct{}
	done chan struct{}
}

func newLineWriter(out io.Writer) *lineWriter {
	w := &lineWriter{out: out, quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		tick := time.NewTicker(50 * time.Millisecond)
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

// Print takes a line that ends with its newline.
func (w *lineWriter) Print(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf.WriteString(line)
}

func (w *lineWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, _ = w.buf.WriteTo(w.out) // output that nobody takes is no reason to stop serving
}

// Close writes what is left.
func (w *lineWriter) Close() {
	close(w.quit)
	<-w.done
}
