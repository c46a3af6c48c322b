package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/verify"
	"github.com/wxdev/wxdev/pkg/wire"
)

// shownBytes is how much of an answer -v shows.
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
	quoteLines(w, "> ", sent)
	switch {
	case ex.Err != nil:
		fmt.Fprintf(w, "! %s\n", text.Line(ex.Err.Error()))
	case ex.Response == nil:
		fmt.Fprintln(w, "! no answer")
	}
	got := []byte(g.known.Text(string(ex.Received))) // before it is cut
	quoteLines(w, "< ", got[:min(len(got), shownBytes)])
	if len(got) > shownBytes {
		fmt.Fprintf(w, "< … %d bytes more\n", len(got)-shownBytes)
	}
	t := ex.Times
	fmt.Fprintf(w, "= %s", ex.Address)
	for _, step := range []struct {
		name string
		ms   float64
	}{
		{"dns", millis(t.DNS)},
		{"connect", millis(t.Connect)},
		{"tls", millis(t.TLS)},
		{"first byte", millis(t.FirstByte)},
		{"total", millis(t.Total)},
	} {
		if step.ms > 0 {
			fmt.Fprintf(w, "  %s %g ms", step.name, step.ms)
		}
	}
	fmt.Fprintln(w)
}

func quoteLines(w io.Writer, prefix string, b []byte) {
	if len(b) == 0 {
		return
	}
	text := strings.TrimSuffix(text.Block(string(b)), "\n")
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintln(w, strings.TrimRight(prefix+line, " "))
	}
}
