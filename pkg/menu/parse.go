package menu

import (
	"bytes"
	"errors"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// MaxFile is how long a menu file or an answer may be, in bytes.
const MaxFile = 1 << 20

// Source is a menu file.
type Source struct {
	Name string // a name that ends in .toml is TOML, one in .json JSON; others show it
	Data []byte
}

// Parse reads one menu file and checks it. The menu is nil if the file could
// not be read at all; it may be sent if no problem is an error.
func Parse(file string, data []byte) (*Menu, []Problem) {
	return ParseAll(Source{file, data})
}

// ParseAll reads several files, such as those of a folder, as one menu: at
// most one of them may have a default menu. The problems are in the order of
// the files, and in each from top to bottom.
func ParseAll(sources ...Source) (*Menu, []Problem) { return ParseFor("", sources...) }

// ParseFor is [ParseAll] for the menu of an account: its authorization links
// should have the account's AppID. Without an AppID they should all have the
// same.
func ParseFor(appID string, sources ...Source) (*Menu, []Problem) {
	files := make([]*reader, len(sources))
	for i, s := range sources {
		files[i] = readFile(s)
	}
	m := merge(files)
	checkAccounts(files, appID)
	var problems []Problem
	for _, r := range files {
		problems = append(problems, r.sorted()...)
	}
	return m, problems
}

// FromAPI reads the answer of menu/get. The conditional menus are in the order
// of their ids, which is that of their creation.
func FromAPI(menuGet []byte) (*Menu, error) { return fromAnswer("menu/get", "menu", menuGet) }

// FromSelfMenu reads the answer of get_current_selfmenu_info, which also has
// menus made in the console, and no conditional ones.
func FromSelfMenu(answer []byte) (*Menu, error) {
	return fromAnswer("get_current_selfmenu_info", "selfmenu_info", answer)
}

func fromAnswer(call, wrapper string, answer []byte) (*Menu, error) {
	r := newReader(Source{call + ".json", answer})
	root := r.tree()
	if root == nil {
		p := r.sorted()[0]
		return nil, finding.Because(reason.MenuAnswerUnreadable, "call", call, "line", p.Place.Line, "column", p.Place.Column, "why", evidence{p.Finding})
	}
	if code, ok := errcode(root); ok {
		return nil, finding.Because(reason.MenuAnswerErrcode, "call", call, "code", code)
	}
	body := root.getKind(wrapper, isObject)
	if body == nil || body.getKind("button", isArray) == nil {
		return nil, finding.Because(reason.MenuAnswerWithoutButtons, "call", call, "wrapper", wrapper)
	}
	r.root(root)
	return merge([]*reader{r}), nil
}

// evidence is what a finding shows.
type evidence struct{ finding.Finding }

// In implements [finding.Fact].
func (e evidence) In(lang finding.Lang) string {
	_, shown, _ := catalog.Describe(lang, e.Finding)
	return shown
}

func newReader(s Source) *reader {
	data, mark := bytes.CutPrefix(s.Data, []byte("\uFEFF"))
	r := &reader{collector: &collector{file: s.Name, data: data}}
	if mark {
		r.base = len("\uFEFF")
	}
	return r
}

func readFile(s Source) *reader {
	r := newReader(s)
	if root := r.tree(); root != nil {
		r.collector.root = root
		r.root(root)
	}
	return r
}

// tree reads the file's syntax. It is nil if that fails; then one of the
// problems is an error.
func (r *reader) tree() *node {
	switch {
	case len(r.data) > MaxFile:
		r.data = r.data[:MaxFile]
		r.add(ruleTooLarge, MaxFile, "limit", "1 MiB")
		return nil
	case !r.checkEncoding():
		return nil
	case len(bytes.TrimSpace(r.data)) == 0:
		r.add(ruleEmpty, 0)
		return nil
	case r.isForm(), r.isOther():
		return nil
	case r.isTOML():
		return parseTOML(r.collector)
	}
	return parseJSON(r.collector)
}

// isTOML decides by the file's name, or else by how it begins: a table in
// brackets, a comment, or a bare key.
func (r *reader) isTOML() bool {
	switch strings.ToLower(path.Ext(r.file)) {
	case ".toml":
		return true
	case ".json":
		return false
	}
	text := bytes.TrimLeft(r.data, " \t\r\n")
	switch c := text[0]; {
	case c == '#':
		return true
	case c == '[':
		inner := bytes.TrimLeft(text[1:], " \t[")
		return len(inner) > 0 && (inner[0] >= 'a' && inner[0] <= 'z' || inner[0] >= 'A' && inner[0] <= 'Z')
	case c == '"' || c == '{':
		return false
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return bytes.Contains(line, []byte("="))
}

// isForm finds a body that was written as a form: menu={…}, button=%5B….
func (r *reader) isForm() bool {
	s := bytes.TrimLeft(r.data, " \t\r\n")
	name, value, ok := bytes.Cut(s[:min(len(s), 80)], []byte("="))
	if !ok || len(name) == 0 || len(bytes.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_[]%")) > 0 {
		return false
	}
	// matchrule={tag_id="2"} is TOML, and has no quote after the bracket.
	if !bytes.HasPrefix(value, []byte(`{"`)) && !bytes.HasPrefix(value, []byte(`[{"`)) && !bytes.HasPrefix(value, []byte("%")) {
		return false
	}
	r.add(ruleForm, len(r.data)-len(s), "text", finding.Quote{Text: string(s), Limit: 40})
	return true
}

// checkEncoding finds what is not UTF-8. A byte order mark is reported and
// skipped; anything else ends the reading.
func (r *reader) checkEncoding() bool {
	if r.base > 0 {
		r.add(ruleBOM, 0)
		r.found[len(r.found)-1].Place.Offset = 0
	}
	var bad *source.EncodingError
	if !errors.As(source.Check(r.data), &bad) {
		return true
	}
	at := bad.Offset
	switch {
	case bad.Fault != source.NotUTF8: // a NUL is what UTF-16 has next to each letter
		r.add(ruleUTF16, at)
	case isASCII(r.data[:at]) && isGBK(r.data[at:]):
		r.add(ruleGBK, at, "bytes", finding.Hex(r.data[at:min(at+4, len(r.data))]))
	default:
		r.add(ruleNotUTF8, at, "bytes", finding.Hex(r.data[at:min(at+4, len(r.data))]))
	}
	return false
}

func isASCII(text []byte) bool {
	return !bytes.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}

// isGBK reports whether text that is not UTF-8 can be GBK: every byte beyond
// ASCII leads a pair.
func isGBK(text []byte) bool {
	for i := 0; i < len(text); i++ {
		if text[i] < utf8.RuneSelf {
			continue
		}
		if text[i] == 0x80 || text[i] == 0xFF || i+1 == len(text) {
			return false
		}
		i++
		if text[i] < 0x40 || text[i] == 0x7F || text[i] == 0xFF {
			return false
		}
	}
	return true
}
