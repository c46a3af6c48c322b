package message

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wxdev/wxdev/internal/wxxml"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

func addVectors(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "vectors", "message", "*"))
	if err != nil || len(files) == 0 {
		f.Fatal("no vectors", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, body := range []string{
		"", "success", "<xml>", "<xml>success</xml>", "<xml><A>a&b</A></xml>", "<xml><A><![CDATA[a]]>b]]></A></xml>",
		"<xml><A><![CDATA[a]]]]><![CDATA[>b]]></A></xml>", "<xml><A>a\x02\xe4\xbd</A></xml>", "<xml>\n<A/>x<A/></xml>x",
		"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"GBK\"?><xml/>", "<!DOCTYPE html><html>", `{"a":tru}`, `{"a":`,
	} {
		f.Add([]byte(body))
	}
	f.Add([]byte(`{"a":[],"b":[[1]],"c":{"d":[{}]},"c d":null}`))
	f.Add([]byte("<xml><E> a <F/><![CDATA[ b]]></E><G>&#13;</G><H>x<![CDATA[y\r]]></H></xml>"))
}

// What can be read is written again, and reads as the same.
func FuzzParse(f *testing.F) {
	addVectors(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := Parse(body)
		if err != nil {
			return
		}
		same(t, m)
		_, _ = m.DedupKey(), m.Type()
		other := m.Clone()
		other.Format = msgcrypt.JSON
		if m.Format == msgcrypt.JSON {
			other.Format = msgcrypt.XML
		}
		if _, err := other.Append(nil); err != nil && other.Format == msgcrypt.JSON {
			t.Fatalf("%q does not go into JSON: %v", body, err)
		}
	})
}

func same(t *testing.T, m *Message) {
	t.Helper()
	out, err := m.Append(nil)
	if err != nil {
		if m.Format == msgcrypt.XML && !asciiNames(m.Fields) {
			return
		}
		t.Fatalf("what was read cannot be written: %v", err)
	}
	again, err := Parse(out)
	if err != nil {
		t.Fatalf("%q: what was written cannot be read: %v", out, err)
	}
	if !sameFields(m.Fields, again.Fields) {
		t.Fatalf("%q reads as something else", out)
	}
	if twice, err := again.Append(nil); err != nil || string(twice) != string(out) {
		t.Fatalf("%q is written as %q, %v", out, twice, err)
	}
}

func asciiNames(fields []*Field) bool {
	for _, f := range fields {
		if !wxxml.ValidName(f.Name) || !asciiNames(f.Children) {
			return false
		}
	}
	return true
}

func sameFields(a, b []*Field) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := a[i], b[i]
		if x.Name != y.Name || x.Kind != y.Kind || x.Value != y.Value || x.JSON != y.JSON || !sameFields(x.Children, y.Children) {
			return false
		}
	}
	return true
}

// Any text at all can be sent, and comes out as it went in.
func FuzzWriter(f *testing.F) {
	for _, odd := range OddTexts() {
		f.Add(odd.Text, "1")
	}
	f.Add("]]]]>]]>", "a&b")
	f.Add("]]\x02>", "0")
	f.Fuzz(func(t *testing.T, text, bare string) {
		m := sample(t, "text", "Content", text, "Idx", bare)
		for _, format := range []msgcrypt.Format{msgcrypt.XML, msgcrypt.JSON} {
			m.Format = format
			body, err := m.Append(nil)
			if err != nil {
				if format == msgcrypt.XML && wxxml.Forbidden(text) < 0 && wxxml.Forbidden(bare) < 0 {
					t.Fatal(err)
				}
				continue
			}
			got, err := Parse(body)
			if err != nil {
				t.Fatalf("%q: %v", body, err)
			}
			if got.Get("Content") != text || got.Get("Idx") != bare {
				t.Fatalf("%q: %q became %q, %q became %q", body, text, got.Get("Content"), bare, got.Get("Idx"))
			}
			same(t, got)
		}
		indented, err := m.appendIndented(nil)
		if err == nil {
			if got, err := Parse(indented); err != nil || got.Get("Content") != text {
				t.Fatalf("%q: %v", indented, err)
			}
		}
		m.Raw = true
		raw, err := m.AppendXML(nil)
		if err != nil {
			t.Fatal(err)
		}
		clean, _ := Sanitize(raw)
		want, _ := Sanitize([]byte(text))
		if got, err := Parse(clean); err != nil || got.Get("Content") != string(want) {
			t.Fatalf("%q: %v", clean, err)
		}
	})
}
