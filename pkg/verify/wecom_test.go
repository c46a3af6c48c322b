package verify_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/verify"
)

const (
	weComKey   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	weComOther = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"
	corpID     = "ww1a2b3c4d5e6f7a8b"
	providerID = "ww5f6e7d8c9b0a1234"
	suiteID    = "ww5u1te000000d3v99"
)

func weComCodec(key, id string) *msgcrypt.Codec {
	k, err := msgcrypt.ParseKey(key)
	if err != nil {
		panic(err)
	}
	return msgcrypt.New(k, id)
}

// weCom is a server for WeCom, of which a test changes what it is about.
type weCom struct {
	token  string
	codec  *msgcrypt.Codec
	query  func(*http.Request) url.Values           // reads the parameters
	refuse func(w http.ResponseWriter, what string) // what: signature, decrypt
	check  func(q url.Values, encrypt string) bool  // nil: as it should be
	echo   func(w http.ResponseWriter, q url.Values, text string)
	anyID  bool                                       // the receive id is not compared
	answer func(in *message.Message) *message.Message // nil: a text
	bare   bool                                       // replies are not encrypted
	post   http.HandlerFunc                           // in place of what a message gets
}

func newWeCom(change ...func(*weCom)) *weCom {
	s := &weCom{
		token: token, codec: weComCodec(weComKey, corpID),
		query:  func(r *http.Request) url.Values { return r.URL.Query() },
		refuse: func(w http.ResponseWriter, what string) { http.Error(w, "bad "+what, http.StatusForbidden) },
		echo:   func(w http.ResponseWriter, _ url.Values, text string) { io.WriteString(w, text) },
		answer: func(in *message.Message) *message.Message {
			return reply.Text(in, time.Now(), "收到："+in.Get("Content"))
		},
	}
	s.check = func(q url.Values, encrypt string) bool {
		return q.Get("msg_signature") == signature.Message(s.token, q.Get("timestamp"), q.Get("nonce"), encrypt)
	}
	for _, c := range change {
		c(s)
	}
	return s
}

func (s *weCom) open(encrypt string) (string, bool) {
	plain, err := s.codec.Decrypt(encrypt)
	if plain == nil || err != nil && !s.anyID {
		return "", false
	}
	return string(plain.Msg), true
}

