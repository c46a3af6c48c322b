package wxjson

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

func TestVisible(t *testing.T) {
	const text = "a\u009b31m\u202eb\u200bc\U000e0041\u2066 你好\ufeff\x7f"
	in, err := MarshalIndent(map[string]string{"k\u200d": text})
	if err != nil {
		t.Fatal(err)
	}
	out := Visible(in)
	for _, r := range strings.ReplaceAll(string(out), "\n", "") {
		if !unicode.IsPrint(r) {
			t.Errorf("leaves %U", r)
		}
	}
	var back map[string]string
	if err := json.Unmarshal(out, &back); err != nil || back["k\u200d"] != text {
		t.Errorf("%s: %v", out, err)
	}
	if plain := []byte("{\n\t\"a\": \"你好\"\r\n}"); string(Visible(plain)) != string(plain) {
		t.Errorf("changes %q", plain)
	}
}
