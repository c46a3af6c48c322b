package main

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/wxdev/wxdev/internal/run"
	"github.com/wxdev/wxdev/internal/words"
)

// stopGrace is for a server that is asked to end. All must be over within the
// patience of Main.
const stopGrace = 2 * time.Second

// stay runs the server until it ends, or Ctrl-C.
func (s *session) stay(ctx context.Context) error {
	var w *watched
	if s.o.watch {
		files, err := s.watcher()
		if err != nil {
			return err
		}
		defer files.Close()
		w = &watched{s: s, files: files}
	}
	if err := s.vacant(ctx); err != nil {
		return err
	}
	for first := true; ; first = false {
		child, err := s.start()
		if err != nil && !first { // a program that is just being built is missing for a while
			s.own.complain(err)
			if again, err := w.await(ctx); !again {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if first {
			if err := s.announce(); err != nil {
				child.Stop(stopGrace)
				return err
			}
		}
		again, err := s.attend(ctx, child, w, first)
		if !again {
			return err
		}
	}
}

// attend looks after a server that has been started, and reports whether it is
// to be started again.
func (s *session) attend(ctx context.Context, child *run.Child, w *watched, first bool) (again bool, err error) {
	defer child.Stop(stopGrace)
	w.started()
	checked := make(chan error, 1)
	checking, stop := context.WithCancel(ctx)
	go func() {
		defer close(checked)
		checked <- s.checkAndTell(checking, child, w, first)
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
		case file, ok := <-w.changes():
			if !ok {
				return false, failed(words.TestErrWatcher)
			}
			if w.again(file) {
				return true, nil
			}
		case <-child.Interrupted():
			select { // it has heard of it
			case <-child.Done():
			case <-time.After(stopGrace / 2):
				child.Stop(stopGrace / 2)
			}
			return false, nil
		case <-child.Done():
			err := s.tellEnd(child)
			if w == nil {
				return false, err
			}
			return w.await(ctx)
		}
	}
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
func (s *session) checkAndTell(ctx context.Context, child *run.Child, w *watched, first bool) error {
	if s.o.emu.given.URL != "" {
		ended, err := s.answers(ctx, child)
		if ended || ctx.Err() != nil {
			return nil
		}
		w.started() // it may write something with its first request, or the last
		if err != nil {
			s.own.complain(err) // it may come yet
		} else if err := s.verify(ctx); err != nil {
			return err
		}
		w.started()
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
