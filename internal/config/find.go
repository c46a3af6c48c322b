package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/tomldoc"
)

const (
	maxFile   = 1 << 20          // a config file
	maxSecret = 64 << 10         // the file of file:, the line of -
	maxShown  = tomldoc.MaxShown // of a name in an error
)

// file is a config file that was read.
type file struct {
	path     string
	shown    string // what errors call it
	profiles []string
	tables   map[string]table // by profile; "" is [account]
}

type table map[Key]entry

// entry is a value in the file and the place of its key.
type entry struct {
	text         string
	line, column int
}

func (f *file) source(profile string, k Key, e entry) source {
	name := "[account]"
	if profile != "" {
		name = "[profile." + text.Line(profile) + "]"
	}
	return source{
		text: e.text, from: f.shown + " " + name,
		place:  fmt.Sprintf("%s:%d:%d: %s", f.shown, e.line, e.column, k),
		dir:    filepath.Dir(f.path),
		inFile: true,
	}
}

// find returns the file that o means, or nil when there is none.
func find(o Options) (*file, error) {
	by, named := "--config", o.Path
	if named == "" {
		by = "WXDEV_CONFIG"
		named, _ = o.LookupEnv(by)
	}
	if named != "" {
		return readNamed(by, named, o.Dir)
	}
	if o.Dir != "" {
		for dir := filepath.Clean(o.Dir); ; dir = filepath.Dir(dir) {
			path := filepath.Join(dir, FileName)
			if _, err := os.Lstat(path); err == nil {
				shown, err := filepath.Rel(o.Dir, path)
				if err != nil {
					shown = path
				}
				return read(path, text.Line(shown))
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	if o.UserDir != "" {
		path := filepath.Join(o.UserDir, "wxdev", FileName)
		if _, err := os.Lstat(path); err == nil {
			return read(path, text.Line(path))
		}
	}
	return nil, nil
}

func readNamed(by, named, dir string) (*file, error) {
	path := named
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		shown := text.Quote([]byte(named), 0)
		return nil, &Error{
			Msg:  fmt.Sprintf("%s: there is no file %s", by, shown),
			Hint: fmt.Sprintf("'wxdev init --config %s' writes one", shown),
		}
	}
	return read(path, text.Line(named))
}

func read(path, shown string) (*file, error) {
	data, err := readLimited(path, maxFile)
	if err != nil {
		return nil, &Error{Msg: fmt.Sprintf("config %s: %v", shown, err), Hint: readHint(err)}
	}
	f, err := parse(shown, data)
	if err != nil {
		return nil, err
	}
	f.path = path
	return f, nil
}

// The reasons why a file cannot be read, in words that follow its name.
var (
	errAbsent  = errors.New("no such file")
	errFolder  = errors.New("is a folder, not a file")
	errRefused = errors.New("may not be read: permission denied")
	errTooBig  = errors.New("is too big")
)

func readHint(err error) string {
	switch {
	case errors.Is(err, errFolder):
		return "name a file, or move the folder away"
	case errors.Is(err, errRefused):
		return "make it readable for the user that runs wxdev"
	case errors.Is(err, errTooBig):
		return "a wxdev.toml has a few lines; this is some other file"
	}
	return ""
}

// readLimited reads a file of at most limit bytes. Its errors hold neither
// the path, which callers show as the user wrote it, nor any content.
func readLimited(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return nil, errFolder
	}
	var data []byte
	if err == nil {
		data, err = readUpTo(path, limit+1)
	}
	var inner *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errAbsent
	case errors.Is(err, fs.ErrPermission):
		return nil, errRefused
	case errors.As(err, &inner):
		return nil, fmt.Errorf("cannot be read: %w", inner.Err)
	case err != nil:
		return nil, fmt.Errorf("cannot be read: %w", err)
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("%w: more than %d KiB", errTooBig, limit>>10)
	}
	return data, nil
}

func readUpTo(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}

// checkProfile demands that the profile in use exists; by is who asked.
func (c *Config) checkProfile(by string) error {
	if c.profile == "" || c.file != nil && slices.Contains(c.file.profiles, c.profile) {
		return nil
	}
	name := tomldoc.Quote(c.profile)
	if c.file == nil {
		return &Error{
			Msg:  fmt.Sprintf("%s: no profile %s: there is no %s", by, name, FileName),
			Hint: "'wxdev init' writes one; add [profile.NAME] to it",
		}
	}
	e := &Error{Msg: fmt.Sprintf("%s: no profile %s in %s", by, name, c.file.shown)}
	best := tomldoc.Near(c.profile, c.file.profiles)
	switch {
	case best != "":
		e.Hint = "did you mean " + text.Line(best) + "?"
	case len(c.file.profiles) == 0:
		e.Hint = "it has no profiles, only [account]"
	default:
		e.Hint = "it has " + text.Line(tomldoc.List(c.file.profiles, "and"))
	}
	return e
}
