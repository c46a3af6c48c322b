package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCompatibilityIsPromised: the READMEs say what a release may change, and
// each package comment points there.
func TestCompatibilityIsPromised(t *testing.T) {
	for file, heading := range map[string]string{"README.md": "\n## Compatibility\n", "README.zh-CN.md": "\n## 兼容性\n"} {
		text, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), heading) {
			t.Errorf("%s has no section %q", file, strings.TrimSpace(heading))
		}
	}
	docs := map[string]string{} // by folder
	eachGoFile(t, "../../pkg", func(path string, _ []string) {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		docs[filepath.Dir(path)] += f.Doc.Text()
	})
	for dir, doc := range docs {
		_, promise, found := strings.Cut(doc, "\n# Compatibility\n\n")
		if !found || !strings.Contains(promise, "README") {
			t.Errorf("the package comment of %s has no heading Compatibility with the way to the README", dir)
		}
	}
}
