package phonetest

import (
	_ "embed"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
)

//go:embed testdata/audit.js
var audit string

// check finds what somebody who cannot see, or sees little, would stumble over,
// and what does not fit the window.
func (b *tab) check(what string) {
	b.t.Helper()
	if got := eval[[]string](b, audit); len(got) > 0 {
		b.t.Errorf("%s:\n  %s", what, strings.Join(got, "\n  "))
	}
}

// TestEachSize: in both languages and themes, at each size, what can be pressed has
// a name, what is written can be read, and nothing scrolls sideways.
func TestEachSize(t *testing.T) {
	b := showing(t, shared(t), teaHouse(t, finding.Chinese), "zh", "light", 1440, 900)
	for _, lang := range []string{"zh", "en"} {
		if !eval[bool](b, `document.documentElement.lang.startsWith("`+lang+`")`) {
			eval[any](b, `document.querySelector(".tp button:last-of-type").click()`)
			b.wait(`document.documentElement.lang === "` + lang + `" && document.querySelector(".ve-fix") && document.querySelector(".by mark")`)
		}
		for range 2 {
			for _, width := range []int64{1440, 1024, 768, 390} {
				if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(width, 844)); err != nil {
					t.Fatal(err)
				}
				b.wait(`innerWidth === ` + itoa(width))
				what := strings.Join([]string{lang, eval[string](b, `document.documentElement.dataset.theme`), itoa(width)}, " ")
				if width > 760 {
					b.check(what)
					continue
				}
				for i := range int64(3) {
					eval[any](b, `document.querySelectorAll(".tb button")[`+itoa(i)+`].click()`)
					b.wait(`document.querySelectorAll(".tb button")[` + itoa(i) + `].getAttribute("aria-pressed") === "true"`)
					b.check(what + ", tab " + itoa(i+1))
				}
			}
			b.otherTheme()
		}
	}
}

// otherTheme turns light into dark, or back.
func (b *tab) otherTheme() {
	b.t.Helper()
	before := eval[string](b, `document.activeElement.blur(); document.documentElement.dataset.theme`)
	b.press("t")
	b.wait(`document.documentElement.dataset.theme !== "` + before + `"`)
}

// TestEachSheet is the same for what opens over the phone and the page.
func TestEachSheet(t *testing.T) {
	b := showing(t, shared(t), teaHouse(t, finding.Chinese), "zh", "light", 1440, 900)
	for _, theme := range []string{"light", "dark"} {
		if theme == "dark" {
			b.otherTheme()
		}
		b.press("i")
		b.wait(`document.activeElement.id === "say"`)
		eval[any](b, `document.querySelector(".br-ic[aria-expanded]:last-of-type").click()`)
		b.wait(`document.querySelector(".br-tiles")`)
		b.check(theme + ", tiles")
		for _, tile := range []string{"image", "voice", "location", "scan", "link"} {
			eval[any](b, `document.querySelector("[data-tile=`+tile+`]")?.click() ?? document.querySelector(".br-ic[aria-expanded]:last-of-type").click()`)
			b.wait(`document.querySelector("dialog") || document.querySelector(".br-tiles")`)
			if eval[bool](b, `!document.querySelector("dialog")`) {
				eval[any](b, `document.querySelector("[data-tile=`+tile+`]").click()`)
			}
			b.wait(`document.querySelector("dialog")?.contains(document.activeElement)`)
			b.check(theme + ", " + tile)
			b.press(kb.Escape)
			b.wait(`!document.querySelector("dialog")`)
		}
		eval[any](b, `document.activeElement.blur()`)
		for key, there := range map[string]string{"?": ".kb-help", "e": ".ed [name=Content]", "n": "dialog"} {
			b.press(key)
			b.wait(`document.querySelector("` + there + `")`)
			b.check(theme + ", " + key)
			b.press(kb.Escape)
			b.wait(`!document.querySelector("` + there + `")`)
			eval[any](b, `document.activeElement.blur()`)
		}
	}
}

