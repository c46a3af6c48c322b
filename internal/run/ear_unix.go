//go:build unix

package run

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A program that has the terminal to itself gets its signals to itself: of
// Ctrl-C and Ctrl-Z this process hears nothing. An ear is a process in the
// program's group that tells of them.
type ear struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	said io.ReadCloser
	done chan struct{}
}

const (
	earInterrupt = "interrupt"
	earStop      = "stop"
)

// newEar puts one into a group; nil is one that could not be started, and then
// only how the program ends tells of Ctrl-C.
func newEar(group int, told func(what string)) *ear {
	self, err := os.Executable()
	if err != nil {
		return nil
	}
	e := &ear{cmd: &exec.Cmd{Path: self, Args: []string{earHelper}, Dir: "/"}, done: make(chan struct{})}
	e.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: group}
	if e.in, err = e.cmd.StdinPipe(); err != nil {
		return nil
	}
	if e.said, err = e.cmd.StdoutPipe(); err != nil {
		return nil
	}
	if err := e.cmd.Start(); err != nil {
		return nil
	}
	go func() {
		defer close(e.done)
		for lines := bufio.NewScanner(e.said); lines.Scan(); {
			told(lines.Text())
		}
		_ = e.cmd.Wait()
		if signalOf(e.cmd.ProcessState) == int(syscall.SIGINT) { // it heard it before it listened
			told(earInterrupt)
		}
	}()
	return e
}

// close ends it, when it has told all.
func (e *ear) close() {
	if e == nil {
		return
	}
	e.in.Close()
	select {
	case <-e.done:
	case <-time.After(time.Second):
		_ = e.cmd.Process.Kill() // it may be gone
		<-e.done
	}
}

// listenForSignals is what the process does.
func listenForSignals() int {
	heard := make(chan os.Signal, 8)
	signal.Notify(heard, syscall.SIGINT, syscall.SIGTSTP)
	over := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		time.Sleep(20 * time.Millisecond) // for what the program has ended by
		close(over)
	}()
	for {
		select {
		case s := <-heard:
			what := earInterrupt
			if s == syscall.SIGTSTP {
				what = earStop
			}
			if _, err := os.Stdout.WriteString(what + "\n"); err != nil {
				return helperFailed
			}
		case <-over:
			return 0
		}
	}
}

// heard does what a signal of the terminal asks for.
func (c *Child) heard(what string) {
	switch what {
	case earInterrupt:
		c.interruptOnce.Do(func() { close(c.interrupted) })
	case earStop:
		c.suspend()
	}
}

// suspend stops this process as the program was stopped by Ctrl-Z, so that the
// shell has the terminal again, and goes on with it.
func (c *Child) suspend() {
	fd := int(c.command.Terminal.Fd())
	c.takeBack()
	resumed := make(chan os.Signal, 1)
	signal.Notify(resumed, syscall.SIGCONT)
	defer signal.Stop(resumed)
	_ = syscall.Kill(0, syscall.SIGTSTP)
	select {
	case <-resumed:
	case <-time.After(time.Second): // nobody is there to continue it: it was not stopped
	}
	if now, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP); err == nil && now == syscall.Getpgrp() {
		c.give(fd)
	}
	_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGCONT)
}

// give makes the program's group the terminal's.
func (c *Child) give(fd int) {
	signal.Ignore(syscall.SIGTTOU)
	defer signal.Reset(syscall.SIGTTOU)
	_ = setForeground(fd, c.cmd.Process.Pid)
}
