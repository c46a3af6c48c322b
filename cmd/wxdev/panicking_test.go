package main

import (
	"context"
	"fmt"
	"os"

	"github.com/wxdev/wxdev/internal/terminal"
)

// panicking is a command of the tests: a list that panics while it is shown.
func panicking() {
	screen, err := terminal.Open(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Println(err)
		os.Exit(exitFailed)
	}
	changes := make(chan func(*terminal.List), 1)
	changes <- func(*terminal.List) { panic("on purpose") }
	live := &terminal.Live{Screen: screen, List: &terminal.List{}, Changes: changes}
	_ = live.Run(context.Background())
}
