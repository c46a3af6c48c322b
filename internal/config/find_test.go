package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const emptyFile = "[account]\n"

func TestSearch(t *testing.T) {
	w := newWorld(t, map[string]string{
		"project/wxdev.toml":    emptyFile,
		"project/a/b/keep":      "",
		"home/wxdev/wxdev.toml": emptyFile,
		"elsewhere/keep":        "",
		"other.toml":            emptyFile,
	})
	at := func(names ...string) string { return filepath.Join(append([]string{w.dir}, names...)...) }
	for _, c := range []struct {
		name string
		o    Options
		env  string
		want string
	}{
		{"in the folder", Options{Dir: at("project")}, "", at("project", "wxdev.toml")},
		{"upward", Options{Dir: at("project", "a", "b"), UserDir: at("home")}, "", at("project", "wxdev.toml")},
		{"the user's", Options{Dir: at("elsewhere"), UserDir: at("home")}, "", at("home", "wxdev", "wxdev.toml")},
		{"none", Options{Dir: at("elsewhere"), UserDir: at("elsewhere")}, "", ""},
		{"named", Options{Dir: at("project", "a"), Path: "../../other.toml"}, "nonsense", at("other.toml")},
		{"named, absolute", Options{Dir: at("project"), Path: at("other.toml")}, "", at("other.toml")},
		{"by the environment", Options{Dir: at("project")}, "../other.toml", at("other.toml")},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.LookupEnv = func(name string) (string, bool) {
				if name != "WXDEV_CONFIG" {
					return "", false
				}
				return c.env, c.env != ""
			}
			got, err := Load(c.o)
			if err != nil {
				t.Fatal(err)
			}
			if got.Path() != c.want {
				t.Errorf("found %q, want %q", got.Path(), c.want)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	w := newWorld(t, map[string]string{
		"folder/wxdev.toml/keep": "",
		"big/wxdev.toml":         strings.Repeat("#", 1<<20) + "\n",
		"full/wxdev.toml":        strings.Repeat("#", 1<<20),
		"link/keep":              "",
	})
	if err := os.Symlink("nowhere", filepath.Join(w.dir, "link", "wxdev.toml")); err != nil {
		t.Fatal(err)
	}
	for folder, want := range map[string]string{
		"folder": "config wxdev.toml: is a folder, not a file",
		"big":    "config wxdev.toml: is too big: more than 1024 KiB",
		"link":   "config wxdev.toml: no such file",
	} {
		o := w.options()
		o.Dir = filepath.Join(w.dir, folder)
		_, err := Load(o)
		wantError(t, err, want, "")
	}
	w.load(func(o *Options) { o.Dir = filepath.Join(w.dir, "full") })

	o := w.options()
	o.Path = "missing.toml"
	_, err := Load(o)
	wantError(t, err, `--config: there is no file "missing.toml"`, "wxdev init --config")
	o.Path = "folder"
	_, err = Load(o)
	wantError(t, err, "config folder: is a folder", "")
	w.env["WXDEV_CONFIG"] = "missing.toml"
	_, err = Load(w.options())
	wantError(t, err, `WXDEV_CONFIG: there is no file "missing.toml"`, "")
}
