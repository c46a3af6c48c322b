package msgcrypt_test

import (
	"errors"
	"fmt"
	"log"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
)

// A push as it arrives in safe mode, read as a server reads it.
func Example() {
	const (
		token  = "wxdevtoken"
		aesKey = "wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd"
		body   = `<xml>
    <ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>
    <Encrypt><![CDATA[N5gmtE9OgalD70tRCuYOjsSC2doeo9N+a3y4eDJlQcaeB9dTW2GwBmuWYT0dI2znTuq94+kfTNMQzoFU4R19GiJQcf8q6utGaNCUzXduRZ0QxmMCg5lxk3ROobLIuy3XFxL6t0ry0uQg3w4fHPwfU1F0B7uSlF7XMwEBtEPnPKi2A+XbE1tZSfS/EGdBaKSYoCWUC84Qzr+e8cyZ8qF0VqXLGygyK91QX/1QWILW/Ga68qgllPJbrSRWYOpKIWaVaZbR95evCeN2nY0VnjMz8eZcdM5p4tNRYlc9N65jF2qHevYAaeNXI9IRczAxYmyJYb6nvpaUUGXGDvhYLWtnwR4IYwpTz4TjKSYf2F3bMggPDEQ16b2Hv4iK6ZPAxVF4Wul9tz3quM2+lgakS7BcQdE9t92reE6HwxNHKaNGYWBGPrIko7t4OEJaAJG45Hy8xzUbhR8+dI3MP3UQolGcQQ==]]></Encrypt>
</xml>
`
	)
	key, err := msgcrypt.ParseKey(aesKey)
	if err != nil {
		log.Fatal(err)
	}
	codec := msgcrypt.New(key, "wx0123456789abcdef")

	env, err := msgcrypt.ParseEnvelope([]byte(body))
	if err != nil {
		log.Fatal(err)
	}
	// The query of the push: timestamp, nonce and msg_signature.
	want := signature.Message(token, "1700000001", "123456789", env.Encrypt)
	fmt.Println(signature.Equal("8ce8bc752f32b718bf5308af638ce8ad761a66d7", want))
	plain, err := codec.Decrypt(env.Encrypt)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", plain.Msg)
	// Output:
	// true
	// <xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>
	// <FromUserName><![CDATA[oAbCdEfGhIjKlMnOpQrStUvWxYz0]]></FromUserName>
	// <CreateTime>1700000000</CreateTime>
	// <MsgType><![CDATA[text]]></MsgType>
	// <Content><![CDATA[你好 wxdev]]></Content>
	// <MsgId>24300000000000001</MsgId>
	// </xml>
}

// The reply to it. A real one takes rand.Reader, and Encrypt in place of
// EncryptWith.
func ExampleNewReply() {
	key, err := msgcrypt.ParseKey("wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd")
	if err != nil {
		log.Fatal(err)
	}
	random := [16]byte([]byte("00112233aabbccdd"))
	encrypt, err := msgcrypt.New(key, "wx0123456789abcdef").EncryptWith(random, []byte("<xml>…</xml>"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", msgcrypt.NewReply("wxdevtoken", "1700000002", "123456789", encrypt).Body())
	// Output:
	// <xml>
	// <Encrypt><![CDATA[N5gmtE9OgalD70tRCuYOjoWMWSWu9wYuxFKVf1+A/RKZ3Fhlg4iEqeonjySbFPAkBVhTxH4UT4O3bwTVgaej/A==]]></Encrypt>
	// <MsgSignature><![CDATA[03dd7abb6bf19adeb4bd56449e493b3c080fdcda]]></MsgSignature>
	// <TimeStamp>1700000002</TimeStamp>
	// <Nonce><![CDATA[123456789]]></Nonce>
	// </xml>
}

// What went wrong is in the Class, and what usually causes it in the Hint.
func ExampleError() {
	key, err := msgcrypt.ParseKey("wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd")
	if err != nil {
		log.Fatal(err)
	}
	_, err = msgcrypt.New(key, "wx0123456789abcdef").Decrypt("Z1hm E9O")
	var e *msgcrypt.Error
	if errors.As(err, &e) {
		fmt.Println(e.Class)
		fmt.Println(e)
		fmt.Println(e.HintIn(finding.English))
	}
	// Output:
	// base64
	// Encrypt is not base64: character ' ' at offset 4
	// a "+" turned into a space: the text was URL-decoded once too often, or went through a form unescaped
}

// A tool that does not know the AppID learns it.
func ExampleKey_Decrypt() {
	key, err := msgcrypt.ParseKey("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
	if err != nil {
		log.Fatal(err)
	}
	plain, err := key.Decrypt("jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s from %s, after %s, %d bytes of padding\n", plain.Msg, plain.AppID, plain.Random, plain.Pad)
	// Output: 我是中文abcd123 from wxb11529c136998cb6, after aaaabbbbccccdddd, 7 bytes of padding
}
