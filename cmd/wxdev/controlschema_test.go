package main

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/wxdev/wxdev/internal/schema"
	"github.com/wxdev/wxdev/pkg/emulator/control"
)

// control is the schema of the control API: one document in which each type
// stands once, and each call says which of them it answers. Generators of
// clients make a type of each.
func (r *reflector) control(t *testing.T) *jsonschema.Schema {
	s := &jsonschema.Schema{
		Schema: "https://json-schema.org/draft/2020-12/schema", ID: schema.URL("control"),
		Title: "The control API of wxdev emulator",
		Description: "What the calls under /__wxdev/ answer, by method and path, and what the stream of events sends, by type. " +
			"The document as a whole is of no answer: the properties are an index.",
		Type: "object", Properties: map[string]*jsonschema.Schema{}, Defs: map[string]*jsonschema.Schema{},
	}
	index := func(name, does string, answers []reflect.Type) {
		one := &jsonschema.Schema{}
		for _, a := range answers {
			r.name(t, a)
			one.AnyOf = append(one.AnyOf, r.special[bare(a)])
		}
		if len(one.AnyOf) == 1 {
			one = &jsonschema.Schema{Ref: one.AnyOf[0].Ref}
		}
		one.Description = does
		s.Properties[name] = one
		s.PropertyOrder = append(s.PropertyOrder, name)
	}
	for _, c := range control.Calls() {
		if len(c.Answers) > 0 {
			index(c.Method+" "+c.Path, c.Does, c.Answers)
		}
	}
	for _, e := range control.Events() {
		index("event "+e.Type, e.Does, []reflect.Type{e.Data})
	}
	index("error", "what any call answers that went wrong, with a status from 400", []reflect.Type{control.Refusal()})
	for _, named := range slices.Collect(maps.Keys(r.special)) {
		if name, ok := strings.CutPrefix(r.special[named].Ref, "#/$defs/"); ok {
			s.Defs[name] = r.definition(named)
		}
	}
	return s
}

// bare is a type without the pointers to it.
func bare(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// name gives the structs of this module that are in a type a place in the
// definitions, each by its own name.
func (r *reflector) name(t *testing.T, of reflect.Type) {
	switch of = bare(of); of.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		r.name(t, of.Elem())
		return
	case reflect.Struct:
	default:
		return
	}
	if r.special[of] != nil || !strings.HasPrefix(of.PkgPath(), "github.com/wxdev/wxdev/") {
		return
	}
	ref := "#/$defs/" + defined(of)
	for other, s := range r.special {
		if s.Ref == ref {
			t.Errorf("%s and %s have one name", other, of)
		}
	}
	r.special[of] = &jsonschema.Schema{Ref: ref}
	for _, f := range members(of) {
		r.name(t, f.Type)
	}
}

// defined is the name of a type in the definitions: LogAnswer of logAnswer.
func defined(t reflect.Type) string {
	name := []rune(t.Name())
	return string(unicode.ToUpper(name[0])) + string(name[1:])
}

// members are the fields of a struct that are in its JSON, those of embedded
// structs too.
func members(t reflect.Type) []reflect.StructField {
	return slices.DeleteFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool {
		name := jsonName(f)
		return !f.IsExported() || f.Anonymous && name == "" || name == "-"
	})
}

// behindPointer reports whether a field is of an embedded struct that may not be
// there.
func behindPointer(t reflect.Type, f reflect.StructField) bool {
	for i := 1; i < len(f.Index); i++ {
		if t.FieldByIndex(f.Index[:i]).Type.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// definition is the schema of a struct that has a name. It is made of a struct
// without one: the schema of a type that contains itself would have no end.
func (r *reflector) definition(t reflect.Type) *jsonschema.Schema {
	var fields []reflect.StructField
	for _, f := range members(t) {
		if behindPointer(t, f) { // it is left out with the rest
			f.Tag = reflect.StructTag(strings.Replace(string(f.Tag), `json:"`+jsonName(f), `json:"`+jsonName(f)+",omitempty", 1))
		}
		fields = append(fields, reflect.StructField{Name: f.Name, Type: f.Type, Tag: f.Tag})
	}
	s, err := jsonschema.ForType(reflect.StructOf(fields), &jsonschema.ForOptions{TypeSchemas: r.special})
	if err != nil {
		panic(err)
	}
	ref := r.special[t]
	delete(r.special, t)
	r.describe(s, t)
	r.special[t] = ref
	return s
}
