// Package phonetest uses the page as people do: with keys, in a real browser,
// against a real emulator and real servers.
package phonetest

import (
	"context"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/message"
)

const fault = "该公众号提供的服务出现故障，请稍后再试"

// echo answers a text with it, and what contains 订位 with the addresses not
// swapped, which is M14.
func echo(m *message.Message) string {
	to, from := m.Get("FromUserName"), m.Get("ToUserName")
	if strings.Contains(m.Get("Content"), "订位") {
		to, from = from, to
	}
	return text(to, from, "收到："+m.Get("Content"))
}

func accounts(b *bot) emulator.Config {
	return emulator.Config{Lang: "zh", Accounts: []emulator.Account{{AppID: emulator.DefaultAppID, Name: "山茶小馆", URL: b.URL}}}
}

// TestFirstAnswer: after the page is there, two keys and Enter.
func TestFirstAnswer(t *testing.T) {
	chromium := shared(t)
	s := start(t, accounts(startBot(t, echo)))
	p := open(t, chromium, s.URL+"/", 1440, 900)
	p.wait(`document.activeElement.id === "say"`)
	p.wait(`document.querySelector(".zs .mark-ok")`)
	p.press("hi" + kb.Enter)
	p.wait(`[...document.querySelectorAll(".ln-their .bb")].some((b) => b.textContent === "收到：hi")`)
	p.wait(`document.querySelector(".ve-ok h3")`)
	if got := eval[string](p, `document.querySelector(".ln-own .bb").textContent`); got != "hi" {
		t.Errorf("the user's own line is %q", got)
	}
	for _, m := range p.said() {
		t.Errorf("console: %s", m)
	}
}

// inView is a script that tells whether an element stands in the window, and
// nothing covers its middle.
const inView = `((e) => {
	if (!e) return false;
	const r = e.getBoundingClientRect(), at = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
	return r.top >= 0 && r.bottom <= innerHeight && r.left >= 0 && r.right <= innerWidth && (e.contains(at) || at.contains(e));
})`

// TestVerdict: why it failed is in the window without a click, whatever its size;
// and no size scrolls sideways.
func TestVerdict(t *testing.T) {
	chromium := shared(t)
	s := start(t, accounts(startBot(t, echo)))
	for _, size := range []struct {
		width, height int64
		seen          []string
	}{
		{1440, 900, []string{".ve .tag", ".ve-fix", ".ln-why", ".by mark"}},
		{1024, 768, []string{".ve .tag", ".ve-fix", ".ln-why"}},
		{390, 844, []string{".ln-why b", ".ln-why span"}},
	} {
		p := open(t, chromium, s.URL+"/", size.width, size.height)
		p.wait(`document.getElementById("say")`)
		if size.width < 761 {
			p.press("i")
		}
		p.wait(`document.activeElement.id === "say"`)
		p.press("订位 今晚7点" + kb.Enter)
		p.wait(`document.querySelector(".ln-sel .ln-fault")`)
		if got := eval[string](p, `document.querySelector(".ln-sel .ln-fault").textContent`); got != fault {
			t.Errorf("the fault line is %q", got)
		}
		for _, selector := range size.seen {
			p.wait(inView + "([...document.querySelectorAll(`" + selector + "`)].at(-1))")
		}
		if got := eval[string](p, `[...document.querySelectorAll(".ln-why")].at(-1).textContent`); !strings.HasPrefix(got, "M14") {
			t.Errorf("under the line stands %q", got)
		}
		if eval[bool](p, `document.documentElement.scrollWidth > innerWidth`) {
			t.Errorf("at %d it scrolls sideways", size.width)
		}
	}
}

