package push_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/signature"
)

const otherAppID = "wxffffffffffffffff"

// delivered is a request as a server gets it.
type delivered struct {
	query map[string]string
	kind  string // Content-Type
	body  string
	env   *msgcrypt.Envelope // nil when nothing is encrypted
	plain string             // what the server decrypted
	appID string             // and for whom it was
}

// receive checks the signatures of a request and decrypts it, as a server
// does: by the bytes and the query alone.
func receive(t *testing.T, r *http.Request) delivered {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	got := delivered{query: map[string]string{}, kind: r.Header.Get("Content-Type"), body: string(body)}
	for name, values := range r.URL.Query() {
		got.query[name] = values[0]
	}
	q := got.query
	if q["signature"] != signature.Access(token, q["timestamp"], q["nonce"]) {
		t.Errorf("the signature of %s is wrong", r.URL)
	}
	env, err := msgcrypt.ParseEnvelope(body)
	if q["encrypt_type"] == "" {
		if err == nil || q["msg_signature"] != "" {
			t.Errorf("encrypted, and the query does not say so: %s", r.URL)
		}
		return got
	}
	if err != nil || q["msg_signature"] != signature.Message(token, q["timestamp"], q["nonce"], env.Encrypt) {
		t.Errorf("msg_signature of %s is wrong, or %v", r.URL, err)
		return got
	}
	plain, err := codec(t).Decrypt(env.Encrypt)
	var broken *msgcrypt.Error
	if err != nil && !(errors.As(err, &broken) && broken.Class == msgcrypt.ClassAppID) {
		t.Error(err)
		return got
	}
	got.env, got.plain, got.appID = env, string(plain.Msg), plain.AppID
	return got
}

// arrives delivers a push to a server and returns what the server got.
func arrives(t *testing.T, p *push.Pusher, built *push.Push) delivered {
	t.Helper()
	got := make(chan delivered, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got <- receive(t, r)
		_, _ = io.WriteString(w, "success")
	}))
	defer s.Close()
	p.URL, p.Attempts = s.URL+"/wechat?from=wechat", 1
	p.Sender.Timeout = busy.Net
	if d := p.Deliver(t.Context(), built); !d.OK() || d.Seen != reply.SeenNothing || d.Reply == nil {
		t.Errorf("seen %s: %s", d.Seen, ids(d))
	}
	return <-got
}

// TestModes: what a server gets in each mode and format.
func TestModes(t *testing.T) {
	for _, format := range []msgcrypt.Format{msgcrypt.XML, msgcrypt.JSON} {
		for _, mode := range []msgcrypt.Mode{"", msgcrypt.Plain, msgcrypt.Compat, msgcrypt.Safe} {
			t.Run(string(format)+" "+string(mode), func(t *testing.T) {
				m := newMessage(t, "text")
				m.Format = format
				p := &push.Pusher{Token: token, Mode: mode, Codec: codec(t)}
				built, err := p.Build(m)
				if err != nil {
					t.Fatal(err)
				}
				got := arrives(t, p, built)
				kind := map[msgcrypt.Format]string{msgcrypt.XML: "text/xml", msgcrypt.JSON: "application/json"}[format]
				if got.body != string(built.Body) || got.kind != kind || got.query["openid"] != m.Get("FromUserName") || got.query["from"] != "wechat" {
					t.Errorf("got %+v", got)
				}
				if mode == "" || mode == msgcrypt.Plain {
					if built.Mode != msgcrypt.Plain || got.env != nil || got.body != string(built.Plain) {
						t.Errorf("%s: got %+v", built.Mode, got)
					}
					return
				}
				if got.plain != string(built.Plain) || got.appID != appID || got.env.Compat != (mode == msgcrypt.Compat) || got.env.Format != format {
					t.Errorf("got %+v, %+v", got, got.env)
				}
				if got.env.ToUserName != m.Get("ToUserName") || strings.Contains(got.body, "<Content>") && mode == msgcrypt.Safe {
					t.Errorf("got %+v", got.env)
				}
			})
		}
	}
}

// TestOptions: each changes one thing of a push.
func TestOptions(t *testing.T) {
	key, err := msgcrypt.ParseKey(aesKey)
	if err != nil {
		t.Fatal(err)
	}
	isPlus := func(b byte) bool { return b == '+' }
	for name, c := range map[string]struct {
		option push.Option
		right  func(*push.Push, delivered) bool
	}{
		"codec": {push.WithCodec(msgcrypt.New(key, otherAppID)), func(_ *push.Push, d delivered) bool { return d.appID == otherAppID }},
		"first": {push.WithFirst(isPlus), func(p *push.Push, d delivered) bool {
			return strings.HasPrefix(d.env.Encrypt, "+") && d.env.Encrypt == p.Encrypt && d.appID == appID
		}},
		"mode": {push.WithMode(msgcrypt.Plain), func(p *push.Push, d delivered) bool {
			return d.env == nil && p.Mode == msgcrypt.Plain && p.Encrypt == ""
		}},
		"nonce": {push.WithNonce("5"), func(_ *push.Push, d delivered) bool { return d.query["nonce"] == "5" && d.plain != "" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &push.Pusher{Token: token, Mode: msgcrypt.Safe, Codec: codec(t)}
			built, err := p.Build(newMessage(t, "text"), c.option)
			if err != nil {
				t.Fatal(err)
			}
			if got := arrives(t, p, built); !c.right(built, got) {
				t.Errorf("got %+v of %+v", got, built)
			}
		})
	}
}

