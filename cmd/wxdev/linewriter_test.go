package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
)

// Whoever prints does not wait for the reader, and the reader learns what it
// missed.
func TestLineWriterWithoutReader(t *testing.T) {
	r, out := io.Pipe() // a Write waits for a Read
	w := newLineWriter(out, sayIn(finding.English))
	line := strings.Repeat("x", 1023) + "\n"
	printed := make(chan struct{})
	go func() {
		for range 3 * lineBacklog / len(line) {
			w.Print(line)
		}
		time.Sleep(2 * lineTick) // it is writing by now
		w.Print(line)
		w.Close()
		close(printed)
	}()
	select {
	case <-printed:
	case <-time.After(time.Minute):
		t.Fatal("it waits for the reader")
	}
	read := make(chan string)
	go func() {
		b, _ := io.ReadAll(r)
		read <- string(b)
	}()
	<-w.done
	out.Close()
	if text := <-read; !strings.Contains(text, " lines were dropped: they were not read in time\n") || !strings.HasPrefix(text, line) {
		t.Errorf("read %d bytes, ending %q", len(text), text[max(0, len(text)-200):])
	}
}
