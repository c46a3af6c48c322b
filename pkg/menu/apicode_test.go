package menu

import "testing"

// A problem says where in the document it is, and with which errcode the API
// refuses it.
func TestPathsAndErrCodes(t *testing.T) {
	for _, c := range []struct {
		file, variant, path string
		create, conditional int
	}{
		{`{"button":[{"type":"view","name":"a"}]}`, "field", "button[0]", 40020, 40020},
		{`{"button":[{"name":"a","sub_button":[{"type":"view","name":"b"}]}]}`, "field", "button[0].sub_button[0]", 40027, 40027},
		{`{"button":[{"name":"a","sub_button":[{"name":"b","url":"x"}]}]}`, "type", "button[0].sub_button[0]", 40024, 65308},
		{`{"button":[{"type":"VIEW","name":"a","url":"https://a.example/"}]}`, "type-case", "button[0].type", 65318, 65318},
		{`{"button":[{"type":"click","name":"a","kye":"x"}]}`, "misspelt", "button[0].kye", 40019, 40019},
		{`{"button":[{"type":"click","name":"a","key":"x"}],"matchrule":{}}`, "empty", "matchrule", 0, 65304},
		{`{"button":[{"type":"click","name":"a","key":"x"},]}`, "trailing-comma", "", 47001, 47001},
		{"[[button]]\ntype = \"view\"\nname = \"a\"\nurl = \"ftp://a\"\n", "scheme", "button[0].url", 40055, 40055},
	} {
		_, problems := Parse("menu", []byte(c.file))
		found := false
		for _, p := range problems {
			if p.Variant != c.variant {
				continue
			}
			found = true
			if p.Place.Path != c.path || p.ErrCode(false) != c.create || p.ErrCode(true) != c.conditional {
				t.Errorf("%s: %q, %d, %d", c.file, p.Place.Path, p.ErrCode(false), p.ErrCode(true))
			}
		}
		if !found {
			t.Errorf("%s: %v, no %s", c.file, problems, c.variant)
		}
	}
}
