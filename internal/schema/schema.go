// Package schema has the JSON Schemas of what wxdev prints with --json, of the
// files that it reads, and of what the emulator's control API answers. Those of
// outputs are named as the command is, with a dash for a blank ("menu-push"),
// those of files "wxdev.toml", "scenario", "replies", "seed" and "menu". That of
// the control API is one document, "control": its types have much in common, and
// who writes a client makes a type of each once.
//
// The outputs', the control API's and that of seeds are made from the types that are printed, by
// a test of package main which holds them to these; the others are written by
// hand. `make generate` packs them all, which is how the program has them.
package schema

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/packed"
	"github.com/wxdev/wxdev/pkg/menu"
)

//go:embed schemas.pack
var packedFiles string

var files = lazy.Value[*packed.Pack]{Make: func() *packed.Pack { return packed.Open(packedFiles) }}

// MenuFile is the name of the menu files' schema, which package menu has.
const MenuFile = "menu"

// base is where the schemas can be had without wxdev: a path that stays, as
// the files that name it do. Editors read them there.
const base = "https://raw.githubusercontent.com/wxdev/wxdev/main/"

// Outputs are the names of the schemas of outputs.
func Outputs() []string { return names("output") }

// Files are the names of the schemas of files.
func Files() []string {
	all := append(names("file"), MenuFile)
	slices.Sort(all)
	return all
}

// APIs are the names of the schemas of what servers answer.
func APIs() []string { return names("api") }

func names(dir string) []string {
	var all []string
	for _, name := range files.Get().Names() {
		if rest, ok := strings.CutPrefix(name, dir+"/"); ok {
			all = append(all, strings.TrimSuffix(rest, ".json"))
		}
	}
	return all
}

// Lookup returns the schema called name.
func Lookup(name string) ([]byte, bool) {
	if name == MenuFile {
		return menu.Schema(), true
	}
	for _, dir := range []string{"output", "file", "api"} {
		if b, ok := files.Get().Read(dir + "/" + name + ".json"); ok {
			return b, true
		}
	}
	return nil, false
}

// URL is where the schema called name can be had: docs/schemas has a copy of each.
func URL(name string) string { return base + "docs/schemas/" + name + ".json" }