func (s *weCom) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := s.query(r)
	if r.Method == "GET" {
		if !s.check(q, q.Get("echostr")) {
			s.refuse(w, "signature")
			return
		}
		text, ok := s.open(q.Get("echostr"))
		if !ok {
			s.refuse(w, "decrypt")
			return
		}
		s.echo(w, q, text)
		return
	}
	if s.post != nil {
		s.post(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	env, err := msgcrypt.ParseEnvelope(body)
	if err != nil || !s.check(q, env.Encrypt) {
		s.refuse(w, "signature")
		return
	}
	text, ok := s.open(env.Encrypt)
	if !ok {
		s.refuse(w, "decrypt")
		return
	}
	in, err := message.Parse([]byte(text))
	if err != nil || in.Get("MsgType") == "event" {
		return // an empty 200
	}
	out, err := s.answer(in).AppendXML(nil)
	if err != nil {
		panic(err)
	}
	if s.bare {
		w.Write(out)
		return
	}
	sealed, err := s.codec.Encrypt(out, rand.Reader)
	if err != nil {
		panic(err)
	}
	now := strconv.FormatInt(time.Now().Unix(), 10)
	w.Write(msgcrypt.NewReply(s.token, now, q.Get("nonce"), sealed).Body())
}

func weComOptions(url string) verify.Options {
	o := options(url)
	o.Product, o.Mode, o.Format = product.WeCom, "", ""
	o.Codec = weComCodec(weComKey, corpID)
	return o
}

func TestWeComCorrectServers(t *testing.T) {
	for name, s := range map[string]*weCom{
		"as the page says":          newWeCom(),
		"any receive id":            newWeCom(func(s *weCom) { s.anyID = true }),
		"refuses with an empty 200": newWeCom(func(s *weCom) { s.refuse = func(http.ResponseWriter, string) {} }),
		"refuses with -40001":       newWeCom(func(s *weCom) { s.refuse = func(w http.ResponseWriter, _ string) { io.WriteString(w, "-40001") } }),
		"blanks are mended": newWeCom(func(s *weCom) {
			s.query = func(r *http.Request) url.Values {
				q := r.URL.Query()
				q.Set("echostr", strings.ReplaceAll(q.Get("echostr"), " ", "+"))
				return q
			}
		}),
	} {
		for _, messages := range []bool{false, true} {
			if messages && strings.HasPrefix(name, "blanks") {
				continue
			}
			t.Run(fmt.Sprintf("%s %t", name, messages), func(t *testing.T) {
				srv := httptest.NewServer(s)
				defer srv.Close()
				o := weComOptions(srv.URL + "/wecom")
				o.Messages = messages
				r := run(t, o)
				got := serious(r)
				if name == "any receive id" && messages { // which is a finding of its own
					got = without(got, "M22")
				}
				if !r.Accepted || len(got) > 0 {
					t.Errorf("accepted %v, found %v", r.Accepted, got)
				}
				for _, c := range r.Checks {
					if c.Outcome == verify.Skipped && c.Reason == verify.LeftOut {
						t.Errorf("%s was left out", c.Name)
					}
				}
			})
		}
	}
}

func without(list []string, prefix string) []string {
	var kept []string
	for _, s := range list {
		if !strings.HasPrefix(s, prefix) {
			kept = append(kept, s)
		}
	}
	return kept
}

// TestWeComFaultyServers has a server for each of the mistakes in public threads.
func TestWeComFaultyServers(t *testing.T) {
	echo := func(format string) func(*weCom) {
		return func(s *weCom) {
			s.echo = func(w http.ResponseWriter, _ url.Values, text string) { fmt.Fprintf(w, format, text) }
		}
	}
	for _, c := range []struct {
		name   string
		server http.Handler
		want   string // id and variant
	}{
		{"in quotes", newWeCom(echo(`"%s"`)), "V02 json-quotes"},
		{"a newline", newWeCom(echo("%s\n")), "V01 blank-after"},
		{"a BOM", newWeCom(echo("\ufeff%s")), "V12 bom"},
		{"JSON", newWeCom(func(s *weCom) {
			s.echo = func(w http.ResponseWriter, _ url.Values, text string) {
				json.NewEncoder(w).Encode(map[string]any{"code": 0, "data": text})
			}
		}), "V27 envelope"},
		{"the ciphertext", newWeCom(func(s *weCom) {
			s.echo = func(w http.ResponseWriter, q url.Values, _ string) { io.WriteString(w, q.Get("echostr")) }
		}), "W01 ciphertext"},
		{"success", newWeCom(echo("success%.0s")), "W01 success"},
		{"nothing", newWeCom(echo("%.0s")), "V46 checked"},
		{"+ is a blank", newWeCom(func(s *weCom) {
			s.query = func(r *http.Request) url.Values {
				q := r.URL.Query()
				q.Set("echostr", strings.ReplaceAll(q.Get("echostr"), "+", " "))
				return q
			}
		}), "W02 plus"},
		{"decodes twice", newWeCom(func(s *weCom) {
			s.query = func(r *http.Request) url.Values {
				q := r.URL.Query()
				twice, _ := url.QueryUnescape(q.Get("echostr"))
				q.Set("echostr", twice)
				return q
			}
		}), "W02 plus"},
		{"no receive id", newWeCom(func(s *weCom) { s.codec = s.codec.WithAppID("") }), "W03 none"},
		{"the SuiteID", newWeCom(func(s *weCom) { s.codec = s.codec.WithAppID(suiteID) }), "W03 other"},
		{"an official account's", textbook(right, plain), "W04 account"},
		{"three strings", newWeCom(func(s *weCom) {
			s.check = func(q url.Values, _ string) bool {
				return q.Get("msg_signature") == signature.Access(token, q.Get("timestamp"), q.Get("nonce"))
			}
		}), "W04 three-strings"},
		{"wants signature, too", newWeCom(func(s *weCom) {
			s.check = func(q url.Values, encrypt string) bool {
				return q.Get("signature") == signature.Access(token, q.Get("timestamp"), q.Get("nonce")) &&
					q.Get("msg_signature") == signature.Message(token, q.Get("timestamp"), q.Get("nonce"), encrypt)
			}
		}), "W04 signature-too"},
		{"another token", newWeCom(func(s *weCom) { s.token = "stagingtoken" }), "W05 other-token"},
		{"an unknown token", newWeCom(func(s *weCom) { s.token = "nobodyknows" }), "W05 signature"},
		{"another key", newWeCom(func(s *weCom) { s.codec = weComCodec(weComOther, corpID) }), "W05 key"},
		{"another key, 500", newWeCom(func(s *weCom) {
			s.codec = weComCodec(weComOther, corpID)
			s.refuse = func(w http.ResponseWriter, what string) {
				http.Error(w, "no", map[string]int{"signature": 401, "decrypt": 500}[what])
			}
		}), "W05 key"},
		{"-40001", newWeCom(func(s *weCom) {
			s.token = "nobodyknows"
			s.refuse = func(w http.ResponseWriter, _ string) { io.WriteString(w, "-40001") }
		}), "W05 code-signature"},
		{"-40008", newWeCom(func(s *weCom) {
			s.codec = weComCodec(weComOther, corpID)
			s.refuse = func(w http.ResponseWriter, what string) {
				io.WriteString(w, map[string]string{"signature": "ERR: VerifyURL ret: -40001", "decrypt": "ERR: VerifyURL ret: -40008"}[what])
			}
		}), "W05 code"},
		{"a panic", newWeCom(func(s *weCom) {
			s.codec = weComCodec(weComOther, corpID)
			s.refuse = func(w http.ResponseWriter, what string) {
				if what == "decrypt" {
					panic(http.ErrAbortHandler)
				}
				http.Error(w, "no", http.StatusForbidden)
			}
		}), "W05 broke-down"},
		{"-40005", newWeCom(func(s *weCom) {
			s.codec = weComCodec(weComKey, "ww00000000000000ff")
			s.refuse = func(w http.ResponseWriter, what string) {
				io.WriteString(w, map[string]string{"signature": "-40001", "decrypt": "ERR: -40005"}[what])
			}
		}), "W03 code"},
		{"an unknown id, in its own words", ownWords(weComKey, "ww00000000000000ff", "企业 ID 不一致"), "W03 unknown"},
		{"an unknown id, in the words for a signature", ownWords(weComKey, "ww00000000000000ff", "验签失败"), "W05 opened"},
		{"another key, in the words for a signature", ownWords(weComOther, corpID, "验签失败"), "W05 opened"},
		{"another key, what comes of it is chance", chanceful(), "W05 key"},
		{"too late", newWeCom(func(s *weCom) {
			s.echo = func(w http.ResponseWriter, _ url.Values, text string) {
				time.Sleep(1100 * time.Millisecond)
				io.WriteString(w, text)
			}
		}), "W06 late"},
		{"another path", onPath("/wecom/callback", newWeCom()), "V05 not-found"},
		{"a single-page app", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<!doctype html><title>bot</title><div id=app></div>")
		}), "V05 other-page"},
		{"a login", status(401, `{"error":"unauthorized"}`, "WWW-Authenticate", "Bearer"), "V42 basic"},
		{"any signature", newWeCom(func(s *weCom) { s.check = func(url.Values, string) bool { return true } }), "V09 wrong-signature"},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := httptest.NewServer(c.server)
			defer srv.Close()
			srv.Config.ErrorLog = nil
			o := weComOptions(srv.URL + "/wecom")
			o.Others = []signature.Named{{Name: "staging", Token: "stagingtoken"}}
			o.Receivers = []string{suiteID}
			if strings.HasPrefix(c.want, "W06") {
				o = o.WithSlow(time.Second)
			}
			r := run(t, o)
			if got := serious(r); len(got) != 1 || got[0] != c.want {
				t.Errorf("found %v, want %s", got, c.want)
			}
			describable(t, r)
		})
	}
}

