package wire

import "testing"

func TestWithoutParams(t *testing.T) {
	for in, want := range map[string]string{
		"/wechat": "/wechat",
		"/wechat?signature=a&timestamp=1&nonce=2&openid=o&encrypt_type=aes&msg_signature=b": "/wechat",
		"/wechat?shop=3&signature=a&x=%2f&y":                                                "/wechat?shop=3&x=%2f&y",
		"/?a=1":                                                                             "/?a=1",
		"/?":                                                                                "/",
		"http://x/y?echostr=1&z=":                                                           "http://x/y?z=",
	} {
		if got := WithoutParams(in); got != want {
			t.Errorf("%s becomes %s, want %s", in, got, want)
		}
	}
}
