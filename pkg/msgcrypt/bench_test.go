package msgcrypt_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// The message is 2 KB of a text that people write: mostly Chinese.
var benchMsg = []byte(strings.Repeat("你好, 世界! ", 128))

// sealed2KB is benchMsg with its head, AppID and padding: the bytes that the
// bare primitives have to work on.
func sealed2KB(b *testing.B) (plain []byte, encrypt string) {
	b.Helper()
	encrypt, err := msgcrypt.New(mustKey(b, goodKey), appID).EncryptWith(prefixOf("00112233aabbccdd"), benchMsg)
	if err != nil {
		b.Fatal(err)
	}
	return pad(join("00112233aabbccdd", "\x00\x00\x08\x00", benchMsg, appID), 32), encrypt
}

func bareAES(b *testing.B) (cipher.Block, []byte) {
	b.Helper()
	raw, err := base64.RawStdEncoding.DecodeString(goodKey)
	if err != nil {
		b.Fatal(err)
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		b.Fatal(err)
	}
	return block, raw[:16]
}

func BenchmarkEncrypt(b *testing.B) {
	b.Run("wxdev", func(b *testing.B) {
		codec := msgcrypt.New(mustKey(b, goodKey), appID)
		b.SetBytes(int64(len(benchMsg)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := codec.EncryptWith(prefixOf("00112233aabbccdd"), benchMsg); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		plain, _ := sealed2KB(b)
		block, iv := bareAES(b)
		b.SetBytes(int64(len(benchMsg)))
		b.ReportAllocs()
		for b.Loop() {
			out := make([]byte, len(plain))
			cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, plain)
			_ = base64.StdEncoding.EncodeToString(out)
		}
	})
}

func BenchmarkDecrypt(b *testing.B) {
	b.Run("wxdev", func(b *testing.B) {
		codec := msgcrypt.New(mustKey(b, goodKey), appID)
		_, encrypt := sealed2KB(b)
		b.SetBytes(int64(len(benchMsg)))
		b.ReportAllocs()
		for b.Loop() {
			p, err := codec.Decrypt(encrypt)
			if err != nil || !bytes.Equal(p.Msg, benchMsg) {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		_, encrypt := sealed2KB(b)
		block, iv := bareAES(b)
		b.SetBytes(int64(len(benchMsg)))
		b.ReportAllocs()
		for b.Loop() {
			buf, err := base64.StdEncoding.DecodeString(encrypt)
			if err != nil {
				b.Fatal(err)
			}
			cipher.NewCBCDecrypter(block, iv).CryptBlocks(buf, buf)
		}
	})
}
