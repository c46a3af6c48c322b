package menu

import (
	"maps"
	"slices"

	"github.com/wxdev/wxdev/internal/wxjson"
)

// Call is an API call of a [Step].
type Call string

// The calls, each with its path.
const (
	Create            Call = "/cgi-bin/menu/create"
	AddConditional    Call = "/cgi-bin/menu/addconditional"
	DeleteConditional Call = "/cgi-bin/menu/delconditional"
)

// Step is one call to the API.
type Step struct {
	Call  Call
	Body  []byte // to be sent as it is
	Path  string // of what it is about, as in [Change]: "conditional[1]"; empty for the default menu
	Rule  MatchRule
	ID    string // of the conditional menu that is deleted
	Again bool   // the menu itself is the same, but has to become newer than one that is created
}

// Plan returns the calls, in order, that change an account's menu from have to
// want; none if nothing differs. Both may be what [Diff] takes; for a wanted
// menu of nil there is menu/delete, which Plan does not use.
//
// A conditional menu cannot be edited, so it is created again and the old one
// deleted. New ones come first, so that no user is left without a menu if a
// call fails, unless all of them together would lead to too many domains. Where
// two rules can match the same user the newer menu shows, so a menu is also
// created again if it has to stay newer than one that changed.
func Plan(have, want *Menu) []Step {
	if have == nil {
		have = &Menu{}
	}
	if want == nil {
		return nil
	}
	var create, remove []Step
	pairs := pairConditional(have, want)
	again := recreate(have, want, pairs)
	keep := make([]bool, len(have.Conditional))
	for i, c := range want.Conditional {
		if again[i] == notAgain {
			keep[pairs[i]] = true
			continue
		}
		create = append(create, Step{
			Call: AddConditional, Body: want.ConditionalBody(i), Rule: c.MatchRule,
			Path: "conditional[" + itoa(i) + "]", Again: again[i] == forOrder,
		})
	}
	for i, c := range have.Conditional {
		replaced := slices.Contains(pairs, i)
		if keep[i] || want.Buttons == nil && !replaced {
			continue
		}
		body := append(wxjson.AppendString([]byte(`{"menuid":`), c.MenuID), '}')
		remove = append(remove, Step{
			Call: DeleteConditional, Body: body, Rule: c.MatchRule,
			Path: "conditional[" + itoa(i) + "]", ID: c.MenuID,
		})
	}
	var steps []Step
	if len(want.Buttons) > 0 && !equalButtons(have.Buttons, want.Buttons) {
		steps = append(steps, Step{Call: Create, Body: want.CreateBody()})
	}
	if tooManyDomains(have, want) {
		return slices.Concat(steps, remove, create)
	}
	return slices.Concat(steps, create, remove)
}

// purpose says why a conditional menu is created.
type purpose int

const (
	notAgain purpose = iota
	forContent
	forOrder
)

func recreate(have, want *Menu, pairs []int) []purpose {
	again := make([]purpose, len(want.Conditional))
	for i, c := range want.Conditional {
		j := pairs[i]
		if j < 0 || !equalButtons(have.Conditional[j].Buttons, c.Buttons) {
			again[i] = forContent
			continue
		}
		for k := range i {
			if (again[k] != notAgain || pairs[k] > j) && overlap(want.Conditional[k].MatchRule, c.MatchRule) {
				again[i] = forOrder
				break
			}
		}
	}
	return again
}

// overlap reports whether one user can match both rules. A user has one
// platform, but may have several tags.
func overlap(a, b MatchRule) bool {
	return a[platform] == "" || b[platform] == "" || a[platform] == b[platform]
}

// tooManyDomains reports whether the live and the wanted conditional menus
// together pass the limit.
func tooManyDomains(have, want *Menu) bool {
	hosts := map[string]bool{}
	for _, c := range slices.Concat(have.Conditional, want.Conditional) {
		maps.Copy(hosts, hostsOf(c.Buttons))
	}
	return len(hosts) > maxDomains
}

func hostsOf(buttons []Button) map[string]bool {
	hosts := map[string]bool{}
	for _, b := range buttons {
		if h := host(b.URL); h != "" {
			hosts[h] = true
		}
		maps.Copy(hosts, hostsOf(b.Sub))
	}
	return hosts
}
