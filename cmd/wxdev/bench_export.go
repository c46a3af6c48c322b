package main

import (
	"context"
	"io"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/load/export"
)

// benchEngines are what --export writes for.
var benchEngines = []string{"vegeta", "k6"}

// checkExport refuses with --export what is of a load that wxdev makes itself.
// What vegeta gets has no end: it paces itself, and would take the end of a list
// for errors.
func (o *benchOptions) checkExport(given func(string) bool) error {
	if o.export == "" {
		return nil
	}
	if err := oneOf("--export", o.export, benchEngines...); err != nil {
		return err
	}
	no := []string{"check", "fail-if", "html", "json", "wait"}
	if o.export == "vegeta" {
		no = append(no, "rate", "connections", "duration", "count", "keepalive", "timeout")
	}
	for _, name := range no {
		if given(name) {
			return withHint(usage(words.BenchErrExport, "flag", "--"+name, "engine", o.export), hint(words.BenchHintExport))
		}
	}
	return nil
}

// whileWanted is a writer that takes nothing more when a context has ended. What it
// was writing then is over when somebody reads it, or when [patience] is.
type whileWanted struct {
	ctx context.Context
	w   io.Writer
}

func (w whileWanted) Write(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.w.Write(b)
}

// runBenchExport writes what another engine sends.
func runBenchExport(ctx context.Context, o *benchOptions) error {
	source, err := o.source()
	if err != nil {
		return err
	}
	if _, err := o.guard(ctx); err != nil {
		return err
	}
	p := o.account.pusher(o.env, o.timeout)
	if o.export == "vegeta" {
		outliveReader()
		narrow(o.env.Std[1])
		return export.Vegeta(whileWanted{ctx, o.env.Stream}, p, source.Next)
	}
	script, err := export.K6(p, source, export.Options{
		Rate: o.perSecond, Connections: o.connections, Duration: o.duration, Count: o.count,
		KeepAlive: o.keepAlive, Timeout: o.timeout, Say: func(part string) string { return o.sayer().named("bench.script.", part) },
	})
	if err != nil {
		return err
	}
	_, err = o.env.Plain.Write(script)
	return err
}
