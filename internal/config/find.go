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
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
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
		return o.readNamed(by, named)
	}
	if o.Dir != "" {
		for dir := filepath.Clean(o.Dir); ; dir = filepath.Dir(dir) {
			path := filepath.Join(dir, FileName)
			if _, err := os.Lstat(path); err == nil {
				shown, err := filepath.Rel(o.Dir, path)
				if err != nil {
					shown = path
				}
				return o.read(path, text.Line(shown))
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	if o.UserDir != "" {
		path := filepath.Join(o.UserDir, "wxdev", FileName)
		if _, err := os.Lstat(path); err == nil {
			return o.read(path, text.Line(path))
		}
	}
	return nil, nil
}

func (o *Options) readNamed(by, named string) (*file, error) {
	path := named
	if !filepath.IsAbs(path) {
		path = filepath.Join(o.Dir, path)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		shown := finding.Quoted(named)
		return nil, at(by, finding.Because(reason.HintInitConfig, "file", shown), finding.Because(reason.NoFile, "file", shown))
	}
	return o.read(path, text.Line(named))
}

func (o *Options) read(path, shown string) (*file, error) {
	data, err := o.Open.limited(path, maxFile)
	if err != nil {
		return nil, wrong(finding.Because(reason.ConfigUnreadable, "file", shown, "error", err), readHint(err))
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
	errAbsent  = &finding.Reason{ID: reason.FileAbsent}
	errFolder  = &finding.Reason{ID: reason.FileIsFolder}
	errRefused = &finding.Reason{ID: reason.FileMayNotBeRead}
	errTooBig  = errors.New("too big")
)

func readHint(err error) *finding.Reason {
	switch {
	case errors.Is(err, errFolder):
		return finding.Because(reason.HintNameFile)
	case errors.Is(err, errRefused):
		return finding.Because(reason.HintMakeReadable)
	case errors.Is(err, errTooBig):
		return finding.Because(reason.HintOtherFile)
	}
	return nil
}

// opener opens files; nil is [os.Open].
type opener func(name string) (*os.File, error)

// limited reads a file of at most limit bytes. Its errors hold neither
// the path, which callers show as the user wrote it, nor any content.
func (open opener) limited(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return nil, errFolder
	}
	var data []byte
	if err == nil {
		data, err = open.upTo(path, limit+1)
	}
	var inner *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errAbsent
	case errors.Is(err, fs.ErrPermission):
		return nil, errRefused
	case errors.As(err, &inner):
		return nil, finding.Because(reason.FileCannotBeRead, "error", inner.Err)
	case err != nil:
		return nil, finding.Because(reason.FileCannotBeRead, "error", err)
	case int64(len(data)) > limit:
		return nil, finding.Because(reason.FileTooBig, "limit", int(limit>>10)).Wrap(errTooBig)
	}
	return data, nil
}

func (open opener) upTo(path string, limit int64) ([]byte, error) {
	if open == nil {
		open = os.Open
	}
	f, err := open(path)
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
		return at(by, finding.Because(reason.HintInitProfile), finding.Because(reason.ProfileWithoutFile, "profile", name, "file", FileName))
	}
	var hint *finding.Reason
	best := tomldoc.Near(c.profile, c.file.profiles)
	switch {
	case best != "":
		hint = tomldoc.DidYouMean(best)
	case len(c.file.profiles) == 0:
		hint = &finding.Reason{ID: reason.HintNoProfiles}
	default:
		hint = finding.Because(reason.HintProfiles, "profiles", finding.AllOf(c.file.profiles))
	}
	return at(by, hint, finding.Because(reason.NoProfile, "profile", name, "file", c.file.shown))
}
