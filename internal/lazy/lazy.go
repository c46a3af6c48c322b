// Package lazy has package-level values that are made when they are first asked
// for. In contrast to sync.OnceValue, whose closures are made by the package's
// initialization, the compiler lays these out as data: a package that has
// nothing else to initialize costs nothing when a program starts.
//
//	var day = lazy.Regexp(`^\d{4}-\d\d-\d\d$`)
//
//	if day.Get().MatchString(s) {
package lazy

import (
	"regexp"
	"sync"
)

// Value is a value that is made once, by the first call of [Value.Get]. Make has
// to be set.
type Value[T any] struct {
	Make  func() T
	once  sync.Once
	value T
}

// Get returns the value, and makes it when it is not there yet.
func (v *Value[T]) Get() T {
	v.once.Do(func() { v.value = v.Make() })
	return v.value
}

// Pattern is a regular expression that is compiled once, by the first call of
// [Pattern.Get].
type Pattern struct {
	expr string
	once sync.Once
	re   *regexp.Regexp
}

// Regexp is the regular expression expr. Get panics when it is none.
func Regexp(expr string) *Pattern { return &Pattern{expr: expr} }

// Get returns the expression, and compiles it when it is not yet.
func (p *Pattern) Get() *regexp.Regexp {
	p.once.Do(func() { p.re = regexp.MustCompile(p.expr) })
	return p.re
}
