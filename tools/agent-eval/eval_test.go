//go:build unix

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/stacks"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "oracle" {
		if err := oracle(os.Args[2]); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

// There are twenty, each with its own name and fault, no hint of which is in
// what an agent is given, and every edit fits.
func TestCases(t *testing.T) {
	cases, err := loadCases()
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) != 20 {
		t.Errorf("there are %d", len(cases))
	}
	names := map[string]bool{}
	for _, c := range cases {
		if names[c.Name] {
			t.Errorf("two are called %s", c.Name)
		}
		names[c.Name] = true
		right, err := c.mended()
		if err != nil {
			t.Fatal(err)
		}
		wrong, err := c.wrong()
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Edit) == 0 || right[c.Edit[0].File] == wrong[c.Edit[0].File] {
			t.Errorf("%s is not wrong", c.Name)
		}
		if task := c.taskText(); c.Finds != "" && strings.Contains(task, c.Finds) || !strings.Contains(task, c.Task) {
			t.Errorf("%s: the task is\n%s", c.Name, task)
		}
	}
}

// An agent that does nothing mends none of them, and wxdev names each fault by
// the finding that is meant; the known edit mends all.
func TestOracleAndIdler(t *testing.T) {
	stacks.Need(t, "go", "python", "node", "php")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := loadCases()
	if err != nil {
		t.Fatal(err)
	}
	e := &eval{dir: t.TempDir(), limit: time.Minute}
	t.Chdir("../..")
	if err := e.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Run("each", func(t *testing.T) { // the folder is there until all are done
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				if err := c.layOut(e.folder(c), "skill"); err != nil {
					t.Fatal(err)
				}
				idler, knowing := *e, *e
				idler.agent, knowing.agent = "true", self+" oracle {dir}"
				if err := idler.runAgent(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				before := time.Now()
				why := idler.judge(t.Context(), c)
				took := time.Since(before)
				switch want := c.Finds + " "; {
				case why == nil:
					t.Error("it passes as it was laid out")
				case c.Finds == "" && !strings.HasPrefix(why.Error(), "wxdev test: "), c.Finds != "" && !strings.HasPrefix(why.Error(), want):
					t.Errorf("it fails for %q, and was meant to for %s", why, want)
				}
				if err := knowing.runAgent(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				before = time.Now()
				if why := knowing.judge(t.Context(), c); why != nil {
					t.Errorf("the known edit does not mend it: %v", why)
				}
				t.Logf("judged in %v and %v", took, time.Since(before))
			})
		}
	})
}

// The bot of which a feature was taken out passes verify, and is not mended.
func TestTakingOutIsNotMending(t *testing.T) {
	stacks.Need(t, "go", "node")
	cases, err := loadCases()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(cases, func(c *broken) bool { return c.Name == "length" })
	e := &eval{dir: t.TempDir()}
	t.Chdir("../..")
	if err := e.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := cases[i]
	if err := c.layOut(e.folder(c), "skill"); err != nil {
		t.Fatal(err)
	}
	files, err := c.mended()
	if err != nil {
		t.Fatal(err)
	}
	if err := replace(files, c.Base, "function answer(msg) {\n", "function answer(msg) {\n  return null;\n"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(e.folder(c), c.Base), []byte(files[c.Base]), 0o644); err != nil {
		t.Fatal(err)
	}
	if why := e.judge(t.Context(), c); why == nil || !strings.HasPrefix(why.Error(), "wxdev test: ") {
		t.Errorf("a bot that says nothing: %v", why)
	}
}
