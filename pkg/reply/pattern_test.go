package reply

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

var patterns = map[string]*pattern{
	"entity": entity, "unicodeEscape": unicodeEscape, "percentEscape": percentEscape, "address": address, "lineEscape": lineEscape,
	"tag": tag, "inCode": inCode, "markdown": markdown, "errorText": errorText, "stream": stream,
}

// FuzzPatterns: whatever an expression finds has a needle of its pattern in it.
func FuzzPatterns(f *testing.F) {
	for _, s := range []string{
		"&lt; &#x4f60; &nbsp;", `\u4f60 \U0001F600 \xe4\xbd`, "%E4%BD%A0", "https://example.com/?a=b", `a\nb\r\nc\N<BR/><br >`,
		`<a href="x">`, "C:\\new `\\n` \\r\"", "```", "**b**", "a\n### b", "[a](https://b)", "|a|\n| :-: | --- |\n",
		"TypeError: x", " java.lang.Exception: y", "eRRoR: z", "Traceback (most recent call last)", "Error code: 4", "Request failed with status code 5",
		"Internal Server Error", "panic: x", `{"error":`, "[object Object]", "undefined", "null ", "None", "NaN\n", "id: 1\ndata: x\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, p := range patterns {
			if got, want := p.find(s), p.regexp().FindString(s); got != want {
				t.Errorf("%s finds %q in %q, and the expression %q", name, got, s, want)
			}
			if got, want := p.replace(s, "x"), p.regexp().ReplaceAllString(s, "x"); got != want {
				t.Errorf("%s makes %q of %q, and the expression %q", name, got, s, want)
			}
		}
	})
}

// What is looked at before a text is read letter by letter leaves nothing out.
func TestShortcutsOfGarbledText(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		if got := gbk.Get().begins.has(r); got != (r != unicode.ReplacementChar && strings.ContainsRune(gbkBegins, r)) {
			t.Errorf("%c begins: %t", r, got)
		}
		if got := gbk.Get().meets.has(r); got != (r != unicode.ReplacementChar && strings.ContainsRune(gbkMeets, r)) {
			t.Errorf("%c meets: %t", r, got)
		}
		if b, ok := latinByte(r); ok && b >= 0xE0 && b <= 0xF4 && string(r)[0] != latinStart {
			t.Errorf("%c does not begin with %x", r, latinStart)
		}
	}
}

// An id that was rounded has many digits or an exponent, however it is written.
func TestShortcutOfRoundedIDs(t *testing.T) {
	for _, id := range []int64{1<<53 + 1, 24300000000000001, 7444438262512345089, 1999999999999999999, 1<<63 - 1, -(1<<53 + 1)} {
		rounded := float64(id)
		for _, s := range []string{
			fmt.Sprint(int64(rounded)), strconv.FormatFloat(rounded, 'f', -1, 64), strconv.FormatFloat(rounded, 'e', -1, 64),
			strings.Replace(strconv.FormatFloat(rounded, 'E', -1, 64), "E+", "E", 1),
		} {
			for before := range 20 {
				if body := strings.Repeat("<", before) + s + ">"; !mayBeRounded([]byte(body)) {
					t.Errorf("%s in %s", s, body)
				}
			}
		}
	}
	if usual := reply("text", hello); mayBeRounded([]byte(usual)) {
		t.Errorf("there is nothing in %s", usual)
	}
}

// The word may have any number of quotes and blanks around it.
func TestQuotedWordOfAnyLength(t *testing.T) {
	quotes := strings.Repeat(`"'`, 2*maxWord)
	for body, want := range map[string]string{
		quotes + "success" + quotes: "M06 quoted-success", quotes: "M06 word", quotes + "NULL\n": "M06 word",
		strings.Repeat(" \n", maxWord) + "success": "M06 blank-success",
	} {
		if _, found := judge([]byte(body), nil); idsOf(found) != want {
			t.Errorf("%.20q…: %s, want %s", body, idsOf(found), want)
		}
	}
}

// TestAllocs: a load test judges replies by the hundred thousand.
func TestAllocs(t *testing.T) {
	in := sample(t, "text")
	safe := encrypted(t, msgcrypt.Safe)
	for _, c := range []struct {
		what, body string
		asked      Asked
		most       float64
	}{
		{"text", reply("text", hello), Asked{Message: in}, 3},
		{"Chinese text", reply("text", "<Content><![CDATA[你好，欢迎关注！回复 1 看[链接]]]></Content>"), Asked{Message: in}, 3},
		{"text without CDATA", strings.NewReplacer("<![CDATA[", "", "]]>", "").Replace(reply("text", hello)), Asked{Message: in}, 3},
		{"picture", reply("image", "<Image><MediaId><![CDATA[m]]></MediaId></Image>"), Asked{Message: in}, 3},
		{"success", "success", Asked{Message: in}, 1},
		{"nothing", "", Asked{Message: in}, 1},
		{"encrypted", inXML(envelope(sealed(t, safe, reply("text", hello)), "1700000001", "12")), safe, 16},
	} {
		body := []byte(c.body)
		if n := testing.AllocsPerRun(100, func() { Show(c.asked.Message, Judge(body, c.asked).Reply, nil) }); n > c.most {
			t.Errorf("%s: %v allocations, want %v at most", c.what, n, c.most)
		}
		if j := Judge(body, c.asked); len(j.Findings) > 0 {
			t.Errorf("%s: %s", c.what, idsOf(j.Findings))
		}
	}
}

// sealed encrypts a reply.
func sealed(t testing.TB, asked Asked, plain string) string {
	t.Helper()
	encrypt, err := asked.Codec.EncryptWith([16]byte([]byte("0123456789abcdef")), []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return encrypt
}
