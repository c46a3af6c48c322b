package main

import (
	"bytes"
	"io"
	"sync"
)

// tagged is a writer that begins each line with a tag: where the lines of
// another program are printed too, ours are told apart. A line is written once
// it is whole.
type tagged struct {
	w    io.Writer
	tag  string
	lock *sync.Mutex // of all that write to the same place
	line []byte
}

func (t *tagged) Write(b []byte) (int, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.line = append(t.line, b...)
	end := bytes.LastIndexByte(t.line, '\n') + 1
	if end == 0 {
		return len(b), nil
	}
	var out []byte
	for line := range bytes.Lines(t.line[:end]) {
		out = append(out, t.tag...)
		if len(line) > 1 {
			out = append(out, ' ')
		}
		out = append(out, line...)
	}
	t.line = append([]byte(nil), t.line[end:]...)
	if _, err := t.w.Write(out); err != nil {
		return 0, err
	}
	return len(b), nil
}

// inTagged are globals whose lines are tagged. They draw no progress: the other
// program may print at any time.
func (g *globals) inTagged(tag string) *globals {
	own, env := *g, *g.env
	var lock sync.Mutex
	p := g.Colors(env.ErrTTY)
	env.Err = &tagged{w: env.Err, tag: p.Dim(tag), lock: &lock}
	p = g.Colors(env.OutTTY)
	env.Out = &tagged{w: env.Out, tag: p.Dim(tag), lock: &lock}
	env.ErrTTY, env.Screen = false, nil
	env.Width = max(40, env.Width-len(tag)-1)
	own.env = &env
	return &own
}
