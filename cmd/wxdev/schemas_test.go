package main

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/schema"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/jssdk"
	"github.com/wxdev/wxdev/pkg/menu"
	"github.com/wxdev/wxdev/pkg/scenario"
)

// outputs are what each command prints with --json. One that prints several
// kinds of objects has them all.
var outputs = map[string][]any{
	"api":         {apiJSON{}},
	"bench":       {benchJSON{}},
	"check":       {checkReport{}},
	"check-api":   {checkAPIJSON{}},
	"config":      {ConfigReport{}},
	"custom-send": {CustomSendReport{}},
	"decrypt":     {decryptResult{}},
	"demo":        {demoReport{}, emulatorJSON{}},
	"emulator":    {emulatorJSON{}},
	"encrypt":     {encryptResult{}},
	"explain":     {explainJSON{}},
	"help":        {helpJSON{}},
	"init":        {initJSON{}},
	"keygen":      {keygenResult{}},
	"listen":      {listenJSON{}},
	"menu-delete": {menuDeleteJSON{}},
	"menu-diff":   {menuDiffJSON{}},
	"menu-lint":   {menuLintJSON{}},
	"menu-list":   {menuJSON{}},
	"menu-match":  {menuJSON{}},
	"menu-pull":   {menuJSON{}},
	"menu-push":   {menuPushJSON{}},
	"replay":      {replayJSON{}},
	"run":         {runJSON{}},
	"schema":      {schemaJSON{}},
	"send":        {sendJSON{}},
	"send-list":   {sendListJSON{}, sendTypeJSON{}},
	"sign":        {signResult{}},
	"sign-js":     {signJSResult{}, CardReport{}, ExplainReport{}},
	"status":      {StatusReport{}},
	"test":        {testJSON{}},
	"ticket":      {KeptReport{}},
	"token":       {KeptReport{}},
	"verify":      {verifyJSON{}},
	"version":     {versionJSON{}},
}

