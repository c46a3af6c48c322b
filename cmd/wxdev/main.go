// Command wxdev plays WeChat's side of the wire for the people who write the
// server behind an Official Account, a service account or a mini program's
// message push, and says why that server would be refused.
//
// This package is the only one that knows cobra, flags, colour, the terminal,
// the environment and exit codes; everything else is in pkg. Each command has
// a file named by its path: an options struct, newX to declare it and runX to
// do the work on plain values and writers.
package main

import (
	"os"

	"github.com/wxdev/wxdev/internal/run"
)

func main() {
	if code, ok := run.Helper(os.Args); ok {
		os.Exit(code)
	}
	os.Exit(Main(os.Args[1:], SystemEnv()))
}
