package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/config"
)

// atTerminal is an Env at whose terminal somebody types answers, in a folder of
// its own.
func atTerminal(t *testing.T, answers string) (env *Env, dir string, stderr *bytes.Buffer) {
	t.Helper()
	dir, stderr = t.TempDir(), &bytes.Buffer{}
	return &Env{
		In: bytes.NewBufferString(answers), Out: io.Discard, Err: stderr,
		InTTY: true, ErrTTY: true, Width: 80,
		LookupEnv: func(string) (string, bool) { return "", false },
		Now:       time.Now,
		Rand:      bytes.NewReader(bytes.Repeat([]byte("random bytes"), 64)),
		Getwd:     func() (string, error) { return dir, nil },
		ConfigDir: func() (string, error) { return "", errors.New("none") },
	}, dir, stderr
}

// written is what the file in dir says: the settings that are not defaults.
func written(t *testing.T, dir string) map[config.Key]string {
	t.Helper()
	c, err := config.Load(config.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	got := map[config.Key]string{}
	for _, k := range config.Keys() {
		v, err := c.Get(k)
		if err != nil {
			t.Fatal(err)
		}
		if v.From != "default" && v.From != "product" && v.Text != "" {
			got[k] = v.Text
		}
	}
	return got
}

func TestInitAsks(t *testing.T) {
	env, _, _ := atTerminal(t, "")
	madeToken, err := randomText(env.Rand, 32, lettersDigits)
	if err != nil {
		t.Fatal(err)
	}
	madeKey, err := newAESKey(env.Rand)
	if err != nil {
		t.Fatal(err)
	}
	const key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	for _, c := range []struct {
		name, answers string
		args          []string
		want          map[config.Key]string
		asked         []string // in this order
		notAsked      string
	}{
		{
			"plain mode needs no key", "http://127.0.0.1/w\nmytoken\n\n\n", nil,
			map[config.Key]string{config.URL: "http://127.0.0.1/w", config.Token: "mytoken", config.Mode: "plain"},
			[]string{"URL", "Token", "1 plain"},
			"EncodingAESKey",
		},
		{
			"safe mode does", "\nmytoken\n\nsafe\nwx0123456789abcdef\n" + key + "\n", nil,
			map[config.Key]string{
				config.Token: "mytoken", config.Mode: "safe",
				config.AppID: "wx0123456789abcdef", config.AESKey: key,
			},
			[]string{"URL", "Token", "3 safe", "AppID", "EncodingAESKey", "fill in url"},
			"made up",
		},
		{
			"empty secrets are made up", "\n\n\ncompat\n\n\n", nil,
			map[config.Key]string{
				config.Token: madeToken, config.Mode: "compat", config.AESKey: madeKey,
			},
			[]string{"made up a Token", "made up an EncodingAESKey"},
			"ABC",
		},
		{
			"a bad answer is asked for again", "ftp://a\nhttp://a/\nmy_token\n  mytoken  \n\nsave\nplain\n", nil,
			map[config.Key]string{config.URL: "http://a/", config.Token: "mytoken", config.Mode: "plain"},
			[]string{"URL", "the url starts with neither", "Token", "the token has a character at position 3", "did you mean safe?"},
			"my_token",
		},
		{
			"a scheme that is missing is offered", "localhost:8080/wechat\n\nmytoken\n\n1\n", nil,
			map[config.Key]string{config.URL: "http://localhost:8080/wechat", config.Token: "mytoken", config.Mode: "plain"},
			[]string{"There is no http:// in it. Enter: take http://localhost:8080/wechat\n> Token"},
			"neither",
		},
		{
			"yes is as good as Enter", "localhost:8080/wechat\ny\nmytoken\n\n1\n", nil,
			map[config.Key]string{config.URL: "http://localhost:8080/wechat", config.Token: "mytoken", config.Mode: "plain"},
			[]string{"take http://localhost:8080/wechat\n> Token"},
			"http://y",
		},
		{
			"another URL than the one that is offered", "localhost\nwx.example.com\nhttps://wx.example.com/\nmytoken\n\nPlain\n", nil,
			map[config.Key]string{config.URL: "https://wx.example.com/", config.Token: "mytoken", config.Mode: "plain"},
			[]string{"take http://localhost\n", "take http://wx.example.com\n"},
			"neither",
		},
		{
			"nothing is offered for what is no host", "not a host\nhttp://a/\nmytoken\n\n\n", nil,
			map[config.Key]string{config.URL: "http://a/", config.Token: "mytoken", config.Mode: "plain"},
			[]string{"the url starts with neither"},
			"There is no http://",
		},
		{
			"the console's name for a mode", "\nmytoken\n\n安全模式\n\n" + key + "\n", nil,
			map[config.Key]string{config.Token: "mytoken", config.Mode: "safe", config.AESKey: key},
			[]string{"AppID", "fill in url"},
			"it takes",
		},
		{
			"a product that knows one mode is not asked for it", "\nmytoken\n8\n\n" + key + "\n", nil,
			map[config.Key]string{config.Token: "mytoken", config.Product: "wecom", config.Mode: "safe", config.AESKey: key},
			[]string{"Product", "AppID", "fill in url"},
			"Messages: 1 plain",
		},
		{
			"flags answer in advance", "\n\n",
			[]string{"--url", "http://a/", "--mode", "safe", "--aes-key", key, "--token", "mytoken"},
			map[config.Key]string{config.URL: "http://a/", config.Token: "mytoken", config.Mode: "safe", config.AESKey: key},
			[]string{"AppID"},
			"Token",
		},
		{
			"the last answer needs no newline", "http://a/\nmytoken\n\nplain", nil,
			map[config.Key]string{config.URL: "http://a/", config.Token: "mytoken", config.Mode: "plain"},
			[]string{"wrote wxdev.toml"},
			"ended",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			env, dir, stderr := atTerminal(t, c.answers)
			if code := Main(append([]string{"init"}, c.args...), env); code != exitOK {
				t.Fatalf("exit code %d\n%s", code, stderr)
			}
			got := written(t, dir)
			if len(got) != len(c.want) {
				t.Errorf("%d settings, want %d", len(got), len(c.want))
			}
			for k, want := range c.want {
				if got[k] != want {
					t.Errorf("%s = %q, want %q", k, got[k], want)
				}
			}
			rest := stderr.String()
			for _, want := range c.asked {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Errorf("no %q in order in:\n%s", want, stderr)
				}
				rest = after
			}
			if strings.Contains(stderr.String(), c.notAsked) {
				t.Errorf("%q in:\n%s", c.notAsked, stderr)
			}
		})
	}
}

