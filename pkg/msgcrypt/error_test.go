package msgcrypt_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// An error and its hint are in both languages.
func TestErrorIn(t *testing.T) {
	parseReply := func(body string) error {
		_, err := msgcrypt.ParseReply([]byte(body))
		return err
	}
	parsePush := func(body string) error {
		_, err := msgcrypt.ParseEnvelope([]byte(body))
		return err
	}
	parseKey := func(text string) error {
		_, err := msgcrypt.ParseKey(text)
		return err
	}
	decrypt := func(plain ...any) error {
		_, err := msgcrypt.New(mustKey(t, goodKey), appID).Decrypt(seal(t, join(plain...)))
		return err
	}
	head := "00112233aabbccdd\x00\x00\x00"
	for _, test := range []struct {
		err          error
		en, zh, hint string
	}{
		{parseReply("<xml>\n<a>"), "the reply is not well-formed XML: line 2: unexpected EOF", "回复不是格式正确的 XML：第 2 行“unexpected EOF”", "结尾缺失，是不是被截断了？"},
		{parseReply(`{"encrypt":"QUJD"}`), `the reply has "encrypt" where "Encrypt" belongs`, `回复中应为 "Encrypt" 的地方写成了 "encrypt"`, "字段名区分大小写；全小写的是企业微信的写法，不是微信的"},
		{parseReply(`{"Encrypt":"QUJD"}`), "the reply has no MsgSignature", "回复缺少 MsgSignature", ""},
		{parsePush(`{"Encrypt":}`), "the push is not JSON: offset 11: invalid character '}' looking for beginning of value", "推送不是 JSON：偏移 11 处“invalid character '}' looking for beginning of value”", ""},
		{parsePush("<html/>"), "the push is not a message: its root is <html>, not <xml>", "推送不是消息：根元素是 <html>，不是 <xml>", ""},
		{parsePush(strings.Repeat("x", 99)), `the push is neither XML nor JSON: it begins with "` + strings.Repeat("x", 48) + `"… (99 bytes)`, `推送既不是 XML 也不是 JSON，开头是 "` + strings.Repeat("x", 48) + `"……（共 99 字节）`, ""},
		{parseKey(goodKey[:42] + "="), `character 43 of the EncodingAESKey is a "=", not a letter or digit`, "EncodingAESKey 的第 43 个字符是“=”，应为字母或数字", "请从公众平台重新复制：应是由 A-Z、a-z、0-9 组成的 43 个字符"},
		{decrypt(strings.Repeat("\xc8", 32)), "the padding is wrong: the last decrypted byte is 200, not 1..32", "填充错误：解密后的最后一个字节是 200，不在 1～32 之间", `加密用的是另一个密钥，或者 EncodingAESKey 没有解码就直接用了：AES 密钥是 base64-decode(EncodingAESKey + "=")，IV 是它的前 16 字节`},
		{decrypt(head, "\x03abcd", appID, strings.Repeat("\x06", 6)), "the length field says 3 bytes, but 4 come before the AppID", "写明的消息长度是 3 字节，AppID 之前却有 4 字节", "长度应取消息最终内容的字节数，取完之后不要再改动消息"},
		{decrypt(head, "\x04abcdwx1", strings.Repeat("\x05", 5)), `the AppID is "wx1", not "wx0123456789abcdef"`, `AppID 是 "wx1"，应为 "wx0123456789abcdef"`, "收发双方配置的不是同一个账号；第三方平台的推送以第三方平台自己的 AppID 结尾"},
	} {
		var e *msgcrypt.Error
		if !errors.As(test.err, &e) {
			t.Fatalf("%s: %v", test.en, test.err)
		}
		if e.Error() != test.en || e.In(finding.Chinese) != test.zh || e.HintIn(finding.Chinese) != test.hint {
			t.Errorf("got  %q\n     %q\n     %q\nwant %q\n     %q\n     %q", e, e.In(finding.Chinese), e.HintIn(finding.Chinese), test.en, test.zh, test.hint)
		}
		if strings.Contains(e.HintIn(finding.English), "{") || strings.ContainsFunc(e.HintIn(finding.English), func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("the hint is %q", e.HintIn(finding.English))
		}
	}
}
