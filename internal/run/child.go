package run

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"
)

// Command is a program to be started.
type Command struct {
	Args   []string
	Env    []string
	Stdin  io.Reader // a file is the program's own, with the terminal that it may be
	Stdout io.Writer
	Stderr io.Writer

	Terminal *os.File // the terminal that the program is to have to itself; nil for none
	Hosts    string   // a file that is to be its /etc/hosts, and nobody else's: Linux only
	Folder   string   // of the run: what has it in its environment ends with the program; may be empty
	Keeper   *Keeper  // ends what it started when this process is killed; may be nil
}

// Child is a program that runs, with all that it has started.
type Child struct {
	cmd     *exec.Cmd
	command Command
	done    chan struct{}
	stopped atomic.Bool // by us
	state   *os.ProcessState

	interrupted   chan struct{}
	interruptOnce sync.Once
}

// NotStartedError is of a command that is not there, or is none.
type NotStartedError struct {
	Name string
	Err  error
}

func (e *NotStartedError) Error() string { return e.Name + ": " + e.Err.Error() }

func (e *NotStartedError) Unwrap() error { return e.Err }

// Start starts a program in a process group of its own. What could not be
// started is a [NotStartedError].
func Start(c Command) (*Child, error) {
	path, err := exec.LookPath(c.Args[0])
	if err != nil {
		var not *exec.Error
		if errors.As(err, &not) {
			err = not.Err
		}
		return nil, &NotStartedError{c.Args[0], err}
	}
	child := &Child{command: c, done: make(chan struct{}), interrupted: make(chan struct{})}
	child.cmd = &exec.Cmd{
		Path: path, Args: c.Args, Env: c.Env, Stdin: c.Stdin, Stdout: c.Stdout, Stderr: c.Stderr,
		WaitDelay: 500 * time.Millisecond, // for output that a grandchild keeps open
	}
	if err := child.start(); err != nil {
		var at *os.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return nil, &NotStartedError{c.Args[0], err}
	}
	return child, nil
}

// Done is closed when the program has ended, and all that it has left behind.
func (c *Child) Done() <-chan struct{} { return c.done }

// Interrupted is closed when Ctrl-C was typed at a terminal that the program has
// to itself: it has heard of it, and this process has not.
func (c *Child) Interrupted() <-chan struct{} { return c.interrupted }

// Pid is that of the program.
func (c *Child) Pid() int { return c.cmd.Process.Pid }

// killedBy is what shells add to the number of a signal.
const killedBy = 128

// Code is the program's exit code as a shell has it, once it is done.
// Interrupted reports whether Ctrl-C ended it, at a terminal that it had to
// itself.
func (c *Child) Code() (code int, interrupted bool) {
	if c.state == nil {
		return 1, false
	}
	code = c.state.ExitCode()
	if n := signalOf(c.state); n != 0 {
		code = killedBy + n
	}
	select {
	case <-c.interrupted:
		return code, true
	default:
	}
	const sigint = 2
	return code, code == killedBy+sigint && c.command.Terminal != nil
}

// Stop ends the program and all that it has started: it asks, and after the
// grace it does not ask again. It waits for the end.
func (c *Child) Stop(grace time.Duration) {
	if c.stopped.Swap(true) {
		<-c.done
		return
	}
	c.terminate()
	select {
	case <-c.done:
		return
	case <-time.After(grace):
	}
	c.kill()
	<-c.done
}
