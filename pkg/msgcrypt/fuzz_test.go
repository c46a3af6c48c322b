package msgcrypt_test

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// isError demands that a failure is an *Error with a class and a text.
func isError(t *testing.T, err error) {
	t.Helper()
	var e *msgcrypt.Error
	if !errors.As(err, &e) || e.Class == "" || e.Error() == "" {
		t.Errorf("error %#v is not an *Error", err)
	}
}

func FuzzParseKey(f *testing.F) {
	for _, s := range []string{"", goodKey, goodKey + "=", "中" + goodKey, goodKey[:42] + "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key, err := msgcrypt.ParseKey(s)
		if err != nil {
			isError(t, err)
			return
		}
		if len(s) != 43 || !key.Equal(mustKey(t, s)) {
			t.Errorf("%q was taken for a key", s)
		}
	})
}

// FuzzDecrypt: what decrypts gives the same bytes when encrypted again.
func FuzzDecrypt(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.Encrypt)
	}
	f.Add("")
	f.Add("AAAAAAAAAAAAAAAAAAAAAA==")
	key := mustKey(f, goodKey)
	f.Fuzz(func(t *testing.T, s string) {
		p, err := key.Decrypt(s)
		if err != nil {
			isError(t, err)
			return
		}
		again, err := msgcrypt.New(key, p.AppID).EncryptWith(p.Random, p.Msg)
		if err != nil {
			t.Fatal(err)
		}
		q, err := msgcrypt.New(key, p.AppID).Decrypt(again)
		if err != nil || !bytes.Equal(q.Msg, p.Msg) || q.Random != p.Random {
			t.Errorf("%+v comes back as %+v, %v", p, q, err)
		}
	})
}

// FuzzDecryptPlain decrypts what a program that holds the key may have
// written: FuzzDecrypt alone never gets past the padding.
func FuzzDecryptPlain(f *testing.F) {
	f.Add([]byte("00112233aabbccdd\x00\x00\x00\x05hello" + appID + "\x05\x05\x05\x05\x05"))
	f.Add([]byte("<xml>0112233aabbccddhello world\x02"))
	f.Fuzz(func(t *testing.T, plain []byte) {
		plain = plain[:len(plain)/16*16]
		s := seal(t, plain)
		p, err := msgcrypt.New(mustKey(t, goodKey), appID).Decrypt(s)
		if err != nil {
			isError(t, err)
			return
		}
		if len(p.Warnings) > 0 {
			return // padded in another way
		}
		again, err := msgcrypt.New(mustKey(t, goodKey), p.AppID).EncryptWith(p.Random, p.Msg)
		if err != nil || again != s {
			t.Errorf("%q comes back as %q, %v", s, again, err)
		}
	})
}

func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("hello"), appID, []byte("0123456789abcdef"))
	f.Fuzz(func(t *testing.T, msg []byte, id string, random []byte) {
		codec := msgcrypt.New(mustKey(t, goodKey), id)
		s, err := codec.EncryptWith(prefixOf(string(random)), msg)
		if err != nil {
			t.Fatal(err)
		}
		p, err := codec.Decrypt(s)
		if err != nil || !bytes.Equal(p.Msg, msg) || p.AppID != id {
			t.Errorf("%q comes back as %+v, %v", msg, p, err)
		}
	})
}

func addBodies(f *testing.F) {
	f.Helper()
	for _, s := range []string{safeXML, safeJSON, compatXML, plainXML, ticketXML, replyXML, "success", ""} {
		f.Add([]byte(s))
	}
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
}

// formats are those in which what was read of body can be written: CDATA cannot
// hold a CR, nor all that JSON can.
func formats(was msgcrypt.Format, body []byte) []msgcrypt.Format {
	if was == msgcrypt.XML && !bytes.Contains(body, []byte("&#")) {
		return []msgcrypt.Format{msgcrypt.XML, msgcrypt.JSON}
	}
	return []msgcrypt.Format{msgcrypt.JSON}
}

// FuzzParseEnvelope: what is read survives being written, in both formats.
func FuzzParseEnvelope(f *testing.F) {
	addBodies(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		env, err := msgcrypt.ParseEnvelope(body)
		if err != nil {
			isError(t, err)
			return
		}
		if env.AppID != "" {
			env.ToUserName = "" // only one of them is written
		}
		for _, env.Format = range formats(env.Format, body) {
			b := env.Body()
			again, err := msgcrypt.ParseEnvelope(b)
			if err != nil || again.Encrypt != env.Encrypt || again.ToUserName != env.ToUserName || again.AppID != env.AppID {
				t.Errorf("%s\ncomes back as %+v, %v", b, again, err)
			}
		}
	})
}

func FuzzParseReply(f *testing.F) {
	addBodies(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := msgcrypt.ParseReply(body)
		if err != nil {
			isError(t, err)
			return
		}
		for _, r.Format = range formats(r.Format, body) {
			b := r.Body()
			again, err := msgcrypt.ParseReply(b)
			if err != nil || again.Encrypt != r.Encrypt || again.TimeStamp != r.TimeStamp || again.Nonce != r.Nonce || again.MsgSignature != r.MsgSignature {
				t.Errorf("%s\ncomes back as %+v, %v", b, again, err)
			}
		}
	})
}