// TestBuildBody: a body is sent as it is, be it a message or not, and one that
// is none is for nobody in particular.
func TestBuildBody(t *testing.T) {
	text, err := newMessage(t, "text").Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		body   string
		mode   msgcrypt.Mode
		kind   string
		openID string
	}{
		"a message":         {string(text), msgcrypt.Plain, "text/xml", message.OpenID("alice")},
		"a message, safe":   {string(text), msgcrypt.Safe, "text/xml", message.OpenID("alice")},
		"a message, compat": {string(text), msgcrypt.Compat, "text/xml", message.OpenID("alice")},
		"words":             {"hello", msgcrypt.Plain, "text/xml", ""},
		"words, safe":       {"hello", msgcrypt.Safe, "text/xml", ""},
		"nothing":           {"", msgcrypt.Plain, "text/xml", ""},
		"broken JSON":       {" \n{\"a\":", msgcrypt.Plain, "application/json", ""},
		"broken JSON, safe": {`{"a":`, msgcrypt.Safe, "application/json", ""},
		"a JSON list":       {"[1]", msgcrypt.Plain, "application/json", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &push.Pusher{Token: token, Mode: c.mode, Codec: codec(t)}
			built, err := p.BuildBody([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			got := arrives(t, p, built)
			plain := got.body
			if c.mode != msgcrypt.Plain {
				plain = got.plain
			}
			if plain != c.body || got.kind != c.kind || got.query["openid"] != c.openID || (built.Message != nil) != (c.openID != "") {
				t.Errorf("got %+v", got)
			}
			if c.mode == msgcrypt.Safe && (got.env.Format == msgcrypt.JSON) != (c.kind == "application/json") {
				t.Errorf("got the envelope %q", got.body)
			}
		})
	}
}

// TestBodyThatIsNoMessage is answered by a fault all the same, and is a body
// in what is found.
func TestBodyThatIsNoMessage(t *testing.T) {
	s := httptest.NewServer(says(500, ""))
	defer s.Close()
	p := &push.Pusher{URL: s.URL, Token: token, Attempts: 1}
	built, err := p.BuildBody([]byte("hello"))
	if err != nil {
		t.Fatal(err)
	}
	d := p.Deliver(t.Context(), built)
	if ids(d) != "M19 error-status" || d.Seen != reply.SeenFault || d.Fault != reply.FaultAccount {
		t.Errorf("seen %s %s: %s", d.Seen, d.Fault, ids(d))
	}
	if text := evidence(t, d); !strings.Contains(text, "body") {
		t.Errorf("the evidence is %q", text)
	}
}

// TestBuildFails: what cannot be built says why.
func TestBuildFails(t *testing.T) {
	bad := newMessage(t, "text")
	if err := bad.Set("Content", "a\x02"); err != nil {
		t.Fatal(err)
	}
	right := newMessage(t, "text")
	failing := iotest.ErrReader(errors.New("no entropy"))
	build := func(m *message.Message) func(*push.Pusher) (*push.Push, error) {
		return func(p *push.Pusher) (*push.Push, error) { return p.Build(m) }
	}
	body := func(s string, options ...push.Option) func(*push.Pusher) (*push.Push, error) {
		return func(p *push.Pusher) (*push.Push, error) { return p.BuildBody([]byte(s), options...) }
	}
	first := push.WithFirst(func(byte) bool { return false })
	for name, c := range map[string]struct {
		p     push.Pusher
		build func(*push.Pusher) (*push.Push, error)
		want  string
	}{
		"a control character":     {push.Pusher{}, build(bad), "write the message: "},
		"safe without a codec":    {push.Pusher{Mode: msgcrypt.Safe}, build(right), "safe mode needs an EncodingAESKey and an AppID"},
		"compat without a codec":  {push.Pusher{Mode: msgcrypt.Compat}, build(right), "compat mode needs an EncodingAESKey and an AppID"},
		"no nonce":                {push.Pusher{Rand: failing}, build(right), "no entropy"},
		"no random":               {push.Pusher{Mode: msgcrypt.Safe, Codec: codec(t), Rand: failing}, body("hello", push.WithNonce("1")), "no entropy"},
		"no first byte":           {push.Pusher{Mode: msgcrypt.Safe, Codec: codec(t)}, body("hello", first), ""},
		"words in compat":         {push.Pusher{Mode: msgcrypt.Compat, Codec: codec(t)}, body("hello"), "a body that is not a message cannot be sent in compat mode"},
		"no name that is written": {push.Pusher{Mode: msgcrypt.Compat, Codec: codec(t)}, body("<xml><名>x</名></xml>"), "write the encrypted message: "},
	} {
		t.Run(name, func(t *testing.T) {
			c.p.Token = token
			built, err := c.build(&c.p)
			if built != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %+v, %v", built, err)
			}
		})
	}
}

