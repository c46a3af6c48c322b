package main

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// leaked are the secrets of leakConfig: of the account in use, of its store,
// and of a profile that is not.
var leaked = []string{
	"Tk7mQ2xLp9", "Kq3vB8nZx5Lw1Rt6Yu2Io9Pa4Sd7Fg0Hj3Kl8Zx5Cv1", "9f8e7d6c5b4a39281706f5e4d3c2b1a0", "rEdIsPaSs77",
	"otherTok3n", "Zq1wE2rT3yU4iO5pA6sD7fG8hJ9kL0zX1cV2bN3mQ4w", "00112233445566778899aabbccddeeff",
}

const leakConfig = `[account]
url = %q
token = "Tk7mQ2xLp9"
appid = "wx0123456789abcdef"
aes_key = "Kq3vB8nZx5Lw1Rt6Yu2Io9Pa4Sd7Fg0Hj3Kl8Zx5Cv1"
secret = "env:LEAK_SECRET"
api_base = %q

[profile.other]
token = "otherTok3n"
aes_key = "Zq1wE2rT3yU4iO5pA6sD7fG8hJ9kL0zX1cV2bN3mQ4w"
secret = "00112233445566778899aabbccddeeff"
store = "redis://:rEdIsPaSs77@127.0.0.1:6379"
`

// leaky is all secrets in every form, each where a text is cut that begins at
// one of the lengths at which texts are.
func leaky(values []string) string {
	var s strings.Builder
	for _, v := range values {
		var escaped strings.Builder
		for _, c := range []byte(v) {
			fmt.Fprintf(&escaped, `\u%04x`, c)
		}
		s.WriteString(strings.Repeat("x", 80) + v + " " + escaped.String() + " %" + fmt.Sprintf("%x", v[0]) + url.QueryEscape(v[1:]) + " " +
			base64.StdEncoding.EncodeToString([]byte("wx:"+v)) + "\n")
	}
	return s.String()
}

// leaks finds what begins like a secret.
func leaks(t *testing.T, what, text string, values []string) {
	t.Helper()
	for _, v := range values {
		for _, part := range []string{v[:6], fmt.Sprintf(`\u%04x\u%04x`, v[0], v[1]), base64.StdEncoding.EncodeToString([]byte("wx:" + v))[4:12]} {
			if at := strings.Index(text, part); at >= 0 {
				t.Errorf("%s shows the beginning of %s: …%q…", what, v, text[max(0, at-60):min(len(text), at+60)])
			}
		}
	}
}

func leakyEnv(t *testing.T, answer http.HandlerFunc) (env *Env, run func(args ...string) string, dir string) {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	env, out, errOut := testEnv(t, "LEAK_SECRET", leaked[2])
	dir, _ = env.Getwd()
	for name, content := range map[string]string{
		"wxdev.toml": fmt.Sprintf(leakConfig, server.URL+"/wx", server.URL),
		"hello.toml": "[[step]]\nsend = \"text\"\nvalue = \"hello\"\n[step.expect]\ntext = \"" + strings.Repeat("y", 100) + "\"\n",
		"rec.json":   `{"schema_version":1,"time":"2026-11-21T01:02:03+08:00","type":"text","request":{"line":"POST / HTTP/1.0"},"message":"<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>hi</Content><MsgId>1</MsgId></xml>","answer":{"status":200,"took_ms":1}}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return env, func(args ...string) string {
		out.Reset()
		errOut.Reset()
		code := Main(args, env)
		if code == exitUsage {
			t.Fatalf("%q: %s", args, errOut)
		}
		return out.String() + errOut.String()
	}, dir
}

// TestNoSecretOfAServer: whatever a server sends back of the secrets of the
// config, of all profiles of it, no command prints it nor writes it down.
func TestNoSecretOfAServer(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"500":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500); fmt.Fprint(w, leaky(leaked)) },
		"text": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, leaky(leaked)) },
		"a header": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Server", strings.ReplaceAll(leaky(leaked), "\n", " "))
			w.Header().Set("Location", "http://x/?"+strings.ReplaceAll(leaky(leaked), "\n", " "))
			w.WriteHeader(302)
		},
		"a reply": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, "<xml><ToUserName>o</ToUserName><FromUserName>g</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content><![CDATA[%s]]></Content></xml>", leaky(leaked))
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, run, dir := leakyEnv(t, answer)
			junit := filepath.Join(dir, "junit.xml")
			for _, command := range [][]string{
				{"verify", "--mode", "safe", "--max-time", "2s"},
				{"send", "text", "hello", "--attempts", "1"},
				{"test", "hello.toml", "--attempts", "1"},
				{"replay", "rec.json", "--attempts", "1"},
			} {
				for _, flags := range [][]string{{"-v", "--report", "github", "--report", "junit=" + junit}, {"--json"}, {"--lang", "zh"}} {
					args := append(append([]string{}, command...), flags...)
					leaks(t, strings.Join(args, " "), run(args...), leaked)
				}
				b, err := os.ReadFile(junit)
				if err != nil {
					t.Fatal(err)
				}
				leaks(t, command[0]+"'s JUnit report", string(b), leaked)
			}
		})
	}
}

// TestNoSecretOfTheAPI: nor of what an API says, a token that was got included.
func TestNoSecretOfTheAPI(t *testing.T) {
	const token = "66_gotInThisVeryRun_abcdefghijklmnop"
	all := append([]string{token}, leaked...)
	_, run, _ := leakyEnv(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "token"):
			fmt.Fprintf(w, `{"access_token":%q,"expires_in":7200}`, token)
		case strings.Contains(r.URL.Path, "broken"):
			fmt.Fprint(w, leaky(all))
		case strings.Contains(r.URL.Path, "fine"):
			fmt.Fprintf(w, `{"errcode":0,"x":%q}`, leaky(all))
		default:
			fmt.Fprintf(w, `{"errcode":40013,"errmsg":%q}`, leaky(all))
		}
	})
	for _, args := range [][]string{
		{"api", "GET", "/cgi-bin/user/info", "-v"},
		{"api", "GET", "/cgi-bin/user/info", "--json"},
		{"api", "GET", "/cgi-bin/broken", "-v"},
		{"api", "GET", "/cgi-bin/broken", "--json"},
		{"api", "GET", "/cgi-bin/fine", "--json"},
		{"api", "GET", "/cgi-bin/fine", "--pretty"},
		{"api", "GET", "/cgi-bin/fine"},
		{"menu", "pull", "-v"},
		{"menu", "list", "--json"},
		{"ticket", "-v"},
		{"status"},
		{"status", "--json"},
		{"token", "--info", "-v", "--refresh"},
	} {
		leaks(t, strings.Join(args, " "), run(args...), all)
	}
	if got := run("token"); got != token+"\n" {
		t.Errorf("token prints %q", got)
	}
	if got := run("token", "--json"); !strings.Contains(got, `"access_token": "`+token+`"`) {
		t.Errorf("token --json prints %s", got)
	}
}
