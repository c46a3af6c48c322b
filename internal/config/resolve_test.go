package config

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestIndirectValues(t *testing.T) {
	w := newWorld(t, map[string]string{
		"wxdev.toml": `[account]
url = "env:MY_URL"
token = "file:secrets/token"
appid = "file:secrets/appid"
`,
		"secrets/token": "fromfile\r\n\n",
		"secrets/appid": "wx0123456789abcdef",
		"sub/key":       goodKey + "\n",
	})
	w.env["MY_URL"] = "http://127.0.0.1/w"
	w.flags[AESKey] = "file:key"
	w.env["WXDEV_SECRET"] = "env:OTHER"
	w.env["OTHER"] = "env:MY_URL" // is the secret: only one step is taken
	c := w.load(func(o *Options) { o.Dir = filepath.Join(w.dir, "sub") })
	from := "../wxdev.toml [account]"
	wantValue(t, c, URL, Value{"http://127.0.0.1/w", from, "env:MY_URL"})
	wantValue(t, c, Token, Value{"fromfile", from, "file:secrets/token"})
	wantValue(t, c, AppID, Value{"wx0123456789abcdef", from, "file:secrets/appid"})
	wantValue(t, c, AESKey, Value{goodKey, "--aes-key", "file:key"})
	wantValue(t, c, Secret, Value{"env:MY_URL", "WXDEV_SECRET", "env:OTHER"})
}

func TestIndirectFaults(t *testing.T) {
	w := newWorld(t, map[string]string{
		"empty": "\n\n", "folder/keep": "", "big": strings.Repeat("x", 64<<10+1),
		"blank": "abc \n", "bom": "\uFEFFabc",
	})
	w.env["EMPTY"], w.env["NEWLINE"] = "", "abc\n"
	for _, c := range []struct{ text, msg, hint string }{
		{"env:MISSING", "--token: the variable MISSING is not set", "export MISSING"},
		{"env:EMPTY", "--token: the variable EMPTY is empty", ""},
		{"env:", "--token: env: needs the name", ""},
		{"env:$X", "--token: env: needs the name", "without $"},
		{"env:NEWLINE", "--token (env:NEWLINE) ends with a newline", ""},
		{"file:", "--token: file: needs a path", ""},
		{"file:missing", `--token: file "missing": no such file`, "relative to the working folder"},
		{"file:~/token", `--token: file "~/token": no such file`, "~ is not expanded"},
		{"file:empty", `--token: file "empty": is empty`, ""},
		{"file:folder", `--token: file "folder": is a folder`, ""},
		{"file:big", `--token: file "big": is too big: more than 64 KiB`, ""},
		{"file:blank", "--token (file:blank) ends with white space", ""},
		{"file:bom", "--token (file:bom) starts with a byte order mark", ""},
		{"file:empty/x", `--token: file "empty/x": cannot be read`, ""},
	} {
		w.flags[Token] = c.text
		v, err := w.load().Get(Token)
		wantError(t, err, c.msg, c.hint)
		if v.Text != "" || v.From != "--token" {
			t.Errorf("%s: with the error comes %+v", c.text, v)
		}
	}
}

// Other settings have no indirect form.
func TestOnlySomeAreIndirect(t *testing.T) {
	w := newWorld(t, nil)
	w.env["X"] = "safe"
	w.flags[Mode], w.flags[APIBase] = "env:X", "file:x"
	c := w.load()
	_, err := c.Get(Mode)
	wantError(t, err, `--mode is "env:X": it takes plain, compat or safe`, "")
	_, err = c.Get(APIBase)
	wantError(t, err, "--api-base starts with neither", "")
}

func TestStdin(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"abc\n", "abc"},
		{"abc\r\nrest", "abc"},
		{"abc", "abc"},
	} {
		w := newWorld(t, nil)
		w.env["WXDEV_TOKEN"] = "-"
		w.stdin = iotest.OneByteReader(strings.NewReader(c.in))
		wantValue(t, w.load(), Token, Value{c.want, "WXDEV_TOKEN", "-"})
	}
	for _, c := range []struct{ in, msg string }{
		{"", "--token: the line on stdin is empty"},
		{"\nabc", "--token: the line on stdin is empty"},
		{"abc \n", "--token (from stdin) ends with white space"},
		{strings.Repeat("x", 70000), "longer than 64 KiB"},
	} {
		w := newWorld(t, nil)
		w.flags[Token] = "-"
		w.stdin = strings.NewReader(c.in)
		_, err := w.load().Get(Token)
		wantError(t, err, c.msg, "")
	}
	w := newWorld(t, nil)
	w.flags[Token] = "-"
	_, err := w.load().Get(Token)
	wantError(t, err, "there is no stdin", "")
	w.stdin = iotest.ErrReader(errors.New("the pipe broke"))
	_, err = w.load().Get(Token)
	wantError(t, err, "--token: read stdin: the pipe broke", "")
}

func TestStdinServesOne(t *testing.T) {
	w := newWorld(t, map[string]string{"wxdev.toml": "[account]\naes_key = \"-\"\n"})
	w.stdin = strings.NewReader("abc\ndef\n")
	w.flags[Token], w.env["WXDEV_SECRET"] = "-", "-"
	c := w.load()
	for _, k := range []Key{Secret, Token, Token} {
		_, err := c.Get(k)
		wantError(t, err, "--token and WXDEV_SECRET are -, and only one of them can read stdin", "env:NAME")
	}
	_, err := c.Get(AESKey)
	wantError(t, err, "wxdev.toml:2:1: aes_key: - means stdin, and only a flag or a variable can ask for it", "env:NAME")
}
