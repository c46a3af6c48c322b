package text

import "testing"

func TestOf(t *testing.T) {
	keys := []string{"appid", "secret", "token", "aes_key", "url", "mode"}
	for _, c := range []struct{ word, want string }{
		{"app_id", "appid"},
		{"AppID", "appid"},
		{"tokne", "token"},
		{"aes-key", "aes_key"},
		{"aeskey", "aes_key"},
		{"ulr", "url"},
		{"zzzz", ""},
		{"", ""},
		{"令牌", ""},
	} {
		if got := Nearest(c.word, keys); got != c.want {
			t.Errorf("Nearest(%q) = %q, want %q", c.word, got, c.want)
		}
	}
}
