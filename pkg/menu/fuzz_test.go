package menu

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

func addFiles(f *testing.F, patterns ...string) {
	for _, p := range patterns {
		files, _ := filepath.Glob(menus + p)
		for _, name := range files {
			b, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
}

// checkText holds the texts of problems to be fit for a terminal.
func checkText(t *testing.T, problems []Problem) {
	for _, p := range problems {
		s := p.String()
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\x1b\n\r\x00") || p.Place.Line < 1 || p.Place.Column < 1 {
			t.Errorf("not fit to print: %q", s)
		}
	}
}

// checkMenu holds a menu to what its methods promise.
func checkMenu(t *testing.T, m *Menu) {
	for _, file := range []Source{{"a.json", m.Format()}, {"a.toml", m.FormatTOML()}} {
		again, problems := ParseAll(file)
		if again == nil && m.Buttons == nil && len(m.Conditional) == 0 {
			continue
		}
		if again == nil || !again.Equal(m) {
			t.Errorf("%+v comes back as %+v, %v from\n%s", m, again, problems, file.Data)
		}
	}
	if body := m.CreateBody(); !json.Valid(body) {
		t.Errorf("the body is %q", body)
	}
	if Diff(m, m).Any() {
		t.Errorf("%+v differs from itself: %q", m, render(Diff(m, m)))
	}
	if drawn := Draw(m, 60); strings.Contains(drawn, "\x1b") || !utf8.ValidString(drawn) {
		t.Errorf("drawn as %q", drawn)
	}
}

func FuzzParse(f *testing.F) {
	addFiles(f, "*.json", "bad/*")
	for _, c := range rulesTable {
		if len(c.text) < 2000 {
			f.Add([]byte(c.text))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, problems := Parse("a.json", data)
		checkText(t, problems)
		syntax := slices.ContainsFunc(problems, func(p Problem) bool {
			return p.ID == "A20" && p.Variant != "duplicate-key" && p.Variant != "too-deep"
		})
		switch valid := json.Valid(data) && utf8.Valid(data); {
		case valid && syntax:
			t.Errorf("%q is JSON, and not for Parse: %v", data, problems)
		case !valid && !HasErrors(problems):
			t.Errorf("%q is no JSON, and Parse takes it", data)
		}
		if m == nil {
			return
		}
		checkMenu(t, m)
		if !HasErrors(problems) && bytes.Contains(m.CreateBody(), []byte(`\u`)) && !bytes.Contains(data, []byte(`\\u`)) {
			t.Errorf("%q is sent as %q", data, m.CreateBody())
		}
	})
}

func FuzzFromAPI(f *testing.F) {
	addFiles(f, "menu_get.json", "selfmenu*.json")
	f.Add([]byte(`{"menu":{"button":[{"sub_button":{"list":[{}]}}]},"conditionalmenu":[{"button":[],"matchrule":{"x":1}},{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, from := range []func([]byte) (*Menu, error){FromAPI, FromSelfMenu} {
			m, err := from(data)
			switch {
			case (m == nil) != (err != nil):
				t.Errorf("%v, %v", m, err)
			case m != nil:
				checkMenu(t, m)
			case strings.ContainsAny(err.Error(), "\x1b\n\r\x00"):
				t.Errorf("not fit to print: %q", err)
			}
		}
	})
}

// FuzzTOML compares our walk of the syntax tree with what the decoder reads.
func FuzzTOML(f *testing.F) {
	addFiles(f, "*.toml", "bad/*.toml")
	f.Add([]byte("a.b.c = 1\n[a.x]\n[[b.c]]\nd = [{e = 1}, [2]]\n[[b.c]]\n[b.c.f]\n'' = \"\\u00e9\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, problems := Parse("a.toml", data)
		checkText(t, problems)
		if m != nil {
			checkMenu(t, m)
		}
		r := newReader(Source{"a.toml", data})
		root := r.tree()
		if root == nil {
			return
		}
		var want map[string]any
		if err := toml.Unmarshal(r.data, &want); err != nil {
			t.Fatal(err)
		}
		if got, want := plain(root), plainTOML(want); got != want {
			t.Errorf("%q is %s, and %s for the decoder", data, got, want)
		}
	})
}

// plain and plainTOML write a tree with its strings only.
func plain(n *node) string {
	switch n.kind {
	case isObject:
		var all []string
		for _, m := range n.members {
			value := "{}"
			if m.value != nil {
				value = plain(m.value)
			}
			all = append(all, fmt.Sprintf("%q:%s", m.name, value))
		}
		slices.Sort(all)
		return "{" + strings.Join(all, ",") + "}"
	case isArray:
		var all []string
		for _, item := range n.items {
			all = append(all, plain(item))
		}
		return "[" + strings.Join(all, ",") + "]"
	case isString:
		return fmt.Sprintf("%q", n.text)
	}
	return "other"
}

func plainTOML(v any) string {
	switch v := v.(type) {
	case map[string]any:
		var all []string
		for k, item := range v {
			all = append(all, fmt.Sprintf("%q:%s", k, plainTOML(item)))
		}
		slices.Sort(all)
		return "{" + strings.Join(all, ",") + "}"
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, plainTOML(item))
		}
		return "[" + strings.Join(all, ",") + "]"
	case string:
		return fmt.Sprintf("%q", v)
	}
	return "other"
}
