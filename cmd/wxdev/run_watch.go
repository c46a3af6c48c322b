package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/wxdev/wxdev/internal/run"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
)

// watched are the files whose changes start the server again; nil without --watch.
type watched struct {
	s     *session
	files *run.Watcher
	loop  run.Loop
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

func (w *watched) started() {
	if w != nil {
		w.loop.Started(time.Now())
	}
}

func (w *watched) changes() <-chan string {
	if w == nil {
		return nil
	}
	return w.files.Changes
}

// again tells of a change, and reports whether the server is to be started
// again: not when it keeps changing the file itself, which is left out then.
func (w *watched) again(file string) bool {
	if out, own := w.loop.Changed(file, time.Now()); own {
		w.files.LeaveOut(out)
		w.s.say(words.RunLoop, "file", text.Line(w.s.relative(out)))
		return false
	}
	w.s.say(words.RunChanged, "file", text.Line(w.s.relative(file)))
	return true
}

// await waits for a change, after the server has ended.
func (w *watched) await(ctx context.Context) (again bool, err error) {
	for {
		select {
		case <-ctx.Done():
			return false, nil
		case file, ok := <-w.files.Changes:
			if !ok {
				return false, failed(words.TestErrWatcher)
			}
			if w.again(file) {
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
