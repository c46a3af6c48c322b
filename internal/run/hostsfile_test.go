package run

import "testing"

// TestWithout: the user's own addresses of our hosts go, and nothing else.
func TestWithout(t *testing.T) {
	for line, want := range map[string]string{
		"127.0.0.1 localhost\n":                              "127.0.0.1 localhost\n",
		"# ::1 api.weixin.qq.com\n":                          "# ::1 api.weixin.qq.com\n",
		"::1\tAPI.weixin.qq.com.\n":                          "",
		"203.0.113.7 a.example api.weixin.qq.com b # mine\n": "203.0.113.7 a.example b\n",
		"203.0.113.7 api.mch.weixin.qq.com":                  "203.0.113.7 api.mch.weixin.qq.com",
		"\n":                                                 "\n", "": "",
	} {
		if got := without(line); got != want {
			t.Errorf("%q became %q, not %q", line, got, want)
		}
	}
}
