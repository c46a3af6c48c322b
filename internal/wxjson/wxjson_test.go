package wxjson

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMarshal(t *testing.T) {
	for value, want := range map[any]string{
		"a&b<c>d":                       `"a&b<c>d"`,
		"你好\u2028\u2029😀":               "\"你好\u2028\u2029😀\"",
		`\u2028 \\u2029`:                `"\\u2028 \\\\u2029"`,
		"\\\u2028":                      "\"\\\\\u2028\"",
		"\u2027\u202a":                  "\"\u2027\u202a\"",
		"\x01\"\\\n":                    `"\u0001\"\\\n"`,
		"ends with a \\":                `"ends with a \\"`,
		"ends with a separator\u2028":   "\"ends with a separator\u2028\"",
		1234567890123456789:             `1234567890123456789`,
		struct{ A, B string }{"<", "é"}: `{"A":"<","B":"é"}`,
	} {
		got, err := Marshal(value)
		if err != nil || string(got) != want {
			t.Errorf("%v: %s, %v", value, got, err)
		}
	}
	if b, err := Marshal(func() {}); err == nil || b != nil {
		t.Errorf("a function is JSON: %s", b)
	}
}

func TestMarshalIndent(t *testing.T) {
	got, err := MarshalIndent(map[string]any{"a": []string{"<\u2028>"}, "b": struct{}{}})
	want := "{\n  \"a\": [\n    \"<\u2028>\"\n  ],\n  \"b\": {}\n}\n"
	if err != nil || string(got) != want {
		t.Errorf("got %q, %v", got, err)
	}
}

// Values that marshal themselves are written alike.
func TestMarshalRaw(t *testing.T) {
	got, err := Marshal(map[string]any{"raw": json.RawMessage(`"<\u2028\\u2029"`)})
	if want := "{\"raw\":\"<\u2028\\\\u2029\"}"; err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestAppendString(t *testing.T) {
	for s, want := range map[string]string{
		"":                     `""`,
		"a&b<c>d/'":            `"a&b<c>d/'"`,
		"你\u2028\u2029\u00a0😀": "\"你\u2028\u2029\u00a0😀\"",
		"\"\\":                 `"\"\\"`,
		"\n\r\tx":              `"\n\r\tx"`,
		"\x00\b\f\x1f\x7f":     `"\u0000\u0008\u000c\u001f` + "\x7f\"",
		"a\xff\xfe\ufffd":      "\"a\ufffd\ufffd\ufffd\"",
	} {
		if got := AppendString([]byte("x:"), s); string(got) != "x:"+want {
			t.Errorf("%q: %s", s, got)
		}
	}
	if got := AppendRaw(nil, "a\xff\n"); string(got) != "\"a\xff\\n\"" {
		t.Errorf("raw: %q", got)
	}
}

// FuzzAppendString: encoding/json reads what was written, and neither writer
// escapes what need not be.
func FuzzAppendString(f *testing.F) {
	f.Add("a\u2028\"\\\x01\xff&")
	f.Add(`\u2028\\u2029`)
	f.Fuzz(func(t *testing.T, s string) {
		var want strings.Builder
		for _, r := range s {
			want.WriteRune(r)
		}
		marshalled, err := Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range [][]byte{AppendString(nil, s), marshalled} {
			var back string
			if err := json.Unmarshal(b, &back); err != nil || back != want.String() {
				t.Errorf("%q was written as %s and read as %q, %v", s, b, back, err)
			}
		}
		if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' }) < 0 {
			for _, b := range [][]byte{AppendString(nil, s), AppendRaw(nil, s), marshalled} {
				if string(b) != `"`+s+`"` {
					t.Errorf("%q was written as %s", s, b)
				}
			}
		}
	})
}
