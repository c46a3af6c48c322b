package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestSignDefaults: the time is the Env's, and nonce and echostr look like
// WeChat's.
func TestSignDefaults(t *testing.T) {
	env, _, _ := atTerminal(t, "")
	var out bytes.Buffer
	env.Out = &out
	env.Now = func() time.Time { return time.Unix(1714036504, 0) }
	cmd := newSign(&globals{env: env, lang: "en"})
	cmd.SetArgs([]string{"--token", "AAAAA", "--url", "http://example.com/wechat", "--signed-url"})
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`^http://example\.com/wechat\?signature=[0-9a-f]{40}&echostr=[1-9][0-9]{18}&timestamp=1714036504&nonce=[1-9][0-9]{7,9}\n$`)
	if !want.MatchString(out.String()) {
		t.Errorf("got %q", out.String())
	}
}

func TestReadEncrypt(t *testing.T) {
	got, err := readEncrypt(strings.NewReader("abc+/=\r\n"))
	if err != nil || got != "abc+/=" {
		t.Errorf("got %q, %v", got, err)
	}
	for in, want := range map[string]string{
		"\n":                         "stdin is empty",
		strings.Repeat("A", 1<<20+1): "more than 1 MiB",
	} {
		if _, err := readEncrypt(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.10q: %v, want %q", in, err, want)
		}
	}
}
