//go:build unix

package verify_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/internal/stacks"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/verify"
)

const (
	stackToken  = "wxdevtoken"
	stackAppID  = "wx0123456789abcdef"
	stackAESKey = "wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd"
)

// stack is an entry of testdata/servers/servers.toml, which explains the fields.
type stack struct {
	Name     string   `toml:"name"`
	SDK      string   `toml:"sdk"`
	Dir      string   `toml:"dir"`
	Run      []string `toml:"run"`
	Needs    []string `toml:"needs"`
	Format   string   `toml:"format"`
	Messages bool     `toml:"messages"`
	Hangs    bool     `toml:"hangs"`
	Mode     string   `toml:"mode"`
	Product  string   `toml:"product"`
	Env      []string `toml:"env"`
	Want     []string `toml:"want"`
}

func (s stack) encrypted() bool { return s.Mode == "compat" || s.Mode == "safe" }

func (s stack) options(t *testing.T, url string) verify.Options {
	o := verify.Options{
		URL: url, Token: stackToken, AppID: stackAppID,
		Format: s.Format, Messages: s.Messages, Mode: s.Mode, Product: product.Product(s.Product),
	}.WithSlow(time.Hour)
	if s.encrypted() {
		key, err := msgcrypt.ParseKey(stackAESKey)
		if err != nil {
			t.Fatal(err)
		}
		o.AESKey, o.Codec = stackAESKey, msgcrypt.New(key, stackAppID)
	}
	return o
}

// environ is what the process sees: the AES key only where the account has
// one in use, as servers tell from it what to do.
func (s stack) environ(tmp string) []string {
	env := []string{"TOKEN=" + stackToken, "APPID=" + stackAppID, "TMPDIR=" + tmp}
	if s.encrypted() {
		env = append(env, "AES_KEY="+stackAESKey)
	}
	return append(env, s.Env...)
}

// TestStacks checks servers as people write them, run by the programs that
// people run them with: theory and stacks differ.
func TestStacks(t *testing.T) {
	for _, s := range readStacks(t) {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			stacks.Need(t, s.Needs...)
			dir := stacks.Testdata(filepath.Join("servers", s.Dir))
			url := "http://" + stacks.Serve(t, dir, s.Run, s.environ(t.TempDir())...) + "/wechat"
			limit := busy.Net
			if s.Hangs {
				limit = 2 * time.Second
			}
			slices.Sort(s.Want)
			o := s.options(t, url)
			busy.Patiently(t, limit, func(limit time.Duration) error {
				o.Sender.Timeout = limit
				report := run(t, o)
				got := serious(report)
				slices.Sort(got)
				if !slices.Equal(got, s.Want) || report.OK() == wantsError(s.Want) {
					return fmt.Errorf("findings %q, want %q; OK() is %t", got, s.Want, report.OK())
				}
				return nil
			})
		})
	}
}

// TestStacksTable finds what TestStacks would not: a server that nothing
// runs, and a wanted finding that there is none of.
func TestStacksTable(t *testing.T) {
	all := readStacks(t)
	for _, pattern := range []string{"python/*.py", "php/*.php", "node/*.mjs", "go/*", "java/*.java", "nginx/*.conf", "../silenceper/bot"} {
		files, err := filepath.Glob(stacks.Testdata(filepath.Join("servers", pattern)))
		if err != nil || len(files) == 0 {
			t.Errorf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, f := range files {
			name := filepath.Base(f)
			if name != "nginx.conf" && !slices.ContainsFunc(all, func(s stack) bool { return s.runs(name) }) {
				t.Errorf("servers.toml never runs %s", f)
			}
		}
	}
	for _, s := range all {
		for _, want := range s.Want {
			id, variant, _ := strings.Cut(want, " ")
			e, ok := catalog.Lookup(id)
			if !ok {
				t.Errorf("%s: no finding %q", s.Name, id)
			} else if _, ok := e.Variant(variant); !ok {
				t.Errorf("%s: %s has no variant %q", s.Name, id, variant)
			}
		}
	}
}

func readStacks(t *testing.T) []stack {
	t.Helper()
	file, err := os.Open(stacks.Testdata("servers/servers.toml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var table struct {
		Server []stack `toml:"server"`
	}
	if err := toml.NewDecoder(file).DisallowUnknownFields().Decode(&table); err != nil {
		t.Fatal(err)
	}
	return table.Server
}

func (s stack) runs(file string) bool {
	return slices.ContainsFunc(s.Run, func(arg string) bool { return filepath.Base(arg) == file })
}
