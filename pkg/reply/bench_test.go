package reply

import (
	"encoding/xml"
	"testing"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
)

// plainReply is a text reply for the standard library to read.
type plainReply struct {
	ToUserName, FromUserName, MsgType, Content string
	CreateTime                                 int64
}

func bareRead(b *testing.B, body []byte, in *message.Message) {
	var r plainReply
	if err := xml.Unmarshal(body, &r); err != nil || r.ToUserName != in.Get("FromUserName") || r.FromUserName != in.Get("ToUserName") || r.Content == "" {
		b.Fatal(r, err)
	}
}

// BenchmarkParse reads a reply, beside encoding/xml, which is given a struct.
func BenchmarkParse(b *testing.B) {
	in, body := sample(b, "text"), []byte(reply("text", hello))
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			bareRead(b, body, in)
		}
	})
	b.Run("wxdev", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, found := Parse(body); len(found) > 0 {
				b.Fatal(found)
			}
		}
	})
}

// BenchmarkJudge reads a reply and applies every rule to it, beside encoding/xml
// and a look at the names.
func BenchmarkJudge(b *testing.B) {
	in, body := sample(b, "text"), []byte(reply("text", hello))
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			bareRead(b, body, in)
		}
	})
	b.Run("wxdev", func(b *testing.B) { benchmarkJudge(b, body, Asked{Message: in}) })
}

// BenchmarkJudgeEncrypted is the same of a reply in its envelope, beside the
// standard library and the arithmetic of the envelope.
func BenchmarkJudgeEncrypted(b *testing.B) {
	asked := encrypted(b, msgcrypt.Safe)
	body := []byte(inXML(envelope(sealed(b, asked, reply("text", hello)), "1700000001", "12")))
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var env struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
			if err := xml.Unmarshal(body, &env); err != nil || env.MsgSignature != signature.Message(token, env.TimeStamp, env.Nonce, env.Encrypt) {
				b.Fatal(env, err)
			}
			plain, err := asked.Codec.Decrypt(env.Encrypt)
			if err != nil {
				b.Fatal(err)
			}
			bareRead(b, plain.Msg, asked.Message)
		}
	})
	b.Run("wxdev", func(b *testing.B) { benchmarkJudge(b, body, asked) })
}

func benchmarkJudge(b *testing.B, body []byte, asked Asked) {
	b.ReportAllocs()
	for b.Loop() {
		if j := Judge(body, asked); len(j.Findings) > 0 {
			b.Fatal(idsOf(j.Findings))
		}
	}
}
