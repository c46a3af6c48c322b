package verify_test

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// inPlain is a server of compatible mode, or a tolerant one of safe mode: what
// is not encrypted goes to plain.
func inPlain(encrypted, plain http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("encrypt_type") == "aes" {
			encrypted.ServeHTTP(w, r)
			return
		}
		plain.ServeHTTP(w, r)
	})
}

// otherKey checks msg_signature, and has another key.
func otherKey(t *testing.T, failure http.HandlerFunc) http.Handler {
	key, err := msgcrypt.ParseKey(strings.Repeat("B", 43))
	if err != nil {
		t.Fatal(err)
	}
	return opening(msgcrypt.New(key, appID), failure)
}

// opening serves failure to what it cannot open.
func opening(codec *msgcrypt.Codec, failure http.HandlerFunc) http.Handler {
	good := &bot{safe: true, codec: codec}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		env, err := msgcrypt.ParseEnvelope(body)
		if r.Method == "POST" && err == nil && rightMessage(r.URL.Query(), env.Encrypt) {
			if _, err := codec.Decrypt(env.Encrypt); err != nil {
				failure(w, r)
				return
			}
		}
		good.ServeHTTP(w, r)
	})
}

func aborts(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// nonASCII fails on a reply that has more than ASCII in it.
func nonASCII(codec *msgcrypt.Codec, failure http.HandlerFunc) http.Handler {
	failed := "failed"
	good := &bot{safe: true, codec: codec, seal: func(c *msgcrypt.Codec, q url.Values, body string) string {
		if strings.ContainsFunc(body, func(r rune) bool { return r > 127 }) {
			return failed
		}
		return rightSeal(c, q, body)
	}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w}
		good.ServeHTTP(rec, r)
		if string(rec.body) == failed {
			failure(w, r)
			return
		}
		_, _ = w.Write(rec.body)
	})
}

type recorder struct {
	http.ResponseWriter
	body []byte
}

func (r *recorder) Write(b []byte) (int, error) {
	r.body = append(r.body, b...)
	return len(b), nil
}

// fails is a sealer that cannot encrypt anything.
func fails(codec *msgcrypt.Codec) http.Handler {
	b := &bot{safe: true, codec: codec, before: failsFor(func(in *message.Message) bool { return !in.IsEvent() })}
	return inPlain(b, &bot{})
}

// TestStages: an encrypted message that fails is explained by the first stage
// that is seen to fail, whatever the answer is.
func TestStages(t *testing.T) {
	codec := newCodec(t, appID)
	varying := func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, fmt.Sprintf("bad padding %x near %x", rand.Text()[:2], rand.Text()[:8]), http.StatusInternalServerError)
	}
	for name, c := range map[string]struct {
		want    string
		modes   string
		handler http.Handler
	}{
		"other key, 500":         {"M21 as-rubbish", "safe", otherKey(t, status(500, "oops"))},
		"other key, 400":         {"M21 as-rubbish", "safe compat", otherKey(t, status(400, "cannot open"))},
		"other key, a text":      {"M21 as-rubbish", "safe", otherKey(t, status(200, "decrypt error"))},
		"other key, no answer":   {"M21 as-rubbish", "safe", otherKey(t, aborts)},
		"other key, undefined":   {"M21 as-rubbish", "safe", otherKey(t, status(500, "TypeError: Cannot read properties of undefined (reading 'MsgType')"))},
		"other key, swallowed":   {"M21 as-rubbish", "safe compat", inPlain(otherKey(t, status(200, "success")), &bot{})},
		"other key, page varies": {"M21 as-rubbish", "safe", inPlain(otherKey(t, varying), &bot{})},
		"other AppID":            {"M21 as-rubbish", "safe", opening(codec.WithAppID("wx9999999999999999"), status(500, "oops"))},
		"never decrypts":         {"M02 not-decrypted", "safe compat", inPlain(withPost(textbook(right, plain), status(200, "")), &bot{})},
		"never decrypts, 500":    {"M02 not-decrypted", "safe", inPlain(withPost(textbook(right, plain), status(500, "KeyError: 'MsgType'")), &bot{})},
		"says it is wrong":       {"M29 said-or-query", "safe", withPost(textbook(right, plain), status(200, "签名校验失败"))},
		"padding in characters":  {"M03 reply-characters", "safe", nonASCII(codec, status(500, "oops"))},
		"the same, no answer":    {"M03 reply-characters", "safe", nonASCII(codec, aborts)},
		"cannot encrypt":         {"M03 reply-fails", "safe compat", fails(codec)},
		"fails on text":          {"M19 error-status", "safe", &bot{safe: true, codec: codec, before: failsFor(func(in *message.Message) bool { return !in.IsEvent() })}},
		"fails on all":           {"M19 every-message", "safe compat", &bot{safe: true, codec: codec, before: always500("database is locked")}},
		"fails before it looks":  {"M19 every-message", "safe plain", withPost(textbook(right, plain), status(500, "database is locked"))},
		"aborts on all":          {"M19 every-message", "plain", withPost(textbook(right, plain), aborts)},
		"refuses all":            {"M02 refused-or-query", "safe", &bot{safe: true, codec: codec, check: func(url.Values, string) bool { return false }}},
	} {
		for mode := range strings.FieldsSeq(c.modes) {
			t.Run(name+" "+mode, func(t *testing.T) {
				t.Parallel()
				r := run(t, messageOptions(t, handler(c.handler)(t), mode))
				if !names(r, c.want) {
					t.Errorf("found %q, want %q", serious(r), c.want)
					for _, p := range r.Probes {
						t.Logf("%-24s %-8s", p.Name, p.Shown)
					}
				}
				describable(t, r)
				inChinese(t, r)
			})
		}
	}
}

