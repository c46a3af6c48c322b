package phonetest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// theirs is a script: what the account's server said, line by line.
const theirs = `[...document.querySelectorAll(".ln-their .bb")].map((b) => b.textContent).join("|")`

func say(t *testing.T, s *local.Emulator, user, what string) {
	t.Helper()
	if _, err := s.Act(t.Context(), emulator.Action{User: user, Do: "text", Value: what}); err != nil {
		t.Fatal(err)
	}
}

// TestTwoTabs: each shows its own user; what the other does is in the list, and
// counted at their name.
func TestTwoTabs(t *testing.T) {
	chromium := shared(t)
	s := start(t, accounts(startBot(t, echo)))
	say(t, s.Emulator, "alice", "a1")
	say(t, s.Emulator, "bob", "b1")
	alice, bob := open(t, chromium, s.URL+"/#u=alice", 1440, 900), open(t, chromium, s.URL+"/#u=bob", 1440, 900)
	for _, p := range []*tab{alice, bob} {
		p.wait(`document.querySelectorAll(".li-row").length === 2 && document.activeElement.id === "say"`)
	}
	alice.press("a2" + kb.Enter)
	alice.wait(theirs + ` === "收到：a1|收到：a2"`)
	bob.wait(`document.querySelectorAll(".li-row").length === 3`)
	bob.wait(`[...document.querySelectorAll(".us-tab")].some((u) => u.textContent.includes("alice") && u.querySelector(".us-new")?.textContent === "1")`)
	bob.press("b2" + kb.Enter)
	bob.wait(theirs + ` === "收到：b1|收到：b2"`)
	alice.wait(`document.querySelectorAll(".li-row").length === 4`)
	for p, want := range map[*tab]string{alice: "alice", bob: "bob"} {
		if got := eval[string](p, `document.querySelector(".us-tab[aria-selected=true]").textContent + location.hash`); !strings.Contains(got, want) || !strings.Contains(got, "u="+want) {
			t.Errorf("the tab of %s shows %s", want, got)
		}
		if got := eval[string](p, theirs); strings.Count(got, "|") != 1 {
			t.Errorf("the tab of %s shows %s", want, got)
		}
	}
	alice.press(kb.Escape + "2")
	alice.wait(theirs + ` === "收到：b1|收到：b2" && !document.querySelector(".us-new")`)
}

// switchboard leads to an emulator, to another one, or to none.
type switchboard struct {
	*httptest.Server
	to      atomic.Pointer[local.Emulator]
	reloads atomic.Int64
}

func startSwitchboard(t *testing.T, s *local.Emulator) *switchboard {
	b := &switchboard{}
	b.to.Store(s)
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == emulator.ControlPrefix+"accounts" {
			b.reloads.Add(1)
		}
		to := b.to.Load()
		if to == nil {
			http.Error(w, "nobody is here", http.StatusServiceUnavailable)
			return
		}
		to.ServeHTTP(w, req)
	}))
	t.Cleanup(func() { b.CloseClientConnections(); b.Close() })
	return b
}

// cut ends what is under way, and leads elsewhere.
func (b *switchboard) cut(to *local.Emulator) {
	b.to.Store(to)
	b.CloseClientConnections()
}

// TestStreamIsCut: the page says so, keeps what is typed, and goes on where it was:
// what happened meanwhile is there, once, and nothing is read anew.
func TestStreamIsCut(t *testing.T) {
	chromium := shared(t)
	s := start(t, accounts(startBot(t, echo)))
	b := startSwitchboard(t, s.Emulator)
	say(t, s.Emulator, "alice", "one")
	p := open(t, chromium, b.URL+"/", 1440, 900)
	p.wait(`document.activeElement.id === "say" && ` + theirs + ` === "收到：one"`)
	p.press("half a")
	before := b.reloads.Load()
	b.cut(nil)
	p.wait(`document.querySelector(".pg-lost[role=alert]") && document.querySelector(".led-bad")`)
	say(t, s.Emulator, "alice", "two")
	p.press(" word")
	b.cut(s.Emulator)
	p.wait(`document.querySelector(".led-ok") && !document.querySelector(".pg-lost") && ` + theirs + ` === "收到：one|收到：two" && document.querySelectorAll(".li-row").length === 2`)
	if got := eval[string](p, `document.getElementById("say").value`); got != "half a word" {
		t.Errorf("in the input stands %q", got)
	}
	if n := b.reloads.Load() - before; n != 0 {
		t.Errorf("the state was read anew %d times", n)
	}
	b.CloseClientConnections() // for less than a moment
	say(t, s.Emulator, "alice", "three")
	p.wait(theirs + ` === "收到：one|收到：two|收到：three"`)
}

// TestEmulatorIsRestarted: the page shows what is there now, of the same user.
func TestEmulatorIsRestarted(t *testing.T) {
	chromium := shared(t)
	server := startBot(t, echo)
	old := start(t, accounts(server))
	b := startSwitchboard(t, old.Emulator)
	for _, who := range []string{"alice", "bob"} {
		say(t, old.Emulator, who, "old")
	}
	p := open(t, chromium, b.URL+"/#u=bob", 1440, 900)
	p.wait(theirs + ` === "收到：old" && document.querySelectorAll(".li-row").length === 2`)
	fresh := start(t, accounts(server))
	for _, who := range []string{"alice", "bob", "carol"} {
		say(t, fresh.Emulator, who, "new "+who)
	}
	b.cut(fresh.Emulator)
	p.wait(`document.querySelector(".led-ok") && document.querySelectorAll(".us-tab").length === 3 && document.querySelectorAll(".li-row").length === 3`)
	p.wait(theirs + ` === "收到：new bob" && document.querySelector(".us-tab[aria-selected=true]").textContent.includes("bob")`)
	say(t, fresh.Emulator, "bob", "more")
	p.wait(theirs + ` === "收到：new bob|收到：more"`)
}
