package verify_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	mathrand "math/rand/v2"
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
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/verify"
)

const (
	appID  = "wx0123456789abcdef"
	aesKey = "wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd"
)

func newCodec(t *testing.T, appID string) *msgcrypt.Codec {
	t.Helper()
	key, err := msgcrypt.ParseKey(aesKey)
	if err != nil {
		t.Fatal(err)
	}
	return msgcrypt.New(key, appID)
}

// bot is a message server made of parts, each of which can be wrong. The zero
// parts are right.
type bot struct {
	safe   bool
	codec  *msgcrypt.Codec
	check  func(q url.Values, encrypt string) bool                       // of a message
	answer func(in *message.Message) string                              // the reply's bytes before encryption
	seal   func(codec *msgcrypt.Codec, q url.Values, body string) string // the encrypted reply
	before func(w http.ResponseWriter, in *message.Message) bool         // answers in its own way
	parse  func(body []byte) (*message.Message, error)
}

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if r.Method == "GET" {
		textbook(right, plain)(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	encrypt := ""
	if b.safe {
		env, err := msgcrypt.ParseEnvelope(body)
		if err != nil {
			http.Error(w, "not encrypted", http.StatusBadRequest)
			return
		}
		encrypt = env.Encrypt
	}
	check := b.check
	if check == nil {
		check = rightMessage
	}
	if !check(q, encrypt) {
		http.Error(w, "bad signature", http.StatusForbidden)
		return
	}
	if b.safe {
		plain, err := b.codec.Decrypt(encrypt)
		if err != nil {
			http.Error(w, "cannot open", http.StatusBadRequest)
			return
		}
		body = plain.Msg
	}
	parse := b.parse
	if parse == nil {
		parse = func(body []byte) (*message.Message, error) {
			clean, _ := message.Sanitize(body)
			return message.Parse(clean)
		}
	}
	in, err := parse(body)
	if err != nil {
		http.Error(w, "bad message", http.StatusBadRequest)
		return
	}
	if b.before != nil && b.before(w, in) {
		return
	}
	answer := repeatText(in)
	if b.answer != nil {
		answer = b.answer(in)
	}
	if b.safe && answer != "" && answer != "success" {
		seal := b.seal
		if seal == nil {
			seal = rightSeal
		}
		answer = seal(b.codec, q, answer)
	}
	io.WriteString(w, answer)
}

func rightMessage(q url.Values, encrypt string) bool {
	if encrypt != "" {
		return q.Get("msg_signature") == signature.Message(token, q.Get("timestamp"), q.Get("nonce"), encrypt)
	}
	return q.Get("signature") == signature.Access(token, q.Get("timestamp"), q.Get("nonce"))
}

// unpads16 leaves the padding to an AES library, which knows up to 16 bytes.
func unpads16(q url.Values, encrypt string) bool {
	key, _ := base64.StdEncoding.DecodeString(aesKey + "=")
	text, _ := base64.StdEncoding.DecodeString(encrypt)
	block, err := aes.NewCipher(key)
	if err != nil || len(text) == 0 {
		return false
	}
	cipher.NewCBCDecrypter(block, key[:16]).CryptBlocks(text, text)
	return rightMessage(q, encrypt) && text[len(text)-1] <= 16
}

func rightSeal(codec *msgcrypt.Codec, q url.Values, body string) string {
	encrypt, err := codec.Encrypt([]byte(body), rand.Reader)
	if err != nil {
		panic(err)
	}
	return string(msgcrypt.NewReply(token, q.Get("timestamp"), q.Get("nonce"), encrypt).Body())
}

// repeatText answers a text with what it says, a click with its key, and is
// silent otherwise.
func repeatText(in *message.Message) string {
	switch in.Label().In(finding.English) {
	case "text":
		return xmlReply(reply.Text(in, time.Now(), "you said: "+in.Get("Content")))
	case "event CLICK":
		return xmlReply(reply.Text(in, time.Now(), "you tapped "+in.Get("EventKey")))
	}
	return "success"
}

func xmlReply(m *message.Message) string {
	b, err := m.Append(nil)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// changed is a reply with one thing done to its bytes.
func changed(f func(string) string) func(*message.Message) string {
	return func(in *message.Message) string {
		if in.Label().In(finding.English) != "text" {
			return "success"
		}
		return f(repeatText(in))
	}
}

func always500(marker string) func(http.ResponseWriter, *message.Message) bool {
	return func(w http.ResponseWriter, _ *message.Message) bool {
		http.Error(w, marker, http.StatusInternalServerError)
		return true
	}
}

func failsFor(when func(*message.Message) bool) func(http.ResponseWriter, *message.Message) bool {
	return func(w http.ResponseWriter, in *message.Message) bool {
		if when(in) {
			http.Error(w, "oops", http.StatusInternalServerError)
			return true
		}
		return false
	}
}

// counting answers each call differently.
func counting() func(*message.Message) string {
	var n atomic.Int64
	return func(in *message.Message) string {
		if in.Label().In(finding.English) != "text" {
			return "success"
		}
		return xmlReply(reply.Text(in, time.Now(), fmt.Sprintf("answer %d", n.Add(1))))
	}
}

// eager takes two events of one second for one.
func eager() func(*message.Message) string {
	var mu sync.Mutex
	seen := map[string]bool{}
	return func(in *message.Message) string {
		key := in.Get("FromUserName") + in.Get("CreateTime")
		mu.Lock()
		defer mu.Unlock()
		if in.IsEvent() && seen[key] {
			return "success"
		}
		seen[key] = true
		return repeatText(in)
	}
}

// byMsgID knows messages by their MsgId, which events do not have.
func byMsgID() func(*message.Message) string {
	var mu sync.Mutex
	seen := map[string]bool{}
	return func(in *message.Message) string {
		mu.Lock()
		defer mu.Unlock()
		id := in.Get("MsgId")
		if id == "" && seen[id] {
			return "success"
		}
		seen[id] = true
		return repeatText(in)
	}
}

// debounced answers one tap of each user, and passes over what comes behind.
func debounced() func(*message.Message) string {
	var mu sync.Mutex
	seen := map[string]bool{}
	return func(in *message.Message) string {
		mu.Lock()
		defer mu.Unlock()
		user := in.Get("FromUserName")
		if in.IsEvent() && seen[user] {
			return "success"
		}
		seen[user] = seen[user] || in.IsEvent()
		return repeatText(in)
	}
}

var faultyBots = []struct {
	want string
	mode string // empty is plain
	bot  func(codec *msgcrypt.Codec) http.Handler
}{
	{"M02 three-strings", "safe", safeBot(bot{check: func(q url.Values, _ string) bool {
		return q.Get("msg_signature") == signature.Access(token, q.Get("timestamp"), q.Get("nonce"))
	}})},
	{"M02 four-strings", "safe", safeBot(bot{check: func(q url.Values, e string) bool {
		return q.Get("signature") == signature.Message(token, q.Get("timestamp"), q.Get("nonce"), e)
	}})},
	{"M02 signature-only", "safe", safeBot(bot{check: func(q url.Values, _ string) bool { return rightMessage(q, "") }})},
	{"M02 refused-or-query", "safe", safeBot(bot{check: func(url.Values, string) bool { return false }})},
	{"M02 plaintext-accepted", "safe", func(c *msgcrypt.Codec) http.Handler {
		return &receiver.Handler{Token: token, Codec: c, Reply: sayBack}
	}},
	{"M03 plaintext", "safe", safeBot(bot{seal: func(_ *msgcrypt.Codec, _ url.Values, body string) string { return body }})},
	{"M03 signature", "safe", safeBot(bot{seal: func(c *msgcrypt.Codec, q url.Values, body string) string {
		return strings.Replace(rightSeal(c, q, body), "<MsgSignature><![CDATA[", "<MsgSignature><![CDATA[0", 1)
	}})},
	{"M03 undecryptable", "safe", safeBot(bot{seal: func(c *msgcrypt.Codec, q url.Values, _ string) string {
		return string(msgcrypt.NewReply(token, q.Get("timestamp"), q.Get("nonce"), strings.Repeat("QUJD", 16)).Body())
	}})},
	{"M03 double", "safe", safeBot(bot{seal: func(c *msgcrypt.Codec, q url.Values, body string) string {
		return rightSeal(c, q, rightSeal(c, q, body))
	}})},
	{"M03 envelope", "safe", safeBot(bot{seal: func(c *msgcrypt.Codec, q url.Values, body string) string {
		return strings.ReplaceAll(rightSeal(c, q, body), "MsgSignature", "msgsignature")
	}})},
	{"M03 unasked", "", func(c *msgcrypt.Codec) http.Handler {
		return &bot{answer: func(in *message.Message) string {
			if in.Label().In(finding.English) != "text" {
				return "success"
			}
			return rightSeal(c, url.Values{"timestamp": {"1"}, "nonce": {"2"}}, repeatText(in))
		}}
	}},
	{"M04 other-format", "", plainBot(bot{parse: func(body []byte) (*message.Message, error) {
		m, err := message.Parse(body)
		if err == nil && m.Format != msgcrypt.JSON {
			err = fmt.Errorf("not JSON")
		}
		return m, err
	}, answer: func(*message.Message) string { return "success" }})},
	{"M05 body-lost", "", plainBot(bot{before: always500("TypeError: Cannot read properties of undefined (reading 'MsgType')")})},
	{"M05 content-type", "", func(*msgcrypt.Codec) http.Handler {
		b := &bot{}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "POST" && r.Header.Get("Content-Type") == "text/xml" {
				http.Error(w, "no body", http.StatusInternalServerError)
				return
			}
			b.ServeHTTP(w, r)
		})
	}},
	{"M05 content-type", "", reads("text/plain", io.ReadAll)},
	{"M05 content-type", "", reads("application/x-www-form-urlencoded", func(r io.Reader) ([]byte, error) {
		body, _ := io.ReadAll(r)
		q, err := url.ParseQuery(string(body))
		return []byte(q.Get("xml")), err
	})},
	{"M05 silent", "", plainBot(bot{answer: func(*message.Message) string { return "success" }})},
	{"M05 silent", "safe", safeBot(bot{answer: func(*message.Message) string { return "" }})},
	{"M06 quoted-success", "", plainBot(bot{answer: func(*message.Message) string { return `"success"` }})},
	{"M06 wrapped-success", "", plainBot(bot{answer: func(*message.Message) string { return "<xml>success</xml>" }})},
	{"M06 word", "", plainBot(bot{answer: func(*message.Message) string { return "null" }})},
	{"M06 html", "", plainBot(bot{answer: func(*message.Message) string { return "<!doctype html><html><body>ok</body></html>" }})},
	{"M07 odd-text", "", plainBot(bot{before: failsFor(func(in *message.Message) bool { return strings.Contains(in.Get("Content"), "👍") })})},
	{"M07 raw-text", "", plainBot(bot{parse: message.Parse})},
	{"M07 reply-cdata-end", "", plainBot(bot{answer: func(in *message.Message) string {
		if in.Label().In(finding.English) != "text" {
			return "success"
		}
		to, from := in.Get("FromUserName"), in.Get("ToUserName")
		clean, _ := message.Sanitize([]byte(in.Get("Content")))
		return "<xml><ToUserName><![CDATA[" + to + "]]></ToUserName><FromUserName><![CDATA[" + from + "]]></FromUserName>" +
			fmt.Sprintf("<CreateTime>%d</CreateTime>", time.Now().Unix()) +
			"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[" + string(clean) + "]]></Content></xml>"
	}})},
	{"M08 answered-twice", "", func(*msgcrypt.Codec) http.Handler { return &bot{answer: counting()} }},
	{"M08 swallowed", "", func(*msgcrypt.Codec) http.Handler { return &bot{answer: eager()} }},
	{"M08 events", "", func(*msgcrypt.Codec) http.Handler { return &bot{answer: byMsgID()} }},
	{"M10 before", "", plainBot(bot{answer: changed(func(s string) string { return "<br />\n<b>Notice</b>: x in a.php\n" + s })})},
	{"M10 bom", "", plainBot(bot{answer: changed(func(s string) string { return "\xef\xbb\xbf" + s })})},
	{"M10 after", "", plainBot(bot{answer: changed(func(s string) string { return s + "<div id=trace></div>" })})},
	{"M11 illegal-key", "safe", safeBot(bot{before: always500("java.security.InvalidKeyException: Illegal key size")})},
	{"M12 missing", "", plainBot(bot{answer: func(in *message.Message) string {
		return strings.NewReplacer("<Image>", "", "</Image>", "", "<MediaId><![CDATA[m]]></MediaId>", "").Replace(xmlReply(reply.Image(in, time.Now(), "m")))
	}})},
	{"M12 nested-xml", "", plainBot(bot{answer: changed(func(s string) string { return "<xml>" + s + "</xml>" })})},
	{"M12 json-reply", "", plainBot(bot{answer: func(*message.Message) string { return `{"MsgType":"text","Content":"hi"}` }})},
	{"M13 empty", "", plainBot(bot{answer: func(in *message.Message) string { return xmlReply(reply.Text(in, time.Now(), "")) }})},
	{"M14 not-swapped", "", plainBot(bot{answer: func(in *message.Message) string {
		swapped := in.Clone()
		_ = swapped.Set("ToUserName", in.Get("FromUserName"))
		_ = swapped.Set("FromUserName", in.Get("ToUserName"))
		return xmlReply(reply.Text(swapped, time.Now(), "hi"))
	}})},
	{"M15 not-integer", "", plainBot(bot{answer: changed(func(s string) string {
		return strings.NewReplacer("<CreateTime>", "<CreateTime>[", "</CreateTime>", "]</CreateTime>").Replace(s)
	})})},
	{"M15 milliseconds", "", plainBot(bot{answer: changed(func(s string) string {
		return strings.ReplaceAll(s, "</CreateTime>", "000</CreateTime>")
	})})},
	{"M16 http-head", "", plainBot(bot{answer: changed(func(s string) string { return "HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n" + s })})},
	{"M16 two-documents", "", plainBot(bot{answer: changed(func(s string) string { return s + s })})},
	{"M16 success-after", "", plainBot(bot{answer: changed(func(s string) string { return s + "success" })})},
	{"M19 types", "", plainBot(bot{before: failsFor(func(in *message.Message) bool { return in.Get("Event") == "LOCATION" })})},
	{"M19 unknown-type", "", plainBot(bot{before: failsFor(func(in *message.Message) bool { return in.Get("MsgType") == "wxdev_unknown" })})},
	{"M20 count-mismatch", "", plainBot(bot{answer: func(in *message.Message) string {
		return strings.Replace(xmlReply(reply.News(in, time.Now(), reply.Article{Title: "a", Description: "b", PicURL: "http://x/y", URL: "http://x/"})),
			"<ArticleCount>1<", "<ArticleCount>3<", 1)
	}})},
	{"M21 strict", "safe", safeBot(bot{before: always500("illegal base64 data at input byte 42")})},
	{"M22 named", "safe", safeBot(bot{before: always500(`{"errcode":-40005,"errmsg":"AppID mismatch"}`)})},
	{"M21 key-size", "safe", safeBot(bot{before: always500("crypto/aes: invalid key size 43")})},
	{"M22 unchecked", "safe", func(c *msgcrypt.Codec) http.Handler {
		b := &bot{safe: true, codec: c}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			withAnyAppID(b, w, r)
		})
	}},
	{"M22 reply-appid", "safe", safeBot(bot{seal: func(c *msgcrypt.Codec, q url.Values, body string) string {
		return rightSeal(c.WithAppID("wx9999999999999999"), q, body)
	}})},
	{"M22 own-refused", "safe", func(c *msgcrypt.Codec) http.Handler { return &bot{safe: true, codec: c.WithAppID("")} }},
	{"M23 encrypt-order", "safe", safeBot(bot{check: func(q url.Values, e string) bool {
		return q.Get("msg_signature") == sum(func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) },
			token, q.Get("timestamp"), q.Get("nonce"), e)
	}})},
	{"M23 set", "safe", safeBot(bot{check: func(q url.Values, e string) bool {
		parts := []string{token, q.Get("timestamp"), q.Get("nonce"), e}
		slices.Sort(parts)
		return q.Get("msg_signature") == sum(nil, slices.Compact(parts)...)
	}})},
	{"M25 length", "safe", safeBot(bot{seal: func(c *msgcrypt.Codec, q url.Values, body string) string {
		return rightSeal(c.WithAppID(body[len(body)-20:]+appID), q, body[:len(body)-20]) // the length field is 20 short
	}})},
	{"M28 no-check", "", plainBot(bot{check: func(url.Values, string) bool { return true }})},
	{"M29 refused-or-query", "", plainBot(bot{check: func(url.Values, string) bool { return false }})},
	{"M29 encrypted-only", "", func(c *msgcrypt.Codec) http.Handler { return &bot{safe: true, codec: c} }},
	{"M29 media-type", "safe", func(c *msgcrypt.Codec) http.Handler {
		return withPost((&receiver.Handler{Token: token, Codec: c}).ServeHTTP, status(415, ""))
	}},
	{"V17 post-as-get", "", plainBot(bot{before: always500("KeyError: 'echostr'")})},
	{"V51 post-demanded", "", demandingEchostr},
	{"V17 post-as-get", "", plainBot(bot{answer: func(*message.Message) string {
		return `<br /><b>Warning</b>:  Undefined array key "echostr" in <b>/var/www/wx.php</b> on line <b>12</b><br />`
	}})},
	{"V33 query-in-hash", "", func(*msgcrypt.Codec) http.Handler { return withPost(textbook(right, plain), openIDInHash) }},
	{"M28 no-check", "safe", safeBot(bot{check: func(url.Values, string) bool { return true }})},
	{"M31 unpad-16", "safe", safeBot(bot{check: unpads16})},
	{"M31 unpad-16", "compat", safeBot(bot{check: unpads16})},
	{"V04 one-backend", "", nthPush(7, status(502, "<center><h1>502 Bad Gateway</h1></center>"))},
	{"V04 one-backend", "", nthPush(7, status(522, "error code: 522"))},
	{"V50 push-failed", "", failsFirst},
	{"V50 push-failed", "", nthPush(5, status(500, "database is locked"))},
	{"V50 push-refused", "", nthPush(7, status(403, "bad signature\n"))},
	{"V07 post-guarded", "", func(*msgcrypt.Codec) http.Handler {
		return withPost(textbook(right, plain), status(403, "CSRF verification failed"))
	}},
}

