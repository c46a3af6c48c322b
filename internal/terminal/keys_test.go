package terminal

import (
	"slices"
	"testing"
)

func TestKeys(t *testing.T) {
	for in, want := range map[string][]Key{
		"jk":                {"j", "k"},
		"\x1b[A\x1b[B":      {KeyUp, KeyDown},
		"\x1bOA\x1bOH":      {KeyUp, KeyHome}, // of an application's keypad
		"\x1b[5~\x1b[6~":    {KeyPageUp, KeyPageDown},
		"\x1b[1~\x1b[4~":    {KeyHome, KeyEnd},
		"\r\x7f\x03":        {KeyEnter, KeyBackspace, KeyInterrupt},
		"你好":                {"你", "好"},
		"\x1b\x1b[A":        {KeyEsc, KeyUp},
		"\x1bq":             {KeyEsc, "q"},
		"a\x1b[200~b":       {"a", "b"}, // one without a name
		"\x1b[1;5C\x00\x1c": nil,
		"\xffx":             {"x"},
	} {
		whole := &keyReader{}
		if got := whole.Feed([]byte(in)); !slices.Equal(got, want) {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
		var got []Key
		slowly := &keyReader{} // a byte at a time
		for i := range len(in) {
			got = append(got, slowly.Feed([]byte{in[i]})...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q, a byte at a time, is %q, want %q", in, got, want)
		}
	}
}

// An ESC is a key when nothing follows it.
func TestEscAlone(t *testing.T) {
	var k keyReader
	if got := k.Feed([]byte("\x1b")); len(got) > 0 || !k.Waits() {
		t.Errorf("it is %q before its time", got)
	}
	if got := k.End(); !slices.Equal(got, []Key{KeyEsc}) || k.Waits() {
		t.Errorf("it is %q", got)
	}
	if got := k.End(); got != nil {
		t.Errorf("then there is %q", got)
	}
}
