package stacks

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// SDKDocs are the pages of what wxdev says of SDKs, in each language.
var SDKDocs = []string{"docs/sdks.md", "docs/sdks.zh-CN.md"}

// Row is a row of a page's table, by its cells.
type Row []string

var code = regexp.MustCompile("^`([^`]+)`$")

// Rows are those rows of a page's tables whose first cell is a name in code.
func Rows(t testing.TB, page string) map[string]Row {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(Testdata("."), "..", page))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]Row{}
	for line := range strings.SplitSeq(string(text), "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		name := code.FindStringSubmatch(cells[0])
		if name == nil || !strings.HasPrefix(line, "|") {
			continue
		}
		if rows[name[1]] != nil {
			t.Errorf("%s has %s twice", page, name[1])
		}
		rows[name[1]] = cells[1:]
	}
	return rows
}

var (
	findingID = regexp.MustCompile(`\b[VMJASERWP]\d\d\b`)
	dayOrSo   = regexp.MustCompile(`^20\d\d-\d\d(-\d\d)?$`)
)

// Check demands that a row says what a test wants to see: the package with
// its version, the ids and nothing else as the verdict, which is clean or
// works in the page's language where there are none, and when that was seen.
func (r Row) Check(t testing.TB, sdk string, want []string, clean ...string) {
	t.Helper()
	if len(r) < 3 {
		t.Errorf("the row is %q", r)
		return
	}
	var ids []string
	for _, w := range want {
		id, _, _ := strings.Cut(w, " ")
		ids = append(ids, id)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	got := findingID.FindAllString(r[1], -1)
	if r[0] != sdk || !slices.Equal(got, ids) || len(ids) == 0 && !slices.Contains(clean, r[1]) {
		t.Errorf("the row is %q, want %s with %q", r, sdk, want)
	}
	if !dayOrSo.MatchString(r[len(r)-1]) {
		t.Errorf("the row %q does not end with a day", r)
	}
}

// Versioned is a package with the version that the tests install: an npm
// package of a folder in testdata, or a module of testdata/silenceper.
func Versioned(t testing.TB, sdk, dir string) string {
	t.Helper()
	version := moduleVersion(t, sdk)
	if version == "" {
		version = npmVersion(t, sdk, dir)
	}
	if version == "" {
		t.Errorf("nothing installs %s", sdk)
	}
	return "`" + sdk + "` " + version
}

func moduleVersion(t testing.TB, path string) string {
	t.Helper()
	file, err := os.ReadFile(Testdata("silenceper/go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)\s` + regexp.QuoteMeta(path) + ` (v\S+)`).FindSubmatch(file)
	if m == nil {
		return ""
	}
	return string(m[1])
}

func npmVersion(t testing.TB, name, dir string) string {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(Testdata(dir), "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct {
			Version string `json:"version"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(file, &lock); err != nil {
		t.Fatal(err)
	}
	return lock.Packages["node_modules/"+name].Version
}
