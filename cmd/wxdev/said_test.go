package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// prose is what reads like English: words of small letters, one after another.
var prose = regexp.MustCompile(`(?:^|[^\w./=<-])[a-z][a-z']*(?:[ ,;:]+[a-z][a-z']*){2,}`)

// notSaid are texts of the code that are no sentences: they go to programs, or
// to whoever changes the code.
var notSaid = []string{
	"a text is filled with a value of no known kind", // a panic
	testPageText, // a page, which has placeholders for what it says
}

// commandLine is what somebody is to type.
var commandLine = regexp.MustCompile(`\bwxdev [^#\n]*`)

// TestNothingIsSaidInCode: what people read is in package words, in both
// languages, and no error is made of a text.
func TestNothingIsSaidInCode(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if fn, ok := n.Fun.(*ast.SelectorExpr); ok && isErrorOfText(fn) && !isErrNo(n) {
					t.Errorf("%s: an error of a text: use failed or usage", fset.Position(n.Pos()))
				}
			case *ast.Field:
				n.Tag = nil // is for programs
			case *ast.BasicLit:
				if n.Kind != token.STRING {
					return true
				}
				text, err := strconv.Unquote(n.Value)
				if err == nil && prose.MatchString(commandLine.ReplaceAllString(text, "")) && !slices.Contains(notSaid, text) {
					t.Errorf("%s: %.60q is said in English only: put it into internal/words", fset.Position(n.Pos()), text)
				}
			}
			return true
		})
	}
}

func isErrorOfText(fn *ast.SelectorExpr) bool {
	pkg, ok := fn.X.(*ast.Ident)
	return ok && (pkg.Name == "fmt" && fn.Sel.Name == "Errorf" || pkg.Name == "errors" && fn.Sel.Name == "New")
}

// isErrNo: the text of that one is never shown.
func isErrNo(call *ast.CallExpr) bool {
	text, ok := call.Args[0].(*ast.BasicLit)
	return ok && text.Value == `"no"`
}
