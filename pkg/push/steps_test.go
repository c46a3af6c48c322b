package push_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// went is the steps of a delivery: a letter each, and the ids below the failed.
func went(t *testing.T, d *push.Delivery) string {
	t.Helper()
	var s strings.Builder
	inSteps := 0
	for i, step := range d.Steps() {
		if step.ID != push.StepIDs()[i] {
			t.Errorf("step %d is %s", i, step.ID)
		}
		inSteps += len(step.Findings)
		s.WriteByte(map[push.StepState]byte{push.StepOK: 'o', push.StepFailed: 'F', push.StepSkipped: '-'}[step.State])
		en, zh := step.In(finding.English), step.In(finding.Chinese)
		if en.Text == "" || strings.ContainsAny(en.Text+zh.Text, "{}") || strings.IndexFunc(en.Text, isHan) >= 0 && step.ID != push.StepShown {
			t.Errorf("%s says %q, %q", step.ID, en.Text, zh.Text)
		}
		if step.State == push.StepFailed && len(en.Findings) > 0 {
			s.WriteString(strings.Join(en.Findings, "+"))
		}
	}
	if inSteps != len(d.Findings) {
		t.Errorf("%d of %d findings are in steps", inSteps, len(d.Findings))
	}
	return s.String()
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// encrypted is the answer to m in an envelope, changed.
func encrypted(t *testing.T, body string, change func(*msgcrypt.Reply)) string {
	t.Helper()
	e, err := codec(t).EncryptWith([16]byte{1}, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	env := envelope(e, "1700000001", "12")
	if change != nil {
		change(env)
	}
	return string(env.Body())
}

// TestSteps: how far each kind of answer goes, and where it fails.
func TestSteps(t *testing.T) {
	m := newMessage(t, "text")
	swapped := strings.NewReplacer(m.Get("FromUserName"), m.Get("ToUserName"), m.Get("ToUserName"), m.Get("FromUserName")).Replace(textReply(m))
	for name, c := range map[string]struct {
		h    http.Handler
		mode msgcrypt.Mode
		want string // connect tls send answer body envelope decrypt reply addressee content shown
	}{
		"a reply":         {says(200, textReply(m)), msgcrypt.Plain, "o-ooo--oooo"},
		"success":         {says(200, "success"), msgcrypt.Plain, "o-ooo--o--o"},
		"to the account":  {says(200, swapped), msgcrypt.Plain, "o-ooo--oFM14oF"},
		"a BOM":           {says(200, "\ufeff"+textReply(m)), msgcrypt.Plain, "o-ooFM10--oooF"},
		"no XML":          {says(200, "hello"), msgcrypt.Plain, "o-ooo--FM06--F"},
		"500":             {says(500, "oops"), msgcrypt.Plain, "o-oFM19o-----F"},
		"no answer":       {silent{}, msgcrypt.Plain, "o-oFM01------F"},
		"encrypted":       {says(200, encrypted(t, textReply(m), nil)), msgcrypt.Safe, "o-ooooooooo"},
		"swapped inside":  {says(200, encrypted(t, swapped, nil)), msgcrypt.Safe, "o-ooooooFM14oF"},
		"wrong signature": {says(200, encrypted(t, textReply(m), func(r *msgcrypt.Reply) { r.MsgSignature = "0" })), msgcrypt.Safe, "o-oooFM03ooooF"},
		"wrong key":       {says(200, encrypted(t, textReply(m), func(r *msgcrypt.Reply) { *r = *envelope("AAAA", "1700000001", "12") })), msgcrypt.Safe, "o-ooooFM03---F"},
		"not encrypted":   {says(200, textReply(m)), msgcrypt.Safe, "o-oooFM03-oooF"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := went(t, deliver(t, c.h, m, c.mode)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestStepsOfNoServer: nothing is reached behind what is not there, and nothing
// at all where nothing was sent.
func TestStepsOfNoServer(t *testing.T) {
	d := pushTo(t, "http://"+busy.Nobody(t)+"/", wire.Sender{Timeout: busy.Net})
	if got := went(t, d); got != "FV04---------F" {
		t.Errorf("got %s", got)
	}
	if got := went(t, &push.Delivery{}); strings.Trim(got, "-") != "" {
		t.Errorf("of no delivery: %s", got)
	}
}

// TestTrace: the arithmetic is right, and neither the Token nor the key is in it.
func TestTrace(t *testing.T) {
	m := newMessage(t, "text")
	server := says(200, encrypted(t, textReply(m), nil))
	d := deliver(t, server, m, msgcrypt.Safe)
	p := &push.Pusher{Token: token, Codec: codec(t)}
	trace := p.Trace(d)
	if trace.Signature.SHA1 != d.Push.Signature || trace.MsgSignature.SHA1 != d.Push.MsgSignature || trace.ReplyEncrypt.SHA1 != d.Envelope.MsgSignature {
		t.Errorf("%+v", trace)
	}
	e, r := trace.Encrypt, trace.ReplyEncrypt
	for _, l := range []msgcrypt.Layout{*e, r.Layout} {
		if len(l.Random) != 32 || l.AppID != appID || l.Pad < 1 || 20+l.Length+len(appID)+l.Pad != l.CipherBytes || l.EncryptChars < l.CipherBytes {
			t.Errorf("%+v", l)
		}
	}
	if e.Length != len(d.Push.Plain) || r.Length != len(d.Plain) {
		t.Errorf("%d and %d bytes, want %d and %d", e.Length, r.Length, len(d.Push.Plain), len(d.Plain))
	}
	b, err := json.Marshal(trace)
	if err != nil || strings.Contains(string(b), token) || strings.Contains(string(b), aesKey) || !strings.Contains(string(b), signature.TokenShown) {
		t.Errorf("%s, %v", b, err)
	}
	for _, key := range []string{`"sorted"`, `"lengths"`, `"sha1"`, `"random16"`, `"length"`, `"appid"`, `"pad"`, `"encrypt_chars"`, `"cipher_bytes"`, `"timestamp"`, `"nonce"`, `"msg_signature"`} {
		if !strings.Contains(string(b), key) {
			t.Errorf("no %s in %s", key, b)
		}
	}
	plain := p.Trace(deliver(t, says(200, "success"), m, msgcrypt.Plain))
	if plain.Signature == nil || plain.MsgSignature != nil || plain.Encrypt != nil || plain.ReplyEncrypt != nil {
		t.Errorf("plain: %+v", plain)
	}
	other := &push.Pusher{Token: token}
	if l := other.Trace(d).Encrypt; l.Random != "" || l.EncryptChars != e.EncryptChars {
		t.Errorf("without a key: %+v", l)
	}
}
