package config

import (
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/pkg/finding"
)

const goodKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

// world is a folder with files, and what surrounds it.
type world struct {
	t     *testing.T
	dir   string
	env   map[string]string
	flags map[Key]string
	stdin io.Reader
}

func newWorld(t *testing.T, files map[string]string) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), env: map[string]string{}, flags: map[Key]string{}}
	for name, text := range files {
		path := filepath.Join(w.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *world) options() Options {
	return Options{
		Dir: w.dir, Flags: w.flags, Stdin: w.stdin,
		LookupEnv: func(name string) (string, bool) { v, ok := w.env[name]; return v, ok },
	}
}

func (w *world) load(change ...func(*Options)) *Config {
	w.t.Helper()
	o := w.options()
	for _, f := range change {
		f(&o)
	}
	c, err := Load(o)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func wantValue(t *testing.T, c *Config, k Key, want Value) {
	t.Helper()
	got, err := c.Get(k)
	if err != nil {
		t.Errorf("Get(%s): %v", k, err)
	} else if got != want {
		t.Errorf("Get(%s) = %+v, want %+v", k, got, want)
	}
}

func wantError(t *testing.T, err error, msg, hint string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error", err)
	}
	if !strings.Contains(e.Error(), msg) {
		t.Errorf("message %q lacks %q", e.Error(), msg)
	}
	if !strings.Contains(e.HintIn(finding.English), hint) {
		t.Errorf("hint %q lacks %q", e.HintIn(finding.English), hint)
	}
	if fault := bilingual.Fault(err); fault != "" {
		t.Error(fault)
	}
}

const twoProfiles = `[account]
token = "fromaccount"
appid = "wx0123456789abcdef"

[profile.staging]
token = "fromstaging"
mode = "safe"

[profile.live]
`

func TestPrecedence(t *testing.T) {
	w := newWorld(t, map[string]string{"wxdev.toml": twoProfiles})
	staging := func(o *Options) { o.Profile = "staging" }
	wantValue(t, w.load(), Token, Value{Text: "fromaccount", From: "wxdev.toml [account]"})
	wantValue(t, w.load(staging), Token, Value{Text: "fromstaging", From: "wxdev.toml [profile.staging]"})
	wantValue(t, w.load(staging), AppID, Value{Text: "wx0123456789abcdef", From: "wxdev.toml [account]"})

	w.env["WXDEV_TOKEN"] = "fromenv"
	wantValue(t, w.load(staging), Token, Value{Text: "fromstaging", From: "wxdev.toml [profile.staging]"})
	w.env["WXDEV_MODE"] = "compat"
	wantValue(t, w.load(func(o *Options) { o.Profile = "live" }), Token, Value{Text: "fromenv", From: "WXDEV_TOKEN"}) // which has none of its own
	w.env["WXDEV_PROFILE"] = "staging"
	wantValue(t, w.load(), Token, Value{Text: "fromenv", From: "WXDEV_TOKEN"})
	wantValue(t, w.load(), Mode, Value{Text: "compat", From: "WXDEV_MODE"})
	delete(w.env, "WXDEV_PROFILE")
	w.flags[Token] = "fromflag"
	wantValue(t, w.load(staging), Token, Value{Text: "fromflag", From: "--token"})

	delete(w.flags, Token)
	w.env["WXDEV_TOKEN"] = "" // counts as unset
	wantValue(t, w.load(staging), Token, Value{Text: "fromstaging", From: "wxdev.toml [profile.staging]"})
}

func TestDefaults(t *testing.T) {
	c, err := Load(Options{}) // no folder, no environment, nothing
	if err != nil {
		t.Fatal(err)
	}
	want := map[Key]string{Mode: "plain", Format: "xml", APIBase: "https://api.weixin.qq.com"}
	for _, k := range Keys() {
		v := Value{Text: want[k]}
		if v.Text != "" {
			v.From = "default"
		}
		wantValue(t, c, k, v)
	}
	if c.Path() != "" || c.ProfileName() != "" || c.Profiles() != nil {
		t.Errorf("path %q, profile %q, profiles %q, want none", c.Path(), c.ProfileName(), c.Profiles())
	}
}

func TestEveryKeyFromTheEnvironment(t *testing.T) {
	w := newWorld(t, nil)
	values := map[Key]string{
		URL: "http://127.0.0.1/w", Token: "abc", AppID: "wx0123456789abcdef", Secret: "s", AESKey: goodKey,
		Mode: "safe", Format: "json", APIBase: "http://127.0.0.1:1", Store: "redis://:hunter2@127.0.0.1/1",
		Product: "miniprogram", AuthURL: "http://127.0.0.1/t", AccountAppID: "wx0123456789abcde0", Receiver: "suite", ProviderCorpID: "ww0123456789ABCDEF",
	}
	for k, text := range values {
		w.env["WXDEV_"+strings.ToUpper(string(k))] = text
	}
	c := w.load()
	for _, k := range Keys() {
		wantValue(t, c, k, Value{Text: values[k], From: k.Env()})
	}
}

func TestProfiles(t *testing.T) {
	w := newWorld(t, map[string]string{"wxdev.toml": twoProfiles})
	w.env["WXDEV_PROFILE"] = "live"
	c := w.load()
	if got := c.ProfileName(); got != "live" {
		t.Errorf("WXDEV_PROFILE gives %q", got)
	}
	if got := strings.Join(c.Profiles(), " "); got != "staging live" {
		t.Errorf("profiles %q", got)
	}
	if got := w.load(func(o *Options) { o.Profile = "staging" }).ProfileName(); got != "staging" {
		t.Errorf("Options.Profile gives %q", got)
	}

	o := w.options()
	o.Profile = "stagin"
	_, err := Load(o)
	wantError(t, err, `--profile: no profile "stagin" in wxdev.toml`, "did you mean staging?")
	w.env["WXDEV_PROFILE"] = "x\x1b"
	_, err = Load(w.options())
	wantError(t, err, `WXDEV_PROFILE: no profile "x\x1B"`, "it has staging and live")

	_, err = Load(Options{Profile: "x"})
	wantError(t, err, "there is no wxdev.toml", "wxdev init")
	w = newWorld(t, map[string]string{"wxdev.toml": ""})
	w.env["WXDEV_PROFILE"] = "x"
	_, err = Load(w.options())
	wantError(t, err, "no profile", "it has no profiles")
}

func TestInProfile(t *testing.T) {
	w := newWorld(t, map[string]string{
		"wxdev.toml": twoProfiles + `token = "env:LIVE_TOKEN"`,
	})
	w.flags[Token] = "fromflag"
	w.env = map[string]string{"WXDEV_TOKEN": "fromenv", "LIVE_TOKEN": "fromlive"}
	c := w.load(func(o *Options) { o.Profile = "staging" })
	for name, want := range map[string]Value{
		"":        {Text: "fromaccount", From: "wxdev.toml [account]"},
		"staging": {Text: "fromstaging", From: "wxdev.toml [profile.staging]"},
		"live":    {Text: "fromlive", From: "wxdev.toml [profile.live]", Via: "env:LIVE_TOKEN"},
	} {
		view, err := c.InProfile(name)
		if err != nil {
			t.Fatal(err)
		}
		wantValue(t, view, Token, want)
		if view.ProfileName() != name || view.Path() != c.Path() {
			t.Errorf("the view is of %q in %q", view.ProfileName(), view.Path())
		}
	}
	_, err := c.InProfile("lvie")
	wantError(t, err, `no profile "lvie"`, "did you mean live?")
	wantValue(t, c, Token, Value{Text: "fromflag", From: "--token"})
}

func TestRequire(t *testing.T) {
	w := newWorld(t, nil)
	c := w.load()
	wantError(t, c.Require(Token), "no token: give --token, set WXDEV_TOKEN, or write it to wxdev.toml", "wxdev init")
	if err := c.Require(Mode); err != nil {
		t.Errorf("a default is required in vain: %v", err)
	}
	wantError(t, c.Require(AppID, Mode, AESKey),
		"no appid and no aes_key: give --appid and --aes-key, set WXDEV_APPID and WXDEV_AES_KEY, or write them to wxdev.toml", "")

	if zh := finding.ErrorIn(finding.Chinese, c.Require(URL, Token)); !strings.HasPrefix(zh, "缺少 url 和 token：请用 --url 和 --token 给出") {
		t.Error(zh)
	}

	w = newWorld(t, map[string]string{"wxdev.toml": "[account]\ntoken = \"x\"\n", "sub/empty": ""})
	c = w.load(func(o *Options) { o.Dir = filepath.Join(w.dir, "sub") })
	wantError(t, c.Require(URL), "or write it to ../wxdev.toml", "wxdev config")
	wantError(t, c.Require(URL, Token), "../wxdev.toml:2:1: token is one character long", "3 to 32")
}

// A command that needs no token must not fail because the token is broken,
// and what was asked once is not read again.
func TestLazyAndOnce(t *testing.T) {
	w := newWorld(t, map[string]string{
		"wxdev.toml": "[account]\nurl = \"http://127.0.0.1/\"\ntoken = \"file:missing\"\nsecret = \"file:secret\"\n",
		"secret":     "one",
	})
	c := w.load()
	wantValue(t, c, URL, Value{Text: "http://127.0.0.1/", From: "wxdev.toml [account]"})
	_, err := c.Get(Token)
	wantError(t, err, `wxdev.toml:3:1: token: file "missing": no such file`, "relative to the config's folder")

	want := Value{Text: "one", From: "wxdev.toml [account]", Via: "file:secret"}
	wantValue(t, c, Secret, want)
	if err := os.WriteFile(filepath.Join(w.dir, "secret"), []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantValue(t, c, Secret, want)
}

func TestGetFromManyGoroutines(t *testing.T) {
	w := newWorld(t, nil)
	w.stdin = strings.NewReader("fromstdin\nnext line\n")
	w.flags[Token] = "-"
	c := w.load()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { wantValue(t, c, Token, Value{Text: "fromstdin", From: "--token", Via: "-"}) })
	}
	all.Wait()
	rest, _ := io.ReadAll(w.stdin)
	if string(rest) != "next line\n" {
		t.Errorf("stdin is left with %q", rest)
	}
}

