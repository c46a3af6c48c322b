package message

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strconv"
	"testing"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// plainText is a text message as a struct, to do by hand or with the standard
// library what the package does with any message.
type plainText struct {
	ToUserName   string
	FromUserName string
	CreateTime   int64
	MsgType      string
	Content      string
	MsgId        int64
}

// appendTo writes the message without a look at it.
func (p *plainText) appendTo(dst []byte) []byte {
	dst = append(dst, "<xml><ToUserName><![CDATA["...)
	dst = append(dst, p.ToUserName...)
	dst = append(dst, "]]></ToUserName>\n<FromUserName><![CDATA["...)
	dst = append(dst, p.FromUserName...)
	dst = append(dst, "]]></FromUserName>\n<CreateTime>"...)
	dst = strconv.AppendInt(dst, p.CreateTime, 10)
	dst = append(dst, "</CreateTime>\n<MsgType><![CDATA["...)
	dst = append(dst, p.MsgType...)
	dst = append(dst, "]]></MsgType>\n<Content><![CDATA["...)
	dst = append(dst, p.Content...)
	dst = append(dst, "]]></Content>\n<MsgId>"...)
	dst = strconv.AppendInt(dst, p.MsgId, 10)
	return append(dst, "</MsgId>\n</xml>"...)
}

// BenchmarkMake is making a text message: its fields, what it says, and its bytes.
func BenchmarkMake(b *testing.B) {
	typ, _ := LookupType("text")
	make := func() ([]byte, error) {
		m := typ.New(user, account, then, firstID)
		if err := m.Set("Content", "hello"); err != nil {
			return nil, err
		}
		return m.AppendXML(nil)
	}
	b.Run("bare", func(b *testing.B) {
		want, err := make()
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			m := &plainText{ToUserName: account, FromUserName: user, CreateTime: then.Unix(), MsgType: "text", Content: "hello", MsgId: firstID}
			if got := m.appendTo(nil); !bytes.Equal(got, want) {
				b.Fatalf("%s", got)
			}
		}
	})
	b.Run("wxdev", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := make(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkWriteXML and BenchmarkWriteJSON write into room that is there, beside
// an append of the same pieces and encoding/json.
func BenchmarkWriteXML(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		m := &plainText{ToUserName: account, FromUserName: user, CreateTime: then.Unix(), MsgType: "text", Content: "hello", MsgId: firstID}
		var dst []byte
		b.ReportAllocs()
		for b.Loop() {
			dst = m.appendTo(dst[:0])
		}
	})
	b.Run("wxdev", func(b *testing.B) { benchmarkAppend(b, sample(b, "text"), msgcrypt.XML) })
}

func BenchmarkWriteJSON(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		m := &plainText{ToUserName: account, FromUserName: user, CreateTime: then.Unix(), MsgType: "text", Content: "hello", MsgId: firstID}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(m); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("wxdev", func(b *testing.B) { benchmarkAppend(b, sample(b, "text"), msgcrypt.JSON) })
}

func BenchmarkWriteXMLNested(b *testing.B) {
	benchmarkAppend(b, sample(b, "mass_sent"), msgcrypt.XML)
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

// BenchmarkParseXML and BenchmarkParseJSON read every field, beside the standard
// library, which is given a struct.
func BenchmarkParseXML(b *testing.B)  { benchmarkParse(b, "text.xml", xml.Unmarshal) }
func BenchmarkParseJSON(b *testing.B) { benchmarkParse(b, "text.json", json.Unmarshal) }

func benchmarkParse(b *testing.B, file string, bare func([]byte, any) error) {
	body := []byte(vector(b, file))
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var m plainText
			if err := bare(body, &m); err != nil || m.MsgId == 0 {
				b.Fatal(err)
			}
		}
	})
	b.Run("wxdev", func(b *testing.B) { benchmarkRead(b, body) })
}

func BenchmarkParseXMLNested(b *testing.B) { benchmarkRead(b, []byte(vector(b, "pic_weixin_two.xml"))) }

func benchmarkRead(b *testing.B, body []byte) {
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
