package config

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/tomldoc"
)

const (
	fromEnv   = "env:"
	fromFile  = "file:"
	fromStdin = "-"
)

// Indirect says whether text says where a value is, as env:NAME and
// file:PATH do, instead of being it.
func Indirect(text string) bool {
	return strings.HasPrefix(text, fromEnv) || strings.HasPrefix(text, fromFile)
}

// resolve reads what s points to. via is how, "" when the text itself is the
// value.
func (c *Config) resolve(k Key, s source) (text, via string, err error) {
	if !k.indirect() || s.text != fromStdin && !Indirect(s.text) {
		return s.text, "", nil
	}
	via = s.text
	if err := checkIndirect(s.place, s.text); err != nil {
		return "", via, err
	}
	switch {
	case s.text == fromStdin:
		text, err = c.line(s)
	case strings.HasPrefix(s.text, fromEnv):
		text, err = c.variable(s, s.text[len(fromEnv):])
	default:
		text, err = secretFile(s, s.text[len(fromFile):])
	}
	return text, via, err
}

var variableName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
})

// checkIndirect checks the form of env:NAME and file:PATH.
func checkIndirect(place, text string) error {
	if name, ok := strings.CutPrefix(text, fromEnv); ok && !variableName().MatchString(name) {
		return &Error{ // what is not a name may be the secret itself, so it is not shown
			Msg:  place + ": env: needs the name of a variable",
			Hint: "write it without $ and quotes, as in env:WX_TOKEN",
		}
	}
	if text == fromFile {
		return &Error{Msg: place + ": file: needs a path", Hint: "as in file:.secrets/token"}
	}
	return nil
}

func (c *Config) variable(s source, name string) (string, error) {
	text, ok := c.lookup(name)
	switch {
	case !ok:
		return "", &Error{
			Msg:  fmt.Sprintf("%s: the variable %s is not set", s.place, name),
			Hint: "export " + name + " before starting wxdev",
		}
	case text == "":
		return "", &Error{Msg: fmt.Sprintf("%s: the variable %s is empty", s.place, name)}
	}
	return text, nil
}

func secretFile(s source, name string) (string, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.dir, path)
	}
	data, err := readLimited(path, maxSecret)
	secret := strings.TrimRight(string(data), "\r\n")
	if err == nil && secret == "" {
		err = errors.New("is empty")
	}
	if err == nil {
		return secret, nil
	}
	e := &Error{Msg: fmt.Sprintf("%s: file %s: %v", s.place, text.Quote([]byte(name), 0), err)}
	switch {
	case !errors.Is(err, errAbsent) || filepath.IsAbs(name):
	case strings.HasPrefix(name, "~"):
		e.Hint = "~ is not expanded after file:; write the whole path"
	case s.inFile:
		e.Hint = "a path in the config is relative to the config's folder"
	default:
		e.Hint = "the path is relative to the working folder"
	}
	return "", e
}

// line reads the one line of stdin that s asks for.
func (c *Config) line(s source) (string, error) {
	if s.inFile {
		return "", &Error{
			Msg:  s.place + ": - means stdin, and only a flag or a variable can ask for it",
			Hint: "write env:NAME or file:PATH there, or give the flag",
		}
	}
	if places := c.stdinReaders(); len(places) > 1 {
		return "", &Error{
			Msg:  tomldoc.List(places, "and") + " are -, and only one of them can read stdin",
			Hint: "give the others as env:NAME or file:PATH",
		}
	}
	if c.stdin == nil {
		return "", &Error{Msg: s.place + ": there is no stdin to read"}
	}
	text, err := readLine(c.stdin, maxSecret)
	if err != nil {
		return "", &Error{Msg: fmt.Sprintf("%s: read stdin: %v", s.place, err)}
	}
	if text == "" {
		return "", &Error{Msg: s.place + ": the line on stdin is empty"}
	}
	return text, nil
}

// stdinReaders are the flags and variables that are - and would count.
func (c *Config) stdinReaders() []string {
	var places []string
	for _, k := range Keys() {
		if s, ok := c.source(k); ok && k.indirect() && !s.inFile && s.text == fromStdin {
			places = append(places, s.place)
		}
	}
	return places
}

// readLine reads a line byte by byte, so that what follows it stays there
// for a command that reads its own input from stdin.
func readLine(r io.Reader, limit int) (string, error) {
	var line []byte
	for b := make([]byte, 1); len(line) <= limit; {
		n, err := r.Read(b)
		switch {
		case n == 1 && b[0] == '\n', n == 0 && errors.Is(err, io.EOF):
			return strings.TrimSuffix(string(line), "\r"), nil
		case n == 1:
			line = append(line, b[0])
		case err != nil:
			return "", err
		}
	}
	return "", fmt.Errorf("the line is longer than %d KiB", limit>>10)
}