// TestBuildIsRepeatable: with a clock and a source of its own a push is the
// same each time.
func TestBuildIsRepeatable(t *testing.T) {
	m := newMessage(t, "text")
	build := func() *push.Push {
		p := &push.Pusher{Token: token, Mode: msgcrypt.Safe, Codec: codec(t)}
		p.Now = func() time.Time { return time.Unix(1_700_000_000, 0) }
		p.Rand = rand.NewChaCha8([32]byte{1})
		built, err := p.Build(m)
		if err != nil {
			t.Fatal(err)
		}
		return built
	}
	a, b := build(), build()
	if a.Timestamp != "1700000000" || a.Nonce != b.Nonce || !bytes.Equal(a.Body, b.Body) || a.MsgSignature != b.MsgSignature {
		t.Errorf("built %+v and %+v", a, b)
	}
}

// TestJudge: the exchanges of somebody else are judged like those of Deliver.
func TestJudge(t *testing.T) {
	m := newMessage(t, "text")
	encrypted, err := codec(t).EncryptWith([16]byte{}, []byte(textReply(m)))
	if err != nil {
		t.Fatal(err)
	}
	h := says(200, string(envelope(encrypted, "1700000000", "12").Body()))
	d := deliver(t, h, m, msgcrypt.Compat)
	p := &push.Pusher{Token: token, Codec: codec(t)}
	given := &push.Push{Message: m, Mode: msgcrypt.Compat}
	if again := p.Judge(t.Context(), given, d.Exchanges...); again.Seen != reply.SeenReply || ids(again) != ids(d) || again.Reply.Text() != "hi" || again.Envelope == nil {
		t.Errorf("seen %s: %s", again.Seen, ids(again))
	}
	p.Codec = nil
	closed := p.Judge(t.Context(), given, d.Exchanges...)
	if len(closed.Findings) > 0 || closed.Seen != reply.SeenNothing || closed.Reply.Type != "encrypted" || closed.Reply.IsMessage() {
		t.Errorf("without a key: seen %s: %s", closed.Seen, ids(closed))
	}
	p.Codec, given.Mode = codec(t), msgcrypt.Plain
	if plain := p.Judge(t.Context(), given, d.Exchanges...); ids(plain) != "M03 unasked" || plain.Seen != reply.SeenFault {
		t.Errorf("in plain mode: seen %s: %s", plain.Seen, ids(plain))
	}
}

// TestSameProblemTwice: what is wrong with the envelope and with the reply in
// it is found once.
func TestSameProblemTwice(t *testing.T) {
	m := newMessage(t, "text")
	encrypted, err := codec(t).EncryptWith([16]byte{}, []byte("\ufeff"+textReply(m)))
	if err != nil {
		t.Fatal(err)
	}
	xml := string(envelope(encrypted, "1700000000", "12").Body())
	for body, want := range map[string]string{
		"\ufeff" + xml: "M10 bom",
		xml:            "M10 bom",
		strings.Replace(xml, "<Nonce>", "<Nonsense>", 1):                                       "M12 malformed",
		strings.NewReplacer("<Nonce>", "<Other>", "</Nonce>", "</Other>").Replace(xml):         "M03 envelope",
		strings.Replace(xml, "<TimeStamp>1700000000", "<TimeStamp>1700000000000", 1):           "M24 milliseconds, M03 signature, M10 bom",
		strings.NewReplacer("<Encrypt>", "<encrypt>", "</Encrypt>", "</encrypt>").Replace(xml): "M12 case, M03 envelope",
	} {
		d := deliver(t, says(200, body), m, msgcrypt.Safe)
		if ids(d) != want || d.Seen != reply.SeenFault || d.Fault != reply.FaultAccount {
			t.Errorf("seen %s: %s\nwant %s for %q", d.Seen, ids(d), want, body)
		}
	}
	d := deliver(t, says(200, "\ufeff"+xml), m, msgcrypt.Safe)
	if f := d.Findings[0]; f.Severity != finding.Error || d.Reply.Text() != "hi" {
		t.Errorf("found %+v, reply %v", f, d.Reply)
	}
}
