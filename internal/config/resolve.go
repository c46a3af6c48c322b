package config

import (
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
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
		text, err = c.secretFile(s, s.text[len(fromFile):])
	}
	return text, via, err
}

var variableName = lazy.Regexp(`^[A-Za-z_][A-Za-z0-9_]*$`)

// checkIndirect checks the form of env:NAME and file:PATH.
func checkIndirect(place, text string) error {
	if name, ok := strings.CutPrefix(text, fromEnv); ok && !variableName.Get().MatchString(name) {
		// what is not a name may be the secret itself, so it is not shown
		return at(place, finding.Because(reason.HintEnvName), finding.Because(reason.EnvNeedsName))
	}
	if text == fromFile {
		return at(place, finding.Because(reason.HintAsIn, "example", "file:.secrets/token"), finding.Because(reason.FileNeedsPath))
	}
	return nil
}

func (c *Config) variable(s source, name string) (string, error) {
	text, ok := c.lookup(name)
	switch {
	case !ok:
		return "", at(s.place, finding.Because(reason.HintExport, "name", name), finding.Because(reason.VariableUnset, "name", name))
	case text == "":
		return "", at(s.place, nil, finding.Because(reason.VariableEmpty, "name", name))
	}
	return text, nil
}

func (c *Config) secretFile(s source, name string) (string, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.dir, path)
	}
	data, err := c.open.limited(path, maxSecret)
	secret := strings.TrimRight(string(data), "\r\n")
	if err == nil && secret == "" {
		err = finding.Because(reason.Empty)
	}
	if err == nil {
		return secret, nil
	}
	var hint *finding.Reason
	switch {
	case !errors.Is(err, errAbsent) || filepath.IsAbs(name):
	case strings.HasPrefix(name, "~"):
		hint = finding.Because(reason.HintTilde)
	case s.inFile:
		hint = finding.Because(reason.HintRelativeToConfig)
	default:
		hint = finding.Because(reason.HintRelativeToFolder)
	}
	return "", at(s.place, hint, finding.Because(reason.FileFails, "file", finding.Quoted(name), "error", err))
}

// line reads the one line of stdin that s asks for.
func (c *Config) line(s source) (string, error) {
	if s.inFile {
		return "", at(s.place, finding.Because(reason.HintNotStdin), finding.Because(reason.StdinInFile))
	}
	if places := c.stdinReaders(); len(places) > 1 {
		return "", oneStdin(places)
	}
	if c.stdin == nil {
		return "", at(s.place, nil, finding.Because(reason.NoStdin))
	}
	text, err := readLine(c.stdin, maxSecret)
	if err != nil {
		return "", at(s.place, nil, finding.Because(reason.StdinFails, "error", err))
	}
	if text == "" {
		return "", at(s.place, nil, finding.Because(reason.StdinEmpty))
	}
	return text, nil
}

func oneStdin(places []string) *Error {
	return wrong(finding.Because(reason.OneStdin, "places", finding.AllOf(places)), finding.Because(reason.HintOtherWays))
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
	return "", finding.Because(reason.LineTooLong, "limit", limit>>10)
}
