//go:build !unix

package run

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
)

// start starts the program. This system has no process groups.
func (c *Child) start() error {
	c.command.Terminal = nil
	if c.command.Hosts != "" {
		return errors.ErrUnsupported
	}
	if err := c.cmd.Start(); err != nil {
		return err
	}
	go func() {
		defer close(c.done)
		_ = c.cmd.Wait() // how it ended is in its state
		c.state = c.cmd.ProcessState
	}()
	return nil
}

// terminate ends the program with all that it has started: nobody can be asked.
func (c *Child) terminate() {
	_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(c.cmd.Process.Pid)).Run() // kill is next
}

func (c *Child) kill() { _ = c.cmd.Process.Kill() }

func signalOf(*os.ProcessState) int { return 0 }
