//go:build unix

package run

import (
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/term"
)

// start starts the program, and sees to its end.
func (c *Child) start() error {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if t := c.command.Terminal; t != nil && term.IsTerminal(int(t.Fd())) {
		attr.Foreground, attr.Ctty = true, int(t.Fd())
	} else {
		c.command.Terminal = nil
	}
	c.cmd.SysProcAttr = attr
	withParent(attr)
	done, err := c.inNamespace()
	if err != nil {
		return err
	}
	defer done()
	started := make(chan error)
	go func() {
		// On Linux the program hears of the end of this thread, not of the
		// process: the thread stays as long as the program does.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := c.cmd.Start()
		if err == nil {
			c.command.Keeper.keep(c.cmd.Process.Pid)
		}
		started <- err
		if err == nil {
			c.wait()
		}
	}()
	return <-started
}

// wait waits for the program, then ends what it has left behind, and takes the
// terminal back.
func (c *Child) wait() {
	defer close(c.done)
	pid := c.cmd.Process.Pid
	defer c.command.Keeper.keep(0)
	var ears *ear
	if c.command.Terminal != nil {
		ears = newEar(pid, c.heard)
	}
	_ = c.cmd.Wait() // how it ended is in its state
	c.state = c.cmd.ProcessState
	ears.close()
	c.takeBack()
	if alive(pid) && !c.stopped.Load() {
		_ = syscall.Kill(-pid, syscall.SIGTERM)
		for end := time.Now().Add(leftoverGrace); alive(pid) && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond)
		}
	}
	if alive(pid) {
		_ = syscall.Kill(-pid, syscall.SIGKILL)
	}
	endStragglers(c.command.Folder, leftoverGrace)
}

// takeBack makes our group the terminal's again. Whoever does so from the
// background is told to stop, unless it does not listen.
func (c *Child) takeBack() {
	t := c.command.Terminal
	if t == nil {
		return
	}
	signal.Ignore(syscall.SIGTTOU)
	defer signal.Reset(syscall.SIGTTOU)
	_ = setForeground(int(t.Fd()), syscall.Getpgrp())
}

// alive reports whether anybody is left in a group.
func alive(group int) bool { return syscall.Kill(-group, 0) == nil }

func (c *Child) terminate() { _ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGTERM) }

func (c *Child) kill() { _ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL) }

// signalOf is the signal that ended a process, 0 for none.
func signalOf(s *os.ProcessState) int {
	if w, ok := s.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return int(w.Signal())
	}
	return 0
}
