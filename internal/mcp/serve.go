package mcp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/wxjson"
)

const (
	maxLine  = 4 << 20 // bytes of a message
	maxCalls = 64      // that wait for their turn
)

// Serve answers until in ends, and then what was asked by then, or until ctx ends
// or out takes nothing, which cancel the call that runs. It returns why out took
// nothing, if it did not, and otherwise how in ended, nil at its end.
func (s *Server) Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	c := &session{server: s, out: out, stop: stop, running: map[string]context.CancelFunc{}, jobs: make(chan func(), maxCalls)}
	var worker sync.WaitGroup
	worker.Go(func() {
		for do := range c.jobs {
			do()
		}
	})
	lines, ended := make(chan []byte), make(chan error, 1)
	go func() { ended <- readLines(ctx, in, lines) }()
	var failed error
read:
	for {
		select {
		case line := <-lines:
			c.take(ctx, line)
		case failed = <-ended:
			break read
		case <-ctx.Done():
			break read
		}
	}
	close(c.jobs)
	worker.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lost != nil {
		return c.lost
	}
	return failed
}

// readLines hands on one line after the other; nil stands for one that is too long.
func readLines(ctx context.Context, in io.Reader, lines chan<- []byte) error {
	r := bufio.NewReaderSize(in, 64<<10)
	for {
		line, err := readLine(r)
		if len(bytes.TrimSpace(line)) > 0 || line == nil && err == nil {
			select {
			case lines <- line:
			case <-ctx.Done():
				return nil
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readLine reads one line; it is nil, without an error, when it was too long.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, long := []byte{}, false
	for {
		part, err := r.ReadSlice('\n')
		if long = long || len(line)+len(part) > maxLine; !long {
			line = append(line, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if long {
			return nil, err
		}
		return line, err
	}
}

// session is one client.
type session struct {
	server *Server
	stop   context.CancelFunc
	jobs   chan func() // the calls, in turn

	mu      sync.Mutex
	out     io.Writer
	lost    error // why out took nothing
	running map[string]context.CancelFunc
}

// take deals with one message.
func (c *session) take(ctx context.Context, line []byte) {
	var m message
	switch {
	case line == nil:
		c.refuse(nil, invalidRequest, "a message has at most 4 MiB")
		return
	case !utf8.Valid(line), !json.Valid(line): // package json takes bytes that are no text, and an id goes back as it came
		c.refuse(nil, parseError, "this is not JSON")
		return
	}
	if err := json.Unmarshal(line, &m); err != nil || m.Version != "2.0" {
		c.refuse(nil, invalidRequest, "this is not a JSON-RPC 2.0 message")
		return
	}
	if m.Method == "" { // an answer: nothing was asked
		return
	}
	if m.ID == nil || string(m.ID) == "null" {
		c.notice(m)
		return
	}
	if m.ID[0] != '"' && m.ID[0] != '-' && (m.ID[0] < '0' || m.ID[0] > '9') {
		c.refuse(nil, invalidRequest, "an id is a string or a number")
		return
	}
	switch m.Method {
	case "initialize":
		c.initialize(m)
	case "ping":
		c.answer(m.ID, struct{}{})
	case "tools/list":
		c.answer(m.ID, struct {
			Tools []toolView `json:"tools"`
		}{c.server.views()})
	case "tools/call":
		c.call(ctx, m)
	default:
		c.refuse(m.ID, noMethod, "there is no such method")
	}
}

func (c *session) initialize(m message) {
	var asked struct {
		Version string `json:"protocolVersion"`
	}
	if json.Unmarshal(m.Params, &asked) != nil {
		c.refuse(m.ID, invalidParams, "initialize has a protocolVersion")
		return
	}
	version := Versions[0]
	if slices.Contains(Versions, asked.Version) {
		version = asked.Version
	}
	c.answer(m.ID, map[string]any{
		"protocolVersion": version,
		"capabilities":    map[string]any{"tools": struct{}{}},
		"serverInfo":      map[string]string{"name": c.server.Name, "version": c.server.Version},
		"instructions":    c.server.Instructions,
	})
}

// notice deals with a notification. None needs an answer.
func (c *session) notice(m message) {
	if m.Method != "notifications/cancelled" {
		return
	}
	var which struct {
		ID json.RawMessage `json:"requestId"`
	}
	if json.Unmarshal(m.Params, &which) != nil {
		return
	}
	c.mu.Lock()
	cancel := c.running[string(which.ID)]
	c.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}

func (c *session) answer(id json.RawMessage, result any) {
	c.write(answer{Version: "2.0", ID: id, Result: result})
}

func (c *session) refuse(id json.RawMessage, code int, why string) {
	if id == nil {
		id = json.RawMessage("null")
	}
	c.write(answer{Version: "2.0", ID: id, Error: &problem{code, why}})
}

func (c *session) write(a answer) {
	line, err := json.Marshal(a)
	if err != nil { // a tool's object is no JSON
		line, _ = json.Marshal(answer{Version: "2.0", ID: a.ID, Error: &problem{-32603, err.Error()}})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lost != nil {
		return
	}
	if _, err := c.out.Write(append(wxjson.Visible(line), '\n')); err != nil {
		c.lost = err
		c.stop()
	}
}
