package run

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
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
// not looked into, nor is what this user may not read, such as a database's.
func (w *Watcher) add(dir string) error {
	for level := []string{dir}; len(level) > 0; {
		var below []string
		for _, d := range level {
			err := w.fs.Add(d)
			if err != nil && (d == w.dir || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission)) {
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
	changed := map[string]bool{}
	var since time.Time // of the first
	note := func(name string) {
		if len(changed) == 0 {
			since = time.Now()
		}
		changed[name] = true
		quiet.Reset(max(0, min(settle, longest-time.Since(since))))
	}
	for {
		select {
		case e, ok := <-w.fs.Events:
			if !ok {
				return
			}
			if e.Op != fsnotify.Chmod && !w.leftOut(e.Name) {
				note(e.Name)
			}
		case err, ok := <-w.fs.Errors:
			if !ok {
				return
			}
			if errors.Is(err, fsnotify.ErrEventOverflow) { // which files is lost
				note(w.dir)
			}
		case <-quiet.C:
			w.tell(slices.Sorted(maps.Keys(changed)))
			clear(changed)
		}
	}
}

// tell tells of a change that matters, and watches the folders that are new.
func (w *Watcher) tell(changed []string) {
	real := w.matters(changed)
	for _, name := range real {
		if info, err := os.Lstat(name); err == nil && info.IsDir() {
			_ = w.add(name) // it may be gone again
		}
	}
	if len(real) == 0 {
		return
	}
	select {
	case w.Changes <- real[0]:
	default: // one is told already
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
	ignored := w.ignored(names)
	return slices.DeleteFunc(names, func(name string) bool { return ignored[name] })
}

// ignored are those that git ignores. A folder that is gone is asked for as a
// folder, too: what there is of it to see does not tell.
func (w *Watcher) ignored(names []string) map[string]bool {
	var asked []string
	for _, name := range names {
		asked = append(asked, name)
		if _, err := os.Lstat(name); err != nil {
			asked = append(asked, name+"/")
		}
	}
	all := map[string]bool{}
	w.askGit(asked, all)
	return all
}

// askGit asks which names git ignores. At one that it wants to know nothing of,
// such as a file of a submodule, git gives up on all that follow.
func (w *Watcher) askGit(names []string, ignored map[string]bool) {
	git := exec.Command("git", "check-ignore", "-z", "--stdin")
	git.Dir, git.Stdin = w.dir, strings.NewReader(strings.Join(names, "\x00")+"\x00")
	out, err := git.Output()
	for name := range bytes.SplitSeq(out, []byte{0}) {
		ignored[strings.TrimSuffix(string(name), "/")] = true
	}
	const none = 1
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() == none || len(names) == 1 || w.noGit() {
		return
	}
	half := len(names) / 2
	w.askGit(names[:half], ignored)
	w.askGit(names[half:], ignored)
}

// noGit reports whether git knows nothing of the folder.
func (w *Watcher) noGit() bool {
	git := exec.Command("git", "rev-parse", "--is-inside-work-tree")
	git.Dir = w.dir
	return git.Run() != nil
}
