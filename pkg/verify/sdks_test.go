package verify_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/receiver"
)

// The servers here do what SDKs do that no test can install, or that would
// cost it a runtime of their own: the fault that each SDK showed, and the same
// server with the fault mended. docs/sdks.md has what the SDKs themselves got.

// sdkServers are wanted to get exactly these warnings and errors.
var sdkServers = []struct {
	name string
	sdk  string
	mode string // empty is plain
	bot  func(codec *msgcrypt.Codec) http.Handler
	want []string
}{
	{"chanxuehong/events", "chanxuehong/wechat", "", chanxuehong(false), []string{"M19 types"}},
	{"chanxuehong/mended", "chanxuehong/wechat", "", chanxuehong(true), nil},

	{"esap/plain", "esap/wechat", "", plainBot(bot{check: anySignature}), []string{"M28 no-check"}},
	{"esap/safe", "esap/wechat", "safe", safeBot(bot{check: byAccessSignature}), []string{"M02 signature-only"}},
	{"esap/safe, padding", "esap/wechat", "safe", safeBot(bot{seal: padsToFull}), []string{"M03 no-padding"}},
	{"esap/safe, mended", "esap/wechat", "safe", safeBot(bot{}), nil},

	{"wechatpy/echo", "wechatpy", "", plainBot(bot{answer: template("<xml>", "</xml>", asItIs)}), []string{"M07 reply-cdata-end"}},
	{"wechatpy/mended", "wechatpy", "", plainBot(bot{answer: template("<xml>", "</xml>", split)}), nil},

	{"werobot/echo", "WeRoBot", "", plainBot(bot{answer: indented(asItIs)}), []string{"M07 reply-cdata-end"}},
	{"werobot/mended", "WeRoBot", "", plainBot(bot{answer: indented(split)}), nil},
	{"werobot/safe, mended", "WeRoBot", "safe", safeBot(bot{answer: indented(split)}), nil},

	{"easywechat/plain", "EasyWeChat 6", "", easyWeChat(false, false), []string{"M28 no-check", "V09 wrong-signature"}},
	{"easywechat/safe", "EasyWeChat 6", "safe", easyWeChat(true, false), []string{"M28 unsigned-safe", "V09 wrong-signature"}},
	{"easywechat/plain, checked", "EasyWeChat 6", "", easyWeChat(false, true), nil},
	{"easywechat/safe, checked", "EasyWeChat 6", "safe", easyWeChat(true, true), nil},

	{"jdk/cold", "JDK, Jetty", "", cold(&bot{}), nil},
	{"mono/sorts by culture", "mono", "", func(*msgcrypt.Codec) http.Handler { return &bot{check: byCulture} }, nil},
}

func TestSDKs(t *testing.T) {
	for _, c := range sdkServers {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, messageOptions(t, handler(c.bot(newCodec(t, appID)))(t), c.mode))
			got := serious(r)
			slices.Sort(got)
			if !slices.Equal(got, c.want) || r.OK() == wantsError(c.want) {
				t.Errorf("found %q, want %q; OK() is %t", got, c.want, r.OK())
				for _, f := range r.Findings {
					t.Logf("%s %s %v", f.ID, f.Variant, f.Facts)
				}
			}
			describable(t, r)
		})
	}
}

// chanxuehong panics, as net/http lets a handler do, over events whose numbers
// its structure has no room for.
func chanxuehong(recovered bool) func(*msgcrypt.Codec) http.Handler {
	known := []string{"", "subscribe", "unsubscribe", "SCAN", "LOCATION", "CLICK", "VIEW", "TEMPLATESENDJOBFINISH"}
	return plainBot(bot{before: func(_ http.ResponseWriter, in *message.Message) bool {
		if !recovered && !slices.Contains(known, in.Get("Event")) {
			panic(http.ErrAbortHandler)
		}
		return false
	}})
}

func anySignature(url.Values, string) bool { return true }

func byAccessSignature(q url.Values, _ string) bool { return rightMessage(q, "") }

