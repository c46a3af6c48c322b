package phonetest

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/wxdev/wxdev/pkg/emulator"
)

// TestManyLines: what a key and a message cost does not grow with what is there:
// the nodes are bounded, a key in the input draws nothing, and a key in the list
// draws two of its rows.
func TestManyLines(t *testing.T) {
	chromium := shared(t)
	s := start(t, accounts(startBot(t, echo)))
	for range 320 {
		if _, err := s.Act(context.Background(), emulator.Action{User: "alice", Do: "text", Value: "第几条"}); err != nil {
			t.Fatal(err)
		}
	}
	p := open(t, chromium, s.URL+"/", 1440, 900)
	p.wait(`document.querySelectorAll(".li-row").length === 200 && document.querySelectorAll(".ln").length === 200 && document.activeElement.id === "say"`)
	if n := eval[int](p, `document.querySelectorAll("*").length`); n > 6000 {
		t.Errorf("there are %d nodes", n)
	}
	drawn := func(f func()) map[string]int {
		const renders = `import("/__wxdev/phone/html.js").then((m) => ({ ...m.renders }))`
		before := eval[map[string]int](p, renders)
		f()
		after := eval[map[string]int](p, renders)
		for k := range after {
			if after[k] -= before[k]; after[k] == 0 {
				delete(after, k)
			}
		}
		return after
	}
	if got := drawn(func() { p.press("你好吗"); p.wait(`document.querySelector(".br-send")`) }); got["line"]+got["row"]+got["chat"]+got["list"]+got["detail"] > 0 {
		t.Errorf("three keys in the input draw %v", got)
	}
	p.press(kb.Escape)
	p.press("j")
	p.wait(`document.querySelector(".li-on") && document.querySelector(".sp")`)
	got := drawn(func() {
		p.press("j")
		p.wait(`[...document.querySelectorAll(".li-row")].findIndex((r) => r.matches(".li-on")) === 1 && document.querySelector(".de-title")`)
	})
	if got["row"] > 2 || got["line"] > 4 {
		t.Errorf("a key in the list draws %v", got)
	}
	got = drawn(func() {
		if _, err := s.Act(context.Background(), emulator.Action{User: "alice", Do: "text", Value: "新的"}); err != nil {
			t.Error(err)
		}
		p.wait(`document.querySelector(".li-row").textContent.includes("新的") && [...document.querySelectorAll(".ln-their .bb")].at(-1).textContent.includes("新的")`)
	})
	if got["line"] > 12 || got["row"] > 12 {
		t.Errorf("a new message draws %v", got)
	}
	if n := eval[int](p, `document.querySelectorAll("*").length`); n > 6000 {
		t.Errorf("there are %d nodes", n)
	}
}

// TestEditAndSend: by keys alone, in safe mode, against a server that reads what
// it gets: another text, and then the same MsgId.
func TestEditAndSend(t *testing.T) {
	chromium := shared(t)
	b := startStrict(t)
	cfg := accounts(b.bot)
	cfg.Accounts[0].Mode = "safe"
	s := start(t, cfg)
	p := open(t, chromium, s.URL+"/", 1440, 900)
	p.wait(`document.activeElement.id === "say"`)
	p.press("七点" + kb.Enter)
	p.wait(`document.querySelector(".ve-ok")`)
	p.press(kb.Escape)
	p.press("e")
	p.wait(`document.activeElement.name === "Content"`)
	p.press("半" + kb.Enter)
	p.wait(`[...document.querySelectorAll(".ln-their .bb")].at(-1).textContent === "收到：七点半"`)
	p.wait(`!document.querySelector(".ed") && document.querySelector(".ve-ok") && document.querySelector(".sp")`)
	p.press("d")
	p.wait(`document.querySelectorAll(".li-row").length === 3 && document.querySelector(".li-on#row-p3") && document.querySelector(".ve-ok")`)
	got := b.messages()
	if len(got) != 3 || got[1].Get("Content") != "七点半" || got[0].Get("MsgId") == got[1].Get("MsgId") {
		t.Fatalf("the server got %d messages", len(got))
	}
	if got[2].Get("MsgId") != got[1].Get("MsgId") || got[2].Get("CreateTime") != got[1].Get("CreateTime") {
		t.Error("delivered again is another message")
	}
	if strings.Contains(strings.Join(b.bodies(), ""), "七点") {
		t.Error("it was not encrypted")
	}
}
