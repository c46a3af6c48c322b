package config

import (
	"fmt"
	"strings"

	"github.com/wxdev/wxdev/internal/tomldoc"
	"github.com/wxdev/wxdev/pkg/product"
)

// Comments are what a config file says of itself, in the reader's language.
type Comments struct {
	Head    string           // above everything
	Profile string           // above the example of a profile
	Key     func(Key) string // above a setting
}

// Render returns the text of a commented config file with values in
// [account]. A setting that values lacks becomes a commented example.
func Render(values map[Key]string, say Comments) string {
	var s strings.Builder
	s.WriteString(comment(say.Head) + "\n[account]\n")
	for _, k := range Keys() {
		if of := k.OfProduct(); of != "" && values[k] == "" && values[Product] != string(of) {
			continue
		}
		s.WriteString("\n" + comment(say.Key(k)))
		if text, ok := values[k]; ok {
			fmt.Fprintf(&s, "%s = %s\n", k, tomldoc.EncodeString(text))
		} else {
			fmt.Fprintf(&s, "# %s = %s\n", k, tomldoc.EncodeString(example(k)))
		}
	}
	s.WriteString("\n" + comment(say.Profile+"\n\n[profile.staging]\nurl = \"https://staging.example.com/wechat\""))
	return s.String()
}

// comment puts a # before each line.
func comment(text string) string {
	var s strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		s.WriteString(strings.TrimRight("# "+line, " ") + "\n")
	}
	return s.String()
}

func example(k Key) string {
	switch k {
	case Product:
		return string(product.Service)
	case AuthURL:
		return "http://127.0.0.1:8080/wechat/ticket"
	case AccountAppID:
		return "wx0123456789abcdef"
	case Receiver:
		return ReceiverCorp
	case ProviderCorpID:
		return "ww0123456789abcdef"
	case URL:
		return "http://127.0.0.1:8080/wechat"
	case Token:
		return "env:WX_TOKEN"
	case AppID:
		return "wx0123456789abcdef"
	case Secret:
		return "env:WX_SECRET"
	case AESKey:
		return "env:WX_AES_KEY"
	case Store:
		return "env:WX_STORE"
	}
	return k.standard()
}
