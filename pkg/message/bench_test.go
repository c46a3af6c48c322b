package message

import (
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

func BenchmarkNew(b *testing.B) {
	typ, _ := LookupType("text")
	b.ReportAllocs()
	for b.Loop() {
		typ.New(user, account, then, firstID)
	}
}

func BenchmarkAppendXML(b *testing.B) {
	benchmarkAppend(b, sample(b, "text"), msgcrypt.XML)
}

func BenchmarkAppendXMLNested(b *testing.B) {
	benchmarkAppend(b, sample(b, "mass_sent"), msgcrypt.XML)
}

func BenchmarkAppendJSON(b *testing.B) {
	benchmarkAppend(b, sample(b, "text"), msgcrypt.JSON)
}

func benchmarkAppend(b *testing.B, m *Message, format msgcrypt.Format) {
	m.Format = format
	dst, err := m.Append(nil)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(dst)))
	b.ReportAllocs()
	for b.Loop() {
		dst, _ = m.Append(dst[:0])
	}
}

func BenchmarkParseXML(b *testing.B)       { benchmarkParse(b, "text.xml") }
func BenchmarkParseXMLNested(b *testing.B) { benchmarkParse(b, "pic_weixin_two.xml") }
func BenchmarkParseJSON(b *testing.B)      { benchmarkParse(b, "text.json") }

func benchmarkParse(b *testing.B, file string) {
	body := []byte(vector(b, file))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDedupKey(b *testing.B) {
	m := sample(b, "click")
	b.ReportAllocs()
	for b.Loop() {
		m.DedupKey()
	}
}

func BenchmarkNewMessage(b *testing.B) {
	typ, _ := LookupType("text")
	for b.Loop() {
		typ.New("oUser", "gh_account", time.Time{}, 1)
	}
}