// TestOutputSchemas holds the schemas of package schema to the types that are
// printed. After a change: go test ./cmd/wxdev -run TestOutputSchemas -update
func TestOutputSchemas(t *testing.T) {
	r := newReflector(t)
	dir := filepath.Join("..", "..", "internal", "schema", "output")
	for name, kinds := range outputs {
		r.hold(t, filepath.Join(dir, name+".json"), r.output(name, kinds))
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(f.Name(), ".json"); outputs[name] == nil {
			t.Errorf("%s is of no output: remove it", f.Name())
		}
	}
	r.hold(t, filepath.Join("..", "..", "internal", "schema", "file", "seed.json"), r.seed())
	r = newReflector(t)
	r.hold(t, filepath.Join("..", "..", "internal", "schema", "api", "control.json"), r.control(t))
	if *update {
		pack := exec.Command("go", "run", "./tools/gen", "packs")
		pack.Dir = filepath.Join("..", "..")
		if out, err := pack.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
}

// TestEveryCommandHasASchema: what takes --json has one.
func TestEveryCommandHasASchema(t *testing.T) {
	silent := []string{"mcp", "completion-bash", "completion-zsh", "completion-fish", "completion-powershell"} // they print what they are for, a protocol for one
	env, _, _ := testEnv(t)
	found := map[string]bool{}
	walk(NewRoot(env), func(c *cobra.Command) {
		name := strings.ReplaceAll(helpName(c), "_", "-")
		if c.Flags().Lookup("json") == nil {
			if c.Runnable() && !c.HasSubCommands() && !c.Hidden && !slices.Contains(silent, name) && !c.IsAdditionalHelpTopicCommand() {
				t.Errorf("%s has no --json", c.CommandPath())
			}
			return
		}
		found[name] = true
		if _, ok := schema.Lookup(name); !ok {
			t.Errorf("%s has --json and no schema", c.CommandPath())
		}
	})
	for name := range outputs {
		if !found[name] {
			t.Errorf("there is a schema of %s, which has no --json", name)
		}
	}
}

// reflector makes schemas of types, with the comments of their fields.
type reflector struct {
	comments map[string]string   // by package path, type and field
	values   map[string][]string // the constants of a type, by package path and type
	special  map[reflect.Type]*jsonschema.Schema
	read     map[string]bool
}

func newReflector(t *testing.T) *reflector {
	t.Helper()
	return &reflector{
		comments: map[string]string{}, values: map[string][]string{}, read: map[string]bool{},
		special: map[reflect.Type]*jsonschema.Schema{
			reflect.TypeFor[json.RawMessage]():   {},
			reflect.TypeFor[[]byte]():            {Type: "string", ContentEncoding: "base64"},
			reflect.TypeFor[emulator.Blob]():     {Type: "string", ContentEncoding: "base64"},
			reflect.TypeFor[time.Time]():         {Type: "string", Format: "date-time"},
			reflect.TypeFor[emulator.Duration](): {Type: "string", Description: "such as 90s or 2h"},
			reflect.TypeFor[scenario.Kind]():     {Type: "string", Description: "what was expected; of a later message with later. before it"},
			reflect.TypeFor[jssdk.Config]():      configSchema(),
			reflect.TypeFor[menu.Kind]():         {Type: "string", Enum: []any{"added", "removed", "changed"}},
		},
	}
}

// shared are the types that stand once in a schema.
var shared = map[reflect.Type]string{
	reflect.TypeFor[findingJSON](): "finding", reflect.TypeFor[failureJSON](): "error", reflect.TypeFor[accountJSON](): "account",
}

// configSchema is the argument of wx.config, which has its own encoder.
func configSchema() *jsonschema.Schema {
	text := &jsonschema.Schema{Type: "string"}
	list := &jsonschema.Schema{Type: "array", Items: text}
	return &jsonschema.Schema{
		Type: "object", Description: "the argument of wx.config",
		Properties: map[string]*jsonschema.Schema{
			"debug": {Type: "boolean"}, "appId": text, "nonceStr": text, "signature": text,
			"timestamp": {Types: []string{"integer", "string"}}, "jsApiList": list, "openTagList": list,
		},
		PropertyOrder: []string{"debug", "appId", "timestamp", "nonceStr", "signature", "jsApiList", "openTagList"},
		Required:      []string{"debug", "appId", "timestamp", "nonceStr", "signature", "jsApiList"},
	}
}

// output is the schema of what a command prints: one of its kinds, or why there
// is none.
func (r *reflector) output(name string, kinds []any) *jsonschema.Schema {
	s := &jsonschema.Schema{
		Schema: "https://json-schema.org/draft/2020-12/schema", ID: schema.URL(name),
		Title: "wxdev " + strings.ReplaceAll(name, "-", " ") + " --json",
	}
	if name == "sign-js" {
		s.Title = "wxdev sign-js --json"
	}
	s.Defs = map[string]*jsonschema.Schema{}
	for t, name := range shared {
		delete(r.special, t)
		s.Defs[name] = r.of(t)
	}
	for t, name := range shared {
		r.special[t] = &jsonschema.Schema{Ref: "#/$defs/" + name}
	}
	if !slices.ContainsFunc(kinds, hasAccount) {
		delete(s.Defs, "account")
	}
	for _, kind := range append(kinds, outcome{}) {
		t := reflect.TypeOf(kind)
		one := r.of(t)
		if t == reflect.TypeFor[outcome]() {
			one.Title, one.Required = "could not be done", append(one.Required, "error")
			one.Properties["ok"].Const = jsonschema.Ptr[any](false)
		}
		s.AnyOf = append(s.AnyOf, one)
	}
	return s
}

func hasAccount(kind any) bool {
	_, ok := reflect.TypeOf(kind).FieldByName("Account")
	return ok
}

// seed is the schema of a seed. Its fields are named alike in TOML.
func (r *reflector) seed() *jsonschema.Schema {
	s := r.of(reflect.TypeFor[emulator.State]())
	s.Schema, s.ID, s.Title = "http://json-schema.org/draft-07/schema#", schema.URL("seed"), "A seed of wxdev emulator"
	closed(s)
	return s
}

// closed forbids unknown keys, as a file's reader does, and demands none.
func closed(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if s.Properties != nil {
		s.AdditionalProperties, s.Required = &jsonschema.Schema{Not: &jsonschema.Schema{}}, nil
	}
	for _, p := range s.Properties {
		closed(p)
	}
	closed(s.Items)
}

func (r *reflector) of(t reflect.Type) *jsonschema.Schema {
	s, err := jsonschema.ForType(t, &jsonschema.ForOptions{TypeSchemas: r.special})
	if err != nil {
		panic(err)
	}
	r.describe(s, t)
	return s
}

// describe puts in what the source says: comments, and the values of a type.
// A list is never null, and more fields may come.
func (r *reflector) describe(s *jsonschema.Schema, t reflect.Type) {
	if s == nil || r.special[t] != nil {
		return
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.PkgPath() != "" {
		r.readSource(t.PkgPath())
	}
	switch t.Kind() {
	case reflect.String:
		for _, v := range r.values[t.PkgPath()+"."+t.Name()] {
			s.Enum = append(s.Enum, v)
		}
	case reflect.Slice, reflect.Array:
		s.Type, s.Types = "array", nil
		neverNull(s.Items)
		r.describe(s.Items, t.Elem())
	case reflect.Map:
		s.Type, s.Types = "object", nil
		r.describe(s.AdditionalProperties, t.Elem())
	case reflect.Struct:
		s.AdditionalProperties = nil
		for _, f := range reflect.VisibleFields(t) {
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			p := s.Properties[name]
			if name == "" || p == nil {
				continue
			}
			if strings.Contains(options, "omitempty") { // left out rather than null
				neverNull(p)
			}
			r.describe(p, f.Type)
			if c := r.comments[r.owner(t, f)+"."+f.Name]; c != "" {
				p.Description = c
			}
		}
	}
}

// neverNull takes back the null that a pointer is given.
func neverNull(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	s.Types = slices.DeleteFunc(s.Types, func(t string) bool { return t == "null" })
	if len(s.Types) == 1 {
		s.Type = s.Types[0]
	}
	if len(s.Types) < 2 {
		s.Types = nil
	}
}

// owner is the package and type that declares a field, be it embedded.
func (r *reflector) owner(t reflect.Type, f reflect.StructField) string {
	if len(f.Index) > 1 {
		t = t.FieldByIndex(f.Index[:len(f.Index)-1]).Type
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
	}
	r.readSource(t.PkgPath())
	return t.PkgPath() + "." + t.Name()
}

// readSource keeps the comments and constants of a package of this module.
func (r *reflector) readSource(path string) {
	dir, ours := strings.CutPrefix(path, "github.com/wxdev/wxdev/")
	if !ours && path != "main" && path != "github.com/wxdev/wxdev/cmd/wxdev" || r.read[path] {
		return
	}
	r.read[path] = true
	if !ours {
		dir = "cmd/wxdev"
	}
	files, err := filepath.Glob(filepath.Join("..", "..", dir, "*.go"))
	if err != nil || files == nil {
		panic("no source of " + path)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			panic(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				if st, ok := n.Type.(*ast.StructType); ok {
					r.fields(path+"."+n.Name.Name, st)
				}
			case *ast.ValueSpec:
				r.constant(path, n)
			}
			return true
		})
	}
}

func (r *reflector) fields(owner string, st *ast.StructType) {
	for _, f := range st.Fields.List {
		text := f.Comment.Text()
		if text == "" {
			text = f.Doc.Text()
		}
		for _, name := range f.Names {
			r.comments[owner+"."+name.Name] = strings.Join(strings.Fields(text), " ")
		}
	}
}

func (r *reflector) constant(path string, v *ast.ValueSpec) {
	t, typed := v.Type.(*ast.Ident)
	if !typed {
		return
	}
	for _, value := range v.Values {
		lit, ok := value.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			continue
		}
		text := constant.StringVal(constant.MakeFromLiteral(lit.Value, lit.Kind, 0))
		if key := path + "." + t.Name; text != "" && !slices.Contains(r.values[key], text) {
			r.values[key] = append(r.values[key], text)
		}
	}
}

// hold compares a schema with its file.
func (r *reflector) hold(t *testing.T, file string, s *jsonschema.Schema) {
	t.Helper()
	want, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, want) {
		t.Errorf("%s is not what is printed (%v): go test ./cmd/wxdev -run TestOutputSchemas -update", filepath.Base(file), err)
	}
}
