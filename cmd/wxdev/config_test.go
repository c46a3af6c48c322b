package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// On a terminal the columns line up, Chinese included, and an error has its
// hint below it.
func TestConfigOnATerminal(t *testing.T) {
	env, dir, _ := atTerminal(t, "")
	text := "[account]\nurl = \"http://127.0.0.1/微信\"\ntoken = \"mytoken\"\nmode = \"save\"\n"
	if err := os.WriteFile(filepath.Join(dir, "wxdev.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	env.Out, env.OutTTY = &out, true
	if code := Main([]string{"config", "--color", "never"}, env); code != exitUsage {
		t.Errorf("exit code %d, want %d", code, exitUsage)
	}
	want := `config    DIR/wxdev.toml
profile   none
product   not set
url       http://127.0.0.1/微信      wxdev.toml [account]
token     set, 7 characters          wxdev.toml [account]
appid     not set
secret    not set
aes_key   not set
mode      wxdev.toml:4:1: mode is "save": it takes plain, compat or safe
          hint: did you mean safe?
format    xml                        default
api_base  https://api.weixin.qq.com  default
store     not set
`
	if got := strings.Replace(out.String(), dir, "DIR", 1); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}

	out.Reset()
	Main([]string{"config", "--color", "always"}, env)
	if !strings.Contains(out.String(), "\x1b[1murl\x1b[") {
		t.Errorf("no bold name in %q", out.String())
	}
}