// TestKeysAlone: all of it without a mouse.
func TestKeysAlone(t *testing.T) {
	chromium := shared(t)
	s := start(t, accounts(startBot(t, echo)))
	p := open(t, chromium, s.URL+"/", 1440, 900)
	p.wait(`document.activeElement.id === "say"`)
	p.press("hi" + kb.Enter)
	p.wait(`document.querySelector(".ve-ok") && document.querySelector(".sp")`)
	p.press(kb.Escape)
	p.wait(`document.activeElement.id !== "say"`)
	for _, step := range []struct{ keys, then string }{
		{"?", `document.querySelector("[role=dialog]")`},
		{kb.Escape, `!document.querySelector("[role=dialog]")`},
		{"d", `document.querySelectorAll(".li-row").length === 2 && document.querySelector("#row-p2.li-on") && document.querySelector(".sp")`},
		{"r", `document.querySelectorAll(".li-row").length === 3 && document.querySelector("#row-p3.li-on") && document.querySelector(".sp")`},
		{"j", `document.querySelector("#row-p2.li-on")`},
		{"k", `document.querySelector("#row-p3.li-on")`},
		{kb.ArrowDown + kb.ArrowDown, `document.querySelector("#row-p1.li-on")`},
		{"g", `document.querySelector("#row-p3.li-on")`},
		{kb.Enter, `document.activeElement.id === "bytes"`},
		{"c", `document.querySelector("[data-tab=curl][aria-selected=true]") && document.querySelector(".by-pre")?.textContent.includes("curl")`},
		{"s", `document.querySelector(".by-pre")?.textContent.includes("[[")`},
		{"o", `document.documentElement.classList.contains("no-ov") && [...document.querySelectorAll(".ln .ov")].every((e) => !e.checkVisibility({ visibilityProperty: true, opacityProperty: true }))`},
		{"o", `!document.documentElement.classList.contains("no-ov")`},
		{"t", `document.documentElement.dataset.theme`},
		{"/", `document.activeElement.id === "search"`},
		{"nothing", `document.querySelectorAll(".li-row").length === 0`},
		{kb.Escape, `document.querySelectorAll(".li-row").length === 3`},
		{kb.Escape, `document.activeElement.id !== "search"`},
		{"n", `document.querySelector("dialog")?.contains(document.activeElement) && document.activeElement.name === "name"`},
		{kb.Tab + kb.Tab + kb.Tab + kb.Tab, `document.querySelector("dialog").contains(document.activeElement)`},
		{kb.Escape, `!document.querySelector("dialog")`},
		{"n", `document.activeElement.name === "name"`},
		{kb.Enter, `!document.querySelector("dialog") && document.querySelectorAll(".us-tab").length === 2`},
		{"1", `document.querySelector(".us-tab[aria-selected=true]").textContent.includes("alice")`},
		{"i", `document.activeElement.id === "say"`},
		{"j1r", `document.getElementById("say").value === "j1r" && document.querySelectorAll(".li-row").length === 3`},
	} {
		p.press(step.keys)
		p.wait(step.then)
	}
}

// TestStill: who wants no motion sees none, also while something waits.
func TestStill(t *testing.T) {
	chromium := shared(t)
	release := make(chan struct{})
	b := startBot(t, func(*message.Message) string { <-release; return "success" })
	t.Cleanup(func() { close(release) })
	s := start(t, accounts(b))
	p := open(t, chromium, s.URL+"/", 1440, 900)
	p.wait(`document.activeElement.id === "say"`)
	p.press("x" + kb.Enter)
	p.wait(`document.querySelector(".ring") && document.getAnimations().length > 0`)
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}})
	if err != nil {
		t.Fatal(err)
	}
	p.wait(`matchMedia("(prefers-reduced-motion: reduce)").matches && document.getAnimations().length === 0 && document.querySelector(".ring")`)
}
