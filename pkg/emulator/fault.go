package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Fault makes calls fail on demand. It waits, and then drops the connection,
// answers the status, or answers the errcode; with none of them the call goes
// on as usual, only later.
type Fault struct {
	Path    string   `toml:"path,omitempty" json:"path,omitempty"`       // whole, or its beginning and *; empty is every call
	Method  string   `toml:"method,omitempty" json:"method,omitempty"`   // empty is any
	Count   int      `toml:"count,omitempty" json:"count,omitempty"`     // how many calls; 0 is all until it is removed
	ErrCode int      `toml:"errcode,omitempty" json:"errcode,omitempty"` // -1 is WeChat's "system error"
	ErrMsg  string   `toml:"errmsg,omitempty" json:"errmsg,omitempty"`   // empty is the catalogue's
	Status  int      `toml:"status,omitempty" json:"status,omitempty"`   // of HTTP, such as 502
	Body    string   `toml:"body,omitempty" json:"body,omitempty"`       // with a status
	Delay   Duration `toml:"delay,omitempty" json:"delay,omitempty"`
	Drop    bool     `toml:"drop,omitempty" json:"drop,omitempty"` // close the connection without an answer
}

func (f *Fault) check() error {
	switch {
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return takes("status", f.Status, finding.Because(reason.FromTo, "least", 200, "most", 599))
	case f.Count < 0:
		return takes("count", f.Count, finding.Because(reason.CallsOrAll))
	case f.Delay < 0:
		return finding.Because(reason.DelayNegative)
	case f.ErrCode == 0 && f.ErrMsg == "" && f.Status == 0 && f.Delay == 0 && !f.Drop:
		return finding.Because(reason.FaultWithoutKind)
	}
	return nil
}

func (f *Fault) matches(req *http.Request) bool {
	prefix, isPrefix := strings.CutSuffix(f.Path, "*")
	path := req.URL.Path
	return (f.Path == "" || f.Path == path || isPrefix && strings.HasPrefix(path, prefix)) &&
		(f.Method == "" || strings.EqualFold(f.Method, req.Method))
}

// Fail makes calls fail from now on.
func (e *Emulator) Fail(f Fault) error {
	if err := f.check(); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state.Faults = append(e.state.Faults, &f)
	e.publishFaults()
	return nil
}

// ClearFaults makes all calls work again.
func (e *Emulator) ClearFaults() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state.Faults = nil
	e.publishFaults()
}

// publishFaults tells of a list of faults that has changed. The caller holds the
// lock.
func (e *Emulator) publishFaults() {
	e.emit(EventFaults, nil, FaultsEvent{append([]Fault{}, values(e.state.Faults)...)})
}

// Faults returns those that are still to come.
func (e *Emulator) Faults() []Fault {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := []Fault{}
	for _, f := range e.state.Faults {
		list = append(list, *f)
	}
	return list
}

// takeFault returns the first fault that fits the request, and counts it.
func (e *Emulator) takeFault(req *http.Request) (Fault, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, f := range e.state.Faults {
		if !f.matches(req) {
			continue
		}
		found := *f
		if f.Count == 1 {
			e.state.Faults = slices.Delete(e.state.Faults, i, i+1)
		} else if f.Count > 1 {
			f.Count--
		}
		if found.Count > 0 { // the list has changed
			e.publishFaults()
		}
		return found, true
	}
	return Fault{}, false
}

// failOnDemand answers by a fault, if there is one for the call.
func (c *call) failOnDemand() (answer, bool) {
	f, ok := c.takeFault(c.req)
	if !ok {
		return answer{}, false
	}
	c.now = c.Now()
	c.faulty = true
	if f.Delay > 0 {
		select {
		case <-time.After(time.Duration(f.Delay)):
		case <-c.req.Context().Done():
		case <-c.ctx.Done():
		}
	}
	switch {
	case f.Drop:
		return answer{drop: true}, true
	case f.Status != 0 && f.ErrCode == 0 && f.ErrMsg == "":
		body := f.Body
		if body == "" {
			body = fmt.Sprintf("<html><body>%d %s</body></html>", f.Status, http.StatusText(f.Status))
		}
		return answer{status: f.Status, kind: "text/html", body: []byte(body)}, true
	case f.ErrCode != 0 || f.ErrMsg != "":
		status := f.Status
		if status == 0 {
			status = http.StatusOK
		}
		return c.refuse(status, &apiError{code: f.ErrCode, text: f.ErrMsg}), true
	}
	return answer{}, false
}
