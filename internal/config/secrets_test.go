package config

import (
	"encoding/base64"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSecrets: those of every profile and variable are told, be they in force
// or not, and none is read that can be read only once.
func TestSecrets(t *testing.T) {
	const key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	raw, err := base64.RawStdEncoding.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, map[string]string{
		"wxdev.toml": "[account]\ntoken = \"fromaccount\"\nsecret = \"file:secret\"\nstore = \"redis://:fromstore@127.0.0.1:1\"\n" +
			"[profile.a]\ntoken = \"env:A_TOKEN\"\naes_key = \"" + key + "\"\n[profile.b]\nsecret = \"tooshort\"\ntoken = \"file:absent\"\nstore = \"redis://onlyuser@127.0.0.1:1\"\n",
		"secret": "fromfile\n",
	})
	w.env["A_TOKEN"], w.env["WXDEV_TOKEN"] = "fromvariable", "fromenv"
	var learned []string
	stdin := strings.NewReader("fromstdin\n")
	c := w.load(func(o *Options) {
		o.Profile, o.Stdin = "b", stdin
		o.Flags = map[Key]string{Token: "-", AESKey: "file:" + filepath.Dir(o.Dir)}
		o.Learned = func(s string) { learned = append(learned, s) }
	})
	got := c.Secrets()
	for _, want := range []string{
		"fromaccount", "fromfile", "fromstore", "fromvariable", "fromenv", "tooshort", "onlyuser", key, string(raw),
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not among them", want)
		}
	}
	if stdin.Len() != len("fromstdin\n") || len(learned) > 0 {
		t.Error("stdin was read for it")
	}
	if _, err := c.Get(Token); err != nil || !slices.Contains(learned, "fromstdin") {
		t.Errorf("learned %q, %v", learned, err)
	}
}
