package main

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strconv"
	"time"

	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/internal/run"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/wire"
)

// stopGrace is for a server that is asked to end. All must be over within the
// patience of Main.
const stopGrace = 2 * time.Second

// stay runs the server until it ends, or Ctrl-C.
func (s *session) stay(ctx context.Context) error {
	var changes <-chan string
	if s.o.watch {
		w, err := s.watcher()
		if err != nil {
			return err
		}
		defer w.Close()
		changes = w.Changes
	}
	s.tellTaken()
	for first := true; ; first = false {
		child, err := s.start()
		if err != nil {
			return err
		}
		if first {
			if err := s.announce(); err != nil {
				child.Stop(stopGrace)
				return err
			}
		}
		again, err := s.attend(ctx, child, changes, first)
		if !again {
			return err
		}
	}
}

// tellTaken tells when somebody answers already where the server will be: what
// is checked then may be another one.
func (s *session) tellTaken() {
	u, err := wire.CheckURL(s.o.emu.given.URL)
	if err != nil || !hostname.Loopback(u.Hostname()) {
		return
	}
	if c, err := net.DialTimeout("tcp", wire.HostPort(u), time.Second); err == nil {
		c.Close()
		s.own.warn(failed(words.RunErrTaken, "addr", text.Line(wire.HostPort(u))))
	}
}

func (s *session) watcher() (*run.Watcher, error) {
	dir, err := s.o.env.Getwd()
	if err != nil {
		return nil, failed(words.ErrWorkingFolder, "error", err)
	}
	w, err := run.Watch(dir, filepath.Dir(s.folder.Path))
	if err != nil {
		return nil, failed(words.TestErrWatch, "error", cause(err))
	}
	return w, nil
}

// attend looks after a server that has been started, and reports whether it is
// to be started again.
func (s *session) attend(ctx context.Context, child *run.Child, changes <-chan string, first bool) (again bool, err error) {
	defer child.Stop(stopGrace)
	checked := make(chan error, 1)
	checking, stop := context.WithCancel(ctx)
	go func() {
		defer close(checked)
		checked <- s.checkAndTell(checking, child, first)
	}()
	defer func() {
		stop()
		for range checked { //nolint:revive // until it has ended
		}
	}()
	var pending <-chan error = checked
	for {
		select {
		case <-ctx.Done():
			return false, nil
		case err := <-pending:
			pending = nil
			if err != nil && ctx.Err() == nil {
				return false, err
			}
		case file, ok := <-changes:
			if !ok {
				return false, failed(words.TestErrWatcher)
			}
			s.say(words.RunChanged, "file", text.Line(s.relative(file)))
			return true, nil
		case <-child.Interrupted():
			select { // it has heard of it
			case <-child.Done():
			case <-time.After(stopGrace / 2):
				child.Stop(stopGrace / 2)
			}
			return false, nil
		case <-child.Done():
			err := s.tellEnd(child)
			if changes == nil {
				return false, err
			}
			select {
			case <-ctx.Done():
				return false, nil
			case file := <-changes:
				s.say(words.RunChanged, "file", text.Line(s.relative(file)))
				return true, nil
			}
		}
	}
}

func (s *session) relative(file string) string {
	dir, err := s.o.env.Getwd()
	if err != nil {
		return file
	}
	if rel, err := filepath.Rel(dir, file); err == nil {
		return rel
	}
	return file
}

// tellEnd tells that the server has ended, and is what run ends with. Ctrl-C
// that the server got, because it has the terminal, is meant for all.
func (s *session) tellEnd(child *run.Child) error {
	code, interrupted := child.Code()
	if s.o.json && !s.o.check {
		s.line(runJSON{outcome: newOutcome(code == 0 || interrupted), Event: eventEnded, Code: &code})
	}
	if interrupted {
		return nil
	}
	if !s.o.json {
		s.say(words.RunEnded, "code", strconv.Itoa(code))
	}
	if code == 0 {
		return nil
	}
	return childError{failed(words.RunEnded, "code", code), code}
}

// checkAndTell verifies the server as soon as it answers, and says where the
// phone is.
func (s *session) checkAndTell(ctx context.Context, child *run.Child, first bool) error {
	if s.o.emu.given.URL != "" {
		ended, err := s.answers(ctx, child)
		if ended || ctx.Err() != nil {
			return nil
		}
		if err != nil {
			s.own.complain(err) // it may come yet
		} else if err := s.verify(ctx); err != nil {
			return err
		}
	}
	if !first || ctx.Err() != nil {
		return nil
	}
	if !s.o.json {
		s.say(words.RunPage, "url", s.page())
	}
	s.o.emu.show(s.base)
	return s.ready()
}

// verify checks the server; what is wrong with it ends nothing.
func (s *session) verify(ctx context.Context) error {
	took, err := s.runVerify(ctx, true)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil && !errors.Is(err, errNo):
		s.own.complain(err)
	}
	if s.o.json {
		s.line(runJSON{outcome: took.verify.outcome, Event: eventChecked, Verify: &took.verify})
		return nil
	}
	if err == nil {
		s.say(words.RunAccepted)
	}
	return nil
}
