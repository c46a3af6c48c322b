package control_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/scenario"
	"github.com/wxdev/wxdev/pkg/wire"
)

// told is an emulator whose account has a bot, which keeps what it got.
type told struct {
	*local.Server
	client *client.Client
	bot    string
	codec  *msgcrypt.Codec

	mu  sync.Mutex
	got []got
}

type got struct {
	line, body string
	header     http.Header
}

func tell(t *testing.T, mode string) *told {
	t.Helper()
	key, err := msgcrypt.ParseKey(emulator.DefaultAESKey)
	if err != nil {
		t.Fatal(err)
	}
	x := &told{codec: msgcrypt.New(key, emulator.DefaultAppID)}
	bot := &receiver.Handler{Token: emulator.DefaultToken, Codec: x.codec, Reply: func(in *message.Message) *message.Message {
		if strings.EqualFold(in.Get("Event"), "unsubscribe") {
			return nil
		}
		return reply.Text(in, time.Now(), in.Get("FromUserName")+" said "+in.Get("Content"))
	}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		b, _ := io.ReadAll(req.Body)
		x.mu.Lock()
		x.got = append(x.got, got{req.Method + " " + req.RequestURI + " " + req.Proto, string(b), req.Header.Clone()})
		x.mu.Unlock()
		req.Body = io.NopCloser(strings.NewReader(string(b)))
		bot.ServeHTTP(w, req)
	}))
	t.Cleanup(s.Close)
	x.bot = s.URL + "/it's/../wechat?a=[1]&b=$HOME"
	if x.Server, err = local.NewServer(emulator.Config{Accounts: []emulator.Account{{AppID: emulator.DefaultAppID, URL: x.bot, Mode: mode}}, Timeout: busy.Net}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	x.client = &client.Client{BaseURL: x.URL}
	return x
}

func (x *told) last() got {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.got[len(x.got)-1]
}

func (x *told) act(t *testing.T, user, do, value string) {
	t.Helper()
	if _, err := x.client.Act(t.Context(), client.Action{User: user, Do: do, Value: value}); err != nil {
		t.Fatal(err)
	}
}

// texts are what users write to get out of wherever their words stand.
var texts = []string{
	"hello", "it's \"quoted\" \\ back", "two\nlines\n# [[step]]\nsend = \"x\"\n", "]]> ]]]]><![CDATA[", "$(touch pwned) `id` $HOME ; & | > !!",
	"'; touch pwned; '", "-rf", "--url", "{{ no name }} { { } }", "\u202e right to left \u2028", "%s %d %% \\n \\x41", "你好 😀", "'''", `"""`, "\t tab",
}

// TestPushesAreToldAsScenario: the file passes against the server that was
// answered then, in every mode, and has neither an OpenID nor a secret.
func TestPushesAreToldAsScenario(t *testing.T) {
	for _, mode := range []string{"plain", "compat", "safe"} {
		x := tell(t, mode)
		for i, text := range texts {
			x.act(t, []string{"alice", "bob"}[i%2], "text", text)
		}
		x.act(t, "alice", "location", "")
		x.act(t, "alice", "unfollow", "")
		x.act(t, "bob", "text", "{{name}}") // a scenario has no way to write it
		for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
			x.client.Lang = lang
			file, err := x.client.Scenario(t.Context(), client.PushRange{})
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{message.OpenID("alice"), message.OpenID("bob"), emulator.DefaultToken, emulator.DefaultSecret, emulator.DefaultAESKey} {
				if strings.Contains(file, secret) {
					t.Errorf("%s is in\n%s", secret, file)
				}
			}
			if !strings.Contains(file, fmt.Sprint(" ", len(texts)+3)) {
				t.Errorf("nothing says what was left out:\n%s", file)
			}
			s, err := scenario.Parse("told.toml", []byte(file))
			if err != nil || len(s.Steps) != len(texts)+2 {
				t.Fatalf("%v in\n%s", err, file)
			}
			if lang == finding.Chinese && bilingual.In(strings.SplitN(file, "[[step]]", 2)[0]) != "" {
				t.Errorf("the head is\n%s", file)
			}
			r := &scenario.Runner{Pusher: &push.Pusher{URL: x.bot, Token: emulator.DefaultToken, Codec: x.codec, Sender: wire.Sender{Timeout: busy.Net}}}
			if err := r.Run(t.Context(), []*scenario.Scenario{s}, func(res *scenario.Result) {
				for i, st := range res.Steps {
					if st.Failure != nil {
						t.Errorf("%s: step %d: %+v", mode, i+1, st.Failure)
					}
				}
			}); err != nil {
				t.Fatal(err)
			}
		}
		x.client.Lang = ""
		some, err := x.client.Scenario(t.Context(), client.PushRange{User: "bob", From: 2, To: 4})
		if s, bad := scenario.Parse("x", []byte(some)); err != nil || bad != nil || len(s.Steps) != 2 {
			t.Errorf("%v, %v in\n%s", err, bad, some)
		}
	}
}

