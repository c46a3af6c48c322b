package wxjson

import (
	"encoding/json"
	"testing"
)

func TestWideEscapes(t *testing.T) {
	for _, c := range []struct {
		body, first string
		n           int
		read        string // the text, as WeChat reads it
	}{
		{`{"a":"\u4f60\u597d"}`, `\u4f60`, 2, `\u4f60\u597d`},
		{`{"a":"x\ud83d\uDE00"}`, `\ud83d`, 2, `x\ud83d\uDE00`},
		{`{"a":"a\u003db\u0026\n"}`, "", 0, "a=b&\n"},
		{`{"a":"\u00e9\u0041"}`, `\u00e9`, 1, `\u00e9A`},
		{`{"a":"\\u4f60"}`, "", 0, `\u4f60`},
		{`{"a":"\\\u4f60"}`, `\u4f60`, 1, `\\u4f60`},
		{`{"a":"你好"}`, "", 0, "你好"},
		{`{"a":"x"}`, "", 0, "x"},
	} {
		if first, n := WideEscapes([]byte(c.body)); first != c.first || n != c.n {
			t.Errorf("%s: %q, %d", c.body, first, n)
		}
		var v struct{ A string }
		if err := json.Unmarshal(KeepWideEscapes([]byte(c.body)), &v); err != nil || v.A != c.read {
			t.Errorf("%s: %q, %v; want %q", c.body, v.A, err, c.read)
		}
	}
	for _, broken := range []string{``, `\`, `\u`, `\u4f6`, `\uzzzz`, `"\u4f60`} {
		KeepWideEscapes([]byte(broken))
		WideEscapes([]byte(broken))
	}
}
