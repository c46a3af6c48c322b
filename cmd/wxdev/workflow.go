package main

import (
	"bytes"
	"io"
	"sync"

	"github.com/wxdev/wxdev/internal/lazy"
)

// A CI runner obeys lines of the log that look like its commands, whoever wrote
// them: GitHub's "::error::…" at the beginning of a line, "##[…]" and Azure's
// "##vso[…]" anywhere, TeamCity's "##teamcity[…]". A server's answer, a reply or
// a file's name must not give it any, so where the log is a runner's the markers
// are broken. What the program itself tells the runner goes to [Env.Commands].

// inWorkflow reports whether a CI runner reads what is printed.
func inWorkflow(env *Env) bool {
	for _, name := range []string{"GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"} {
		if env.Getenv(name) != "" {
			return true
		}
	}
	return false
}

// harmless is a writer that breaks the markers of commands, line by line.
type harmless struct {
	w    io.Writer
	mu   sync.Mutex
	line []byte // the beginning of the last line
}

var marker = lazy.Regexp(`(?m)##(\[|vso\[|teamcity\[)|^([ \t\v\f\r\x{feff}]*):(:)`)

// Write keeps the last line until it is whole: a marker may come in two pieces.
func (h *harmless) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.line = append(h.line, b...)
	end := bytes.LastIndexByte(h.line, '\n') + 1
	if end == 0 {
		return len(b), nil
	}
	whole := h.line[:end]
	h.line = append([]byte(nil), h.line[end:]...)
	if _, err := h.w.Write(unmarked(whole)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Flush writes what has no line end.
func (h *harmless) Flush() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	rest := h.line
	h.line = nil
	if len(rest) == 0 {
		return nil
	}
	_, err := h.w.Write(unmarked(rest))
	return err
}

// escapeMarkers writes the markers within the strings of a JSON document so
// that they are none, and the document stays the same.
func escapeMarkers(document []byte) []byte {
	for _, m := range []string{"##[", "##vso[", "##teamcity["} { // no line of a document begins with ::
		document = bytes.ReplaceAll(document, []byte(m), []byte(`#\u0023`+m[2:]))
	}
	return document
}

// unmarked puts a blank into each marker.
func unmarked(b []byte) []byte {
	return marker.Get().ReplaceAllFunc(b, func(m []byte) []byte {
		if m[0] == '#' {
			return append([]byte("# #"), m[2:]...)
		}
		return append(append([]byte(nil), m[:len(m)-1]...), " :"...)
	})
}
