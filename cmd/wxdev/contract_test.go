package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/wxdev/wxdev/internal/schema"
)

// broken is the exit code of a command of a script that did not keep to what
// scripts rely on.
const broken = 97

// mainHeld is [Main] as the scripts of testdata run it. What --json prints is
// held to its schema, and ok to the exit code.
func mainHeld(args []string, env *Env) int {
	if !slices.Contains(args, "--json") {
		return Main(args, env)
	}
	var printed bytes.Buffer
	env.Out = io.MultiWriter(env.Out, &printed)
	code := Main(args, env)
	if err := heldToContract(args, code, printed.Bytes()); err != nil {
		fmt.Fprintf(os.Stderr, "%q breaks the contract of --json: %v\n%s", args, err, printed.Bytes())
		return broken
	}
	return code
}

func heldToContract(args []string, code int, printed []byte) error {
	c, _, err := NewRoot(SystemEnv()).Find(args)
	if err != nil || code == exitUsage && len(printed) == 0 {
		return nil // nothing was tried
	}
	name := strings.ReplaceAll(helpName(c), "_", "-")
	s, err := resolved(name)
	if err != nil {
		return err
	}
	goesOn := name == "listen" || name == "emulator" || name == "run" && !slices.Contains(args, "--check")
	n := 0
	for d := json.NewDecoder(bytes.NewReader(printed)); ; n++ {
		var doc map[string]any
		if err := d.Decode(&doc); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		if err := s.Validate(doc); err != nil {
			return err
		}
		if ok := doc["ok"] == true; ok != (code == exitOK) && !goesOn {
			return fmt.Errorf("ok is %t, and the exit code %d", ok, code)
		}
	}
	if n != 1 && !goesOn || n == 0 {
		return fmt.Errorf("there are %d objects", n)
	}
	return nil
}

func resolved(name string) (*jsonschema.Resolved, error) {
	b, ok := schema.Lookup(name)
	if !ok {
		return nil, fmt.Errorf("there is no schema %s", name)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, err
	}
	return s.Resolve(nil)
}

// TestContractIsHeld: what the scripts are held by finds what is wrong.
func TestContractIsHeld(t *testing.T) {
	const right = `{"schema_version":1,"ok":true,"findings":[],"token":"abc"}`
	args := []string{"keygen", "--json"}
	if err := heldToContract(args, exitOK, []byte(right)); err != nil {
		t.Fatal(err)
	}
	for name, printed := range map[string]string{
		"nothing":                 "",
		"two objects":             right + right,
		"no object":               "ok\n",
		"ok, and the exit code 0": `{"schema_version":1,"ok":false,"findings":[]}`,
		"null findings":           `{"schema_version":1,"ok":true,"findings":null}`,
		"no version":              `{"ok":true,"findings":[]}`,
		"a number for a token":    `{"schema_version":1,"ok":true,"findings":[],"token":1}`,
	} {
		if heldToContract(args, exitOK, []byte(printed)) == nil {
			t.Errorf("%s: %s is taken", name, printed)
		}
	}
	if heldToContract(args, exitFailed, []byte(right)) == nil {
		t.Error("ok is taken with exit code 3")
	}
}
