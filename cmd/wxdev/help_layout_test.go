package main

import (
	"strings"
	"testing"
)

// TestFrontFits: with nothing, wxdev fills no more than a small terminal, in
// both languages, and leaves a line for the next prompt.
func TestFrontFits(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		env, out, errOut := testEnv(t)
		if code := Main([]string{"--lang", lang}, env); code != exitOK || errOut.Len() > 0 {
			t.Fatalf("%s: exit %d: %s", lang, code, errOut)
		}
		if n := strings.Count(out.String(), "\n"); n > 23 {
			t.Errorf("%s: %d lines:\n%s", lang, n, out)
		}
		for _, group := range commandGroups {
			for _, e := range group.commands {
				if !strings.Contains(out.String(), e.name) {
					t.Errorf("%s: %s is not named", lang, e.name)
				}
			}
		}
	}
}

// The language of a command line holds wherever it is said, by a flag, a
// variable or the locale, also where the line is wrong or is one to complete.
func TestHelpSpeaksTheLanguageAskedFor(t *testing.T) {
	for _, c := range []struct {
		args, vars string
		want       string
	}{
		{"--lang zh verify --help", "", "用法："},
		{"verify --help --lang zh", "", "用法："},
		{"verify --help --lang=zh", "", "用法："},
		{"help verify --lang zh", "", "用法："},
		{"help --lang zh verify", "", "用法："},
		{"--help", "WXDEV_LANG=zh", "用法："},
		{"menu", "LANG=zh_CN.UTF-8", "用法："},
		{"verify --help", "LC_ALL=en_US.UTF-8 LANG=zh_CN.UTF-8", "Usage:"},
		{"--lang en verify --help", "WXDEV_LANG=zh", "Usage:"},
		{"verify --help --lang zh", "WXDEV_LANG=en", "用法："},
		{"verify -h -- --lang zh", "", "Usage:"},
		{"__complete --lang zh --col", "", "--color\t什么时候"},
		{"__complete verify --lan", "WXDEV_LANG=zh", "--lang\t语言"},
		{"__complete verif", "LANG=zh_CN.UTF-8", "verify\t像微信那样检查服务器"},
		{"__complete --lang zh help menu pu", "", "push\t按文件更新账号的菜单"},
		{"__complete verify --str", "LANG=zh_CN.UTF-8", "--strict\t警告也算错误"},
		{"__complete verify --config", "", "--config\tread this FILE, not"},
		{"__complete completion ba", "WXDEV_LANG=zh", "bash\t生成 bash 的自动补全脚本"},
		{"__complete send subscribe_s", "WXDEV_LANG=zh", "subscribe_scene\t用户"},
		{"verify --bogus --lang zh", "", "提示："},
	} {
		var vars []string
		for v := range strings.FieldsSeq(c.vars) {
			name, value, _ := strings.Cut(v, "=")
			vars = append(vars, name, value)
		}
		env, out, errOut := testEnv(t, vars...)
		Main(strings.Fields(c.args), env)
		if !strings.Contains(out.String()+errOut.String(), c.want) {
			t.Errorf("%s wxdev %s does not say %q:\n%s%s", c.vars, c.args, c.want, out, errOut)
		}
	}
}

// typedLang is asked before anything is parsed, and where nothing can be.
func TestTypedLang(t *testing.T) {
	for line, want := range map[string]string{
		"":                                   "auto",
		"verify --bogus --lang zh":           "zh",
		"--lang zh verify --lang=en":         "en",
		"--lang fr":                          "auto",
		"--lang":                             "auto",
		"send text -- --lang zh":             "auto",
		"__complete verify --lang zh --stri": "zh",
	} {
		if got := typedLang(strings.Fields(line)); got != want {
			t.Errorf("%q: %s, not %s", line, got, want)
		}
	}
}

// What is said of a flag stands in a column of its own, a Chinese character
// counted as two, and its later lines under the first.
func TestRows(t *testing.T) {
	var b strings.Builder
	p := page{&b, "zh", 40}
	got := p.rows([]row{
		{"  --a FILE", "从这个文件里读取消息体，不从标准输入读取消息体"},
		{"  --a-name-that-is-too-long-for-any-column", "short"},
	})
	want := `
  --a FILE  从这个文件里读取消息体，不从
            标准输入读取消息体
  --a-name-that-is-too-long-for-any-column
            short`
	if got != want {
		t.Errorf("%s\nnot%s", got, want)
	}
}
