package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/wxdev/wxdev/pkg/finding"
)

var (
	placeholder = regexp.MustCompile(`\{[a-z_-]+\}`)
	verb        = regexp.MustCompile(`%[-+#.\[\]0-9]*[a-z]`) // of package fmt: values go into {placeholders}
	han         = func(r rune) bool { return unicode.Is(unicode.Han, r) || unicode.IsPunct(r) && r > 0x2000 }
)

// english are texts that are the same in Chinese: formats and names.
var english = []string{"emulator.account", "emulator.aes-key", "emulator.js-sdk", "explain.other", "status.token"}

// twoDigits are the placeholders that only one language needs.
var twoDigits = strings.NewReplacer("{mm}", "{m}", "{ss}", "{s}")

// Every text is in both languages, with the same placeholders.
func TestBothLanguages(t *testing.T) {
	for i, name := range names.Get() {
		en, zh := texts(i)
		if zh == "" && strings.HasPrefix(name, "help.") && strings.HasSuffix(name, ".example") && !strings.Contains(en, " # ") {
			continue // commands are the same in both, but for comments
		}
		if verb.MatchString(strings.ReplaceAll(en+zh, "%63", "")) { // which is a way to write c
			t.Errorf("%s is a format of package fmt: %q, %q", name, en, zh)
		}
		if en == "" || zh == "" {
			t.Errorf("%s: %q, %q", name, en, zh)
		}
		letters := strings.ContainsFunc(placeholder.ReplaceAllString(zh, ""), unicode.IsLetter)
		if letters && !strings.ContainsFunc(zh, han) && !slices.Contains(english, name) {
			t.Errorf("%s: %q is not Chinese", name, zh)
		}
		if a, b := arguments(en), arguments(zh); !slices.Equal(a, b) {
			t.Errorf("%s: the placeholders are %q in English, %q in Chinese", name, a, b)
		}
	}
}

// texts are a text in both languages, as it was written.
func texts(i int) (english, chinese string) {
	b := &said
	if i >= int(firstHelp) {
		b, i = &help, i-int(firstHelp)
	}
	return b.en.Get()[i], b.zh.Get()[i]
}

func arguments(s string) []string {
	all := placeholder.FindAllString(twoDigits.Replace(s), -1)
	slices.Sort(all)
	return slices.Compact(all)
}

func TestNamed(t *testing.T) {
	for i, name := range names.Get() {
		if id, ok := Named(name); !ok || id != ID(i) {
			t.Fatalf("%s is %d, %t", name, id, ok)
		}
	}
	for _, name := range []string{"no.such.text", "help.no.such", "help", "zz"} {
		if _, ok := Named(name); ok {
			t.Errorf("a text that there is none of was found: %s", name)
		}
	}
}

func TestFill(t *testing.T) {
	id, _ := Named("delivery.bytes")
	if got := Fill(finding.English, id, "n", "12"); got != "12 bytes" {
		t.Errorf("%q", got)
	}
	if got := Fill(finding.Chinese, id, "n", "12"); got != "12 字节" {
		t.Errorf("%q", got)
	}
}

// byName are the families whose members are called by a name from data.
var byName = []string{
	"bench.class.", "bench.script.", "bench.verdict.", "help.", "file.config.key.", "file.scenario.", "file.scenario-later.", "common.mode.", "delivery.unseen.", "report.severity.", "send.group.", "verify.passed.", "verify.reason.", "verify.noted.", "verify.failed.",
}

// Nobody keeps words that nothing says.
func TestEverythingIsSaid(t *testing.T) {
	said := map[string]bool{}
	for _, pattern := range []string{"../../cmd/wxdev/*.go", "../terminal/*.go", "../report/*.go", "../mcp/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`\bwords\.(\w+)`).FindAllSubmatch(text, -1) {
				said[string(m[1])] = true
			}
		}
	}
	constants := constants(t)
	for _, name := range names.Get() {
		if slices.ContainsFunc(byName, func(family string) bool { return strings.HasPrefix(name, family) }) {
			if !strings.HasPrefix(name, "help.") {
				constants = constants[1:]
			}
			continue
		}
		if !said[constants[0]] {
			t.Errorf("nothing says words.%s (%s)", constants[0], name)
		}
		constants = constants[1:]
	}
}

// constants are the names of the ids, in their order. The help has none.
func constants(t *testing.T) (all []string) {
	f, err := parser.ParseFile(token.NewFileSet(), "table.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range f.Decls {
		if decl, ok := decl.(*ast.GenDecl); ok && decl.Tok == token.CONST {
			for _, spec := range decl.Specs {
				all = append(all, spec.(*ast.ValueSpec).Names[0].Name)
			}
		}
	}
	return all
}