// nthPush answers the nth POST and its multiples with h.
func nthPush(n int64, h http.HandlerFunc) func(*msgcrypt.Codec) http.Handler {
	return func(*msgcrypt.Codec) http.Handler {
		var seen atomic.Int64
		good := &bot{}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "POST" && seen.Add(1)%n == 0 {
				h(w, r)
				return
			}
			good.ServeHTTP(w, r)
		})
	}
}

// failsFirst is a bot that fails on each third message, the first one too.
func failsFirst(*msgcrypt.Codec) http.Handler {
	var seen atomic.Int64
	return &bot{before: func(w http.ResponseWriter, _ *message.Message) bool {
		fails := seen.Add(1)%3 == 1
		if fails {
			http.Error(w, "database is locked", http.StatusInternalServerError)
		}
		return fails
	}}
}

// demandingEchostr is a bot whose one check for both requests wants an echostr of
// a message too, and says so.
func demandingEchostr(*msgcrypt.Codec) http.Handler {
	good := &bot{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !r.URL.Query().Has("echostr") {
			http.Error(w, "missing echostr", http.StatusBadRequest)
			return
		}
		good.ServeHTTP(w, r)
	})
}

// reads is a bot whose body parser knows one type of content alone, and which
// has nothing to say to a message without a body.
func reads(kind string, parse func(io.Reader) ([]byte, error)) func(*msgcrypt.Codec) http.Handler {
	good := &bot{}
	return func(*msgcrypt.Codec) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "POST" && rightMessage(r.URL.Query(), "") {
				body, err := parse(r.Body)
				if r.Header.Get("Content-Type") != kind || err != nil {
					io.WriteString(w, "success")
					return
				}
				r.Body = io.NopCloser(bytes.NewReader(body))
			}
			good.ServeHTTP(w, r)
		})
	}
}

