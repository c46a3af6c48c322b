package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
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

// TestAPINamesOnlyWhatIsPromised: what a package exports has no type of a
// package that may change at any time.
func TestAPINamesOnlyWhatIsPromised(t *testing.T) {
	eachGoFile(t, "../../pkg", func(file string, imports []string) {
		loose := map[string]bool{}
		for _, imp := range imports {
			if strings.Contains(imp, "/internal/") || strings.HasSuffix(imp, "/unstable") {
				loose[path.Base(imp)] = true
			}
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.FileExports(f)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BlockStmt, *ast.ImportSpec:
				return false
			case *ast.ValueSpec: // its type; the value may come from anywhere
				n.Values = nil
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && loose[x.Name] {
					t.Errorf("%s: the API names %s.%s, which is not promised", fset.Position(n.Pos()), x.Name, n.Sel.Name)
				}
			}
			return true
		})
	})
}
