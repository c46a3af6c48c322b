package menu

import "testing"

// sentTable is what was sent as a menu, and why WeChat sees no button in it.
var sentTable = map[string]string{
	`{"button":[{"type":"click","name":"a","key":"k"}]}`:          "",
	`{"menu":{"button":[{"type":"click","name":"a","key":"k"}]}}`: "A06 wrapped",
	`{"data":{"button":[]}}`:                                      "A06 wrapped",
	`{"menu":"{\"button\":[]}"}`:                                  "A06 wrapped",
	`{"menu":{"menu":{"button":[]}}}`:                             "A06 wrapped",
	`{"data":{"body":"{\"button\":[]}"}}`:                         "A06 wrapped",
	`{"selfmenu_info":{"button":[]}}`:                             "A06 wrapped",
	`[{"type":"click","name":"a","key":"k"}]`:                     "A06 bare-list",
	`menu.json`:             "A06 path",
	`@menu.json`:            "A06 path",
	`"/var/www/menu.json"`:  "A06 path",
	`C:\\wechat\\menu.json`: "A06 path",
	`"{\"button\":[]}"`:     "A06 string",
	`menu={"button":[]}`:    "A06 form",
	` `:                     "A06 empty",
	`{"button":[]}`:         "A11 top-none",
	`{"button":{"0":{}}}`:   "A06 button-object",
	`{"buttons":[{"type":"click","name":"a","key":"k"}]}`:           "A15 misspelt",
	`{"button":[{"type":"view","name":"a","url":"http://a.json"}]}`: "",
}

func TestCheckBody(t *testing.T) {
	for body, want := range sentTable {
		got := ""
		if problems := CheckBody([]byte(body)); len(problems) > 0 {
			got = problems[0].ID + " " + problems[0].Variant
		}
		if got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

// TestWrappedFile: a file may be an answer of the API, and that may be wrapped.
func TestWrappedFile(t *testing.T) {
	for _, body := range []string{
		`{"menu":{"menu":{"button":[{"type":"click","name":"a","key":"k"}]}}}`,
		`{"data":{"menu":{"button":[{"type":"click","name":"a","key":"k"}]}}}`,
		`{"body":"{\"button\":[]}"}`,
	} {
		_, problems := Parse("menu.json", []byte(body))
		if len(problems) != 1 || problems[0].ID != "A06" || problems[0].Variant != "wrapped" {
			t.Errorf("%s: %v", body, problems)
		}
	}
}
