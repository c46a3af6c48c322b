package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const printed = `goos: linux
pkg: github.com/wxdev/wxdev/pkg/signature
cpu: some
BenchmarkAccess/bare-2   	 1000000	       200.0 ns/op	      48 B/op	       1 allocs/op
BenchmarkAccess/wxdev-2  	  814623	       300.5 ns/op	      48 B/op	       2 allocs/op
PASS
ok  	github.com/wxdev/wxdev/pkg/signature	0.5s
pkg: github.com/wxdev/wxdev/pkg/msgcrypt
BenchmarkEncrypt/wxdev   	   12262	     16958 ns/op	 120.77 MB/s	    8960 B/op	       4 allocs/op
BenchmarkEncrypt/bare    	   12262	     16958 ns/op	 120.77 MB/s	    8960 B/op	       4 allocs/op
`

func TestTable(t *testing.T) {
	var all table
	all.read(printed)
	all.read(strings.ReplaceAll(printed, "300.5 ns/op", "250.0 ns/op"))
	all.read(strings.ReplaceAll(printed, "200.0 ns/op", "900.0 ns/op"))
	var out strings.Builder
	if err := all.print(&out); err != nil {
		t.Fatal(err)
	}
	const want = `         benchmark    bare   wxdev  ratio  allocs: bare  wxdev
  signature Access  200 ns  250 ns   1.25             1      2
  msgcrypt Encrypt   17 µs   17 µs   1.00             4      4
`
	if got := out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestTableNeedsBoth(t *testing.T) {
	var none table
	if err := none.print(new(strings.Builder)); err == nil {
		t.Error("a table of nothing")
	}
	var one table
	one.read(strings.ReplaceAll(printed, "Access/bare", "Access/other"))
	if err := one.print(new(strings.Builder)); err == nil || !strings.Contains(err.Error(), "signature Access") {
		t.Error(err)
	}
}

// Who makes a hot path quick has a benchmark that says so.
func TestPackagesWithBenchmarks(t *testing.T) {
	folders, err := withBenchmarks(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(folders, " ")
	for _, name := range []string{"signature", "msgcrypt", "message", "reply", "push", "catalog", "menu", "emulator", "wire", "jssdk"} {
		if !strings.Contains(all+" ", "/pkg/"+name+" ") {
			t.Errorf("%s has none: %s", name, all)
		}
	}
	if _, err := withBenchmarks(t.TempDir()); !os.IsNotExist(err) {
		t.Error(err)
	}
}
