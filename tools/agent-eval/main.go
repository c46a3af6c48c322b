// Agent-eval lets a coding agent mend twenty broken WeChat servers with
// skills/wxdev/SKILL.md and the wxdev program alone, and has wxdev judge them:
//
//	go run ./tools/agent-eval -agent 'claude -p "read TASK.md and do it"'
//	go run ./tools/agent-eval -agent 'myagent --folder {dir}' -only sort,padding
//	go run ./tools/agent-eval -agent 'go run ./tools/agent-eval oracle {dir}'
//
// It is run from the root of the repository. Each server has a folder of its
// own, with a number for a name: the program, its settings (.env), start.sh,
// SKILL.md, and TASK.md, which has what its owner knows, in the owner's words,
// and no hint of the fault. The agent is a shell command that runs there, with
// wxdev on its PATH; {dir} in it is the folder. cases.toml has what is wrong
// with each, and what mends it: the command oracle, which makes that edit.
//
// A server is mended when, started by its start.sh with the settings of the
// console, it
//
//   - passes `wxdev verify --messages` in the account's mode and format, without
//     a warning (but for those that a busy machine gives rise to), and
//   - still does its job: the conversations of aside/, which agents do not see,
//     pass, and the file that its owner wants is written.
//
// The pass mark is 16 of 20; the exit code is 1 below it. What an agent printed
// is in NN.log beside its folder; -keep leaves both for a look. The test runs the
// oracle, which must mend all, and an agent that does nothing, which must mend
// none.
//
// An agent runs with your rights, in a folder that is no sandbox.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// passMark is the share of servers that must be mended, in per cent.
const passMark = 80

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "agent-eval:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 2 && args[0] == "oracle" {
		return oracle(args[1])
	}
	e := &eval{}
	flags := flag.NewFlagSet("agent-eval", flag.ExitOnError)
	flags.StringVar(&e.agent, "agent", "", "the `command` that starts the agent; {dir} in it is the folder")
	flags.StringVar(&e.dir, "dir", "", "make the folders in `DIR` (default one in the system's folder for such)")
	flags.StringVar(&e.wxdev, "wxdev", "", "the wxdev `program` (default: it is built)")
	flags.DurationVar(&e.limit, "time", 15*time.Minute, "what an agent gets for one server")
	only := flags.String("only", "", "only the servers of these `names`, with commas")
	keep := flags.Bool("keep", false, "leave the folders")
	layOnly := flags.Bool("lay-out", false, "make the folders, and leave the rest to you")
	judgeOnly := flags.Bool("judge", false, "judge the folders in -dir as they are")
	_ = flags.Parse(args) // it exits
	cases, err := loadCases()
	if err != nil {
		return err
	}
	if cases, err = chosen(cases, *only); err != nil {
		return err
	}
	if e.agent == "" && !*layOnly && !*judgeOnly {
		return fmt.Errorf("no -agent; see `go doc ./tools/agent-eval`")
	}
	if err := e.prepare(ctx); err != nil {
		return err
	}
	if !*keep && !*layOnly && !*judgeOnly {
		defer os.RemoveAll(e.dir)
	}
	skill, err := os.ReadFile("skills/wxdev/SKILL.md")
	if err != nil {
		return err
	}
	if !*judgeOnly {
		for _, c := range cases {
			if err := c.layOut(e.folder(c), string(skill)); err != nil {
				return err
			}
		}
		fmt.Println("the folders are in", e.dir)
	}
	if *layOnly {
		return nil
	}
	return e.score(ctx, cases, !*judgeOnly)
}

// prepare makes what all servers need: a folder, and a wxdev.
func (e *eval) prepare(ctx context.Context) (err error) {
	if e.dir == "" {
		e.dir, err = os.MkdirTemp("", "agent-eval")
	}
	if err != nil {
		return err
	}
	if e.dir, err = filepath.Abs(e.dir); err != nil {
		return err
	}
	if e.wxdev == "" {
		e.wxdev = filepath.Join(e.dir, "bin", "wxdev")
		if out, err := exec.CommandContext(ctx, "go", "build", "-o", e.wxdev, "./cmd/wxdev").CombinedOutput(); err != nil {
			return fmt.Errorf("cannot build wxdev: %w\n%s", err, out)
		}
	}
	e.wxdev, err = filepath.Abs(e.wxdev)
	return err
}

// score runs the agent on each, judges, and prints a line for each.
func (e *eval) score(ctx context.Context, cases []*broken, withAgent bool) error {
	mended := 0
	for _, c := range cases {
		start := time.Now()
		var ended error
		if withAgent {
			ended = e.runAgent(ctx, c)
		}
		took := time.Since(start).Round(time.Second)
		why := e.judge(ctx, c)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		result := "mended"
		if why == nil {
			mended++
		} else {
			result = "BROKEN  " + strings.ReplaceAll(why.Error(), "\n", "\n"+strings.Repeat(" ", 24))
		}
		if ended != nil {
			result += fmt.Sprintf("  (the agent: %v)", ended)
		}
		fmt.Printf("%02d  %-14s  %4s  %s\n", c.number, c.Name, took, result)
	}
	need := (len(cases)*passMark + 99) / 100
	fmt.Printf("%d of %d mended; the pass mark is %d\n", mended, len(cases), need)
	if mended < need {
		return fmt.Errorf("below the pass mark")
	}
	return nil
}
