package phonetest

import (
	"flag"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/wxdev/wxdev/pkg/message"
)

var figures = flag.Bool("figures", false, "measure how fast the page is")

// TestFigures measures what no test may depend on, and prints it beside what the
// page is made for. make phone-figures runs it, on a machine that does nothing else.
func TestFigures(t *testing.T) {
	if !*figures {
		t.Skip("make phone-figures runs this")
	}
	chromium := shared(t)
	var answered atomic.Int64 // when the server did, in microseconds
	s := start(t, accounts(startBot(t, func(m *message.Message) string {
		if m.Get("Content") == "slow" {
			time.Sleep(5500 * time.Millisecond)
		}
		answered.Store(time.Now().UnixMicro())
		return echo(m)
	})))
	p := open(t, chromium, s.URL+"/", 1440, 900)
	p.wait(`document.activeElement.id === "say"`)
	p.seePaints()

	t.Log(line("answer → painted", p.messages("少", 20, &answered), "max 300 ms"))

	p.press("slow")
	began := time.Now()
	p.press(kb.Enter)
	p.wait(`document.querySelector(".ln-fault")`)
	t.Logf("%-42s %.2f s (15 s ± 0.5)", "Enter → the fault line, three deliveries", time.Since(began).Seconds())

	for range 1000 {
		say(t, s.Emulator, "alice", "第几条")
	}
	p.reload()
	p.wait(`document.querySelectorAll(".li-row").length === 200 && document.querySelectorAll(".ln").length === 200`)
	p.press("i")
	p.wait(`document.activeElement.id === "say"`)
	p.seePaints()
	t.Log(line("1,000 lines: key → painted", p.keys(60), "p95 50 ms"))
	eval[any](p, `document.getElementById("say").value = ""`)
	t.Log(line("1,000 lines: answer → painted", p.messages("多", 40, &answered), "p95 150 ms"))
	t.Logf("%-42s %d (6,000)", "1,000 lines: nodes", eval[int](p, `document.querySelectorAll("*").length`))

	if err := chromedp.Do(p.ctx, chromedp.Navigate(s.URL+"/__wxdev/ready")); err != nil {
		t.Fatal(err)
	}
	eval[any](p, `document.body.replaceChildren(document.createElement("textarea")); document.querySelector("textarea").focus()`)
	p.seePaints()
	t.Log(line("an empty page with an input: key → painted", p.keys(60), "what the browser and this machine take"))
}

// seePaints notes when each answer, and each key, is painted.
func (b *tab) seePaints() {
	b.t.Helper()
	eval[any](b, `(() => {
		const painted = (f) => requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = f; c.port2.postMessage(0); });
		window.paints = {}; window.keyTimes = [];
		new MutationObserver(() => {
			const text = [...document.querySelectorAll(".ln-their .bb")].at(-1)?.textContent;
			if (!text || text in window.paints) return;
			window.paints[text] = 0;
			painted(() => { window.paints[text] = 1000 * (performance.timeOrigin + performance.now()); });
		}).observe(document.querySelector(".ch") || document.body, { subtree: true, childList: true });
		document.addEventListener("keydown", (e) => painted(() => window.keyTimes.push(performance.now() - e.timeStamp)), true);
	})()`)
}

// messages sends some, and returns how long after the server's answer each was seen.
func (b *tab) messages(word string, n int, answered *atomic.Int64) (times []time.Duration) {
	b.t.Helper()
	for i := range n {
		text := fmt.Sprint(word, i)
		b.press(text + kb.Enter)
		b.wait(`window.paints["收到：` + text + `"] > 0`)
		at := eval[float64](b, `window.paints["收到：`+text+`"]`)
		times = append(times, time.Duration(int64(at)-answered.Load())*time.Microsecond)
	}
	return times
}

// keys presses some, and returns how long each took to be seen.
func (b *tab) keys(n int) (times []time.Duration) {
	b.t.Helper()
	eval[any](b, `window.keyTimes.length = 0`)
	for i := range n {
		b.press("x")
		b.wait(`window.keyTimes.length > ` + itoa(int64(i))) // faster than anybody types they would wait for each other
	}
	for _, ms := range eval[[]float64](b, `window.keyTimes`) {
		times = append(times, time.Duration(ms*float64(time.Millisecond)))
	}
	return times
}

func line(what string, times []time.Duration, aim string) string {
	slices.Sort(times)
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	return fmt.Sprintf("%-42s p50 %.1f, p95 %.1f, max %.1f ms (%s)", what, ms(times[len(times)/2]), ms(times[len(times)*95/100]), ms(times[len(times)-1]), aim)
}
