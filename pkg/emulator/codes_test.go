package emulator_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/catalog"
)

// TestCodesAreExplained: every errcode that the emulator answers is in the
// catalogue, in both languages and with a text for errmsg. An errcode is a number
// of five digits in the source; other numbers of that size have an underscore.
func TestCodesAreExplained(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	fset := token.NewFileSet()
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.INT || len(lit.Value) != 5 {
				return true
			}
			code, err := strconv.Atoi(lit.Value)
			if err != nil { // hexadecimal, or with an underscore
				return true
			}
			seen++
			if c, ok := catalog.LookupCode(code); !ok || c.En == "" || c.Zh == "" {
				t.Errorf("%s: %d is not in errcodes.tsv", fset.Position(lit.Pos()), code)
			}
			return true
		})
	}
	if seen < 100 {
		t.Errorf("only %d errcodes were found", seen)
	}
}