// A suite's verification has the provider's CorpID, and its commands the SuiteID.
func TestWeComSuite(t *testing.T) {
	commands := newWeCom(func(s *weCom) { s.codec = weComCodec(weComKey, suiteID) })
	echo := newWeCom(func(s *weCom) { s.codec = weComCodec(weComKey, providerID) })
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "GET" {
			echo.ServeHTTP(w, r)
		} else {
			commands.ServeHTTP(w, r)
		}
	}))
	defer srv.Close()
	o := weComOptions(srv.URL)
	o.Codec, o.EchoCodec, o.Messages = weComCodec(weComKey, suiteID), weComCodec(weComKey, providerID), true
	if r := run(t, o); !r.Accepted || len(serious(r)) > 0 {
		t.Errorf("accepted %v, found %v", r.Accepted, serious(r))
	}
	o.EchoCodec = nil
	if r := run(t, o); r.Accepted {
		t.Error("accepted with the SuiteID in the verification")
	}
}

// Replies and messages of WeCom have faults of the other products.
func TestWeComMessages(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*weCom)
		want   string
	}{
		"no POST":     {func(s *weCom) { s.post = status(405, "Method Not Allowed") }, "V17 post-unrouted"},
		"plain reply": {func(s *weCom) { s.bare = true }, "M03 plaintext"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(newWeCom(c.change))
			defer srv.Close()
			o := weComOptions(srv.URL)
			o.Messages = true
			if r := run(t, o); !names(r, c.want) {
				t.Errorf("found %v, want %s", serious(r), c.want)
			}
		})
	}
}

// ownWords is a server that breaks down over what is no ciphertext, like those on
// @wecom/crypto or OpenSSL, and has words for a receive id that differs.
func ownWords(key, id, words string) http.HandlerFunc {
	codec := weComCodec(key, id)
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		sealed := q.Get("echostr")
		if q.Get("msg_signature") != signature.Message(token, q.Get("timestamp"), q.Get("nonce"), sealed) {
			http.Error(w, "验签失败", http.StatusForbidden)
			return
		}
		plain, err := codec.Decrypt(sealed)
		switch {
		case err == nil:
			w.Write(plain.Msg)
		case plain != nil, len(sealed) > 24 && key == weComOther: // garbage has no such id either
			http.Error(w, words, http.StatusForbidden)
		default:
			http.Error(w, "oops", http.StatusInternalServerError)
		}
	}
}

// chanceful is a server with another key that checks no padding: what comes of an
// echostr is now an error, and now a wrong id.
func chanceful() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		sealed := q.Get("echostr")
		switch {
		case q.Get("msg_signature") != signature.Message(token, q.Get("timestamp"), q.Get("nonce"), sealed):
			http.Error(w, "验签失败", http.StatusForbidden)
		case sealed[0]%2 == 0:
			http.Error(w, "oops", http.StatusInternalServerError)
		default:
			http.Error(w, "企业 ID 不一致", http.StatusBadRequest)
		}
	}
}
