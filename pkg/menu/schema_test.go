package menu

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
)

func compileSchema(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func validate(s *jsonschema.Resolved, data []byte) error {
	var doc any
	if err := json.Unmarshal(data, &doc); err != nil {
		return err
	}
	return s.Validate(doc)
}

func TestSchemaTakesGoodFiles(t *testing.T) {
	s := compileSchema(t)
	for _, name := range []string{"official.json", "every_type.json", "conditional.json", "vip.json"} {
		if err := validate(s, read(t, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	m, err := FromAPI(read(t, "menu_get.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(s, m.Format()); err != nil {
		t.Errorf("a pulled menu: %v", err)
	}
}

// TestSchemaRefusesBadFiles: all that a JSON reader takes, except the rules
// that a schema cannot have.
func TestSchemaRefusesBadFiles(t *testing.T) {
	s := compileSchema(t)
	files, err := filepath.Glob(menus + "bad/*.json")
	if err != nil {
		t.Fatal(err)
	}
	passed := []string{}
	for _, f := range files {
		name := filepath.Base(f)
		if validate(s, read(t, "bad/"+name)) == nil {
			passed = append(passed, name)
		}
	}
	// A schema sees characters and not bytes, and of two equal keys the last.
	want := []string{"cut_character.json", "duplicate_key.json", "escapes.json", "gbk.json", "long_names.json"}
	if !slices.Equal(passed, want) {
		t.Errorf("these pass: %q, want %q", passed, want)
	}
}

// TestSchemaHasAllTypes: what the schema knows of types is what Types says.
func TestSchemaHasAllTypes(t *testing.T) {
	s := compileSchema(t)
	values := map[string]string{"url": "https://example.com/", "appid": "wx0123456789abcdef"}
	for _, typ := range Types() {
		b := Button{Type: typ.Name, Name: "a"}
		for _, f := range typ.Fields {
			*b.field(f) = cmp.Or(values[f], "x")
		}
		full := &Menu{Buttons: []Button{b, {Name: "b", Sub: []Button{b}}}}
		if err := validate(s, full.CreateBody()); (err == nil) != typ.API {
			t.Errorf("%s: %v", typ.Name, err)
		}
		for _, f := range typ.Fields {
			less := b
			*less.field(f) = ""
			for _, m := range []*Menu{{Buttons: []Button{less}}, {Buttons: []Button{{Name: "b", Sub: []Button{less}}}}} {
				if validate(s, m.CreateBody()) == nil {
					t.Errorf("%s: passes without %s", typ.Name, f)
				}
			}
		}
	}
}

// TestSchemaAgreesWithLint changes good menus at random. What the linter has
// nothing against the schema must take; the other way round it may not.
func TestSchemaAgreesWithLint(t *testing.T) {
	s := compileSchema(t)
	rng := rand.New(rand.NewPCG(1, 2))
	taken, refused, only := 0, 0, 0
	for _, name := range []string{"official.json", "every_type.json", "conditional.json", "vip.json"} {
		for range 600 {
			var doc any
			if err := json.Unmarshal(read(t, name), &doc); err != nil {
				t.Fatal(err)
			}
			for range 1 + rng.IntN(2) {
				doc = mutate(rng, doc)
			}
			data := marshal(t, doc)
			_, problems := Parse(name, data)
			// A file without a default menu is no fault of the file.
			problems = slices.DeleteFunc(problems, func(p Problem) bool { return p.Variant == "alone" })
			invalid := validate(s, data)
			switch {
			case len(problems) == 0 && invalid != nil:
				t.Errorf("the linter takes %s\nand the schema does not: %v", data, invalid)
			case len(problems) == 0:
				taken++
			case invalid != nil:
				refused++
			default:
				only++
			}
		}
	}
	if taken < 100 || refused < 500 || only > refused {
		t.Errorf("%d taken, %d refused, %d refused by the linter only", taken, refused, only)
	}
}

// marshal is json.Marshal without the escapes that the linter refuses.
func marshal(t *testing.T, doc any) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// words are put in the place of values and of names.
var words = []string{
	"click", "VIEW", "view", "miniprogram", "", "a", "一二三四", "一二三四五六七八九十一二三四五六七八", "https://example.com/", "http://", "example.com",
	"1", "2", "key", "url", "appid", "appId", "name", "type", "sub_button", "button", "matchrule", "tag_id", "sex", "menuid2",
	strings.Repeat("k", 200), "a\tb",
}

// mutate changes one place of doc: a value, a name, what is there and what not.
func mutate(rng *rand.Rand, doc any) any {
	word := func() string { return words[rng.IntN(len(words))] }
	switch v := doc.(type) {
	case map[string]any:
		var names []string
		for name := range v {
			names = append(names, name)
		}
		if len(names) == 0 {
			return doc
		}
		slices.Sort(names)
		name := names[rng.IntN(len(names))]
		switch rng.IntN(8) {
		case 0:
			delete(v, name)
		case 1:
			v[word()] = v[name]
		case 2:
			v[name] = []any{nil, 7, true, "x", []any{}, map[string]any{}}[rng.IntN(6)]
		default:
			v[name] = mutate(rng, v[name])
		}
		return v
	case []any:
		switch i := rng.IntN(len(v) + 1); {
		case i == len(v):
			return append(v, v...)
		case rng.IntN(6) == 0:
			return slices.Delete(v, i, i+1)
		default:
			v[i] = mutate(rng, v[i])
		}
		return v
	case string:
		return word()
	}
	return doc
}