// TestInitFits shows no line of more than 80 columns, typed answers included,
// neither on the terminal nor in the file.
func TestInitFits(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		answers := "localhost:8080/wechat\n\n" + strings.Repeat("t", 40) + "\n\n9\n\n无\n3\nwx\n\nkey\n\n"
		env, dir, stderr := atTerminal(t, answers)
		if code := Main([]string{"init", "--lang", lang}, env); code != exitOK {
			t.Fatalf("exit code %d\n%s", code, stderr)
		}
		file, err := os.ReadFile(filepath.Join(dir, config.FileName))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(stderr.String()+string(file), "\n") {
			if n := columns(line); n > 80 && !strings.HasPrefix(line, "#:schema ") {
				t.Errorf("%s: %d columns: %s", lang, n, line)
			}
		}
	}
}

// What is wrong with an answer is said in one language.
func TestInitMistakesAreChinese(t *testing.T) {
	env, _, stderr := atTerminal(t, "ftp://a\n\nno_token\n\n\n9\n3\nwx\n\n\n")
	if code := Main([]string{"init", "--lang", "zh"}, env); code != exitOK {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	for _, want := range []string{"> url 不", "> token 第 3 个字符不是", "> mode 是 \"9\"", "> appid 是 \"wx\""} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("no %q in:\n%s", want, stderr)
		}
	}
}

func TestInitWithoutAnswer(t *testing.T) {
	env, dir, stderr := atTerminal(t, "http://a/\n")
	if code := Main([]string{"init"}, env); code != exitUsage {
		t.Errorf("exit code %d, want %d", code, exitUsage)
	}
	if want := "stdin ended at the question for the token; nothing was written"; !strings.Contains(stderr.String(), want) {
		t.Errorf("no %q in:\n%s", want, stderr)
	}
	if files, _ := os.ReadDir(dir); len(files) > 0 {
		t.Errorf("%d files were left", len(files))
	}
}

func TestInitWithoutRandomBytes(t *testing.T) {
	env, dir, stderr := atTerminal(t, "\n\n\n\n")
	env.Rand = bytes.NewReader(nil)
	if code := Main([]string{"init"}, env); code != exitFailed {
		t.Errorf("exit code %d, want %d\n%s", code, exitFailed, stderr)
	}
	if files, _ := os.ReadDir(dir); len(files) > 0 {
		t.Errorf("%d files were left", len(files))
	}
}

// Ctrl-C at a question ends the command although the read goes on.
func TestInitInterrupted(t *testing.T) {
	env, dir, _ := atTerminal(t, "")
	never, w := io.Pipe()
	defer w.Close()
	env.In = never
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	env.In = interruptible{ctx, env.In}
	err := runInit(ctx, &initOptions{g: &globals{env: env}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if files, _ := os.ReadDir(dir); len(files) > 0 {
		t.Errorf("%d files were left", len(files))
	}
}

func TestInitWarnsWithoutGit(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, c := range []struct {
		folder string
		warns  bool
	}{{".git", true}, {"other", false}} {
		env, dir, stderr := atTerminal(t, "")
		env.InTTY = false
		if err := os.MkdirAll(filepath.Join(dir, c.folder), 0o755); err != nil {
			t.Fatal(err)
		}
		sub := filepath.Join(dir, "sub")
		if err := os.Mkdir(sub, 0o755); err != nil {
			t.Fatal(err)
		}
		env.Getwd = func() (string, error) { return sub, nil }
		key := strings.Repeat("A", 43)
		if code := Main([]string{"init", "--aes-key", key}, env); code != exitOK {
			t.Fatalf("exit code %d\n%s", code, stderr)
		}
		if got := strings.Contains(stderr.String(), "warning: wxdev.toml holds the aes_key itself"); got != c.warns {
			t.Errorf("with %s the warning is %v:\n%s", c.folder, got, stderr)
		}
		if strings.Contains(stderr.String(), key) {
			t.Errorf("the key is shown:\n%s", stderr)
		}
	}
}

// letters is a stdin without an end.
type letters struct{}

func (letters) Read(b []byte) (int, error) { return copy(b, "x"), nil }

func TestInitEndsOnEndlessStdin(t *testing.T) {
	env, _, stderr := atTerminal(t, "")
	env.In, env.InTTY = letters{}, false
	if code := Main([]string{"init", "--token", "-"}, env); code != exitUsage {
		t.Errorf("exit code %d, want %d", code, exitUsage)
	}
	if want := "--token (from stdin) is 1048576 characters long"; !strings.Contains(stderr.String(), want) {
		t.Errorf("no %q in:\n%s", want, stderr)
	}
}