// withAnyAppID serves a push whatever AppID stands in its envelope.
func withAnyAppID(b *bot, w http.ResponseWriter, r *http.Request) {
	if r.Method == "GET" {
		b.ServeHTTP(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	if env, err := msgcrypt.ParseEnvelope(body); err == nil {
		if plain, _ := b.codec.Decrypt(env.Encrypt); plain != nil && plain.AppID != appID {
			again, _ := b.codec.Encrypt(plain.Msg, rand.Reader)
			q := r.URL.Query()
			if !rightMessage(q, env.Encrypt) {
				http.Error(w, "bad signature", http.StatusForbidden)
				return
			}
			q.Set("msg_signature", signature.Message(token, q.Get("timestamp"), q.Get("nonce"), again))
			r.URL.RawQuery = q.Encode()
			body = (&msgcrypt.Envelope{ToUserName: env.ToUserName, Encrypt: again}).Body()
		}
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	b.ServeHTTP(w, r)
}

func plainBot(b bot) func(*msgcrypt.Codec) http.Handler {
	return func(*msgcrypt.Codec) http.Handler { return &b }
}

func safeBot(b bot) func(*msgcrypt.Codec) http.Handler {
	return func(c *msgcrypt.Codec) http.Handler {
		own := b
		own.safe, own.codec = true, c
		return &own
	}
}

func sayBack(in *message.Message) *message.Message {
	if in.Label().In(finding.English) != "text" {
		return nil
	}
	return reply.Text(in, time.Now(), "you said: "+in.Get("Content"))
}

func messageOptions(t *testing.T, url, mode string) verify.Options {
	o := options(url)
	o.Messages, o.Mode, o.AppID = true, mode, appID
	o.Codec = newCodec(t, appID)
	return o
}

func TestEachFaultyBotIsNamed(t *testing.T) {
	for i, c := range faultyBots {
		t.Run(fmt.Sprintf("%02d %s", i, c.want), func(t *testing.T) {
			t.Parallel()
			r := run(t, messageOptions(t, handler(c.bot(newCodec(t, appID)))(t), c.mode))
			if got := serious(r); !names(r, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
				for _, p := range r.Probes[max(0, len(r.Probes)-30):] {
					res := ""
					if p.Exchange.Response != nil {
						res = p.Exchange.Response.StatusText()
					}
					t.Logf("%-24s %-8s %s", p.Name, p.Shown, res)
				}
			}
			describable(t, r)
			inChinese(t, r)
		})
	}
}

func TestCorrectBotsAreSilent(t *testing.T) {
	codec := newCodec(t, appID)
	for name, c := range map[string]struct {
		modes   []string
		format  string
		handler http.Handler
	}{
		"receiver, silent":      {[]string{"plain"}, "xml", &receiver.Handler{Token: token}},
		"receiver, talking":     {[]string{"plain", "compat"}, "xml", &receiver.Handler{Token: token, Codec: codec, Reply: sayBack}},
		"receiver, safe":        {[]string{"safe"}, "xml", &receiver.Handler{Token: token, Codec: codec, SafeOnly: true, Reply: sayBack}},
		"receiver, JSON":        {[]string{"plain", "compat"}, "json", &receiver.Handler{Token: token, Codec: codec}},
		"receiver, safe JSON":   {[]string{"safe"}, "json", &receiver.Handler{Token: token, Codec: codec, SafeOnly: true}},
		"bot":                   {[]string{"plain", "compat"}, "xml", &bot{}},
		"bot, safe":             {[]string{"safe"}, "xml", &bot{safe: true, codec: codec}},
		"success to everything": {[]string{"plain"}, "xml", &bot{answer: func(*message.Message) string { return "success" }}},
		"nothing to everything": {[]string{"plain"}, "xml", &bot{answer: func(*message.Message) string { return "" }}},
		"plain bot in compat":   {[]string{"compat"}, "xml", &bot{}},
		"account and mini program": {[]string{"plain"}, "json", &bot{answer: func(in *message.Message) string {
			if in.Format == msgcrypt.JSON {
				return "success"
			}
			return repeatText(in)
		}}},
		"taps that come fast":     {[]string{"plain"}, "xml", &bot{answer: debounced()}},
		"no signature, so silent": {[]string{"plain"}, "xml", textbook(right, plain)},
	} {
		for _, mode := range c.modes {
			t.Run(name+" "+mode, func(t *testing.T) {
				t.Parallel()
				o := messageOptions(t, handler(c.handler)(t), mode)
				o.Format = c.format
				r := run(t, o)
				if got := serious(r); len(got) > 0 || !r.OK() {
					t.Errorf("false alarm: %q, OK %v", got, r.OK())
					for _, f := range r.Findings {
						t.Logf("%s %s %v", f.ID, f.Variant, f.Facts)
					}
				}
			})
		}
	}
}

// TestMessagesRefusedAtRandom: a server that refuses one signature in ten, whatever the
// message is, is not said to fail on what the messages were.
func TestMessagesRefusedAtRandom(t *testing.T) {
	unlucky := func(q url.Values, _ string) bool {
		return !strings.HasSuffix(q.Get("nonce"), "7") && rightMessage(q, "")
	}
	for seed := range byte(16) {
		o := messageOptions(t, handler(&bot{check: unlucky})(t), "plain")
		o.Rand = mathrand.NewChaCha8([32]byte{seed})
		if got := serious(run(t, o)); !slices.Equal(got, []string{"V50 push-refused"}) {
			t.Errorf("seed %d: found %q", seed, got)
		}
	}
}

// TestMessagesSignedWithoutZeros: a mistake that some signatures show is named
// when only the POST makes it.
func TestMessagesSignedWithoutZeros(t *testing.T) {
	b := &bot{check: func(q url.Values, _ string) bool {
		return q.Get("signature") == strings.TrimLeft(signature.Access(token, q.Get("timestamp"), q.Get("nonce")), "0")
	}}
	o := messageOptions(t, handler(b)(t), "plain")
	o.Rand = mathrand.NewChaCha8([32]byte{})
	o.Now = func() time.Time { return time.Unix(1700000000, 0) }
	if got := serious(run(t, o)); len(got) != 1 || !strings.HasPrefix(got[0], "V45 ") {
		t.Errorf("found %q", got)
	}
}

// TestFailedMessage: a cause that an earlier check found makes no good line of
// the message that fails of it.
func TestFailedMessage(t *testing.T) {
	h := withPost(textbook(right, plain), status(415, ""))
	for _, c := range run(t, messageOptions(t, handler(h)(t), "plain")).Checks {
		if (c.Name == verify.Post || c.Name == verify.Message) && c.Outcome == verify.Passed {
			t.Errorf("%s passed", c.Name)
		}
	}
}

// TestSilentBots: of a server that never replies nothing is said that only a
// reply could tell.
func TestSilentBots(t *testing.T) {
	codec := newCodec(t, appID)
	for mode, h := range map[string]http.Handler{
		"plain": &bot{answer: func(*message.Message) string { return "success" }},
		"safe":  &bot{safe: true, codec: codec, answer: func(*message.Message) string { return "" }},
	} {
		r := run(t, messageOptions(t, handler(h)(t), mode))
		var skipped []verify.CheckName
		for _, c := range r.Checks {
			if c.Reason == verify.Silent {
				skipped = append(skipped, c.Name)
			}
		}
		want := []verify.CheckName{verify.Refusals, verify.Repeats, verify.Apart, verify.Reading, verify.Pieces}
		if mode == "safe" {
			want = []verify.CheckName{verify.Refusals, verify.MsgOrder, verify.Repeats, verify.Apart, verify.Padding, verify.Reading, verify.Pieces}
		}
		if !slices.Equal(skipped, want) || !r.OK() {
			t.Errorf("%s: skipped %q, want %q", mode, skipped, want)
		}
	}
}

// TestRunsAtOnceSendNothingTwice: neither the MsgIds of two runs in one second
// are the same nor, of events, the users.
func TestRunsAtOnceSendNothingTwice(t *testing.T) {
	codec := newCodec(t, appID)
	var mu sync.Mutex
	seen, twice := map[string]int{}, 0
	run := 0
	once := func(w http.ResponseWriter, m *message.Message) bool {
		key := m.Get("FromUserName") + m.Get("CreateTime")
		if id := m.Get("MsgId"); !m.IsEvent() {
			key = id
		}
		mu.Lock()
		defer mu.Unlock()
		if was, ok := seen[key]; ok && was != run {
			twice++
		}
		seen[key] = run
		return false
	}
	url := handler(plainBot(bot{before: once})(codec))(t)
	at := time.Now()
	for run = range 2 {
		o := messageOptions(t, url, "")
		o.Now = func() time.Time { return at }
		if _, err := verify.Run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	if twice > 0 {
		t.Errorf("%d messages came again in the second run", twice)
	}
}
