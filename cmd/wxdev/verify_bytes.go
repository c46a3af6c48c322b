package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/verify"
	"github.com/wxdev/wxdev/pkg/wire"
)

// shownBytes is how much of a request or an answer -v shows.
const shownBytes = 4096

// printExchanges shows each request and answer as they went over the wire,
// with everything escaped that a terminal would act on.
func printExchanges(w io.Writer, g *globals, r *verify.Report) {
	for i, p := range r.Probes {
		fmt.Fprintf(w, "\n--- %d  %s\n", i+1, p.Name)
		printExchange(w, g, p.Exchange)
	}
}

func printExchange(w io.Writer, g *globals, ex *wire.Exchange) {
	sent := ex.Sent
	if sent == nil {
		sent = ex.Request.Bytes()
	}
	g.printBytes(w, "> ", sent)
	switch {
	case ex.Err != nil:
		fmt.Fprintf(w, "! %s\n", g.errorText(ex.Err))
	case ex.Response == nil:
		fmt.Fprintln(w, "! "+g.say(words.VerifyBytesNone))
	}
	g.printBytes(w, "< ", ex.Received)
	fmt.Fprintf(w, "= %s", ex.Address)
	for _, step := range timesOf(g, ex.Times) {
		fmt.Fprintf(w, "  %s %g ms", step.name, step.ms)
	}
	fmt.Fprintln(w)
}

// timedPart is a part of an exchange that took time.
type timedPart struct {
	name string
	ms   float64
}

// timesOf are the parts of an exchange that took any.
func timesOf(g *globals, t wire.Times) []timedPart {
	say := g.sayer()
	steps := []timedPart{
		{say(words.VerifyBytesDNS), millis(t.DNS)},
		{say(words.VerifyBytesConnect), millis(t.Connect)},
		{"tls", millis(t.TLS)},
		{say(words.VerifyBytesFirst), millis(t.FirstByte)},
		{say(words.VerifyBytesTotal), millis(t.Total)},
	}
	return slices.DeleteFunc(steps, func(s timedPart) bool { return s.ms <= 0 })
}

// printBytes shows what went over the wire. What is long is cut, once no secret
// is in it.
func (g *globals) printBytes(w io.Writer, prefix string, b []byte) {
	shown, more := text.Head(g.known.Text(string(b)), shownBytes)
	quoteLines(w, prefix, []byte(shown))
	if more > 0 {
		fmt.Fprintln(w, prefix+g.more(more))
	}
}

// shownReplay is how much of a command that repeats a request is shown. That of
// a usual push fits many times over; --json has all of it.
const shownReplay = 8192

// replayLine is such a command. It is cut like what -v shows.
func (g *globals) replayLine(command string) string {
	shown, more := text.Head(g.known.Text(command), shownReplay)
	if more > 0 {
		shown += g.more(more)
	}
	return shown
}

func (g *globals) more(n int) string { return g.say(words.VerifyBytesMore, "n", strconv.Itoa(n)) }

func quoteLines(w io.Writer, prefix string, b []byte) {
	if len(b) == 0 {
		return
	}
	text := strings.TrimSuffix(text.Block(string(b)), "\n")
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintln(w, strings.TrimRight(prefix+line, " "))
	}
}
