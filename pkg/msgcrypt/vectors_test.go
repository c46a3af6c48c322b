package msgcrypt_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
)

const vectorFile = "../../testdata/vectors/msgcrypt.toml"

// vector is a table of the file; see there.
type vector struct {
	Token        string `toml:"token"`
	AESKey       string `toml:"aes_key"`
	AppID        string `toml:"appid"`
	Timestamp    string `toml:"timestamp"`
	Nonce        string `toml:"nonce"`
	MsgSignature string `toml:"msg_signature"`
	Encrypt      string `toml:"encrypt"`
	Random       string `toml:"random"`
	Pad          int    `toml:"pad"`
	MsgLen       int    `toml:"msg_len"`
	Msg          string `toml:"msg"`
}

func (v vector) codec(t testing.TB) *msgcrypt.Codec {
	t.Helper()
	return msgcrypt.New(mustKey(t, v.AESKey), v.AppID)
}

func vectors(t testing.TB) map[string]vector {
	t.Helper()
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]vector{}
	if err := toml.Unmarshal(b, &all); err != nil {
		t.Fatalf("%s: %v", vectorFile, err)
	}
	return all
}

func mustKey(t testing.TB, s string) msgcrypt.Key {
	t.Helper()
	key, err := msgcrypt.ParseKey(s)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func prefixOf(s string) (p [16]byte) {
	copy(p[:], s)
	return p
}

func TestVectorsAreAll(t *testing.T) {
	want := strings.Fields("V4 V5 V6 V7 V8 V9 V10 V11 V12 V20 V26 V29")
	var got []string
	for id := range vectors(t) {
		got = append(got, id)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the file has %q, want %q", got, want)
	}
}

func TestVectors(t *testing.T) {
	for id, v := range vectors(t) {
		t.Run(id, func(t *testing.T) {
			if v.MsgSignature != "" {
				if got := signature.Message(v.Token, v.Timestamp, v.Nonce, v.Encrypt); got != v.MsgSignature {
					t.Errorf("msg_signature = %s, want %s", got, v.MsgSignature)
				}
			}
			if v.AESKey == "" {
				return
			}
			p, err := v.codec(t).Decrypt(v.Encrypt)
			if err != nil {
				t.Fatalf("Decrypt: %v", err)
			}
			if string(p.Random[:]) != v.Random || string(p.Msg) != v.Msg || p.AppID != v.AppID || p.Pad != v.Pad || len(p.Msg) != v.MsgLen {
				t.Errorf("Decrypt = %+v, want %+v", p, v)
			}
			if len(p.Warnings) != 0 {
				t.Errorf("warnings of a right envelope: %v", p.Warnings)
			}
			again, err := v.codec(t).EncryptWith(prefixOf(v.Random), []byte(v.Msg))
			if err != nil || again != v.Encrypt {
				t.Errorf("EncryptWith = %s, %v\nwant %s", again, err, v.Encrypt)
			}
		})
	}
}

// V10 of the vectors, with the last digit of the nonce changed.
func TestVectorWithOtherNonce(t *testing.T) {
	v := vectors(t)["V10"]
	if signature.Message(v.Token, v.Timestamp, "437374424", v.Encrypt) == v.MsgSignature {
		t.Error("msg_signature fits a nonce that it was not made with")
	}
}

// The official reply, written as on the official page.
func TestVectorReply(t *testing.T) {
	v := vectors(t)["V5"]
	r := msgcrypt.NewReply(v.Token, v.Timestamp, v.Nonce, v.Encrypt)
	want := `{"Encrypt":"` + v.Encrypt + `","MsgSignature":"` + v.MsgSignature + `","TimeStamp":1713424427,"Nonce":"415670741"}`
	r.Format = msgcrypt.JSON
	if got := string(r.Body()); got != want {
		t.Errorf("JSON = %s\nwant   %s", got, want)
	}
}
