package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
)

func TestRedactor(t *testing.T) {
	r := New("[secret]", 6, "mytoken12", "weixin", "", "appsecret0", "appsecret0longer", "a/b c\"d<e", "abcdefgh", "efghijkl")
	for in, want := range map[string]string{
		"":                                   "",
		"nothing":                            "nothing",
		"token mytoken12, mytoken12":         "token [secret], [secret]",
		"weixin.example.com":                 "weixin.example.com", // in every address
		"appsecret0longer appsecret0":        "[secret] [secret]",
		"a/b c\"d<e":                         "[secret]",
		"x=a%2Fb+c%22d%3Ce&y":                "x=[secret]&y",
		`{"x":"a/b c\"d\u003ce"}`:            `{"x":"[secret]"}`,
		"<p>a/b c&#34;d&lt;e</p>":            "<p>[secret]</p>",
		"xabcdefghijklx":                     "x[secret]x", // they overlap
		"abcdefghefghijkl":                   "[secret][secret]",
		strings.Repeat("mytoken12", 2) + "!": "[secret][secret]!",
	} {
		if got := r.Text(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := New(Mask, 1, "aa").Text("aaaaa b"); got != "*** b" {
		t.Errorf("a value that overlaps itself: %q", got)
	}
	var none *Redactor
	if none.Text("a") != "a" || New(Mask, 0, "").Text("a") != "a" {
		t.Error("a Redactor of nothing hides something")
	}
}

// TestRedactorForms: a value is found in whatever form it is written, and in
// forms within forms.
func TestRedactorForms(t *testing.T) {
	const secret = "Tok3n/a+b=%41Zx9"
	r := New("[]", Shortest, secret, "abcd1")
	b64 := base64.StdEncoding.EncodeToString
	var escaped, percent, entities, mixed strings.Builder
	for i, c := range []byte(secret) {
		fmt.Fprintf(&escaped, `\u%04X`, c)
		fmt.Fprintf(&percent, "%%%02x", c)
		fmt.Fprintf(&entities, "&#x%X;", c)
		mixed.WriteString([]string{string(c), fmt.Sprintf(`\u%04x`, c), fmt.Sprintf("%%%02X", c), fmt.Sprintf("&#%d;", c), fmt.Sprintf(`\x%02x`, c)}[i%5])
	}
	for what, text := range map[string]string{
		"JSON": escaped.String(), "JSON in JSON": inJSON(escaped.String()), "percent": percent.String(),
		"percent twice": url.QueryEscape(percent.String()), "entities": entities.String(), "all of them": mixed.String(),
		"PHP's JSON": strings.ReplaceAll(secret, "/", `\/`), "one of many": "%5Cu0054" + secret[1:],
		"base64": b64([]byte(secret)), "base64 of a URL": base64.URLEncoding.EncodeToString([]byte(secret)),
		"base64 in a URL": url.QueryEscape(b64([]byte(secret))),
		"a dump":          hex.EncodeToString([]byte(secret)), "a dump in capitals": fmt.Sprintf("%X", secret),
	} {
		got := r.Text("x " + text + " y")
		if rest := strings.TrimRight(strings.TrimPrefix(got, "x []"), "= y%3D"); rest != "" {
			t.Errorf("%s: %q becomes %q", what, text, got)
		}
	}
	for _, before := range []string{"", "a", "bc", "def"} { // as in an Authorization header
		text := b64([]byte(before + secret + "tail"))
		got := r.Text(text)
		if hidden := len(text) - len(got) + len("[]"); !strings.Contains(got, "[]") || hidden < len(secret)*8/6-2 {
			t.Errorf("after %q: %q becomes %q", before, text, got)
		}
	}
	for _, s := range []string{"abcd1", "%", `\`, `\u00`, "&#", "&#;", "&#x;", "&#x110000;", "%zz", `\x4`} { // too short, or no escape
		if got := r.Text(s + "!"); got != s+"!" {
			t.Errorf("%q becomes %q", s, got)
		}
	}
}

// TestDocumentStaysJSON: whatever is hidden in a document, it can be read, and
// its numbers are what they were.
func TestDocumentStaysJSON(t *testing.T) {
	r := New("[]", Shortest, "123456", "n1abcdef", `q"uoted`)
	var out strings.Builder
	w := r.Writer(&out)
	const in = `{"n":1234567,"a":"x123456","b":"line\n1abcdef","c":"\u0031\u003234\u00356","d":"q\"uoted","e":"\\"}` + "\n"
	if n, err := w.Write([]byte(in + in)); n != 2*len(in) || err != nil {
		t.Fatal(n, err)
	}
	const want = `{"n":1234567,"a":"x[]","b":"line\n1abcdef","c":"[]","d":"[]","e":"\\"}` + "\n"
	if out.String() != want+want {
		t.Errorf("got %s", out.String())
	}
	out.Reset()
	_, _ = w.Write([]byte(`{"n":123456`)) // is none
	if out.String() != `{"n":[]` {
		t.Errorf("got %s", out.String())
	}
}

func TestWriter(t *testing.T) {
	var out strings.Builder
	r := New(Mask, 4, "hunter2")
	w := r.Writer(&out)
	for _, s := range []string{"a hunter2\n", "", "b\n"} {
		if n, err := w.Write([]byte(s)); n != len(s) || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	}
	if out.String() != "a ***\nb\n" {
		t.Errorf("%q", out.String())
	}
}

func TestRedactorIsShared(t *testing.T) {
	r := New(Mask, 4)
	var all sync.WaitGroup
	for _, v := range []string{"one1", "two2", "three3"} {
		all.Go(func() {
			r.Add(v)
			if r.Text(v) != Mask {
				t.Errorf("%s is not hidden", v)
			}
		})
	}
	all.Wait()
}

// FuzzRedactor: no value survives, and what is between them stays.
func FuzzRedactor(f *testing.F) {
	f.Add("abcdefgh", "efghijkl", "x", "yy")
	f.Add("aaaa", "aaaaa", "", "a")
	f.Add("%41%41%41", `\u0041\u0041`, "&#65;", `\\`)
	f.Fuzz(func(t *testing.T, a, b, x, y string) {
		if strings.ContainsAny(a+b, "[]") { // or the mask could complete one
			return
		}
		r := New("[]", 4, a, b)
		in := x + a + y + b + x + b + a
		got := r.Text(in)
		for _, v := range []string{a, b} {
			if len(v) >= 4 && strings.Contains(got, v) {
				t.Fatalf("%q is in %q, made of %q", v, got, in)
			}
		}
		rest := in
		for _, part := range strings.Split(got, "[]") {
			n := strings.Index(rest, part)
			if n < 0 && !strings.Contains(x+y, "[]") {
				t.Fatalf("%q becomes %q", in, got)
			}
			rest = rest[max(n, 0)+min(len(part), len(rest)-max(n, 0)):]
		}
	})
}

func inJSON(v string) string {
	quoted, err := json.Marshal(v)
	if err != nil {
		return v // a string always marshals
	}
	return string(quoted[1 : len(quoted)-1])
}
