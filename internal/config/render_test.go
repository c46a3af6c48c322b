package config

import (
	"strings"
	"testing"
)

// said comments on everything, in several lines.
var said = Comments{Head: "a file\n\nof settings", Profile: "another", Key: func(k Key) string { return "what " + string(k) + "\nis" }}

// What Render writes is read back as it was, whatever it holds.
func TestRenderRoundTrip(t *testing.T) {
	values := map[Key]string{
		URL:    `http://a/?x="\'` + "\u202e\U000E0001",
		Token:  "env:WX_TOKEN",
		Secret: `file:C:\secrets\"x"`,
		Mode:   "compat\x7f\t\n#",
	}
	f, err := parse("f", []byte(Render(values, said)))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.tables[""]) != len(values) || len(f.profiles) != 0 {
		t.Errorf("%d values and %d profiles", len(f.tables[""]), len(f.profiles))
	}
	for k, want := range values {
		if got := f.tables[""][k].text; got != want {
			t.Errorf("%s is %q, want %q", k, got, want)
		}
	}
}

// Its commented lines are good examples: taken together they load. What only one
// product has is shown to that one.
func TestRenderExamples(t *testing.T) {
	for _, p := range []string{"", "component", "wecom"} {
		values := map[Key]string{}
		if p != "" {
			values = map[Key]string{Product: p, Mode: "safe"}
		}
		text := Render(values, said)
		var keys []Key
		for _, k := range Keys() {
			if of := string(k.OfProduct()); of != "" && of != p {
				if strings.Contains(text, string(k)) {
					t.Errorf("%s: %s is shown", p, k)
				}
				continue
			}
			keys = append(keys, k)
			text = strings.Replace(text, "# "+string(k)+" =", string(k)+" =", 1)
		}
		text = strings.Replace(text, "# [profile.staging]\n# url", "[profile.staging]\nurl", 1)
		w := newWorld(t, map[string]string{"wxdev.toml": text})
		w.env = map[string]string{"WX_TOKEN": "abc", "WX_SECRET": "s", "WX_AES_KEY": goodKey, "WX_STORE": "redis://127.0.0.1"}
		for _, profile := range []string{"", "staging"} {
			c := w.load(func(o *Options) { o.Profile = profile })
			if err := c.Require(keys...); err != nil {
				t.Error(p, err)
			}
		}
	}
}
