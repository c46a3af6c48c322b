package catalog

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
)

var (
	findingID = regexp.MustCompile(`^[VMJASERWP][0-9]{2}$`)
	braced    = regexp.MustCompile(`\{([a-z_]+)\}`)
)

// produced is a finding that code makes, and where.
type produced struct {
	id, variant string
	facts       []string // the names that stand in the code
	open        bool     // more facts are passed on than can be read there
	at          string
}

// TestWhatCodeFindsHasWords walks every id and variant that the packages name,
// and finds them in the catalogue, in both languages, with no placeholder that
// the code does not fill.
func TestWhatCodeFindsHasWords(t *testing.T) {
	all := producedFindings(t)
	if len(all) < 200 {
		t.Fatalf("only %d findings were read in the code", len(all))
	}
	for _, p := range all {
		e, ok := Lookup(p.id)
		if !ok {
			t.Errorf("%s: %s is not in the catalogue", p.at, p.id)
			continue
		}
		v, ok := e.Variant(p.variant)
		if !ok && (p.variant != "" || len(e.Variants) > 0) {
			t.Errorf("%s: %s has no variant %q", p.at, p.id, p.variant)
			continue
		}
		for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
			title, evidence, fix := e.Describe(lang, p.variant, nil)
			if title == "" || fix == "" || evidence == "" && v.Name != "" {
				t.Errorf("%s: %s %s has no words in %s", p.at, p.id, p.variant, lang)
			}
			for _, m := range braced.FindAllStringSubmatch(title+evidence+fix, -1) {
				if !p.open && !slices.Contains(p.facts, m[1]) {
					t.Errorf("%s: nothing fills %s of %s %s in %s", p.at, m[0], p.id, p.variant, lang)
				}
			}
		}
	}
}

// producedFindings reads the calls of the other packages that name an id and a
// variant, whatever they call, and the literals that do.
func producedFindings(t *testing.T) []produced {
	var all []produced
	fset := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || filepath.Dir(path) == "../catalog" {
			return err
		}
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if p, ok := readFinding(n.Args, n.Ellipsis.IsValid() || addsFacts(n.Fun)); ok {
					p.at = fset.Position(n.Pos()).String()
					all = append(all, p)
				}
			case *ast.CompositeLit:
				if p, ok := readFinding(n.Elts, true); ok { // a rule: its facts come with the call
					p.at = fset.Position(n.Pos()).String()
					all = append(all, p)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// addsFacts reports whether a function may add facts of its own.
func addsFacts(fun ast.Expr) bool {
	name := ""
	switch f := fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	return !slices.Contains([]string{"find", "New", "NewFinding"}, name)
}

func readFinding(args []ast.Expr, open bool) (produced, bool) {
	for i := range args {
		id, ok := literal(args[i])
		if !ok || !findingID.MatchString(id) {
			continue
		}
		if i+1 >= len(args) {
			return produced{}, false
		}
		variant, ok := literal(args[i+1])
		if !ok || findingID.MatchString(variant) {
			return produced{}, false
		}
		p := produced{id: id, variant: variant, open: open}
		for _, a := range args[i+2:] {
			if name, ok := literal(a); ok {
				p.facts = append(p.facts, name)
			}
		}
		return p, true
	}
	return produced{}, false
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
