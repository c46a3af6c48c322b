package emulator

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/finding"
)

// TestWalkedWhenLookedAt: a delivery is gone through when its detail is read, and
// before its bytes are forgotten; a large one at once, which is not kept whole.
func TestWalkedWhenLookedAt(t *testing.T) {
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		if strings.Contains(string(body), "large") {
			_, _ = io.WriteString(w, strings.Repeat("x", 2*maxUnwalked))
			return
		}
		_, _ = io.WriteString(w, "success")
	}))
	defer bot.Close()
	e, err := New(Config{Accounts: []Account{{AppID: DefaultAppID, Token: "wxdevtoken", URL: bot.URL}}, Timeout: busy.Net})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	act := func(text string) *pushed {
		out, err := e.Act(t.Context(), Action{User: "alice", Do: "text", Value: text})
		if err != nil {
			t.Fatal(err)
		}
		return e.log.pushes.get(out.Push.ID)
	}
	looked, forgotten, large := act("hi"), act("hi again"), act("large")
	for _, r := range []*pushed{looked, forgotten} {
		if r.walk.make == nil || r.walk.weight == 0 {
			t.Errorf("push %d was walked though nobody looked", r.ID)
		}
	}
	if large.walk.make != nil || large.walk.weight != 0 {
		t.Error("a large delivery is kept whole")
	}
	e.log.mu.Lock()
	forgotten.gone()
	e.log.mu.Unlock()
	for _, r := range []*pushed{looked, forgotten, large} {
		d, err := e.Detail(r.ID)
		if err != nil || r.walk.make != nil {
			t.Fatalf("push %d: %v, or it is kept after it was walked", r.ID, err)
		}
		if d.Trace == nil || d.Signature == nil || d.Signature.SHA1 == "" {
			t.Errorf("push %d has no arithmetic", r.ID)
		}
		en, zh := d.In(finding.English).Steps, d.In(finding.Chinese).Steps
		if len(en) == 0 || len(en) != len(zh) || en[0].Text == zh[0].Text {
			t.Errorf("push %d: steps %v and %v", r.ID, en, zh)
		}
	}
	if used := e.log.memory.used; used < 2*looked.walk.weight {
		t.Errorf("%d bytes are counted", used)
	}
}
