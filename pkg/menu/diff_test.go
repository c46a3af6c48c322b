package menu

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// render is a comparison in short lines: kind, what, and what is different.
func render(c Changes) []string {
	var lines []string
	for _, l := range c {
		mark := map[Kind]string{Same: "=", Added: "+", Removed: "-", Changed: "~"}[l.Kind]
		s := strings.Repeat("  ", l.Level) + mark + " "
		switch l.What {
		case DefaultMenu:
			s += "default"
		case ConditionalMenu:
			s += l.Rule.String()
		default:
			s += l.Button.Name
		}
		for _, f := range l.Fields {
			s += fmt.Sprintf(" %s:%s→%s", f.Field, f.Have, f.Want)
		}
		lines = append(lines, s)
	}
	return lines
}

func click(name, key string) Button { return Button{Type: "click", Name: name, Key: key} }

func TestDiff(t *testing.T) {
	vip := func(key string) Conditional {
		return Conditional{MatchRule: MatchRule{"tag_id": "2"}, Buttons: []Button{click("会员", key)}}
	}
	ios := Conditional{MatchRule: MatchRule{"client_platform_type": "1"}, Buttons: []Button{click("苹果", "I")}}
	base := []Button{click("a", "1"), {Name: "b", Sub: []Button{click("c", "2"), click("d", "3")}}}
	for _, c := range []struct {
		name       string
		have, want *Menu
		lines      []string
		removes    bool
	}{
		{"nothing", nil, nil, nil, false},
		{"same", &Menu{Buttons: base}, &Menu{Buttons: base}, []string{"= default", "  = a", "  = b", "    = c", "    = d"}, false},
		{"new", nil, &Menu{Buttons: base[:1]}, []string{"+ default", "  + a"}, false},
		{"deleted", &Menu{Buttons: base[1:]}, nil, []string{"- default", "  - b", "    - c", "    - d"}, true},
		{
			"renamed", &Menu{Buttons: base}, &Menu{Buttons: []Button{click("A", "1"), base[1]}},
			[]string{"~ default", "  ~ A name:a→A", "  = b", "    = c", "    = d"},
			false,
		},
		{
			"retargeted", &Menu{Buttons: base[:1]}, &Menu{Buttons: []Button{{Type: "view", Name: "a", URL: "http://a.b"}}},
			[]string{"~ default", "  ~ a type:click→view key:1→ url:→http://a.b"},
			false,
		},
		{
			"sub-menu", &Menu{Buttons: base}, &Menu{Buttons: []Button{base[0], {Name: "b", Sub: []Button{click("d", "3"), click("e", "4")}}}},
			[]string{"~ default", "  = a", "  ~ b", "    - c", "    = d", "    + e"},
			true,
		},
		{
			"moved", &Menu{Buttons: []Button{click("a", "1"), click("b", "2"), click("c", "3")}}, &Menu{Buttons: []Button{click("b", "2"), click("a", "1"), click("c", "3")}},
			[]string{"~ default", "  ~ b position:2→1", "  ~ a position:1→2", "  = c"},
			false,
		},
		{"put before", &Menu{Buttons: base[:1]}, &Menu{Buttons: []Button{click("z", "9"), base[0]}}, []string{"~ default", "  + z", "  = a"}, false},
		{"replaced", &Menu{Buttons: base[:1]}, &Menu{Buttons: []Button{click("z", "9")}}, []string{"~ default", "  - a", "  + z"}, true},
		{
			"a button becomes a sub-menu", &Menu{Buttons: base[:1]}, &Menu{Buttons: []Button{{Name: "a", Sub: []Button{click("c", "2")}}}},
			[]string{"~ default", "  ~ a type:click→ key:1→", "    + c"},
			false,
		},
		{
			"conditional", &Menu{Buttons: base[:1], Conditional: []Conditional{vip("old"), ios}}, &Menu{Buttons: base[:1], Conditional: []Conditional{vip("new")}},
			[]string{"= default", "  = a", "- client_platform_type=1", "  - 苹果", "~ tag_id=2", "  ~ 会员 key:old→new"},
			true,
		},
		{
			"twice live", &Menu{Buttons: base[:1], Conditional: []Conditional{vip("old"), vip("new")}}, &Menu{Buttons: base[:1], Conditional: []Conditional{vip("new")}},
			[]string{"= default", "  = a", "- tag_id=2", "  - 会员", "= tag_id=2", "  = 会员"},
			true,
		},
		{
			"alone", &Menu{Buttons: base, Conditional: []Conditional{ios}}, &Menu{Conditional: []Conditional{vip("new")}},
			[]string{"+ tag_id=2", "  + 会员"},
			false,
		},
	} {
		got := Diff(c.have, c.want)
		if lines := render(got); !slices.Equal(lines, c.lines) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, strings.Join(lines, "\n"), strings.Join(c.lines, "\n"))
		}
		if got.Removes() != c.removes {
			t.Errorf("%s: Removes is %v", c.name, got.Removes())
		}
		if n := got.Count(Added) + got.Count(Removed) + got.Count(Changed); got.Any() != (n > 0) {
			t.Errorf("%s: Any is %v with %d changes", c.name, got.Any(), n)
		}
	}
}

func TestDiffPaths(t *testing.T) {
	have, err := FromAPI(read(t, "menu_get.json"))
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, l := range Diff(have, mustParse(t, "conditional.json")) {
		paths = append(paths, string(l.Kind)+" "+l.Path+" "+l.MenuID)
	}
	want := []string{
		"changed  ", "removed button[0] ", "added button[0] ",
		"removed button[1] ", "removed button[1].sub_button[0] ", "removed button[1].sub_button[1] ",
		"removed conditional[0] 208396939", "removed conditional[0].button[0] ",
		"added conditional[0] ", "added conditional[0].button[0] ", "added conditional[0].button[1] ",
		"changed conditional[1] 208396993", "removed conditional[1].button[0] ", "added conditional[1].button[0] ",
	}
	if !slices.Equal(paths, want) {
		t.Errorf("got  %q\nwant %q", paths, want)
	}
}

