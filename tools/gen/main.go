// Gen writes the Go tables that are made from data files:
//
//	go run ./tools/gen reasons    pkg/finding/reason/table.go from reasons.toml beside it
//	go run ./tools/gen types      pkg/message/table.go from types/ beside it
//	go run ./tools/gen words      internal/words/table.go from text/ beside it
//	go run ./tools/gen packs      the packs of package packed, from what is beside them
//
// It is run from the root of the repository, by `make generate`. Its test fails
// when a table is not what the data gives. It imports nothing of the product but
// package packed: what uses a new id does not compile before the table has it.
package main

import (
	"fmt"
	"os"
)

// table is one generated file.
type table struct {
	name string // of the subcommand
	file string
	make func(root string) ([]byte, error)
}

var tables = []table{
	{"reasons", "pkg/finding/reason/table.go", reasons},
	{"types", "pkg/message/table.go", types},
	{"words", "internal/words/table.go", words},
	packTogether("pkg/catalog/catalog.pack", "findings", "errcodes.tsv", "says.tsv", "settings.toml"),
	packOf("pkg/finding/reason/reasons.pack", 0, reasonTexts),
	packOf("internal/words/words.pack", 0, wordTexts),
	packTogether("internal/schema/schemas.pack", "output", "file", "api"),
	pack("pkg/emulator/phone/web.pack", "web"),
	pack("pkg/emulator/h5/web.pack", "web"),
	pack("pkg/jssdk/devserver/standin.pack", "standin"),
	pack("pkg/menu/schema.pack", "menu.schema.json"),
}

func main() {
	for _, name := range os.Args[1:] {
		known := false
		for _, t := range tables {
			if t.name != name {
				continue
			}
			known = true
			if err := write(t); err != nil {
				fmt.Fprintf(os.Stderr, "gen: %s: %v\n", name, err)
				os.Exit(1)
			}
		}
		if !known {
			fmt.Fprintf(os.Stderr, "gen: there is no table %q\n", name)
			os.Exit(2)
		}
	}
}

func write(t table) error {
	text, err := t.make(".")
	if err != nil {
		return err
	}
	return os.WriteFile(t.file, text, 0o644)
}
