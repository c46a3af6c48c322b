package main

import (
	"io"

	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/pkg/finding"
)

// checkedWriter keeps the first error of a stream that nobody looks at while
// a report is printed: a full disk must not pass for a success.
type checkedWriter struct {
	w       io.Writer
	err     error
	written bool // something was
}

func (c *checkedWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.written = c.written || n > 0
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}

// masked makes the streams hide what is known to be secret: a server may send
// one back, and a command line repeat one.
func (e *Env) masked() {
	e.Known = redact.New("[secret]", redact.Shortest)
	e.Out, e.Err, e.Commands = e.Known.Writer(e.Plain), e.Known.Writer(e.Err), e.Known.Writer(e.Commands)
}

// fact puts a fact into words, and none into nothing. Secrets are hidden before
// anything in it is cut: the writer would find neither half of one.
func (g *globals) fact(lang finding.Lang, f finding.Fact) string {
	if f == nil {
		return ""
	}
	return finding.Redact(f, g.known.Text).In(lang)
}

// quote is a quotation, with the secrets hidden before the cut.
func (g *globals) quote(s string, limit int) string {
	return finding.Quote{Text: g.known.Text(s), Limit: limit}.In(g.Lang())
}