func TestKeys(t *testing.T) {
	secrets := map[Key]bool{Token: true, Secret: true, AESKey: true, Store: true}
	got := map[Key]bool{}
	for _, k := range Keys() {
		if k.Secret() {
			got[k] = true
		}
	}
	if !maps.Equal(got, secrets) {
		t.Errorf("secret are %v", got)
	}
	if AESKey.Env() != "WXDEV_AES_KEY" || AESKey.Flag() != "--aes-key" {
		t.Errorf("aes_key is %s and %s", AESKey.Env(), AESKey.Flag())
	}
	if Mode.Values() == nil || Token.Values() != nil {
		t.Error("mode has values, token has none")
	}
}

// TestAccountIsAProfile: reports call the base table so, and it can be asked
// for by that name.
func TestAccountIsAProfile(t *testing.T) {
	dir := t.TempDir()
	text := "[account]\ntoken = \"basetoken\"\n[profile.x]\ntoken = \"xtoken\"\n"
	if err := os.WriteFile(filepath.Join(dir, FileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(Options{Dir: dir, Profile: "account"})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := c.Get(Token); err != nil || v.Text != "basetoken" {
		t.Errorf("got %q, %v", v.Text, err)
	}
}

// saidOf is all that an error says, in both languages.
func saidOf(e *Error) string {
	var all string
	for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
		all += e.In(lang) + e.HintIn(lang)
	}
	return all
}
