package config

import "testing"

func TestMeant(t *testing.T) {
	for _, c := range []struct {
		key        Key
		text, want string
	}{
		{Mode, "safe", "safe"},
		{Mode, " SAFE ", "safe"},
		{Mode, "Compat", "compat"},
		{Mode, "明文模式", "plain"},
		{Mode, "兼容模式", "compat"},
		{Mode, "安全模式", "safe"},
		{Mode, "安全", "safe"},
		{Mode, "1", "plain"},
		{Mode, "２", "compat"},
		{Mode, "3", "safe"},
		{Mode, "4", "4"},
		{Mode, "sage", "sage"},
		{Mode, "", ""},
		{Format, "JSON", "json"},
		{Format, "1", "1"},
		{Token, "SAFE", "SAFE"},
		{Token, "明文模式", "明文模式"},
		{URL, " x ", " x "},
	} {
		if got := Meant(c.key, c.text); got != c.want {
			t.Errorf("%s: %q is %q, want %q", c.key, c.text, got, c.want)
		}
	}
}
