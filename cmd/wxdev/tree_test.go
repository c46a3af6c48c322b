package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/pkg/finding"
)

// testEnv is an Env without a terminal or variables; out and err collect what
// is printed.
func testEnv(t *testing.T, vars ...string) (env *Env, out, errOut *bytes.Buffer) {
	t.Helper()
	out, errOut = new(bytes.Buffer), new(bytes.Buffer)
	dir := t.TempDir()
	env = SystemEnv()
	env.In, env.Out, env.Plain, env.Err = strings.NewReader(""), out, out, errOut
	env.InTTY, env.OutTTY, env.ErrTTY = false, false, false
	env.Screen, env.Width = nil, 80
	env.LookupEnv = func(name string) (string, bool) {
		for i := 0; i+1 < len(vars); i += 2 {
			if vars[i] == name {
				return vars[i+1], true
			}
		}
		return "", false
	}
	env.Now = func() time.Time { return time.Unix(1_700_000_000, 0) }
	env.Getwd = func() (string, error) { return dir, nil }
	env.ConfigDir = func() (string, error) { return filepath.Join(dir, "config"), nil }
	env.CacheDir = func() (string, error) { return filepath.Join(dir, "cache"), nil }
	return env, out, errOut
}

// leaves are the commands that do something, by path without "wxdev".
func leaves(t *testing.T) map[string]*cobra.Command {
	env, _, _ := testEnv(t)
	all := map[string]*cobra.Command{}
	root := NewRoot(env)
	fillAllHelp(root, finding.English)
	walk(root, func(c *cobra.Command) {
		own := !slices.Contains([]string{"help", "completion"}, strings.Split(c.CommandPath()+"  ", " ")[1])
		if !c.HasSubCommands() && own && c.Runnable() {
			all[strings.TrimPrefix(c.CommandPath(), "wxdev ")] = c
		}
	})
	return all
}

func TestCommandsAreDocumented(t *testing.T) {
	for path, c := range leaves(t) {
		if c.Short == "" || len(c.Short) >= 60 || strings.HasSuffix(c.Short, ".") || strings.ToUpper(c.Short[:1]) != c.Short[:1] {
			t.Errorf("%s: Short is %q: a capital imperative, under 60 characters, no period", path, c.Short)
		}
		if c.Long == "" {
			t.Errorf("%s: no Long", path)
		}
		for line := range strings.SplitSeq(c.Long, "\n") {
			if columns(line) > 80 && !strings.Contains(line, "https://") {
				t.Errorf("%s: a line of Long is wider than 80 columns: %q", path, line)
			}
		}
		if c.Args == nil {
			t.Errorf("%s: Args is nil", path)
		}
		if !strings.Contains(c.Example, "wxdev "+path) {
			t.Errorf("%s: Example does not show it", path)
		}
		for line := range strings.SplitSeq(c.Example, "\n") {
			if !strings.HasPrefix(line, "  $ ") && !strings.HasPrefix(line, "    ") {
				t.Errorf("%s: an example line begins neither with a prompt nor indented: %q", path, line)
			}
		}
	}
}

// TestCommandsHaveScripts demands a script for each command, by its name.
func TestCommandsHaveScripts(t *testing.T) {
	for path := range leaves(t) {
		name := strings.ReplaceAll(path, " ", "_")
		found, err := filepath.Glob("../../testdata/script/" + name + "*.txtar")
		if err != nil || len(found) == 0 {
			t.Errorf("no testdata/script/%s*.txtar", name)
		}
	}
}

// TestFilesAreNamedByCommand keeps the tree findable: wxdev menu push is
// menu_push.go.
func TestFilesAreNamedByCommand(t *testing.T) {
	for path := range leaves(t) {
		name := strings.NewReplacer(" ", "_", "-", "").Replace(path)
		if _, err := os.Stat(name + ".go"); err != nil {
			t.Errorf("wxdev %s: %v", path, err)
		}
	}
}

// TestCommandsAreBuiltByTheirName: Main builds the named one alone.
func TestCommandsAreBuiltByTheirName(t *testing.T) {
	env, _, _ := testEnv(t)
	for _, group := range commandGroups {
		for _, e := range group.commands {
			if only := onlyCommand([]string{e.name}); only != e.name {
				t.Errorf("onlyCommand(%q) = %q", e.name, only)
			}
			root, _ := newRoot(env, []string{e.name})
			if c, _, err := root.Find([]string{e.name}); err != nil || c.Name() != e.name {
				t.Errorf("%s is in the table as %s: %v", c.Name(), e.name, err)
			}
		}
	}
}

// TestCompletionsAreCurrent compares completions/ with what the binary makes;
// `make completions` rewrites them.
func TestCompletionsAreCurrent(t *testing.T) {
	for shell, file := range map[string]string{
		"bash": "wxdev.bash", "zsh": "_wxdev", "fish": "wxdev.fish", "powershell": "wxdev.ps1",
	} {
		env, out, errOut := testEnv(t)
		if code := Main([]string{"completion", shell}, env); code != exitOK {
			t.Fatalf("completion %s: exit %d: %s", shell, code, errOut)
		}
		have, err := os.ReadFile("../../completions/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(have, out.Bytes()) {
			t.Errorf("completions/%s is not what wxdev makes: run `make completions`", file)
		}
	}
}

