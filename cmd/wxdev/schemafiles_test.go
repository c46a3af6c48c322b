package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/schema"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/recording"
	"github.com/wxdev/wxdev/pkg/scenario"
)

// TestFileSchemas: a file that its reader takes is right by its schema, and one
// with an unknown key by neither. The files are those of the scripts and the
// examples.
func TestFileSchemas(t *testing.T) {
	seen := map[string]int{}
	for name, text := range tomlFiles(t) {
		var doc map[string]any
		if toml.Unmarshal([]byte(text), &doc) != nil {
			continue
		}
		kind, err := readAs(text, doc)
		if kind == "" {
			continue
		}
		s, schemaErr := resolved(kind)
		if schemaErr != nil {
			t.Fatal(schemaErr)
		}
		valid := s.Validate(plain(t, doc))
		switch {
		case err == nil && valid != nil:
			t.Errorf("%s is a good %s, and its schema refuses it: %v", name, kind, valid)
		case err != nil && strings.Contains(err.Error(), "unknown key") && valid == nil:
			t.Errorf("%s has an unknown key (%v), and the schema of %s takes it", name, err, kind)
		}
		seen[kind]++
	}
	for _, kind := range []string{"wxdev.toml", "scenario", "replies", "seed"} {
		if seen[kind] < 3 {
			t.Errorf("only %d files were read as %s", seen[kind], kind)
		}
	}
}

// readAs reads a file as what it looks like. The kind is "" if it is none.
func readAs(text string, doc map[string]any) (kind string, err error) {
	_, isList := doc["account"].([]any)
	switch {
	case doc["step"] != nil:
		_, err = scenario.Parse("x.toml", []byte(text))
		return "scenario", err
	case doc["rule"] != nil:
		_, err = receiver.ParseRules("x.toml", []byte(text))
		return "replies", err
	case isList:
		_, err = emulator.ParseState("x.toml", []byte(text))
		return "seed", err
	case doc["account"] != nil || doc["profile"] != nil:
		return "wxdev.toml", loadText(text)
	}
	return "", nil
}

// loadText reads a text as wxdev.toml.
func loadText(text string) error {
	dir, err := os.MkdirTemp("", "wxdev-schema-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "wxdev.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	c, err := config.Load(config.Options{Path: path})
	if err != nil {
		return err
	}
	_, modeErr := c.Get(config.Mode)
	_, formatErr := c.Get(config.Format)
	return errors.Join(modeErr, formatErr)
}

// plain is doc as JSON has it.
func plain(t *testing.T, doc map[string]any) any {
	t.Helper()
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestScenarioNamesItsSchema: what a scenario's first line says is where it is.
func TestScenarioNamesItsSchema(t *testing.T) {
	if want := schema.URL("scenario"); scenario.SchemaURL != want {
		t.Errorf("%s, not %s", scenario.SchemaURL, want)
	}
}

// everyType is the scenario of a recording of each type, with a hostile text.
func everyType(t *testing.T) string {
	t.Helper()
	var list []*recording.Record
	for i, typ := range message.Types() {
		m := typ.New(message.OpenID(fmt.Sprint(i%3)), "gh_0123456789ab", time.Unix(int64(1_700_000_000+i), 0), int64(i+1))
		if err := m.Set("Odd", "'\"\\\n]]> # [[step]] {{a b}} { }"[:8+i%22]); err != nil {
			t.Fatal(err)
		}
		b, err := m.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		mode := []string{"plain", "compat", "safe"}[i%3]
		list = append(list, &recording.Record{Mode: mode, Message: recording.Text(b), Answer: recording.Answer{Status: 200, Body: "success"}})
	}
	made, left := scenario.FromRecordings(list, scenario.Comments{Head: "head"})
	if made == nil || len(made.Steps)+len(left) != len(list) || len(left) > len(list)/10 {
		t.Fatalf("%d left out: %v", len(left), left)
	}
	return string(made.Append(nil))
}

// tomlFiles are all TOML files of the scripts, the examples, and those that
// init writes.
func tomlFiles(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
		g := &globals{lang: string(lang)}
		all["init, "+g.lang] = config.Render(nil, g.configComments())
		all["init --scenario, "+g.lang] = string(g.sampleScenario("").Append(nil))
		all["init --scenario later, "+g.lang] = string(g.sampleScenario(laterScenario).Append(nil))
	}
	all["replay --to-scenario"] = everyType(t)
	scripts, err := filepath.Glob("../../testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range scripts {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if strings.HasSuffix(f.Name, ".toml") {
				all[filepath.Base(name)+"/"+f.Name] = string(f.Data)
			}
		}
	}
	for _, root := range []string{"../../examples", "../../testdata"} {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".toml") || strings.Contains(path, "node_modules") {
				return err
			}
			text, err := os.ReadFile(path)
			all[path] = string(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}
