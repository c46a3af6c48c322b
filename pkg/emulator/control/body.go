package control

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/wxdev/wxdev/pkg/emulator"
)

// maxBody is how long a body may be of a call that needs no more.
const maxBody = 64 << 10

// limit is how long the body of a call may be, by the pattern that matches it.
func limit(pattern string) int64 {
	switch pattern {
	case "POST " + prefix + "snapshot":
		return emulator.MaxState
	case "POST " + prefix + "media":
		return emulator.MaxOwnFile
	case "POST " + prefix + "pushes/{id}/again": // with a body to push in it
		return 1 << 20
	}
	return maxBody
}

// takeBody reads the body of a request before any call looks at it, to the limit
// of the call that it is for: none can forget it.
func (h *handler) takeBody(w http.ResponseWriter, req *http.Request) error {
	_, pattern := h.mux.Handler(req)
	most := limit(pattern)
	large := tooLarge{fmt.Errorf("the body is larger than %d bytes", most)}
	if req.ContentLength > most {
		return large
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, req.Body, most))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return large
	case err != nil:
		return errors.New("the body could not be read")
	}
	req.Body = io.NopCloser(bytes.NewReader(b))
	return nil
}

// readBody is what came with a call.
func readBody(req *http.Request) []byte {
	b, _ := io.ReadAll(req.Body) // it is in memory: see takeBody
	return b
}
