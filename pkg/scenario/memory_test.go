package scenario_test

import (
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/scenario"
)

// TestFlatMemory: what a run keeps does not grow with the messages it sends.
// Each answer here is 20 KB, so keeping them would show.
func TestFlatMemory(t *testing.T) {
	answer := strings.Repeat("x", 20_000) // a warning too
	r := runner(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		in, err := io.ReadAll(req.Body) // not the receiver, which remembers its answers
		if err != nil {
			return
		}
		m, err := message.Parse(in)
		if err != nil {
			return
		}
		out, _ := reply.Text(m, time.Now(), answer).Append(nil)
		_, _ = w.Write(out)
	}))
	short := parse(t, "[[step]]\nsend = \"text\"\nrepeat = 50\n")
	long := parse(t, "[[step]]\nsend = \"text\"\nrepeat = 1500\n")
	var results []*scenario.Result // kept, as a report keeps them
	grown := func(s *scenario.Scenario) int64 {
		before := heap()
		results = append(results, run(t, r, s)...)
		return heap() - before
	}
	run(t, r, short) // what is made once
	few, many := grown(short), grown(long)
	t.Logf("50 messages keep %d bytes, 1500 keep %d", few, many)
	if many-few > 200_000 { // of 30 MB that were sent
		t.Errorf("50 messages keep %d bytes, 1500 keep %d", few, many)
	}
	for _, res := range results {
		if !res.OK() || len(res.Steps[0].Notes) != 1 {
			t.Errorf("the run failed: %s", describe(res))
		}
	}
	runtime.KeepAlive(results)
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
