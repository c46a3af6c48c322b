package reply

import (
	"regexp"
	"strings"
	"sync"
)

// pattern is what a text is looked through for. Each match has one of the needles
// in it, which hardly any text has: so the expression, which is slow, is only
// asked about texts that have one. A fuzz test holds each to its needles.
type pattern struct {
	expr    string
	needles []string

	once sync.Once
	re   *regexp.Regexp
}

func (p *pattern) regexp() *regexp.Regexp {
	p.once.Do(func() { p.re = regexp.MustCompile(p.expr) })
	return p.re
}

// suspects reports whether there is any use in asking the expression.
func (p *pattern) suspects(s string) bool {
	for _, n := range p.needles {
		if strings.Contains(s, n) {
			return true
		}
	}
	return false
}

// find returns the first match, or "".
func (p *pattern) find(s string) string {
	if !p.suspects(s) {
		return ""
	}
	return p.regexp().FindString(s)
}

// replace puts a text in the place of each match.
func (p *pattern) replace(s, by string) string {
	if !p.suspects(s) {
		return s
	}
	return p.regexp().ReplaceAllString(s, by)
}
