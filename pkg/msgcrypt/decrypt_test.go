package msgcrypt_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

const appID = "wx0123456789abcdef"

// seal encrypts bytes as they are, for envelopes made wrong.
func seal(t testing.TB, plain []byte) string {
	t.Helper()
	raw, err := base64.RawStdEncoding.DecodeString(goodKey)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, raw[:16]).CryptBlocks(out, plain)
	return base64.StdEncoding.EncodeToString(out)
}

// head returns random bytes and a length field in the given order.
func head(order binary.AppendByteOrder, n int) []byte {
	return order.AppendUint32([]byte("00112233aabbccdd"), uint32(n))
}

func pad(b []byte, block int) []byte {
	n := block - len(b)%block
	return append(b, bytes.Repeat([]byte{byte(n)}, n)...)
}

func join(parts ...any) (b []byte) {
	for _, p := range parts {
		switch p := p.(type) {
		case []byte:
			b = append(b, p...)
		case string:
			b = append(b, p...)
		}
	}
	return b
}

func TestDecryptFailures(t *testing.T) {
	good := vectors(t)["V29"].Encrypt
	otherKey := mustKey(t, strings.Repeat("A", 43))
	noise, err := msgcrypt.New(otherKey, appID).EncryptWith(prefixOf("0123456789abcdef"), []byte("hello"))
	if err != nil {
		t.Fatal(err)
	}
	msg, be, le := "<xml>你好 wxdev</xml>", binary.BigEndian, binary.LittleEndian
	runes, size := len([]rune(msg)), len(msg)
	ok := func(parts ...any) string { return seal(t, pad(join(parts...), 32)) }
	for _, test := range []struct {
		name, encrypt string
		class         msgcrypt.Class
		msg, hint     string
	}{
		{"empty", "", "base64", "Encrypt is empty", "nothing was encrypted"},
		{"plus became blank", strings.Replace(good, "+", " ", 1), "base64", `character ' ' at offset 31`, "URL-decoded once too often"},
		{"percent", strings.Replace(good, "+", "%2B", 1), "base64", `'%' at offset 31`, "still URL-encoded"},
		{"URL-safe", strings.NewReplacer("+", "-", "/", "_").Replace(good), "base64", `'-' at offset`, "URL-safe base64"},
		{"lines", good[:76] + "\n" + good[76:], "base64", `'\n' at offset 76`, "breaks lines"},
		{"line end behind", good + "\r\n", "base64", `'\r' at offset 472`, "breaks lines"},
		{"JSON escape", strings.Replace(good, "/", `\/`, 1), "base64", `'\\' at offset`, "JSON parser"},
		{"XML escape", strings.Replace(good, "+", "&#43;", 1), "base64", `'&' at offset`, "XML parser"},
		{"markup", "<Encrypt>" + good, "base64", `'<' at offset 0`, "markup was included"},
		{"other sign", "*" + good[1:], "base64", `'*' at offset 0`, "changed on the way"},
		{"hostile sign", "\u202e" + good, "base64", `'\u202e' at offset 0`, "changed on the way"},
		{"two texts", good + good, "base64", `'=' at offset 470`, "two texts"},
		{"no =", strings.TrimRight(good, "="), "base64", "470 characters", "left out"},
		{"too many =", good + "=", "base64", "473 characters", "doubled"},
		{"only =", "====", "base64", "4 characters", "left out"},
		{"cut", good[:100], "block-length", "75 bytes", "cut off"},
		{"hex", "00112233445566778899aabb", "block-length", "18 bytes", "it is hex"},
		{"twice base64", base64.StdEncoding.EncodeToString([]byte(good)), "block-length", "472 bytes", "base64 of base64"},
		{"hex of whole blocks", strings.Repeat("0123456789abcdef", 4), "padding", "last decrypted byte is", "it is hex"},
		{"other key", noise, "padding", "not 1..32", "another key"},
		{"cut at a block", good[:64], "length", "the message has 283 bytes, but the text ends after 28 of them", "was it cut off"},
		{"cut within the AppID", seal(t, join(head(be, 6), "<xml/>", appID[:6])), "length", "ends within the AppID", "was it cut off"},
		{"cut before the AppID", seal(t, join(head(be, 12), "<xml>a</xml>")), "padding", "last decrypted byte is 62", "no padding of its own"},
		{"zero padding", seal(t, join(head(be, 8), "message!", appID, "\x00\x00")), "padding", "byte is 0", "zeros"},
		{"no padding", seal(t, join(head(be, 10), "ten bytes.", appID)), "padding", "byte is 102", "no padding of its own"},
		{"one block", seal(t, bytes.Repeat([]byte{16}, 16)), "length", "it decrypts to 0 bytes", "another key"},
		{"little-endian", ok(head(le, size), msg, appID), "length", "says 385875968 bytes, but 41 follow", "htonl"},
		{"no head", ok(msg, appID), "length", "", "message comes first"},
		{"no length", ok("00112233aabbccdd", msg, appID), "length", "", "4-byte length"},
		{"no random", ok(head(be, size)[16:], msg, appID), "length", "", "16 random bytes before"},
		{"noise", ok(bytes.Repeat([]byte{0xEE}, 40)), "length", "says 4008636142 bytes, but 20 follow", "another key"},
		{"longer than it is", ok(head(be, 100), msg, appID), "length", "says 100 bytes, but 41 follow", "was it cut off"},
		{"characters", ok(head(be, runes), msg, appID), "length", "19 bytes, but 23 come before the AppID", "counts characters"},
		{"too short", ok(head(be, 5), msg, appID), "length", "5 bytes, but 23 come before the AppID", "the final message"},
		{"no AppID", ok(head(be, size), msg), "appid", `the AppID is "", not "wx0123456789abcdef"`, "left the AppID out"},
		{"other AppID", ok(head(be, size), msg, "wxffff456789abcdef"), "appid", `"wxffff456789abcdef", not`, "different accounts"},
		{"WeCom", ok(head(be, size), msg, "ww0123456789abcdef"), "appid", "", "different accounts"},
		{"capitals", ok(head(be, size), msg, strings.ToUpper(appID)), "appid", "", "case-sensitive"},
		{"line end", ok(head(be, size), msg, appID, "\n"), "appid", `abcdef\n"`, "line break"},
		{"original id", ok(head(be, size), msg, "gh_0123456789ab"), "appid", "", "original id"},
		{"junk", ok(head(be, size), msg, "\x1b]0;x\a"), "appid", `"\x1B]0;x\x07"`, "not an AppID"},
		{"long junk", ok(head(be, 1), msg, strings.Repeat("z", 100)), "appid", `… (122 bytes)`, "not an AppID"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := msgcrypt.New(mustKey(t, goodKey), appID).Decrypt(test.encrypt)
			var e *msgcrypt.Error
			if !errors.As(err, &e) {
				t.Fatalf("Decrypt = %+v, %v", p, err)
			}
			if e.Class != test.class || !strings.Contains(e.Error(), test.msg) || !strings.Contains(e.HintIn(finding.English), test.hint) {
				t.Errorf("class %s: %s\nhint: %s", e.Class, e.Error(), e.HintIn(finding.English))
			}
		})
	}
}

