package menu

import (
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
)

// removedFields are the fields of a matchrule that WeChat removed for privacy
// and now refuses. Live menus still have them.
var removedFields = []string{"sex", "country", "province", "city", "language"}

func (r *reader) matchRule(n *node) MatchRule {
	if n.kind != isObject {
		r.wrongKind(n, "matchrule", isObject)
		return nil
	}
	wrong := r.unknown(n, append([]string{tagID, platform, groupID}, removedFields...), nil)
	rule := MatchRule{}
	for _, m := range n.members {
		v := m.value
		switch {
		case v.kind != isString && v.kind != isNumber:
			r.wrongKind(v, m.name, isString)
		case v.text != "":
			rule[m.name] = v.text
			r.matchField(m)
		}
	}
	if old, ok := rule[groupID]; ok && rule[tagID] == "" {
		rule[tagID] = old
	}
	delete(rule, groupID)
	if len(rule) == 0 && len(wrong) == 0 {
		r.add(ruleEmptyMatchRule, n.at)
	}
	return rule
}

// matchField checks one field that is not empty.
func (r *reader) matchField(m member) {
	v := m.value
	switch {
	case slices.Contains(removedFields, m.name):
		r.add(ruleRemovedField, m.at, "field", m.name)
	case m.name == groupID:
		r.add(ruleGroupID, m.at)
		fallthrough
	case m.name == tagID:
		if strings.Trim(v.text, "0123456789") != "" {
			r.add(ruleTagID, v.at, "value", quote(v.text))
		}
	case m.name == platform:
		if !slices.Contains([]string{"1", "2", "3"}, v.text) {
			r.add(rulePlatform, v.at, "value", quote(v.text))
		}
	}
}

// merge makes one menu of all files, and reports what only shows when they are
// seen together. It is nil if nothing could be read.
func merge(files []*reader) *Menu {
	var m *Menu
	var first *reader // the file with the default menu
	for _, r := range files {
		if !r.hasDefault && len(r.menu.Conditional) == 0 {
			continue
		}
		if m == nil {
			m = &Menu{}
		}
		m.Conditional = append(m.Conditional, r.menu.Conditional...)
		switch {
		case !r.hasDefault:
		case first != nil:
			r.add(ruleTwoDefaults, r.defaultAt, "place", first.place(first.defaultAt))
		default:
			first, m.Buttons = r, r.menu.Buttons
		}
	}
	for _, r := range files {
		if r.alone > 0 && first == nil {
			r.add(ruleAlone, r.alone-1)
		}
	}
	checkDuplicates(files)
	checkDomains(files)
	return m
}

// place is how one file names a place in another.
func (c *collector) place(at int) string { return text.Line(c.file) + ":" + c.line(at) }

// checkDuplicates finds conditional menus for the same users: only the one
// that is created last would ever show.
func checkDuplicates(files []*reader) {
	type place struct {
		in *reader
		at int
	}
	seen := map[string]place{}
	for _, r := range files {
		for i, c := range r.menu.Conditional {
			rule, at := c.MatchRule.String(), r.rules[i]
			if rule == "" {
				continue
			}
			first, again := seen[rule]
			if !again {
				seen[rule] = place{r, at}
			} else if !r.full() {
				r.add(ruleDuplicateMatchRule, at, "rule", quote(rule), "place", first.in.place(first.at))
			}
		}
	}
}

// maxDomains is how many domains all conditional menus together may lead to.
const maxDomains = 3

// maxHosts is how many of them are counted.
const maxHosts = 8

// checkDomains counts them. Whether WeChat counts example.com and
// www.example.com once or twice is unknown, so hosts of too few registered
// domains are a warning.
func checkDomains(files []*reader) {
	var hosts, domains []string
	rule, at, in := ruleDomains, 0, (*reader)(nil)
	for _, r := range files {
		for _, l := range r.links {
			if len(hosts) == maxHosts || slices.Contains(hosts, l.host) {
				continue
			}
			hosts = append(hosts, l.host)
			if d := registered(l.host); !slices.Contains(domains, d) {
				domains = append(domains, d)
			}
			if len(hosts) == maxDomains+1 {
				at, in = l.at, r
			}
		}
	}
	if in == nil {
		return
	}
	if len(domains) <= maxDomains {
		rule = ruleHosts
	}
	in.add(rule, at, "count", len(hosts), "hosts", finding.Names(hosts...))
}

// registered guesses the domain that a host belongs to: example.com of
// www.example.com, example.com.cn of m.example.com.cn.
func registered(host string) string {
	labels := strings.Split(host, ".")
	n := len(labels)
	keep := 2
	if n > 2 && len(labels[n-1]) == 2 && slices.Contains([]string{"com", "net", "org", "gov", "edu", "ac", "co"}, labels[n-2]) {
		keep = 3
	}
	return strings.Join(labels[max(0, n-keep):], ".")
}
