package redact

import (
	"strings"
	"sync"
	"testing"
)

func TestRedactor(t *testing.T) {
	r := New("[secret]", 8, "mytoken12", "weixin", "", "appsecret0", "appsecret0longer", "a/b c\"d<e", "abcdefgh", "efghijkl")
	for in, want := range map[string]string{
		"":                                   "",
		"nothing":                            "nothing",
		"token mytoken12, mytoken12":         "token [secret], [secret]",
		"weixin.example.com":                 "weixin.example.com", // too short
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
