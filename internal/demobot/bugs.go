package demobot

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// bug is a famous one: what is asked for by its key, or by its name in either
// language, is answered with it.
type bug struct {
	key    string
	name   said
	answer func(w http.ResponseWriter, req *http.Request, m *message.Message)
}

// bugs are in the order in which the bot offers them.
var bugs = lazy.Value[[]bug]{Make: func() []bug {
	return []bug{
		{"swapped", said{"names not swapped", "收件人写反"}, body(func(m *message.Message) string {
			return inWords(m.Get("ToUserName"), m.Get("FromUserName"), "<![CDATA[您的位子订好了]]>")
		})},
		{"slow", said{"slower than 5 s", "超过 5 秒"}, slow},
		{"fail", said{"the word fail", "回复 fail"}, body(func(*message.Message) string { return "fail" })},
		{"gbk", said{"GBK", "GBK 编码"}, body(func(m *message.Message) string {
			return inWords(m.Get("FromUserName"), m.Get("ToUserName"), "<![CDATA[\xc4\xe3\xba\xc3\xa3\xac\xbb\xb6\xd3\xad\xb9\xe2\xc1\xd9]]>")
		})},
		{"escape", said{"& not escaped", "& 没有转义"}, body(func(m *message.Message) string {
			return inWords(m.Get("FromUserName"), m.Get("ToUserName"), "Tea & cake < 20")
		})},
		{"500", said{"status 500", "500 错误"}, func(w http.ResponseWriter, _ *http.Request, _ *message.Message) {
			http.Error(w, "Traceback (most recent call last):\n  File \"app.py\", line 42, in wechat\nKeyError: 'Content'", http.StatusInternalServerError)
		}},
		{"json", said{"JSON", "回了 JSON"}, func(w http.ResponseWriter, _ *http.Request, m *message.Message) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]string{"MsgType": "text", "Content": m.Get("Content")}) // to a client that may be gone
		}},
		{"encrypted", said{"encrypted, in plain mode", "明文模式回了密文"}, encrypted},
	}
}}

// bugOf is the one that a message asks for, or nil.
func bugOf(m *message.Message) *bug {
	asked := strings.ToLower(strings.TrimSpace(m.Get("Content")))
	for i, b := range bugs.Get() {
		if m.Get("bizmsgmenuid") == b.key || asked == b.key || asked == strings.ToLower(b.name.en) || asked == strings.ToLower(b.name.zh) {
			return &bugs.Get()[i]
		}
	}
	return nil
}

// inWords is a reply in words, with what stands in Content as it is.
func inWords(to, from, content string) string {
	return fmt.Sprintf("<xml>\n  <ToUserName><![CDATA[%s]]></ToUserName>\n  <FromUserName><![CDATA[%s]]></FromUserName>\n"+
		"  <CreateTime>%d</CreateTime>\n  <MsgType><![CDATA[text]]></MsgType>\n  <Content>%s</Content>\n</xml>", to, from, time.Now().Unix(), content)
}

// body answers with a text, as it is.
func body(text func(m *message.Message) string) func(http.ResponseWriter, *http.Request, *message.Message) {
	return func(w http.ResponseWriter, _ *http.Request, m *message.Message) {
		w.Header().Set("Content-Type", "application/xml")
		_, _ = io.WriteString(w, text(m)) // to a client that may be gone
	}
}

// slow takes longer than WeChat waits.
func slow(_ http.ResponseWriter, req *http.Request, _ *message.Message) {
	select {
	case <-req.Context().Done():
	case <-time.After(8 * time.Second):
	}
}

// encrypted is right in safe mode, and only there.
func encrypted(w http.ResponseWriter, req *http.Request, m *message.Message) {
	key, err := msgcrypt.ParseKey(emulator.DefaultAESKey)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	q := req.URL.Query()
	plain := inWords(m.Get("FromUserName"), m.Get("ToUserName"), "<![CDATA[您的位子订好了]]>")
	encrypt, err := msgcrypt.New(key, emulator.DefaultAppID).Encrypt([]byte(plain), rand.Reader)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	sealed := msgcrypt.NewReply(emulator.DefaultToken, q.Get("timestamp"), q.Get("nonce"), encrypt).Body()
	body(func(*message.Message) string { return string(sealed) })(w, req, m)
}
