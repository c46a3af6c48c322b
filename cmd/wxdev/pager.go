package main

import (
	"bytes"
	"context"

	"github.com/wxdev/wxdev/internal/terminal"
)

// paged shows what print prints, a screen at a time where stdout is a terminal.
// What print tells on stderr comes after it, where it is not scrolled away.
func (g *globals) paged(ctx context.Context, print func() error) error {
	env := g.env
	if env.Screen == nil {
		return print()
	}
	var out, told bytes.Buffer
	held := *env
	held.Out, held.Err = &out, &told
	g.env = &held
	err := print()
	g.env = env
	if !terminal.Page(ctx, env.Screen, env.LookupEnv, out.Bytes()) {
		_, _ = env.Out.Write(out.Bytes()) // a stdout that takes nothing has its own error
	}
	_, _ = env.Err.Write(told.Bytes())
	if err == nil {
		err = ctx.Err()
	}
	return err
}