// padsToFull pads to blocks of 32, but for a text that fills its last one.
func padsToFull(_ *msgcrypt.Codec, q url.Values, body string) string {
	text := binary.BigEndian.AppendUint32([]byte("0123456789abcdef"), uint32(len(body)))
	text = append(append(text, body...), appID...)
	if n := 32 - len(text)%32; n < 32 {
		text = append(text, bytes.Repeat([]byte{byte(n)}, n)...)
	}
	key, _ := base64.StdEncoding.DecodeString(aesKey + "=")
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(text, text)
	encrypt := base64.StdEncoding.EncodeToString(text)
	return string(msgcrypt.NewReply(token, q.Get("timestamp"), q.Get("nonce"), encrypt).Body())
}

// template is a text reply made by pasting.
func template(head, tail string, content func(string) string) func(*message.Message) string {
	return func(in *message.Message) string {
		if in.Label().In(finding.English) != "text" {
			return "success"
		}
		clean, _ := message.Sanitize([]byte(in.Get("Content")))
		return head + fmt.Sprintf("<ToUserName><![CDATA[%s]]></ToUserName>\n<FromUserName><![CDATA[%s]]></FromUserName>\n"+
			"<CreateTime>%d</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[%s]]></Content>",
			in.Get("FromUserName"), in.Get("ToUserName"), time.Now().Unix(), content(string(clean))) + tail
	}
}

// indented is how WeRoBot's template is: there are blanks before the reply.
func indented(content func(string) string) func(*message.Message) string {
	return template("\n    <xml>\n    ", "\n    </xml>\n    ", content)
}

func asItIs(s string) string { return s }

func split(s string) string { return strings.ReplaceAll(s, "]]>", "]]]]><![CDATA[>") }

// easyWeChat checks a signature only where it decrypts, and answers anything
// else as it came, encrypted where it has a key. Checked, there is a guard
// before it.
func easyWeChat(hasKey, checked bool) func(*msgcrypt.Codec) http.Handler {
	return func(c *msgcrypt.Codec) http.Handler {
		plainly := &bot{check: anySignature}
		if hasKey {
			plainly.answer = unasked(c)
		}
		safely := &bot{safe: true, codec: c}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			switch {
			case checked && !rightMessage(q, ""):
				http.Error(w, "Invalid signature", http.StatusForbidden)
			case r.Method == http.MethodGet:
				io.WriteString(w, q.Get("echostr"))
			case q.Get("msg_signature") != "":
				safely.ServeHTTP(w, r)
			default:
				plainly.ServeHTTP(w, r)
			}
		})
	}
}

// unasked encrypts the reply to a plain message.
func unasked(codec *msgcrypt.Codec) func(*message.Message) string {
	return func(in *message.Message) string {
		answer := repeatText(in)
		if answer == "success" {
			return answer
		}
		return rightSeal(codec, url.Values{"timestamp": {"1"}, "nonce": {"2"}}, answer)
	}
}

// cold answers its first request late, as a virtual machine does.
func cold(h http.Handler) func(*msgcrypt.Codec) http.Handler {
	return func(*msgcrypt.Codec) http.Handler {
		var warm sync.Once
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			warm.Do(func() { time.Sleep(1100 * time.Millisecond) })
			h.ServeHTTP(w, r)
		})
	}
}

// byCulture sorts without regard to case, as Array.Sort does.
func byCulture(q url.Values, _ string) bool {
	return q.Get("signature") == sum(func(a, b string) int {
		return strings.Compare(strings.ToLower(a), strings.ToLower(b))
	}, token, q.Get("timestamp"), q.Get("nonce"))
}

// TestWeRoBotRemembers: WeRoBot encrypts all replies once it has had an
// encrypted message, those to plain ones too.
func TestWeRoBotRemembers(t *testing.T) {
	t.Parallel()
	codec := newCodec(t, appID)
	var encrypts atomic.Bool
	good := &receiver.Handler{Token: token, Codec: codec, Reply: sayBack}
	plainly := &bot{answer: func(in *message.Message) string {
		if encrypts.Load() {
			return unasked(codec)(in)
		}
		return repeatText(in)
	}}
	url := handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Query().Get("encrypt_type") == "aes" {
			encrypts.Store(true)
			good.ServeHTTP(w, r)
			return
		}
		plainly.ServeHTTP(w, r)
	}))(t)
	for _, c := range []struct {
		mode string
		want []string
	}{{"plain", nil}, {"compat", nil}, {"plain", []string{"M03 unasked"}}} {
		if got := serious(run(t, messageOptions(t, url, c.mode))); !slices.Equal(got, c.want) {
			t.Errorf("%s: found %q, want %q", c.mode, got, c.want)
		}
	}
}
