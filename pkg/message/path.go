package message

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/wxxml"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// step is one part of a path: a name, and which of the fields of that name,
// from 1; 0 when the path does not say.
type step struct {
	name string
	n    int
}

// maxItems is how far Set lets a list grow: more is a mistake.
const maxItems = 1000

// atField is what is wrong with a field, with its path.
func atField(path string, why error) error {
	return finding.Because(reason.AtField, "field", finding.Quoted(path), "error", why)
}

func parsePath(path string) ([]step, error) {
	var steps []step
	for part := range strings.SplitSeq(path, ".") {
		s := step{name: part}
		if name, index, ok := strings.Cut(part, "["); ok {
			n, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
			if err != nil || !strings.HasSuffix(index, "]") || n < 1 || n > maxItems {
				return nil, atField(path, finding.Because(reason.NotIndex, "index", finding.Quoted("["+index), "limit", maxItems))
			}
			s = step{name: name, n: n}
		}
		if !wxxml.ValidName(s.name) {
			return nil, atField(path, finding.Because(reason.NotName, "name", finding.Quoted(s.name)))
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// Field returns the first field at path, or nil.
//
// A path is a name, or names with dots between: ScanCodeInfo.ScanResult. Of
// fields that repeat, item[2] is the second; without a number it is the
// first. A first name that is not there at the top is looked for one level
// down, if only one group has it: ScanResult does as well. A name is matched
// as it is written, and else without regard to case.
func (m *Message) Field(path string) *Field {
	if !isName(path) {
		if all := m.All(path); len(all) > 0 {
			return all[0]
		}
		return nil
	}
	if f := child(m.Fields, path); f != nil {
		return f
	}
	if in := m.below(path); in != nil {
		return child(*in, path)
	}
	return nil
}

// isName reports whether a path is a name alone, as by far the most are.
func isName(path string) bool {
	return strings.IndexByte(path, '.') < 0 && strings.IndexByte(path, '[') < 0
}

// All returns every field at path, in order: with List.TemplateId, the
// templates of all lists. See [Message.Field] for paths.
func (m *Message) All(path string) []*Field {
	if isName(path) {
		return named(*m.start(path), path, 0)
	}
	steps, err := parsePath(path)
	if err != nil {
		return nil
	}
	level := *m.start(steps[0].name)
	var found []*Field
	for i, s := range steps {
		found = named(level, s.name, s.n)
		if i < len(steps)-1 {
			level = nil
			for _, f := range found {
				level = append(level, f.Children...)
			}
		}
	}
	return found
}

// start returns the fields among which the first name of a path is, or would
// be.
func (m *Message) start(name string) *[]*Field {
	if child(m.Fields, name) == nil {
		if in := m.below(name); in != nil {
			return in
		}
	}
	return &m.Fields
}

// below returns the fields of the one group that has a name, or nil.
func (m *Message) below(name string) *[]*Field {
	var in *[]*Field
	for _, f := range m.Fields {
		if child(f.Children, name) != nil {
			if in != nil {
				return nil // in two groups: not clear which is meant
			}
			in = &f.Children
		}
	}
	return in
}

// child returns the first field called name.
func child(fields []*Field, name string) *Field {
	for _, f := range fields {
		if f.Name == name {
			return f
		}
	}
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f
		}
	}
	return nil
}

// named returns the n-th field called name, or all of them when n is 0.
func named(fields []*Field, name string, n int) []*Field {
	first := child(fields, name)
	if first == nil {
		return nil
	}
	var found []*Field
	for _, f := range fields {
		if f.Name == first.Name {
			found = append(found, f)
		}
	}
	switch {
	case n == 0:
		return found
	case n > len(found):
		return nil
	}
	return found[n-1 : n]
}

// Set gives the field at path a value. A field that is not there is made: as
// the message's type has it if it is one of its optional fields, else as
// CDATA at the end of its group. The index after the last of a list adds an
// element like the last one, and raises the list's count if there is one.
// See [Message.Field] for paths.
func (m *Message) Set(path, value string) error {
	f := m.Field(path)
	if f != nil && isName(path) && wxxml.ValidName(path) {
		return setValue(f, path, value)
	}
	steps, err := parsePath(path)
	if err != nil {
		return err
	}
	if f != nil {
		return setValue(f, path, value)
	}
	level := m.start(steps[0].name)
	upper := &m.Fields
	for i, s := range steps {
		if f, err = enter(level, upper, s); err != nil {
			return atField(path, err)
		}
		last := i == len(steps)-1
		if f == nil && last && i == 0 {
			f = m.insertOptional(s.name)
		}
		if f == nil {
			f = &Field{Name: s.name}
			*level = append(*level, f)
		}
		if !last && f.Kind != Group {
			if f.Value != "" {
				return atField(path, finding.Because(reason.FieldHasValue, "field", f.Name))
			}
			f.Kind = Group
		}
		upper, level = level, &f.Children
	}
	return setValue(f, path, value)
}

func setValue(f *Field, path, value string) error {
	if f.Kind == Group {
		var names []string
		for _, c := range f.Children {
			names = append(names, c.Name)
		}
		return atField(path, finding.Because(reason.FieldHasFields, "fields", finding.Names(slices.Compact(names)...)))
	}
	if f.Kind == Literal {
		f.Kind = Bare
	}
	f.Value = value
	return nil
}

// enter returns the field of a step, having added an element to its list if
// the step names the one after the last; nil if there is none.
func enter(level, upper *[]*Field, s step) (*Field, error) {
	all := named(*level, s.name, 0)
	n := max(s.n, 1)
	switch {
	case n <= len(all):
		return all[n-1], nil
	case n > len(all)+1:
		return nil, finding.Because(reason.NextOfList, "count", len(all), "name", s.name, "next", s.name+"["+strconv.Itoa(len(all)+1)+"]")
	case len(all) == 0:
		return nil, nil
	}
	model := all[len(all)-1]
	f := cloneField(model)
	at := slices.Index(*level, model) + 1
	*level = slices.Insert(*level, at, f)
	if !countUp(*level, len(all)) && upper != level {
		countUp(*upper, len(all))
	}
	return f, nil
}

// countUp corrects a Count beside or above a list that grew from n elements.
// A count that did not fit before was set on purpose and stays.
func countUp(fields []*Field, n int) bool {
	for _, f := range fields {
		if (strings.EqualFold(f.Name, "Count") || f.Name == "ArticleCount") && f.Value == strconv.Itoa(n) {
			f.Value = strconv.Itoa(n + 1)
			return true
		}
	}
	return false
}

// insertOptional adds a field that the message's type knows as optional, at
// its place among the other optional ones.
func (m *Message) insertOptional(name string) *Field {
	t := m.Type()
	if t == nil {
		return nil
	}
	rank := func(name string) int {
		return slices.IndexFunc(t.read().optional, func(f *Field) bool { return strings.EqualFold(f.Name, name) })
	}
	mine := rank(name)
	if mine < 0 {
		return nil
	}
	f := cloneField(t.read().optional[mine])
	at := slices.IndexFunc(m.Fields, func(f *Field) bool { return rank(f.Name) > mine })
	if at < 0 {
		at = len(m.Fields)
	}
	m.Fields = slices.Insert(m.Fields, at, f)
	return f
}

// Delete removes every field at path and reports whether there was one.
func (m *Message) Delete(path string) bool {
	doomed := m.All(path)
	m.Fields = without(m.Fields, doomed)
	return len(doomed) > 0
}

func without(fields, doomed []*Field) []*Field {
	for _, f := range fields {
		f.Children = without(f.Children, doomed)
	}
	return slices.DeleteFunc(fields, func(f *Field) bool { return slices.Contains(doomed, f) })
}
