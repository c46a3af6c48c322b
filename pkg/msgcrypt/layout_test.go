package msgcrypt_test

import (
	"encoding/hex"
	"testing"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

func TestLayout(t *testing.T) {
	key, err := msgcrypt.ParseKey("wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd")
	if err != nil {
		t.Fatal(err)
	}
	c := msgcrypt.New(key, "wx0123456789abcdef")
	random := [16]byte{1, 2, 3}
	encrypt, err := c.EncryptWith(random, []byte("你好"))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := c.Decrypt(encrypt)
	if err != nil {
		t.Fatal(err)
	}
	want := msgcrypt.Layout{
		EncryptChars: 88, CipherBytes: 64, Random: hex.EncodeToString(random[:]), Length: 6, AppID: "wx0123456789abcdef", Pad: 20,
	}
	if got := msgcrypt.LayoutOf(encrypt, plain); *got != want {
		t.Errorf("%+v, want %+v", *got, want)
	}
	if got := msgcrypt.LayoutOf("no base64", nil); *got != (msgcrypt.Layout{EncryptChars: 9}) {
		t.Errorf("%+v", *got)
	}
}
