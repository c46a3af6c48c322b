package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/wxdev/wxdev/internal/tomldoc"
)

// SchemaURL is where editors find the JSON Schema of a file.
const SchemaURL = "https://raw.githubusercontent.com/wxdev/wxdev/main/docs/schemas/scenario.json"

// File is a scenario to be written: its keys in order, and what it says of
// itself to those who read it. [Parse] reads what [File.Append] writes.
type File struct {
	Head     string // comment above everything
	Settings Table  // before the first step
	Steps    []Block
}

// Block is a [[step]].
type Block struct {
	Above string // comment
	Keys  Table
	Off   bool // it is commented out
}

// Table is a TOML table in order.
type Table []Line

// Line is a key and its value: a string, a [Pattern], an int, a bool, a list of
// strings or a Table. A Table is written on one line if none of its keys has a
// comment, else below a header of its own.
type Line struct {
	Above  string // comment
	Key    string
	Value  any
	Remark string // comment behind it
	Off    bool   // it is commented out
}

// Pattern is a regular expression, whose backslashes stay as they are.
type Pattern string

// Append writes the file.
func (f *File) Append(dst []byte) []byte {
	w := fileWriter{dst: dst}
	w.line("#:schema " + SchemaURL)
	if f.Head != "" {
		w.line("")
		w.comment(f.Head)
	}
	if len(f.Settings) > 0 {
		w.line("")
		w.table("", f.Settings)
	}
	for _, b := range f.Steps {
		w.line("")
		w.comment(b.Above)
		w.off = b.Off
		if b.Off && b.Above != "" {
			w.line("") // what is code is not part of the text above it
		}
		w.line("[[step]]")
		w.table("step", b.Keys)
		w.off = false
	}
	return w.dst
}

// fileWriter writes lines.
type fileWriter struct {
	dst []byte
	off bool // what is written is commented out
}

func (w *fileWriter) line(s string) {
	if w.off {
		s = strings.TrimSuffix("# "+s, " ")
	}
	w.dst = append(append(w.dst, s...), '\n')
}

// comment writes a text with a # before each line. It is of the program's own
// words, and yet cannot end the comment.
func (w *fileWriter) comment(text string) {
	before := w.off
	w.off = true
	for line := range strings.Lines(text) {
		w.line(printable(line))
	}
	w.off = before
}

// printable is a line without its end, and without what TOML forbids in a
// comment.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, line)
}

// table writes what is on lines of its own, then the tables that have headers.
// name is the table's.
func (w *fileWriter) table(name string, t Table) {
	var below Table
	var group []Line
	for _, l := range t {
		if inner, ok := l.Value.(Table); ok && inner.noted() && name != "" {
			below = append(below, l)
			continue
		}
		if l.Above != "" {
			w.group(group)
			group = nil
			w.line("")
			w.above(l)
		}
		group = append(group, l)
	}
	w.group(group)
	for _, l := range below {
		if !w.off {
			w.line("")
		}
		w.above(l)
		w.line("[" + name + "." + tomldoc.EncodeKey(l.Key) + "]")
		w.table(name+"."+l.Key, l.Value.(Table))
	}
}

// above writes the comment above a line.
func (w *fileWriter) above(l Line) {
	w.comment(l.Above)
	if l.Above != "" && (l.Off || w.off) {
		w.comment("\n")
	}
}

// noted reports whether there is a comment in a table.
func (t Table) noted() bool {
	return slices.ContainsFunc(t, func(l Line) bool { return l.Above != "" || l.Remark != "" || l.Off })
}

// columns counts as terminals and editors do: a Chinese character has two.
func columns(s string) int {
	return (&runewidth.Condition{StrictEmojiNeutral: true}).StringWidth(s)
}

// group writes lines that stand together, their values and their remarks below
// each other.
func (w *fileWriter) group(lines []Line) {
	widest, end := 0, 0
	for _, l := range lines {
		widest = max(widest, columns(tomldoc.EncodeKey(l.Key)))
	}
	texts := make([]string, len(lines))
	for i, l := range lines {
		key := tomldoc.EncodeKey(l.Key)
		texts[i] = key + strings.Repeat(" ", widest-columns(key)) + " = " + encode(l.Value)
		if l.Remark != "" {
			end = max(end, columns(texts[i])+3)
		}
	}
	before := w.off
	for i, l := range lines {
		w.off = before || l.Off
		text := texts[i]
		for remark := range strings.Lines(l.Remark) {
			w.line(text + strings.Repeat(" ", end-columns(text)) + "# " + printable(remark))
			text = ""
		}
		if l.Remark == "" {
			w.line(text)
		}
	}
	w.off = before
}

// encode is a value as TOML has it.
func encode(value any) string {
	switch v := value.(type) {
	case string:
		return tomldoc.EncodeString(v)
	case Pattern:
		return tomldoc.EncodeLiteral(string(v))
	case []string:
		all := make([]string, len(v))
		for i, s := range v {
			all[i] = tomldoc.EncodeString(s)
		}
		return "[" + strings.Join(all, ", ") + "]"
	case Table:
		all := make([]string, len(v))
		for i, l := range v {
			all[i] = tomldoc.EncodeKey(l.Key) + " = " + encode(l.Value)
		}
		return "{ " + strings.Join(all, ", ") + " }"
	}
	return fmt.Sprint(value) // a number or a truth value
}