// TestMarkedBytes: what is marked are the bytes of the finding's place, and below
// them stands what should be there; what is copied is what the server received.
func TestMarkedBytes(t *testing.T) {
	chromium := shared(t)
	for _, mode := range []string{"plain", "safe"} {
		b := startBot(t, echo)
		cfg := accounts(b)
		cfg.Accounts[0].Mode = "plain"
		s := start(t, cfg)
		out, err := s.Act(context.Background(), emulator.Action{User: "alice", Do: "text", Value: "订位"})
		if err != nil {
			t.Fatal(err)
		}
		d, err := s.Detail(out.Push.ID)
		if err != nil {
			t.Fatal(err)
		}
		place := d.Findings[0].Place
		if place == nil {
			t.Fatal("the finding has no place")
		}
		want := string(d.ReplyPlain.Data[place.Offset : place.Offset+place.Length])
		p := open(t, chromium, s.URL+"/#u=alice&x=p1", 1440, 900)
		p.wait(`document.querySelector(".by mark")`)
		if got := eval[string](p, `document.querySelector(".by mark").textContent`); got != want || got == "" {
			t.Errorf("marked is %q, not %q", got, want)
		}
		if got := eval[string](p, `document.querySelector(".by-note").textContent`); !strings.Contains(got, *place.Expected) {
			t.Errorf("below stands %q, not %q", got, *place.Expected)
		}
		if mode == "safe" {
			if err := s.UpdateAccount(emulator.DefaultAppID, func(a *emulator.Account) error { a.Mode = "safe"; return nil }); err != nil {
				t.Fatal(err)
			}
			out, err := s.Act(context.Background(), emulator.Action{User: "alice", Do: "text", Value: "加密"})
			if err != nil {
				t.Fatal(err)
			}
			p.wait(`document.querySelector("#row-p` + itoa(out.Push.ID) + `")`)
			p.press(kb.Escape + "g")
		}
		p.wait(`document.querySelector(".li-on#row-p` + itoa(int64(len(b.bodies()))) + `") && document.querySelector(".sp")`)
		eval[any](p, `document.querySelector("[data-tab=sent]").click()`)
		p.wait(`document.querySelector("[data-tab=sent][aria-selected=true]")`)
		eval[any](p, `navigator.clipboard.writeText = async (t) => { window.copied = t; }`)
		p.press("y")
		p.wait(`window.copied !== undefined`)
		got, sent := eval[string](p, `window.copied`), b.bodies()
		if sha256.Sum256([]byte(got)) != sha256.Sum256([]byte(sent[len(sent)-1])) {
			t.Errorf("%s: copied is\n%s\nthe server received\n%s", mode, got, sent[len(sent)-1])
		}
	}
}

// TestReload: user, chat, search, filter and selection are there again.
func TestReload(t *testing.T) {
	chromium := shared(t)
	s := start(t, accounts(startBot(t, echo)))
	for _, who := range []string{"alice", "bob"} {
		for _, what := range []string{"一", "订位"} {
			if _, err := s.Act(context.Background(), emulator.Action{User: who, Do: "text", Value: what}); err != nil {
				t.Fatal(err)
			}
		}
	}
	p := open(t, chromium, s.URL+"/", 1440, 900)
	p.wait(`document.querySelectorAll(".li-row").length === 4 && document.activeElement.id === "say"`)
	p.press(kb.Escape + "2") // bob
	p.wait(`document.querySelector(".us-tab[aria-selected=true]").textContent.includes("bob")`)
	p.press("/")
	p.wait(`document.activeElement.id === "search"`)
	p.press("m14" + kb.Enter) // finds two, and takes the newest
	p.wait(`document.querySelector(".li-on")`)
	eval[any](p, `document.querySelector(".li-chip:last-child").click()`)
	const state = `[location.hash, document.querySelector(".us-tab[aria-selected=true]").textContent, document.querySelector(".li-on")?.id,
		document.getElementById("search").value, document.querySelector(".li-chip[aria-pressed=true]").textContent,
		document.querySelectorAll(".li-row").length, document.querySelectorAll(".ln").length].join(" | ")`
	p.wait(`location.hash.includes("f=bad") && location.hash.includes("x=p4") && document.querySelector(".li-chip:last-child[aria-pressed=true]")`)
	before := eval[string](p, state)
	p.reload()
	p.wait(`document.querySelector(".led-ok") && document.querySelector(".li-on") && document.querySelector(".ve")`)
	p.wait(`document.querySelectorAll(".ln").length > 0`)
	if after := eval[string](p, state); after != before {
		t.Errorf("before: %s\nafter:  %s", before, after)
	}
}

// TestThreeDeliveries: a slow server sees the message three times, and the page
// each of them, in order; then the line that users see.
func TestThreeDeliveries(t *testing.T) {
	chromium := shared(t)
	release := make(chan struct{})
	b := startBot(t, func(*message.Message) string {
		<-release
		return "success"
	})
	t.Cleanup(func() { close(release) })
	cfg := accounts(b)
	cfg.Timeout = 400 * time.Millisecond // of the emulator's, in place of 5 s
	s := start(t, cfg)
	p := open(t, chromium, s.URL+"/", 1440, 900)
	p.wait(`document.activeElement.id === "say"`)
	eval[any](p, `(() => {
		window.pills = [];
		new MutationObserver(() => {
			const n = document.querySelector(".ln-pill.ov-info b")?.textContent;
			if (n && window.pills.at(-1) !== n) window.pills.push(n);
		}).observe(document.querySelector(".ch"), { subtree: true, childList: true, characterData: true });
	})()`)
	p.press("慢" + kb.Enter)
	p.wait(`document.querySelector(".ln-fault")?.textContent === "` + fault + `"`)
	if got := eval[string](p, `window.pills.join(" ")`); got != "1/3 2/3 3/3" {
		t.Errorf("the pill was %q", got)
	}
	p.wait(`document.querySelectorAll(".dl-bad").length === 3`)
	p.wait(`document.querySelector(".ln-why")`)
}
