package stacks_test

import (
	"flag"
	"fmt"
	"testing"

	"github.com/wxdev/wxdev/internal/stacks"
)

// judged is a test that only tells how Need ends it.
type judged struct {
	testing.TB
	end string
}

func (j *judged) Helper()                           {}
func (j *judged) Fatalf(format string, args ...any) { j.ends("fails: ", format, args) }
func (j *judged) Skipf(format string, args ...any)  { j.ends("skips: ", format, args) }

func (j *judged) ends(how, format string, args []any) {
	j.end = how + fmt.Sprintf(format, args...)
	panic(j)
}

func need(programs ...string) (end string) {
	j := &judged{end: "runs"}
	defer func() {
		if r := recover(); r != nil && r != any(j) {
			panic(r)
		}
		end = j.end
	}()
	stacks.Need(j, programs...)
	return
}

func TestNeed(t *testing.T) {
	wasShort := fmt.Sprint(testing.Short())
	t.Cleanup(func() { flag.Set("test.short", wasShort) })
	t.Setenv("PATH", t.TempDir()) // where nothing is
	for _, c := range []struct{ short, ci, program, want string }{
		{"false", "", "redis-server", "skips: no redis-server: `make deps` installs it, or says how"},
		{"false", "true", "redis-server", "fails: no redis-server: run `make deps`"},
		{"true", "", "redis-server", "skips: -short runs nothing that needs redis-server"},
		{"true", "true", "redis-server", "skips: -short runs nothing that needs redis-server"},
		{"false", "", "rediss", `fails: stacks does not know "rediss"`},
	} {
		flag.Set("test.short", c.short)
		t.Setenv("CI", c.ci)
		if got := need(c.program); got != c.want {
			t.Errorf("-short=%s, CI=%q, %s: %s; want %s", c.short, c.ci, c.program, got, c.want)
		}
	}
	flag.Set("test.short", "false")
	if got := need(); got != "runs" {
		t.Errorf("without a need: %s", got)
	}
}
