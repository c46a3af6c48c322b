package run

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	loopTurns = 4               // starts in a row, each after a change of the same file
	loopTime  = 3 * time.Second // after a start, within which such a change is a server's rather than a person's
)

// Loop notices that a program is started again and again because of what it
// writes itself when it starts.
type Loop struct {
	mu      sync.Mutex
	started time.Time
	changed []string // by which it was started again, each soon after it was started
}

// Started says that the program has been started, or has been made to do
// something, as by a check.
func (l *Loop) Started(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.started = now
}

// Changed says that a file has changed. It returns what is to be left out, when
// that is the program's own doing: the file, or a pattern for those of its kind
// in its folder when each time it is another one.
func (l *Loop) Changed(file string, now time.Time) (leaveOut string, own bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.started) > loopTime {
		l.changed = nil
		return "", false
	}
	l.changed = append(l.changed, file)
	if len(l.changed) <= loopTurns {
		return "", false
	}
	last := l.changed[len(l.changed)-1-loopTurns:]
	for _, of := range []func(string) string{func(name string) string { return name }, kind} {
		if all(last, of) {
			l.changed = nil
			return of(file), true
		}
	}
	return "", false
}

// kind is a pattern for the files like one: in its folder, of its extension.
func kind(name string) string {
	return filepath.Join(filepath.Dir(name), "*"+filepath.Ext(name))
}

func all(names []string, of func(string) string) bool {
	for _, name := range names {
		if of(name) != of(names[0]) {
			return false
		}
	}
	return true
}

// written are names of what programs write while they run, and none is made of:
// folders and files, by name or by extension. What git ignores need not be here.
var (
	writtenNames = []string{
		".git", ".hg", ".svn", ".idea", ".DS_Store", "nohup.out", "dump.rdb",
		"node_modules", "__pycache__", ".venv", ".pytest_cache", ".mypy_cache", ".ruff_cache",
	}
	writtenExtensions = []string{
		".log", ".pid", ".pyc", ".swp", ".swo", ".tmp",
		".sqlite", ".sqlite3", ".db", ".db3",
	}
)

// written reports whether a path, relative to the folder that is watched, is of
// these.
func written(rel string) bool {
	base := filepath.Base(rel)
	for part := range strings.SplitSeq(filepath.ToSlash(rel), "/") {
		if slices.Contains(writtenNames, part) {
			return true
		}
	}
	for _, more := range []string{"-journal", "-wal", "-shm"} { // SQLite's
		base = strings.TrimSuffix(base, more)
	}
	return strings.HasSuffix(base, "~") || slices.Contains(writtenExtensions, strings.ToLower(filepath.Ext(base)))
}
