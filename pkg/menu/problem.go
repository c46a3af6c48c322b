package menu

import (
	"fmt"
	"slices"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// Problem is something in a menu file that WeChat would refuse, or show
// differently from what was meant. It always has a place; [Rules] lists the
// kinds.
type Problem struct {
	finding.Finding

	rule ruleID
}

// ErrCode is the errcode with which the API refuses the menu, 0 if it accepts
// it; conditional says that the call is addconditional. For some problems the
// code is on record (see the catalogue's texts); for the others it is the one
// whose text fits best.
func (p Problem) ErrCode(conditional bool) int {
	if p.Severity != finding.Error {
		return 0
	}
	return rules[p.rule].code.of(p, conditional)
}

// Unreadable reports whether the problem makes the body unreadable, so that the
// API looks no further.
func (p Problem) Unreadable() bool { return rules[p.rule].code.unreadable && p.ErrCode(false) != 0 }

// String returns the problem on one line, in English.
func (p Problem) String() string { return p.In(finding.English) }

// In implements [finding.Fact]: the problem on one line.
func (p Problem) In(lang finding.Lang) string {
	_, evidence, _ := catalog.Describe(lang, p.Finding)
	return fmt.Sprintf("%s:%d:%d: %s %s: %s", text.Line(p.Place.File), p.Place.Line, p.Place.Column, p.ID, p.Variant, evidence)
}

// HasErrors reports whether one of the problems is an error. A menu without
// errors may be sent.
func HasErrors(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == finding.Error })
}

// maxProblems is how many problems a file may have before the rest is left out:
// nobody reads more, and a hostile file may have millions.
const maxProblems = 200

// maxShown is how much of a value goes into a fact, in bytes.
const maxShown = 100

func quote(s string) finding.Quote { return finding.Quote{Text: s, Limit: maxShown} }

// collector keeps the problems of one file.
type collector struct {
	file  string
	data  []byte // without a byte order mark
	base  int    // how long the mark was
	root  *node  // nil when the file's syntax is broken
	found []Problem
}

// add takes the facts of [finding.NewFacts].
func (c *collector) add(id ruleID, at int, facts ...any) {
	if c.full() {
		return
	}
	r := rules[id]
	f := finding.New(r.id, r.variant, facts...)
	f.Severity = catalog.SeverityOf(r.id, r.variant)
	line, column := source.Position(c.data, at)
	f.Place = &finding.Place{File: c.file, Offset: c.base + at, Line: line, Column: column}
	c.found = append(c.found, Problem{f, id})
}

func (c *collector) full() bool { return len(c.found) >= maxProblems }

func (c *collector) line(at int) string {
	line, _ := source.Position(c.data, at)
	return fmt.Sprint(line)
}

// sorted returns the problems in the order of the file, each with its path in
// the document where there is one.
func (c *collector) sorted() []Problem {
	for _, p := range c.found {
		if !rules[p.rule].code.unreadable { // what breaks the syntax is between the values
			p.Place.Path = c.root.pathTo(p.Place.Offset - c.base)
		}
	}
	slices.SortStableFunc(c.found, func(a, b Problem) int { return a.Place.Offset - b.Place.Offset })
	return c.found
}
