package push_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
)

// FuzzDeliver: whatever bytes a server answers a message with, in any mode,
// there is a verdict that is sound and fit to print.
func FuzzDeliver(f *testing.F) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n"
	for _, s := range []string{
		"", "HTT", "success", ok, ok + "success", ok + "SUCCESS\n", "HTTP/1.0 200 OK\r\nContent-Length: 99\r\n\r\nsuccess",
		ok + "<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content><![CDATA[\x1b[31m]]></Content></xml>",
		ok + `{"ToUserName":"a","MsgType":"text","Content":"\u001b"}`, ok + "<xml><Encrypt>AAAA</Encrypt></xml>", ok + "<xml><MsgType>news</MsgType><Articles><item>",
		"HTTP/1.1 500 \x1b[2J\r\n\r\nTraceback (most recent call last):\n  File \"a.py\"", "HTTP/1.1 201 Created\r\n\r\n<xml><MsgType>text</MsgType></xml>",
		"HTTP/1.1 302 Found\r\nLocation: /login?\x1b\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08", ok + strings.Repeat("<a>", 300),
		"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 521 \r\nServer: cloudflare\r\n\r\n", ok + "\xff\xfe<\x00x\x00", ok + "<xml>\xb2\xbb</xml>",
	} {
		for mode := range 3 {
			f.Add([]byte(s), mode)
		}
	}
	var answer []byte
	client := &push.Pusher{URL: "http://127.0.0.1/wechat", Token: token, Codec: codec(f), Attempts: 1}
	client.Sender.Timeout = busy.Net
	client.Sender.Dial = func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func(answer []byte) {
			defer far.Close()
			if r, err := http.ReadRequest(bufio.NewReader(far)); err == nil {
				_, _ = io.Copy(io.Discard, r.Body)
				_ = far.SetWriteDeadline(time.Now().Add(busy.Net))
				_, _ = far.Write(answer)
			}
		}(answer)
		return near, nil
	}
	f.Fuzz(func(t *testing.T, data []byte, which int) {
		answer = data
		p := *client
		p.Mode = []msgcrypt.Mode{msgcrypt.Plain, msgcrypt.Compat, msgcrypt.Safe}[uint(which)%3]
		sent, err := p.Build(newMessage(t, "text"))
		if err != nil {
			t.Fatal(err)
		}
		d := p.Deliver(t.Context(), sent)
		wrong := false
		for _, found := range d.Findings {
			wrong = wrong || found.Severity == finding.Error
			for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
				title, evidence, fix := catalog.Describe(lang, found)
				if title == "" || evidence == "" || fix == "" {
					t.Errorf("%s %s lacks words in %s: %q, %q, %q", found.ID, found.Variant, lang, title, evidence, fix)
				}
				if strings.ContainsFunc(title+evidence, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
					t.Errorf("%s %s is not fit to print: %q", found.ID, found.Variant, evidence)
				}
			}
		}
		if d.OK() == wrong {
			t.Errorf("OK is %t, and the findings are %+v", d.OK(), d.Findings)
		}
		switch {
		case d.Canceled, d.Seen == reply.SeenUnknown:
			t.Errorf("nobody canceled it, and the user sees %q", d.Seen)
		case d.Seen == reply.SeenReply && (d.Reply == nil || d.Fault != ""):
			t.Errorf("a reply is seen, and it is %v, with the fault %q", d.Reply, d.Fault)
		case d.Seen == reply.SeenFault && d.Fault == "":
			t.Error("a fault is seen, and there is none")
		}
	})
}
