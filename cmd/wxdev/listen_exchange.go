package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/internal/terminal"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/wire"
)

// exchange is a request and its answer in the list. It implements
// [terminal.Item].
type exchange struct {
	o    *listenOptions
	row  terminal.Row
	line string                        // as it is printed where there is no list
	mode msgcrypt.Mode                 // how its message came; empty when it has none, or none of WeChat's
	full atomic.Pointer[exchangeBytes] // nil when they had to go
}

// exchangeBytes is what the list shows of an exchange that is looked at closely.
type exchangeBytes struct {
	request string   // the first line, as it came
	head    []string // the headers below
	message keptBody
	answer  keptBody
	answers []string // the headers of a server behind the proxy
	status  string
	found   []findingJSON
	took    time.Duration
	times   wire.Times // of that server
}

// keptBody is a body, cut if it is long, and how long it was.
type keptBody struct {
	text string
	size int
}

func (b keptBody) whole() bool { return len(b.text) == b.size }

// keep keeps a body. Secrets are hidden before it is cut.
func (o *listenOptions) keep(b []byte) keptBody {
	if len(b) <= listenBody {
		return keptBody{string(b), len(b)}
	}
	head, _ := text.Head(o.known.Text(string(b)), listenBody)
	return keptBody{head, len(b)}
}

func (o *listenOptions) newExchange(e *receiver.Event, found []findingJSON, id string) *exchange {
	p := o.Colors(o.env.OutTTY)
	x := &exchange{o: o, row: o.row(p, e, found)}
	if e.Message != nil {
		x.mode = e.Mode
	}
	x.line = fmt.Sprintf("%s  %-4s %s  %s  %s", e.Time.Format(time.TimeOnly), text.Line(e.Request.Method),
		text.Line(e.Request.URL.Path), o.what(e), o.result(p, e))
	if id != "" {
		x.line += "  " + p.Dim("["+id+"]")
	}
	r := recordOf(e)
	full := &exchangeBytes{
		request: r.Request.Line, head: r.Request.Header, message: o.keep(e.Plain), answer: o.keep(e.Answer),
		answers: r.Answer.Header, status: strconv.Itoa(e.Status), found: found, took: e.Took,
	}
	if e.Plain == nil {
		full.message = o.keep(e.Body)
	}
	if ex := e.Upstream; ex != nil {
		full.times = ex.Times
		if ex.Response != nil {
			full.status = ex.Response.StatusText()
		}
	}
	x.full.Store(full)
	return x
}

// row is the exchange on a line that may be short: what matters most comes
// first.
func (o *listenOptions) row(p palette, e *receiver.Event, found []findingJSON) terminal.Row {
	status, paint := strconv.Itoa(e.Status), p.Green
	if e.Err != nil || e.Upstream != nil && e.Upstream.Err != nil || e.Status != 200 {
		paint = p.Red
	}
	var wrong []string
	for _, f := range found {
		switch f.Severity {
		case finding.Error:
			paint = p.Red
			wrong = append(wrong, p.Red(f.ID))
		case finding.Warning:
			wrong = append(wrong, p.Yellow(f.ID))
		}
	}
	parts := append(wrong, o.label(e))
	if result := strings.TrimSpace(strings.TrimPrefix(o.result(o.uncolored(), e), status)); result != "" {
		parts = append(parts, "→ "+result)
	}
	about := strings.TrimLeft(o.about(e), " ,，")
	return terminal.Row{
		Head: e.Time.Format(time.TimeOnly) + " " + paint(status),
		Text: o.known.Text(strings.TrimSpace(strings.Join(parts, " ") + "  " + about)),
		Tail: shortTime(e.Took),
	}
}

// uncolored paints nothing.
func (o *listenOptions) uncolored() palette {
	g := *o.globals
	g.color = "never"
	return g.Colors(false)
}

func (x *exchange) weight() int {
	f := x.full.Load()
	if f == nil {
		return 0
	}
	n := len(f.request) + len(f.message.text) + len(f.answer.text)
	for _, line := range append(f.head[:len(f.head):len(f.head)], f.answers...) {
		n += len(line)
	}
	for _, found := range f.found {
		n += len(found.Evidence) + len(found.Replay)
	}
	return n
}

func (x *exchange) lighten() { x.full.Store(nil) }

// Row implements [terminal.Item].
func (x *exchange) Row() terminal.Row { return x.row }

// Contains implements [terminal.Item].
func (x *exchange) Contains(needle string) bool {
	needle = strings.ToLower(needle)
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), needle) }
	if has(x.row.Head) || has(x.row.Text) || has(x.row.Tail) {
		return true
	}
	f := x.full.Load()
	return f != nil && (has(f.request) || has(f.message.text) || has(f.answer.text))
}

// Detail implements [terminal.Item].
func (x *exchange) Detail(width int) []string {
	g, env := *x.o.globals, *x.o.env
	env.Width, g.env = width, &env
	var b strings.Builder
	x.print(&b, &g)
	return strings.Split(strings.TrimRight(g.known.Text(b.String()), "\n"), "\n")
}

// print writes all there is to know of an exchange.
func (x *exchange) print(w io.Writer, g *globals) {
	p, say := g.Colors(g.env.OutTTY), g.sayer()
	fmt.Fprintln(w, x.line)
	f := x.full.Load()
	if f == nil {
		fmt.Fprintf(w, "\n%s\n", say(words.ListenGone, "n", strconv.Itoa(listenBytes>>20)))
		return
	}
	part := func(title string, some bool, print func()) {
		if some {
			fmt.Fprintf(w, "\n%s\n", p.Bold(title))
			print()
		}
	}
	part(say(words.ListenPartMessage), f.message.size > 0, func() { x.printBody(w, g, f.message) })
	part(say(words.ListenPartAnswer)+"  "+text.Line(f.status), f.answer.size > 0 || f.status != "0", func() { x.printBody(w, g, f.answer) })
	printFindings(w, g, f.found)
	part(say(words.ListenPartRequest), true, func() { printHead(w, f.request, f.head) })
	part(say(words.ListenPartHeaders), len(f.answers) > 0, func() { printHead(w, "", f.answers) })
	part(say(words.ListenPartTimes), true, func() { x.printTimes(w, g, f) })
}

func (x *exchange) printBody(w io.Writer, g *globals, b keptBody) {
	quoteLines(w, "  ", []byte(g.known.Text(b.text)))
	if !b.whole() {
		fmt.Fprintln(w, "  "+g.say(words.ListenCut, "n", strconv.Itoa(listenBody>>10), "size", strconv.Itoa(b.size)))
	}
}

func printHead(w io.Writer, line string, fields []string) {
	if line != "" {
		fmt.Fprintln(w, "  "+text.Line(redact.Secrets.URL(line)))
	}
	for _, field := range fields {
		name, value, _ := strings.Cut(field, ": ")
		fmt.Fprintln(w, "  "+text.Line(name)+": "+text.Line(redact.Secrets.Header(name, value)))
	}
}

func (x *exchange) printTimes(w io.Writer, g *globals, f *exchangeBytes) {
	steps := timesOf(g, f.times)
	if len(steps) == 0 {
		steps = []timedPart{{g.say(words.VerifyBytesTotal), millis(f.took)}}
	}
	for _, step := range steps {
		fmt.Fprintf(w, "  %s %g ms", step.name, step.ms)
	}
	fmt.Fprintln(w)
}