func TestDecryptOtherAppID(t *testing.T) {
	key := mustKey(t, goodKey)
	encrypt, err := msgcrypt.New(key, "wxother").Encrypt([]byte("hello"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p, err := msgcrypt.New(key, appID).Decrypt(encrypt)
	var e *msgcrypt.Error
	if !errors.As(err, &e) || e.Want != appID || e.Got != "wxother" {
		t.Fatalf("Decrypt = %v, want both AppIDs in the error", err)
	}
	if p == nil || string(p.Msg) != "hello" || p.AppID != "wxother" {
		t.Errorf("the text is not returned with the error: %+v", p)
	}
	// An AppID that is not configured is not a wildcard.
	if _, err := msgcrypt.New(key, "").Decrypt(encrypt); !errors.As(err, &e) || !strings.Contains(e.HintIn(finding.English), "no AppID is configured") {
		t.Errorf("with no AppID: %v", err)
	}
	if p, err := key.Decrypt(encrypt); err != nil || p.AppID != "wxother" {
		t.Errorf("Key.Decrypt = %+v, %v", p, err)
	}
	if _, err := key.Decrypt(encrypt[1:]); err == nil {
		t.Error("Key.Decrypt took a cut text")
	}
}

func TestDecryptWarnings(t *testing.T) {
	be := binary.BigEndian
	uneven := join(head(be, 5), "hello", appID)
	uneven = append(uneven, make([]byte, 21)...)
	uneven[len(uneven)-1] = 21
	for _, test := range []struct {
		name  string
		plain []byte
		msg   string
	}{
		{"padded to 16", pad(join(head(be, 5), "hello", appID), 16), "multiple of 16 bytes, not of 32"},
		{"uneven", uneven, "not all of them are 21"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := msgcrypt.New(mustKey(t, goodKey), appID).Decrypt(seal(t, test.plain))
			if err != nil {
				t.Fatalf("refused what WeChat's decoder takes: %v", err)
			}
			if len(p.Warnings) != 1 || p.Warnings[0].Class != msgcrypt.ClassPadding || !strings.Contains(p.Warnings[0].Error(), test.msg) {
				t.Errorf("warnings %+v", p.Warnings)
			}
		})
	}
}

func TestCheckUTF8(t *testing.T) {
	for msg, at := range map[string]int{"": -1, "ab 你好 �": -1, "ab \xc4\xe3\xba\xc3": 3, "中\xe4\xb8": 3} {
		p := &msgcrypt.Plaintext{Msg: []byte(msg)}
		err := p.CheckUTF8()
		var e *msgcrypt.Error
		switch {
		case at < 0 && err != nil:
			t.Errorf("%q: %v", msg, err)
		case at >= 0 && (!errors.As(err, &e) || e.Class != msgcrypt.ClassUTF8 || e.Offset != at):
			t.Errorf("%q: %+v, want an error at %d", msg, err, at)
		}
	}
}

func TestEncrypt(t *testing.T) {
	codec := msgcrypt.New(mustKey(t, goodKey), appID)
	if codec.AppID() != appID {
		t.Errorf("AppID = %q", codec.AppID())
	}
	encrypt, err := codec.Encrypt(nil, bytes.NewReader([]byte("\x00\x11\x22\x33\xaa\xbb\xcc\xdd")))
	if err != nil {
		t.Fatal(err)
	}
	p, err := codec.Decrypt(encrypt)
	if err != nil || string(p.Random[:]) != "00112233aabbccdd" || len(p.Msg) != 0 {
		t.Errorf("an empty message comes back as %+v, %v", p, err)
	}
	if _, err := codec.Encrypt(nil, iotest.ErrReader(errors.New("no entropy"))); err == nil || !strings.Contains(err.Error(), "no entropy") {
		t.Errorf("with a broken reader: %v", err)
	}
}

// Every length of padding occurs, and none is refused.
func TestEncryptPads(t *testing.T) {
	codec := msgcrypt.New(mustKey(t, goodKey), appID)
	seen := map[int]bool{}
	for n := range 64 {
		msg := bytes.Repeat([]byte("x"), n)
		encrypt, err := codec.Encrypt(msg, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		p, err := codec.Decrypt(encrypt)
		if err != nil || !bytes.Equal(p.Msg, msg) {
			t.Fatalf("%d bytes: %+v, %v", n, p, err)
		}
		if _, err := hex.DecodeString(string(p.Random[:])); err != nil {
			t.Errorf("random is %q, not hex", p.Random)
		}
		seen[p.Pad] = true
	}
	if len(seen) != 32 || !seen[1] || !seen[32] {
		t.Errorf("%d lengths of padding, want 1 to 32", len(seen))
	}
}

func TestEncryptFirst(t *testing.T) {
	codec := msgcrypt.New(mustKey(t, goodKey), appID)
	for _, class := range []string{"[A-Z]", "[a-z]", "[0-9]", "[+]", "[/]", "Q"} {
		re := regexp.MustCompile(class)
		encrypt, err := codec.EncryptFirst([]byte("hello"), rand.Reader, func(c byte) bool { return re.Match([]byte{c}) })
		if err != nil || !re.MatchString(encrypt[:1]) {
			t.Errorf("%s: %q, %v", class, encrypt, err)
		}
		if p, err := codec.Decrypt(encrypt); err != nil || string(p.Msg) != "hello" {
			t.Errorf("%s: Decrypt = %+v, %v", class, p, err)
		}
	}
	if _, err := codec.EncryptFirst(nil, rand.Reader, func(byte) bool { return false }); err == nil {
		t.Error("what cannot be was found")
	}
	if _, err := codec.EncryptFirst(nil, strings.NewReader("short"), func(byte) bool { return true }); err == nil {
		t.Error("the reader's end was not noticed")
	}
}
