package config

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/wxdev/wxdev/pkg/nearest"
	"github.com/wxdev/wxdev/pkg/safetext"
)

// parse reads the text of a config file. It walks go-toml's syntax tree, not
// a decoded struct, because every error must name line and column, and
// because go-toml's own errors quote the document: a line may hold a secret.
func parse(shown string, data []byte) (*file, error) {
	data = slices.Clip(bytes.TrimPrefix(data, []byte("\uFEFF")))
	p := &parser{
		data: data,
		file: &file{shown: shown, tables: map[string]table{"": {}}},
		seen: map[string]int{},
	}
	if err := p.checkEncoding(); err != nil {
		return nil, err
	}
	if err := p.walk(); err != nil {
		return nil, err
	}
	if err := p.checkWhole(); err != nil {
		return nil, err
	}
	return p.file, nil
}

type parser struct {
	data []byte
	file *file
	seen map[string]int // offset of each [table], by its joined path
}

// fail is an Error at an offset of the file. Columns count characters, as
// editors do.
func (p *parser) fail(offset int, hint, format string, args ...any) error {
	line, column := p.position(offset)
	return &Error{
		Msg:  fmt.Sprintf("%s:%d:%d: ", p.file.shown, line, column) + fmt.Sprintf(format, args...),
		Hint: hint,
	}
}

func (p *parser) position(offset int) (line, column int) {
	before := p.data[:min(offset, len(p.data))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}

func (p *parser) checkEncoding() error {
	const hint = "save it as UTF-8"
	if bytes.HasPrefix(p.data, []byte("\xff\xfe")) || bytes.HasPrefix(p.data, []byte("\xfe\xff")) {
		return p.fail(0, hint, "the file is UTF-16")
	}
	if i := bytes.IndexByte(p.data, 0); i >= 0 {
		return p.fail(i, hint, "a NUL byte: the file is UTF-16, or no text")
	}
	for i := 0; i < len(p.data); {
		r, n := utf8.DecodeRune(p.data[i:])
		if r == utf8.RuneError && n == 1 {
			return p.fail(i, hint, "not UTF-8; it may be GBK")
		}
		i += n
	}
	return nil
}

// walk takes every table and key of the file, in order.
func (p *parser) walk() error {
	var tree unstable.Parser
	tree.Reset(p.data)
	var in []string // the [table] that keys are in
	for tree.NextExpression() {
		e := tree.Expression()
		var err error
		if e.Kind == unstable.KeyValue {
			err = p.keyValue(in, e)
		} else {
			in, err = p.header(e)
		}
		if err != nil {
			return err
		}
	}
	var bad *unstable.ParserError
	if errors.As(tree.Error(), &bad) {
		return p.syntax(int(tree.Range(bad.Highlight).Offset))
	}
	return nil
}

// checkWhole finds what only the whole document shows, such as one table
// written in two ways.
func (p *parser) checkWhole() error {
	var all map[string]any
	err := toml.Unmarshal(p.data, &all)
	if err == nil {
		return nil
	}
	offset := 0
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		line, column := bad.Position() // in bytes
		for range line - 1 {
			offset += bytes.IndexByte(p.data[offset:], '\n') + 1
		}
		offset += column - 1
	}
	return p.fail(offset, "write each table once, and each key of it once", "this was defined before in another way")
}

// keyPath reads the key of e behind prefix, and where its last part stands.
func keyPath(prefix []string, e *unstable.Node) (path []string, offset int) {
	path = slices.Clone(prefix)
	for it := e.Key(); it.Next(); {
		path = append(path, string(it.Node().Data))
		offset = int(it.Node().Raw.Offset)
	}
	return path, offset
}

// header takes a [table] line.
func (p *parser) header(e *unstable.Node) ([]string, error) {
	path, offset := keyPath(nil, e)
	if e.Kind == unstable.ArrayTable {
		return nil, p.fail(offset, "a table has one pair of brackets: [account]", "[[…]] is a list of tables")
	}
	joined := strings.Join(path, "\x00")
	if first, again := p.seen[joined]; again {
		line, _ := p.position(first)
		return nil, p.fail(offset, "put the keys of both into one", "table [%s] is here again, after line %d", dotted(path), line)
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
		return p.fail(offset, "the tables are [account] and [profile.NAME]", "unknown table [%s]", dotted(path))
	}
	hint := "the tables are [account] and [profile.NAME]"
	if best := near(path[0], []string{"account", "profile"}); best != "" {
		hint = "did you mean [" + dotted(append([]string{best}, path[1:]...)) + "]?"
	} else if len(path) == 1 {
		hint = "a profile is written [profile." + dotted(path) + "]"
	}
	return p.fail(offset, hint, "unknown table [%s]", dotted(path))
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
	path, offset := keyPath(in, e)
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
		return p.fail(offset, "write ["+last+"] on a line of its own", "%q is %s, not a table", last, kindName(value.Kind))
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
		return p.fail(offset, "put it in double quotes: "+name+` = "…"`, "%s is %s, not text", name, kindName(value.Kind))
	}
	t := p.file.tables[profile]
	if first, again := t[k]; again {
		return p.fail(offset, "keep one of them", "%s is here again, after line %d", name, first.line)
	}
	line, column := p.position(offset)
	t[k] = entry{string(value.Data), line, column}
	return nil
}

func (p *parser) unknown(name string, offset int) error {
	hint := "the keys are " + list(keyNames(), "and")
	if best := near(name, keyNames()); best != "" {
		hint = "did you mean " + best + "?"
	}
	return p.fail(offset, hint, "unknown key %s", safetext.Quote([]byte(name), maxShown))
}

// near is nearest.Of for words from a file, where the whole file can be one.
func near(word string, candidates []string) string {
	if len(word) > maxShown {
		return ""
	}
	return nearest.Of(word, candidates)
}

func dotted(path []string) string {
	s := safetext.Quote([]byte(strings.Join(path, ".")), maxShown)
	if strings.ContainsAny(s, "\\…") {
		return s
	}
	return strings.Trim(s, `"`)
}

func kindName(k unstable.Kind) string {
	switch k {
	case unstable.Integer, unstable.Float:
		return "a number"
	case unstable.Bool:
		return "true or false"
	case unstable.Array:
		return "a list"
	case unstable.InlineTable:
		return "a table"
	case unstable.String:
		return "text"
	}
	return "a date or a time"
}

// list is "a, b and c".
func list(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}
