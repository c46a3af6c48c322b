package config

import (
	"fmt"
	"strings"

	"github.com/wxdev/wxdev/internal/tomldoc"
)

const renderHead = `# wxdev.toml: the account whose WeChat side wxdev plays.
#
# wxdev finds this file from the working folder upward. A flag beats the profile
# of --profile, which beats the environment (WXDEV_TOKEN and so on), which beats
# the rest of this file. What is in force, and where it came from:  wxdev config
#
# Keep secrets out of version control: instead of the text itself write
# "env:NAME", the name of a variable, or "file:PATH", a path relative to here.

[account]
`

const renderTail = `
# A second set of values, used with --profile staging. What is absent in it
# comes from [account].
#
# [profile.staging]
# url = "https://staging.example.com/wechat"
#
# protect = true, here or in [account], makes commands that change the account
# (menu push, menu delete, custom send, api POST) ask for --yes.
`

// Render returns the text of a commented config file with values in
// [account]. A setting that values lacks becomes a commented example.
func Render(values map[Key]string) string {
	var s strings.Builder
	s.WriteString(renderHead)
	for _, k := range Keys() {
		comment, example := explain(k)
		s.WriteString("\n# " + strings.ReplaceAll(comment, "\n", "\n# ") + "\n")
		if text, ok := values[k]; ok {
			fmt.Fprintf(&s, "%s = %s\n", k, tomldoc.EncodeString(text))
		} else {
			fmt.Fprintf(&s, "# %s = %s\n", k, tomldoc.EncodeString(example))
		}
	}
	s.WriteString(renderTail)
	return s.String()
}

func explain(k Key) (comment, example string) {
	switch k {
	case URL:
		return "URL (服务器地址): your server, as it is or will be submitted to WeChat.", "http://127.0.0.1:8080/wechat"
	case Token:
		return "Token (令牌): 3 to 32 letters and digits, the same as in your server.", "env:WX_TOKEN"
	case AppID:
		return "AppID (开发者ID): needed for encrypted messages and for API calls.", "wx0123456789abcdef"
	case Secret:
		return "AppSecret (开发者密码): needed for API calls only.", "env:WX_SECRET"
	case AESKey:
		return "EncodingAESKey (消息加解密密钥): 43 letters and digits; needed unless\nmode is plain.", "env:WX_AES_KEY"
	case Mode:
		return "Message encryption: plain (明文模式), compat (兼容模式) or safe (安全模式).", k.standard()
	case Format:
		return "Messages: xml, or json, which a mini program can choose.", k.standard()
	case APIBase:
		return "Where API calls go.", k.standard()
	case Store:
		return "A Redis that keeps access_token and ticket for a whole team; without it a\nfile does, for you alone.", "env:WX_STORE"
	}
	return "", ""
}
