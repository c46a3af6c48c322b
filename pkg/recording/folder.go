package recording

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

const ending = ".json"

// Recorder writes exchanges into a folder. It may be used by several
// goroutines at once, and by several processes on one folder.
type Recorder struct {
	dir     string
	secrets []string

	mu sync.Mutex
	n  int
}

// New returns a Recorder for the folder dir, which it makes if it does not
// exist. The secrets are removed from messages and answers; empty ones do not
// count.
func New(dir string, secrets ...string) (*Recorder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, finding.Because(reason.RecordingFolder, "error", err)
	}
	return &Recorder{dir: dir, secrets: secrets}, nil
}

// Save writes an exchange to a file of its own, without its secrets, and
// returns the file's path. The file is written whole or not at all.
func (r *Recorder) Save(x *Record) (string, error) {
	b, err := r.clean(x).Append(nil)
	if err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for range 100 {
		r.n++
		name := fmt.Sprintf("%s-%04d-%s", x.Time.Format("20060102-150405.000"), r.n, word(x.Type))
		path := filepath.Join(r.dir, name+ending)
		err := atomicfile.Create(path, b, 0o600)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", finding.Because(reason.RecordingNotWritten, "error", err)
		}
	}
	return "", finding.Because(reason.RecordingNoName, "folder", finding.Quoted(r.dir))
}

// word makes a type fit for a file name: it may be anything that came in.
func word(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r + ('a' - 'A')
		}
		return -1
	}, s)
	if s == "" {
		return "message"
	}
	return s[:min(len(s), 40)]
}

// List returns the ids of the recordings in a folder, in their order.
func List(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ending)
		if ok && !e.IsDir() && !strings.HasPrefix(id, ".") {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// NotFoundError means that a folder has no such recording, or several.
type NotFoundError struct {
	ID, Dir string
	Matches []string // those that contain the text, if there are several
	Nearest string   // the id that was probably meant; may be empty
}

func (e *NotFoundError) Error() string { return e.In(finding.English) }

// In implements [finding.Fact].
func (e *NotFoundError) In(lang finding.Lang) string {
	id, dir := finding.Quoted(e.ID), finding.Quoted(e.Dir)
	if len(e.Matches) > 0 {
		return finding.Because(reason.SeveralRecordings, "count", len(e.Matches), "id", id, "folder", dir).In(lang)
	}
	return finding.Because(reason.NoRecording, "id", id, "folder", dir).In(lang)
}

// Find returns the path of the recording with an id. Part of an id is enough if
// only one recording in the folder has it. The error is a [*NotFoundError]
// unless the folder cannot be read.
func Find(dir, id string) (string, error) {
	ids, err := List(dir)
	if err != nil {
		return "", err
	}
	var found []string
	for _, have := range ids {
		if have == id {
			return filepath.Join(dir, id+ending), nil
		}
		if id != "" && strings.Contains(have, id) {
			found = append(found, have)
		}
	}
	if len(found) == 1 {
		return filepath.Join(dir, found[0]+ending), nil
	}
	return "", &NotFoundError{ID: id, Dir: dir, Matches: found, Nearest: text.Nearest(id, ids)}
}

// Load reads a file. The error names the path, and for a mistake in the file
// the place.
func Load(path string) (*Record, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, finding.Because(reason.NotRead, "file", finding.Quoted(path), "error", inner(err))
	}
	defer f.Close()
	return Read(path, f)
}

// Read reads a recording; errors call it name.
func Read(name string, in io.Reader) (*Record, error) {
	b, err := io.ReadAll(io.LimitReader(in, MaxFile+1))
	if err != nil {
		return nil, finding.Because(reason.NotRead, "file", finding.Quoted(name), "error", inner(err))
	}
	x, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", name, err)
	}
	return x, nil
}

// inner is a path error without the path, which is named already.
func inner(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// ID is the id of the recording at a path.
func ID(path string) string { return strings.TrimSuffix(filepath.Base(path), ending) }
