package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/wire"
)

// waiting is --wait: how long to wait for a server that is just starting.
type waiting time.Duration

func addWait(f *pflag.FlagSet, w *waiting) {
	addDuration(f, (*time.Duration)(w), "wait", 0)
}

func (w waiting) check() error {
	if w < 0 {
		return usage(words.ErrNegative, "flag", "--wait", "given", time.Duration(w))
	}
	return nil
}

// quietWait is how long nothing is said: most servers are up by then.
const quietWait = time.Second

// forServer returns once the server of the URL answers. Who has not asked to
// wait does not. The advice is for a server that does not.
func (w waiting) forServer(ctx context.Context, g *globals, rawURL string, advice words.ID) error {
	if w == 0 {
		return nil
	}
	u, err := wire.CheckURL(rawURL)
	if err != nil {
		return err
	}
	limit, address := time.Duration(w), text.Line(wire.HostPort(u))
	say := time.AfterFunc(quietWait, func() {
		fmt.Fprintln(g.env.Err, g.say(words.WaitWaiting, "address", address, "time", limit.String()))
	})
	defer say.Stop()
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err = new(wire.Sender).Await(bounded, rawURL)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		err = failed(words.WaitFailed, "address", address, "time", limit, "error", err)
		return withHint(err, hint(advice))
	}
	return nil
}
