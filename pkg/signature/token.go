package signature

import (
	"encoding/base64"
	"strings"
)

// tokenID is the catalogue's id of every mistake about the token.
const tokenID = "V03"

// wrongToken is a token that a server may have in place of the right one.
type wrongToken struct {
	variant string
	token   string
	facts   []any // name, value
}

// tokens signs r with each of the wrong tokens.
func (c *collector) tokens(r Request, list []wrongToken) {
	for _, w := range list {
		with := r
		with.Token = w.token
		c.add(tokenID, w.variant, right(with), w.facts...)
	}
}

// damagedTokens are the ways in which a token is damaged when it is pasted into
// a config, and the other values that are pasted instead of it.
func damagedTokens(r Request) []wrongToken {
	t := r.Token
	list := []wrongToken{
		{"token-trimmed", strings.TrimSpace(t), nil},
		{"token-space-after", t + " ", nil},
		{"token-newline", t + "\n", nil},
		{"token-newline", t + "\r\n", nil},
		{"token-newline", t + "\r", nil},
		{"token-empty", "", nil},
	}
	for _, other := range r.Other {
		list = append(list, wrongToken{"token-profile", other.Token, []any{"profile", other.Name}})
	}
	list = append(
		list,
		wrongToken{"token-lower", strings.ToLower(t), nil},
		wrongToken{"token-upper", strings.ToUpper(t), nil},
		wrongToken{"token-space-before", " " + t, nil},
		wrongToken{"token-quoted", `"` + t + `"`, nil},
		wrongToken{"token-quoted", `'` + t + `'`, nil},
		wrongToken{"token-bom", "\ufeff" + t, nil},
		wrongToken{"token-semicolon", t + ";", nil},
		wrongToken{"token-prefix", "TOKEN=" + t, nil},
		wrongToken{"token-prefix", "token=" + t, nil},
		wrongToken{"token-brackets", "<" + t + ">", nil},
		wrongToken{"token-brackets", "{" + t + "}", nil},
		wrongToken{"token-base64", base64.StdEncoding.EncodeToString([]byte(t)), nil},
		wrongToken{"token-base64", base64.StdEncoding.EncodeToString([]byte(t + "\n")), nil},
	)
	for _, pasted := range []wrongToken{
		{"token-aes-key", r.AESKey, nil},
		{"token-appid", r.AppID, nil},
		{"token-secret", r.Secret, nil},
	} {
		if pasted.token != "" {
			list = append(list, pasted)
		}
	}
	return list
}

// defaultTokens are those in WeChat's sample, in SDK manuals and config
// templates, and what an unset variable turns into.
func defaultTokens() []wrongToken {
	literals := []string{
		"TOKEN", "token", "weixin", "wechat", "test", // the official sample's, and the nearest to it
		"null", "undefined", "None", "nil", "NULL", "false", // nothing, printed
		"${TOKEN}", "${WX_TOKEN}", "${WECHAT_TOKEN}", "$TOKEN", // placeholders that nothing filled
		"your_token", "YOUR_TOKEN", "your-token", "yourtoken", "your token", "<token>",
		"your-wechat-token", "mytoken", "my_token", "tokenhere", "easywechat", "pamtest", "123456", "wxdevtoken", "Token", "xxx",
	}
	list := make([]wrongToken, len(literals))
	for i, s := range literals {
		list[i] = wrongToken{"token-default", s, []any{"literal", s}}
	}
	return list
}