// house is every room, from the ground up. A package may import what stands
// in an earlier line, and nothing of its own line. Rooms that are not built
// yet have their place already.
const house = `
internal/lazy internal/packed
internal/text internal/source internal/atomicfile internal/hostname internal/guard internal/qr internal/busy internal/feed
internal/wxjson internal/wxxml internal/redact internal/stacks
internal/browser
pkg/finding/reason
pkg/finding
internal/tomldoc internal/bilingual
pkg/signature
pkg/msgcrypt
pkg/product
pkg/catalog
pkg/message
pkg/menu pkg/apisign pkg/jssdk
pkg/wire
pkg/answer
pkg/reply
pkg/push
pkg/receiver pkg/recording pkg/jssdk/devserver pkg/emulator/client pkg/tokenstore
pkg/api
pkg/scenario
pkg/verify
pkg/load
pkg/load/export pkg/load/loadpage
pkg/emulator
pkg/emulator/phone pkg/emulator/h5 internal/demobot
pkg/emulator/control
pkg/emulator/local
internal/config internal/run internal/schema
internal/words
internal/terminal
internal/report
internal/mcp
`

// TestImportsRunOneWay also keeps what is for cmd/wxdev alone out of pkg/, and
// the catalogue's texts out of what only computes.
func TestImportsRunOneWay(t *testing.T) {
	const ours = "github.com/wxdev/wxdev/"
	floor := map[string]int{}
	for n, line := range strings.Split(house, "\n") {
		for room := range strings.FieldsSeq(line) {
			floor[room] = n
		}
	}
	noCatalog := func(room string) bool {
		return room == "pkg/signature" || room == "pkg/msgcrypt" ||
			strings.HasPrefix(room, "internal/") && room != "internal/report" && room != "internal/mcp"
	}
	for _, top := range []string{"pkg", "internal"} {
		eachGoFile(t, "../../"+top, func(path string, imports []string) {
			room := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../../")
			here, known := floor[room]
			if !known {
				t.Errorf("%s: package %s has no place in the house", path, room)
			}
			for _, imp := range imports {
				if top == "pkg" && (strings.HasPrefix(imp, "github.com/spf13/") || strings.HasPrefix(imp, "github.com/fatih/") || imp == "os/exec") {
					t.Errorf("%s imports %s, which is for cmd/wxdev", path, imp)
				}
				dep, own := strings.CutPrefix(imp, ours)
				if !own {
					continue
				}
				if floor[dep] >= here {
					t.Errorf("%s imports %s: the arrow runs the other way", path, dep)
				}
				if dep == "pkg/catalog" && noCatalog(room) {
					t.Errorf("%s imports the catalogue: it is to say what it found as data", path)
				}
			}
		})
	}
}

// forbidden is what only cmd/wxdev may do: print, exit, read the environment.
var forbidden = regexp.MustCompile(`\bfmt\.Print|\bos\.(Exit|Stdout|Stderr|Stdin|Getenv|LookupEnv|Environ)\b|\blog\.(Print|Fatal|Panic)|\bprintln\(`)

func TestPackagesKeepQuiet(t *testing.T) {
	eachGoFile(t, "../../pkg", func(path string, _ []string) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			code, _, _ := strings.Cut(line, "//")
			if m := forbidden.FindString(code); m != "" {
				t.Errorf("%s:%d: %s is for cmd/wxdev", path, i+1, m)
			}
		}
	})
}

// TestEachPackageHasOneComment: it is the package's manual.
func TestEachPackageHasOneComment(t *testing.T) {
	comments := map[string]int{}
	for _, root := range []string{"../../pkg", "../../internal", "."} {
		eachGoFile(t, root, func(path string, _ []string) {
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.PackageClauseOnly)
			if err != nil {
				t.Fatal(err)
			}
			comments[filepath.Dir(path)] += 0
			if f.Doc != nil {
				comments[filepath.Dir(path)]++
			}
		})
	}
	for dir, n := range comments {
		if n != 1 {
			t.Errorf("%s has %d package comments, not one", dir, n)
		}
	}
}

func eachGoFile(t *testing.T, root string, visit func(path string, imports []string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		var imports []string
		for _, imp := range f.Imports {
			imports = append(imports, strings.Trim(imp.Path.Value, `"`))
		}
		visit(path, imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNothingLocalIsCommitted keeps paths of a machine and addresses of
// registries out of the repository.
func TestNothingLocalIsCommitted(t *testing.T) {
	files, err := exec.Command("git", "-C", "../..", "ls-files", "-z").Output()
	if err != nil {
		t.Skip("not a git checkout")
	}
	bad := regexp.MustCompile(`"resolved":\s*"http|/root/|/home/[a-z]+/`)
	for name := range strings.SplitSeq(strings.TrimSuffix(string(files), "\x00"), "\x00") {
		if strings.HasSuffix(name, "tree_test.go") {
			continue
		}
		text, err := os.ReadFile("../../" + name)
		if err != nil {
			continue // deleted in the working tree
		}
		if m := bad.Find(text); m != nil {
			t.Errorf("%s holds %q", name, m)
		}
	}
}