// parses reads one format only, and fails on the other.
func parses(f msgcrypt.Format, answer func(*message.Message) string, failure http.HandlerFunc) http.Handler {
	good := &bot{answer: answer}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		m, err := message.Parse(body)
		if r.Method == "POST" && rightMessage(r.URL.Query(), "") && (err != nil || m.Format != f) {
			failure(w, r)
			return
		}
		good.ServeHTTP(w, r)
	})
}

// TestFormats: a server that reads the other format is told by sending that,
// however it fails on this one.
func TestFormats(t *testing.T) {
	success := func(*message.Message) string { return "success" }
	for name, failure := range map[string]http.HandlerFunc{
		"400": status(400, "bad message"), "500": status(500, "SyntaxError: Unexpected token '<'"), "no answer": aborts,
		"text": status(200, "not well-formed"), "undefined": status(500, "TypeError: Cannot read properties of undefined (reading 'MsgType')"),
	} {
		for format, h := range map[string]http.Handler{
			"json": parses(msgcrypt.XML, repeatText, failure),
			"xml":  parses(msgcrypt.JSON, success, failure),
		} {
			t.Run(format+" "+name, func(t *testing.T) {
				t.Parallel()
				o := messageOptions(t, handler(h)(t), "plain")
				o.Format = format
				if r := run(t, o); !names(r, "M04 other-format") {
					t.Errorf("found %q", serious(r))
				}
			})
		}
	}
}

// TestDemandsOnPost: what a server demands of messages is proven by adding it,
// with and without pushing them.
func TestDemandsOnPost(t *testing.T) {
	demands := func(has func(*http.Request) bool, otherwise http.HandlerFunc) http.Handler {
		good := &bot{}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "POST" && !has(r) {
				otherwise(w, r)
				return
			}
			good.ServeHTTP(w, r)
		})
	}
	parameter := func(name string) func(*http.Request) bool {
		return func(r *http.Request) bool { return r.URL.Query().Get(name) != "" }
	}
	header := func(r *http.Request) bool { return r.Header.Get("X-Tenant") != "" }
	for name, c := range map[string]struct {
		want string
		h    http.Handler
	}{
		"echostr, 403":       {"V51 post-demanded", demands(parameter("echostr"), status(403, "forbidden"))},
		"echostr, 400":       {"V51 post-demanded", demands(parameter("echostr"), status(400, "bad request"))},
		"a parameter, named": {"V51 post-demanded", demands(parameter("app"), status(422, `{"detail":[{"type":"missing","loc":["query","app"],"msg":"Field required"}]}`))},
		"a header, named":    {"V51 post-header", demands(header, status(400, "Required request header 'X-Tenant' for method parameter type String is not present"))},
		"a header, FastAPI":  {"V51 post-header", demands(header, status(422, `{"detail":[{"type":"missing","loc":["header","x-tenant"],"msg":"Field required"}]}`))},
	} {
		for _, messages := range []bool{true, false} {
			t.Run(fmt.Sprint(name, messages), func(t *testing.T) {
				t.Parallel()
				o := messageOptions(t, handler(c.h)(t), "plain")
				o.Messages = messages
				r := run(t, o)
				if !names(r, c.want) {
					t.Errorf("found %q, want %q", serious(r), c.want)
				}
				describable(t, r)
				inChinese(t, r)
			})
		}
	}
	get := func(w http.ResponseWriter, r *http.Request) {
		if !header(r) {
			status(400, "Required request header 'X-Tenant' for method parameter type String is not present")(w, r)
			return
		}
		textbook(right, plain)(w, r)
	}
	if r := run(t, options(handler(http.HandlerFunc(get))(t))); !names(r, "V51 demanded-header") {
		t.Errorf("found %q", serious(r))
	}
}

// TestReplyInHand: a reply that is wrong now and then, for a random part of it,
// is explained by what is in it.
func TestReplyInHand(t *testing.T) {
	for seed := range int64(3) {
		var n atomic.Int64
		b := safeBot(bot{seal: func(c *msgcrypt.Codec, q url.Values, body string) string {
			if n.Add(1)%10 == seed*4%10 {
				return string(msgcrypt.NewReply(token, q.Get("timestamp"), q.Get("nonce"), strings.Repeat("QUJD", 16)).Body())
			}
			return rightSeal(c, q, body)
		}})
		r := run(t, messageOptions(t, handler(b(newCodec(t, appID)))(t), "safe"))
		if !names(r, "M03 undecryptable") {
			t.Errorf("found %q", serious(r))
		}
	}
}
