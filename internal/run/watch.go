package run

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long the files must be left alone before a change is told:
// editors write in several steps, and a build writes many.
const settle = 200 * time.Millisecond

// longest is how long a change waits at most for that: a server may write
// something all the time.
const longest = 2 * time.Second

// Watcher tells of changes in a folder and those below it. What git ignores is
// no change, nor what programs write while they run.
type Watcher struct {
	Changes chan string // a file that has changed, once all is quiet again

	dir  string
	but  string // a folder of our own, which may be below
	fs   *fsnotify.Watcher
	done sync.WaitGroup

	mu  sync.Mutex
	out []string // patterns of files that are left out
}

// LeaveOut tells of no file any more that a pattern of [filepath.Match] or a
// path names.
func (w *Watcher) LeaveOut(pattern string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out = append(w.out, pattern)
}

// leftOut reports whether a file is none to tell of, without asking git.
func (w *Watcher) leftOut(name string) bool {
	if rel, err := filepath.Rel(w.dir, name); within(name, w.but) || err == nil && written(rel) {
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.ContainsFunc(w.out, func(pattern string) bool {
		ok, _ := filepath.Match(pattern, name) // a path may be no pattern
		return ok || pattern == name
	})
}

// Watch watches a folder, but for one that may be below it. Close the Watcher.
func Watch(dir, but string) (*Watcher, error) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	w := &Watcher{Changes: make(chan string, 1), dir: dir, but: but, fs: notify}
	if err := w.add(dir); err != nil {
		notify.Close()
		return nil, err
	}
	w.done.Go(w.follow)
	return w, nil
}

// Close ends it.
func (w *Watcher) Close() {
	w.fs.Close()
	w.done.Wait()
}

// add watches a folder and those below it, level by level: what is ignored is
// not looked into.
func (w *Watcher) add(dir string) error {
	for level := []string{dir}; len(level) > 0; {
		var below []string
		for _, d := range level {
			if err := w.fs.Add(d); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			entries, _ := os.ReadDir(d) // it may be gone meanwhile
			for _, e := range entries {
				if e.IsDir() {
					below = append(below, filepath.Join(d, e.Name()))
				}
			}
		}
		level = w.matters(below)
	}
	return nil
}

// follow collects changes, and tells of one when all is quiet.
func (w *Watcher) follow() {
	defer close(w.Changes)
	quiet := time.NewTimer(time.Hour)
	quiet.Stop()
	defer quiet.Stop()
	var changed []string
	var since time.Time // of the first
	for {
		select {
		case e, ok := <-w.fs.Events:
			if !ok {
				return
			}
			if e.Op == fsnotify.Chmod || w.leftOut(e.Name) {
				continue
			}
			if len(changed) == 0 {
				since = time.Now()
			}
			if len(changed) < 1000 && !slices.Contains(changed, e.Name) {
				changed = append(changed, e.Name)
			}
			quiet.Reset(max(0, min(settle, longest-time.Since(since))))
		case _, ok := <-w.fs.Errors:
			if !ok {
				return
			}
		case <-quiet.C:
			real := w.matters(changed)
			changed = nil
			for _, name := range real {
				if info, err := os.Lstat(name); err == nil && info.IsDir() {
					_ = w.add(name) // it may be gone again
				}
			}
			if len(real) > 0 {
				select {
				case w.Changes <- real[0]:
				default: // one is told already
				}
			}
		}
	}
}

// within reports whether a file is in a folder.
func within(name, folder string) bool {
	rel, err := filepath.Rel(folder, name)
	return folder != "" && err == nil && filepath.IsLocal(rel)
}

// matters leaves out what git ignores, and what is left out without it.
func (w *Watcher) matters(names []string) []string {
	names = slices.DeleteFunc(slices.Clone(names), w.leftOut)
	if len(names) == 0 {
		return nil
	}
	git := exec.Command("git", "check-ignore", "-z", "--stdin")
	git.Dir, git.Stdin = w.dir, strings.NewReader(strings.Join(names, "\x00")+"\x00")
	ignored, err := git.Output()
	if err != nil && len(ignored) == 0 { // none is, or there is no git
		return names
	}
	out := map[string]bool{}
	for name := range bytes.SplitSeq(ignored, []byte{0}) {
		out[string(name)] = true
	}
	return slices.DeleteFunc(names, func(name string) bool { return out[name] })
}