func TestPlan(t *testing.T) {
	menu := func(id, tag, platform, key, url string) Conditional {
		c := Conditional{MatchRule: MatchRule{}, MenuID: id, Buttons: []Button{{Type: "view", Name: key, URL: url}}}
		if tag != "" {
			c.MatchRule["tag_id"] = tag
		}
		if platform != "" {
			c.MatchRule["client_platform_type"] = platform
		}
		return c
	}
	def := []Button{click("a", "1")}
	have := &Menu{Buttons: def, Conditional: []Conditional{
		menu("10", "2", "", "x", "http://a.com"), menu("11", "", "1", "y", "http://b.com"), menu("12", "", "2", "z", "http://c.com"),
	}}
	change := func(f func(m *Menu)) *Menu {
		m := &Menu{Buttons: def, Conditional: slices.Clone(have.Conditional)}
		f(m)
		return m
	}
	for _, c := range []struct {
		name string
		want *Menu
		plan string
	}{
		{"the same", have, ""},
		{"default", change(func(m *Menu) { m.Buttons = []Button{click("b", "1")} }), "create"},
		{"one is gone", change(func(m *Menu) { m.Conditional = m.Conditional[:2] }), "delconditional 12"},
		{"one is new", change(func(m *Menu) { m.Conditional = append(m.Conditional, menu("", "3", "", "n", "http://a.com")) }), "addconditional conditional[3]"},
		// What is newer and may match the same users has to stay newer.
		{
			"the oldest changed", change(func(m *Menu) { m.Conditional[0] = menu("", "2", "", "new", "http://a.com") }),
			"addconditional conditional[0],addconditional conditional[1] again,addconditional conditional[2] again,delconditional 10,delconditional 11,delconditional 12",
		},
		// iOS and Android exclude each other.
		{
			"a platform changed", change(func(m *Menu) { m.Conditional[1] = menu("", "", "1", "new", "http://a.com") }),
			"addconditional conditional[1],delconditional 11",
		},
		{
			"another order", change(func(m *Menu) { m.Conditional[0], m.Conditional[1] = m.Conditional[1], m.Conditional[0] }),
			"addconditional conditional[1] again,addconditional conditional[2] again,delconditional 10,delconditional 12",
		},
		// Four domains at once are refused, so the old menu goes first.
		{
			"another domain", change(func(m *Menu) { m.Conditional[2] = menu("", "", "2", "z", "http://d.com") }),
			"delconditional 12,addconditional conditional[2]",
		},
		{
			"no default", &Menu{Conditional: []Conditional{menu("", "", "2", "new", "http://c.com")}},
			"addconditional conditional[0],delconditional 12",
		},
		{"nothing wanted", nil, ""},
	} {
		var plan []string
		for _, s := range Plan(have, c.want) {
			line := strings.TrimSpace(strings.TrimPrefix(string(s.Call), "/cgi-bin/menu/") + " " + s.ID)
			switch {
			case s.Call == DeleteConditional && string(s.Body) != `{"menuid":"`+s.ID+`"}`:
				t.Errorf("%s: the body is %s", c.name, s.Body)
			case s.Call == AddConditional:
				line += " " + s.Path
				if !strings.Contains(string(s.Body), `"matchrule":{`) {
					t.Errorf("%s: the body is %s", c.name, s.Body)
				}
			}
			if s.Again {
				line += " again"
			}
			plan = append(plan, line)
		}
		if got := strings.Join(plan, ","); got != c.plan {
			t.Errorf("%s: got %q, want %q", c.name, got, c.plan)
		}
	}
	if steps := Plan(nil, have); len(steps) != 4 || steps[0].Call != Create {
		t.Errorf("an empty account: %v", steps)
	}
}

// Diff says that something differs exactly when Plan has something to do, and
// in every order of the conditional menus.
func TestDiffAndPlanAgree(t *testing.T) {
	menu := func(tag, platform string) Conditional {
		c := Conditional{MatchRule: MatchRule{}, MenuID: "1" + tag + platform, Buttons: []Button{click("a", tag+platform)}}
		if tag != "" {
			c.MatchRule["tag_id"] = tag
		}
		if platform != "" {
			c.MatchRule["client_platform_type"] = platform
		}
		return c
	}
	all := []Conditional{menu("2", ""), menu("", "1"), menu("", "2"), menu("3", "2")}
	var orders [][]Conditional
	var permute func(done, left []Conditional)
	permute = func(done, left []Conditional) {
		if len(left) == 0 {
			orders = append(orders, slices.Clone(done))
		}
		for i := range left {
			permute(append(slices.Clone(done), left[i]), slices.Delete(slices.Clone(left), i, i+1))
		}
	}
	permute(nil, all)
	moved := 0
	for _, a := range orders {
		for _, b := range orders {
			for n := range len(b) + 1 {
				have, want := &Menu{Conditional: a}, &Menu{Buttons: []Button{}, Conditional: b[:n]}
				changes, plan := Diff(have, want), Plan(have, want)
				if changes.Any() != (len(plan) > 0) {
					t.Fatalf("from %v to %v: %v, and %d calls", a, b[:n], render(changes), len(plan))
				}
				if slices.ContainsFunc(changes, func(c Change) bool { return c.What == ConditionalMenu && c.Fields != nil }) {
					moved++
				}
			}
		}
	}
	if moved == 0 {
		t.Error("none was moved")
	}
}