// TestScenarioOfFaults: what the user saw as a fault is expected as one, and an
// answer with findings names them.
func TestScenarioOfFaults(t *testing.T) {
	b := newBench(t, people)
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<b>Fatal error</b>") }))
	defer broken.Close()
	b.control(200, "POST", "accounts", `{"appid":"wx0123456789abcdef","url":"`+broken.URL+`"}`)
	b.control(200, "POST", "users/alice/text", "value=hi")
	file := b.do("GET", "/__wxdev/pushes/1/scenario", "").Body.String()
	if !strings.Contains(file, `expect = { type = "fault" }`) || !strings.Contains(file, "# The answer had findings: ") {
		t.Errorf("%s", file)
	}
	for path, status := range map[string]int{
		"pushes/2/scenario": 404, "pushes/x/scenario": 400, "pushes/scenario?user=nobody": 404, "pushes/scenario?from=x": 400, "pushes/scenario?to=-1": 400,
		"pushes/scenario?lang=fr": 400, "pushes/2/curl": 404, "pushes/1/curl?lang=fr": 400, "pushes/scenario?from=2": 404,
	} {
		b.control(status, "GET", path, "")
	}
	b.control(200, "POST", "users/alice/text", "value={{x}}")
	b.control(400, "GET", "pushes/2/scenario", "")
}

// TestPushIsToldAsCurl runs what is printed with a real shell and a real curl: the
// server gets the same bytes, and nothing else is run.
func TestPushIsToldAsCurl(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	for _, mode := range []string{"plain", "safe"} {
		x := tell(t, mode)
		ids := int64(0)
		check := func(what string) {
			t.Helper()
			ids++
			before := x.last()
			text, err := x.client.Curl(t.Context(), ids)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			cmd := exec.Command("sh")
			cmd.Dir = t.TempDir()
			cmd.Stdin = strings.NewReader(text)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v: %s\n%s", what, err, out, text)
			}
			if files, err := os.ReadDir(cmd.Dir); err != nil || len(files) > 0 {
				t.Errorf("%s: it ran a command of the message: %v", what, files)
			}
			if after := x.last(); !reflect.DeepEqual(before, after) {
				t.Errorf("%s: the server got\n%+v\nfrom\n%s\nwant\n%+v", what, after, text, before)
			}
			for _, secret := range []string{emulator.DefaultToken, emulator.DefaultSecret, emulator.DefaultAESKey} {
				if strings.Contains(text, secret) {
					t.Errorf("%s: %s is in\n%s", what, secret, text)
				}
			}
			command := text[strings.LastIndex(strings.TrimSuffix(text, "\n"), "\n")+1:]
			if !strings.Contains(what, "odd") && !strings.HasPrefix(command, "# wxdev send ") {
				t.Errorf("%s: the last line is %q", what, command)
			}
		}
		for _, text := range texts {
			x.act(t, "alice", "text", text)
			check(text)
		}
		x.act(t, "alice", "location", "")
		check("location")
		for _, body := range []string{"odd \x00\x01\r\n it's %s \\ \x7f", "odd", "<xml><FromUserName>o1</FromUserName><MsgType>text</MsgType><Content>\x02' \x1b[2J</Content></xml>"} {
			b, err := json.Marshal(map[string]string{"body": body})
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.Post(x.URL+"/__wxdev/pushes/1/again", "application/json", strings.NewReader(string(b)))
			if err != nil || res.StatusCode != 200 {
				t.Fatalf("%v, %v", res, err)
			}
			res.Body.Close()
			check("odd: " + body)
		}
	}
}
