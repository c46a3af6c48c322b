package config

import (
	"errors"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/wxdev/wxdev/internal/tomldoc"
)

// parse reads the text of a config file. Every error names line and column,
// and shows nothing of a line: it may hold a secret.
func parse(shown string, data []byte) (*file, error) {
	p := &parser{
		text: tomldoc.New(shown, data),
		file: &file{shown: shown, tables: map[string]table{"": {}}},
		seen: map[string]int{},
	}
	for _, check := range []func() error{p.text.CheckEncoding, p.walk, p.text.CheckWhole} {
		if err := check(); err != nil {
			return nil, ours(err)
		}
	}
	return p.file, nil
}

type parser struct {
	text *tomldoc.Text
	file *file
	seen map[string]int // offset of each [table], by its joined path
}

// fail is an Error at an offset of the file.
func (p *parser) fail(offset int, hint, format string, args ...any) error {
	return ours(p.text.Errorf(offset, hint, format, args...))
}

// ours makes a mistake that package tomldoc found one of the config.
func ours(err error) error {
	var found *tomldoc.Error
	if errors.As(err, &found) {
		return &Error{Msg: found.Error(), Hint: found.Hint}
	}
	return err
}

// walk takes every table and key of the file, in order.
func (p *parser) walk() error {
	var in []string // the [table] that keys are in
	forms := tomldoc.Hints{Table: "[account]", Keys: keyNames()}
	return p.text.Walk(forms, func(e *unstable.Node) (err error) {
		if e.Kind == unstable.KeyValue {
			return p.keyValue(in, e)
		}
		in, err = p.header(e)
		return err
	})
}

// header takes a [table] line.
func (p *parser) header(e *unstable.Node) ([]string, error) {
	path, offset := tomldoc.KeyPath(nil, e)
	if e.Kind == unstable.ArrayTable {
		return nil, p.fail(offset, "a table has one pair of brackets: [account]", "[[…]] is a list of tables")
	}
	joined := strings.Join(path, "\x00")
	if first, again := p.seen[joined]; again {
		line, _ := p.text.Position(first)
		return nil, p.fail(offset, "put the keys of both into one", "table [%s] is here again, after line %d", tomldoc.Dotted(path), line)
	}
	p.seen[joined] = offset
	return path, p.enter(path, offset)
}

// enter checks that the file may have a table called path.
func (p *parser) enter(path []string, offset int) error {
	switch {
	case path[0] == "account" && len(path) == 1, path[0] == "profile" && len(path) == 1:
		return nil
	case path[0] == "profile" && len(path) == 2:
		return p.addProfile(path[1], offset)
	case path[0] == "account" || path[0] == "profile":
		return p.fail(offset, "the tables are [account] and [profile.NAME]", "unknown table [%s]", tomldoc.Dotted(path))
	}
	hint := "the tables are [account] and [profile.NAME]"
	if best := tomldoc.Near(path[0], []string{"account", "profile"}); best != "" {
		hint = "did you mean [" + tomldoc.Dotted(append([]string{best}, path[1:]...)) + "]?"
	} else if len(path) == 1 {
		hint = "a profile is written [profile." + tomldoc.Dotted(path) + "]"
	}
	return p.fail(offset, hint, "unknown table [%s]", tomldoc.Dotted(path))
}

func (p *parser) addProfile(name string, offset int) error {
	if name == "" {
		return p.fail(offset, "give it one, as in [profile.staging]", "a profile without a name")
	}
	if p.file.tables[name] == nil {
		p.file.tables[name] = table{}
		p.file.profiles = append(p.file.profiles, name)
	}
	return nil
}

// keyValue takes a line KEY = VALUE, or such a pair in { }.
func (p *parser) keyValue(in []string, e *unstable.Node) error {
	path, offset := tomldoc.KeyPath(in, e)
	value := e.Value()
	if value.Kind != unstable.InlineTable {
		return p.value(path, offset, value)
	}
	if err := p.enter(path, offset); err != nil {
		return err
	}
	for it := value.Children(); it.Next(); {
		if err := p.keyValue(path, it.Node()); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) value(path []string, offset int, value *unstable.Node) error {
	last := path[len(path)-1]
	known := slices.Contains(Keys(), Key(last))
	switch {
	case path[0] == "account" && len(path) == 2:
		return p.set("", last, offset, value)
	case path[0] == "profile" && len(path) == 3:
		if err := p.addProfile(path[1], offset); err != nil {
			return err
		}
		return p.set(path[1], last, offset, value)
	case len(path) == 1 && known:
		return p.fail(offset, "write [account] on a line above it", "key %q stands in no table", last)
	case path[0] == "profile" && len(path) == 2 && known:
		return p.fail(offset, "give the profile a name, as in [profile.staging]", "key %q stands in [profile]", last)
	case len(path) == 1 && (last == "account" || last == "profile"):
		return p.fail(offset, "write ["+last+"] on a line of its own", "%q is %s, not a table", last, tomldoc.KindName(value.Kind))
	}
	return p.unknown(last, offset)
}

// set stores one value of a table.
func (p *parser) set(profile, name string, offset int, value *unstable.Node) error {
	k := Key(name)
	if !slices.Contains(Keys(), k) {
		return p.unknown(name, offset)
	}
	if value.Kind != unstable.String {
		return p.fail(offset, "put it in double quotes: "+name+` = "…"`, "%s is %s, not text", name, tomldoc.KindName(value.Kind))
	}
	t := p.file.tables[profile]
	if first, again := t[k]; again {
		return p.fail(offset, "keep one of them", "%s is here again, after line %d", name, first.line)
	}
	line, column := p.text.Position(offset)
	t[k] = entry{string(value.Data), line, column}
	return nil
}

func (p *parser) unknown(name string, offset int) error {
	hint := "the keys are " + tomldoc.List(keyNames(), "and")
	if best := tomldoc.Near(name, keyNames()); best != "" {
		hint = "did you mean " + best + "?"
	}
	return p.fail(offset, hint, "unknown key %s", tomldoc.Quote(name))
}
