package menu

import (
	"fmt"
	"slices"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// Problem is something in a menu file that WeChat would refuse or show
// otherwise than meant. ID and Variant are those of package catalog, which
// has the text in English and Chinese; [Rules] lists them.
type Problem struct {
	ID       string // "A09"
	Variant  string
	Severity finding.Severity
	Facts    map[string]string // for catalog.Entry.Describe; fit to print

	File         string // as it was given
	Line, Column int    // from 1; columns count characters, as editors do
	Offset       int    // in bytes, from 0
}

// Describe returns what is wrong, how it shows and how to mend it.
func (p Problem) Describe(lang finding.Lang) (title, evidence, fix string) {
	e, ok := catalog.Lookup(p.ID)
	if !ok {
		return p.ID, "", "" // a test looks them all up
	}
	return e.Describe(lang, p.Variant, catalog.Phrases(p.Facts))
}

// String returns the problem on one line, in English.
func (p Problem) String() string {
	_, evidence, _ := p.Describe(finding.English)
	return fmt.Sprintf("%s:%d:%d: %s %s: %s", text.Line(p.File), p.Line, p.Column, p.ID, p.Variant, evidence)
}

// HasErrors reports whether one of the problems is an error. A menu without
// errors may be sent.
func HasErrors(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == finding.Error })
}

// maxProblems is how many problems a file may have before the rest is left
// out: nobody reads more, and a hostile file has millions.
const maxProblems = 200

// maxShown is how much of a value stands in a fact, in bytes.
const maxShown = 100

func quote(s string) string { return text.Quote([]byte(s), maxShown) }

// collector keeps the problems of one file.
type collector struct {
	file  string
	data  []byte // without a byte order mark
	base  int    // how long the mark was
	found []Problem
}

// add takes the facts as name, value, name, value.
func (c *collector) add(id ruleID, at int, facts ...string) {
	if c.full() {
		return
	}
	r := rules[id]
	p := Problem{ID: r.ID, Variant: r.Variant, Severity: r.Severity, File: c.file, Offset: c.base + at}
	p.Line, p.Column = source.Position(c.data, at)
	if len(facts) > 0 {
		p.Facts = make(map[string]string, len(facts)/2)
		for i := 0; i < len(facts); i += 2 {
			p.Facts[facts[i]] = facts[i+1]
		}
	}
	c.found = append(c.found, p)
}

func (c *collector) full() bool { return len(c.found) >= maxProblems }

func (c *collector) line(at int) string {
	line, _ := source.Position(c.data, at)
	return fmt.Sprint(line)
}

// sorted returns the problems in the order of the file.
func (c *collector) sorted() []Problem {
	slices.SortStableFunc(c.found, func(a, b Problem) int { return a.Offset - b.Offset })
	return c.found
}
