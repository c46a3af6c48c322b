package tokenstore

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestFileIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "wxdev", "tokens")
	f := &File{Dir: dir}
	k := &Keeper{Store: f}
	if _, err := k.Get(t.Context(), testKey("k"), Want{}, fetched("secret")); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" {
		return // has no such modes
	}
	mode := func(path string) os.FileMode {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	if got := mode(dir); got != 0o700 {
		t.Errorf("the folder has mode %o", got)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 3 {
		t.Errorf("%q, %v: want the file and two locks", files, err)
	}
	for _, path := range files {
		if got := mode(path); got != 0o600 {
			t.Errorf("%s has mode %o", path, got)
		}
	}
	// One that somebody has opened to others is closed again when it is read.
	if err := os.Chmod(f.Path(testKey("k")), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Peek(t.Context(), testKey("k")); err != nil || got.Value != "secret" || mode(f.Path(testKey("k"))) != 0o600 {
		t.Errorf("%q, %v, mode %o", got.Value, err, mode(f.Path(testKey("k"))))
	}
}

// Accounts and bases have files of their own, whatever their names are.
func TestFileNames(t *testing.T) {
	f := &File{Dir: "dir"}
	seen := map[string]bool{}
	for _, k := range []Key{
		{Base: "a", AppID: "wx1"},
		{Base: "b", AppID: "wx1"},
		{Base: "a", AppID: "wx2"},
		{Base: "a", AppID: "../../etc/wx"},
		{Base: "a", AppID: "etc/wx"},
		{Base: "a", AppID: strings.Repeat("x", 1000)},
		{Base: "a"},
	} {
		path := f.Path(k)
		if seen[path] || filepath.Dir(path) != "dir" || len(path) > 100 {
			t.Errorf("%+v has %s", k, path)
		}
		seen[path] = true
	}
	if f.Path(Key{AppID: "x", Kind: "a"}) != f.Path(Key{AppID: "x", Kind: "b", Guard: "g"}) {
		t.Error("kinds of one account have files of their own")
	}
}

// Whatever is in the file, the token is fetched, and the file written anew.
func TestDamagedFiles(t *testing.T) {
	for name, content := range map[string]string{
		"empty":             "",
		"half":              `{"version":1,"api_base":"` + testBase + `","appid":"` + testAppID + `","kept":{"k":{"token":{"val`,
		"no JSON":           "\x00\xff\x1b[2J",
		"a list":            "[]",
		"null":              "null",
		"nothing kept":      `{"version":1,"api_base":"` + testBase + `","appid":"` + testAppID + `","kept":null}`,
		"wrong types":       `{"version":1,"api_base":"` + testBase + `","appid":"` + testAppID + `","kept":{"k":{"token":{"value":7}}}}`,
		"another version":   `{"version":2,"api_base":"` + testBase + `","appid":"` + testAppID + `"}`,
		"another account's": `{"version":1,"api_base":"` + testBase + `","appid":"wxother","kept":{}}`,
		"too long":          strings.Repeat(" ", maxDocument+1),
	} {
		t.Run(name, func(t *testing.T) {
			var warned []error
			f := &File{Dir: t.TempDir(), Warn: func(err error) { warned = append(warned, err) }}
			if err := os.WriteFile(f.Path(testKey("k")), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time it is kept
				k := &Keeper{Store: f}
				got, err := k.Get(t.Context(), testKey("k"), Want{}, fetched("new"))
				if err != nil || got.Value != "new" {
					t.Fatalf("%q, %v", got.Value, err)
				}
			}
			if want := name != "nothing kept"; len(warned) == 1 != want {
				t.Errorf("warned of %v", warned)
			}
			if got := f.load(testKey("k")).Kept["k"].Token.Value; got != "new" {
				t.Errorf("kept %q", got)
			}
			for _, err := range warned {
				if strings.ContainsAny(err.Error(), "\x1b\x00") || !errors.Is(err, ErrReplaced) {
					t.Errorf("the warning shows the file, or not that it is replaced: %q", err)
				}
				demandChinese(t, err)
			}
		})
	}
}

// A process that was killed while it wrote leaves a temporary file, which the
// next one does away with.
func TestLeftovers(t *testing.T) {
	f := &File{Dir: t.TempDir(), Warn: func(err error) { t.Errorf("warned: %v", err) }}
	tmp := f.Path(testKey("k")) + ".tmp"
	if err := os.WriteFile(tmp, []byte(`{"version":1,"ap`), 0o644); err != nil {
		t.Fatal(err)
	}
	k := &Keeper{Store: f}
	if got, err := k.Get(t.Context(), testKey("k"), Want{}, fetched("new")); err != nil || got.Value != "new" {
		t.Fatalf("%q, %v", got.Value, err)
	}
	if _, err := os.Stat(tmp); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	if got := f.load(testKey("k")).Kept["k"].Token.Value; got != "new" {
		t.Errorf("kept %q", got)
	}
}

// Without a folder, and with a full disk, there is a token, and one warning.
func TestUnusableFolders(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	full := func(string, []byte) error {
		return &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	}
	for name, f := range map[string]*File{
		"a file stands there":    {Dir: filepath.Join(file, "tokens")},
		"the name is impossible": {Dir: t.TempDir() + "/\x00"},
		"the disk is full":       {Dir: t.TempDir(), write: full},
	} {
		t.Run(name, func(t *testing.T) {
			var warned []string
			f.Warn = func(err error) {
				warned = append(warned, err.Error())
				demandChinese(t, err)
			}
			k := &Keeper{Store: f}
			for _, want := range []string{"one", "two"} {
				got, err := k.Get(t.Context(), testKey("k"), Want{}, fetched(want))
				if err != nil || got.Value != want {
					t.Errorf("%q, %v", got.Value, err)
				}
			}
			if len(warned) != 1 || !strings.HasPrefix(warned[0], "the token cache: ") {
				t.Errorf("warned of %q", warned)
			}
			if name == "the disk is full" && !strings.HasSuffix(warned[0], "no space left on device") {
				t.Errorf("warned of %q", warned)
			}
		})
	}
}

// A write that fails leaves no half file, and no value that a new one has
// replaced. One that only tells a failure leaves the value.
func TestFailedWrite(t *testing.T) {
	warned := false
	f := &File{Dir: t.TempDir(), Warn: func(error) { warned = true }}
	old := life("old", time.Now(), 2*time.Hour)
	put(t, f, old)
	tmp := f.Path(testKey("k")) + ".tmp"
	if err := os.MkdirAll(filepath.Join(tmp, "x"), 0o700); err != nil {
		t.Fatal(err) // so that it cannot be removed
	}
	failed := Record{Token: old, Guard: "guard", Failure: &Failure{ID: "f"}}
	if err := f.Save(t.Context(), testKey("k"), failed); err != nil {
		t.Fatal(err)
	}
	if got := f.load(testKey("k")).Kept["k"].Token.Value; got != "old" || !warned {
		t.Errorf("kept %q, warned: %t", got, warned)
	}
	put(t, f, life("new", time.Now(), 2*time.Hour))
	if got := f.load(testKey("k")).Kept["k"].Token.Value; got != "" {
		t.Errorf("kept %q", got)
	}
}

func FuzzDocument(f *testing.F) {
	doc := newDocument(testKey("k"))
	doc.Kept["k"] = Record{
		Token: life("v", time.Unix(1_700_000_000, 0).UTC(), time.Hour), Guard: "g", ID: "i", ForceID: "f",
		Failure: &Failure{ID: "i", Guard: "g", Text: "t"},
	}
	good, err := doc.marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"version":1,"kept":{"":null}}`))
	f.Add([]byte("[1e999"))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := parseDocument(data, testKey("k"))
		if err != nil {
			return
		}
		// What is read is written, and read back as it was.
		text, err := doc.marshal()
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseDocument(text, testKey("k"))
		if err != nil || len(again.Kept) != len(doc.Kept) {
			t.Fatalf("%v: %d of %d kept", err, len(again.Kept), len(doc.Kept))
		}
		for kind, r := range doc.Kept {
			got := again.Kept[kind]
			if got.Token.Value != r.Token.Value || !got.Token.Expires.Equal(r.Token.Expires) || got.failureID() != r.failureID() {
				t.Fatalf("%q: %+v became %+v", kind, r, got)
			}
			r.Token.Fresh(time.Now())
		}
	})
}
