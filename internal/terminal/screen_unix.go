//go:build unix

package terminal

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const needsTERM = true

const (
	escTime  = 50 * time.Millisecond  // in which what belongs to an ESC follows it
	idleTime = 200 * time.Millisecond // how often it is asked whether the screen is closed
	stopTime = 100 * time.Millisecond // in which a signal to ourselves stops us
)

// inForeground reports whether the terminal is the program's to use.
func inForeground(tty *os.File) bool {
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// watch tells of the signals that are about the terminal. SIGTSTP is not among
// them: once Go has handled it, its default, to stop, is gone for good.
func watch() (signals chan os.Signal, stop func()) {
	signals = make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGWINCH, syscall.SIGCONT)
	return signals, func() { signal.Stop(signals) }
}

func resized(sig os.Signal) bool { return sig == syscall.SIGWINCH }

// keys sends what is typed, until the screen is closed. It reads only when there
// is something, and in the foreground: a read would stop a program in the
// background.
func (s *Screen) keys(out chan<- []Key) {
	var reader keyReader
	fd := int(s.in.Fd())
	b := make([]byte, 256)
	for {
		wait := idleTime
		if reader.Waits() {
			wait = escTime
		}
		ready := readable(fd, wait)
		select {
		case <-s.quit:
			return
		default:
		}
		var keys []Key
		switch {
		case ready && !inForeground(s.in):
			time.Sleep(idleTime)
			continue
		case ready:
			n, err := unix.Read(fd, b)
			if err != nil && err != unix.EINTR && err != unix.EAGAIN || err == nil && n == 0 {
				return // the terminal is gone, and its signal on the way
			}
			keys = reader.Feed(b[:max(n, 0)])
		default:
			keys = reader.End()
		}
		if len(keys) == 0 {
			continue
		}
		select {
		case out <- keys:
		case <-s.quit:
			return
		}
	}
}

func readable(fd int, wait time.Duration) bool {
	var set unix.FdSet
	set.Set(fd)
	t := unix.NsecToTimeval(wait.Nanoseconds())
	n, err := unix.Select(fd+1, &set, nil, nil, &t)
	return err == nil && n > 0
}

// suspend stops the program as the shell's Ctrl-Z does, and takes the terminal
// again once the program is in the foreground. In between, after the shell's
// bg, it runs without one.
func (s *Screen) suspend(ctx context.Context, signals chan os.Signal) {
	_ = s.leave()
	_ = syscall.Kill(0, syscall.SIGTSTP) // the whole job, as the terminal does it
	continued := time.After(stopTime)    // nothing stops a job that no shell has in its hands
wait:
	for {
		select {
		case sig := <-signals:
			if sig == syscall.SIGCONT {
				break wait
			}
		case <-continued:
			break wait
		case <-ctx.Done():
			return
		}
	}
	for !inForeground(s.in) {
		select {
		case <-time.After(idleTime):
		case <-ctx.Done():
			return
		}
	}
	_ = s.enter()
}
