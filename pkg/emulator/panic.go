package emulator

import (
	"fmt"
	"net/http"
	"path"
	"runtime"
	"strings"
)

// panicked says what a panic was, and in which line of this module. It is
// called by the function that recovers.
func panicked(value any) string {
	var callers [32]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers[:])])
	began := false // the frames before it are those that recover
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			began = true
		case began && !strings.HasPrefix(f.Function, "runtime."):
			return fmt.Sprintf("%v at %s:%d", value, path.Base(f.File), f.Line)
		}
		if !more {
			return fmt.Sprint(value)
		}
	}
}

// LogPanic puts into the log that the handler of a request panicked, and says
// with what, and where. Package control calls it where it recovers.
func (e *Emulator) LogPanic(req *http.Request, value any) string {
	what := panicked(value)
	e.addEntry(&Entry{
		Kind: KindControl, Time: e.Now(), Method: req.Method, Path: req.URL.Path, Status: http.StatusInternalServerError, Panic: what,
	}, nil)
	return what
}
