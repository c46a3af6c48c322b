// Docs writes the pages of docs/ that are made from the catalogue, and the site:
//
//	go run ./tools/docs pages       docs/findings, docs/codes, docs/llms.txt and docs/schemas
//	go run ./tools/docs site DIR    README, docs and the catalogue as a static site
//
// It is run from the root of the repository, by `make docs` and `make site`. Its
// test fails when a page is not what the catalogue gives. A site needs no
// JavaScript but for the search box, and no server: it can be opened as files.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "docs: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "pages":
		return writePages(".")
	case len(args) == 2 && args[0] == "site":
		return writeSite(".", args[1])
	}
	return fmt.Errorf("usage: docs pages, or docs site DIR")
}

// writePages writes the pages and removes those of entries that are gone.
func writePages(root string) error {
	for _, dir := range []string{"docs/findings", "docs/codes", "docs/schemas"} {
		if err := os.RemoveAll(filepath.Join(root, dir)); err != nil {
			return err
		}
	}
	return writeFiles(root, pages())
}

// writeFiles writes files by their paths below a folder.
func writeFiles(root string, files map[string]string) error {
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
