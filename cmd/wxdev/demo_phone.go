package main

import (
	"context"
	"fmt"

	"github.com/wxdev/wxdev/internal/demobot"
	"github.com/wxdev/wxdev/internal/words"
)

// runPhone keeps an emulator, and a bot as its account's server, until Ctrl-C.
func (o *demoOptions) runPhone(ctx context.Context) error {
	bot := demobot.New(o.Lang())
	l, err := listenOn("127.0.0.1:0")
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- serve(serving, l, bot) }()
	defer func() { stop(); <-done }()
	return runEmulator(ctx, &emulatorOptions{
		globals: o.globals, addr: "127.0.0.1:0", readyFile: o.readyFile, quiet: true, json: o.json, open: o.open,
		state: bot.State("http://" + l.Addr().String()),
		greet: func(base string) {
			bot.Join(base)
			fmt.Fprintln(o.env.Err, o.say(words.DemoTry))
		},
	})
}
