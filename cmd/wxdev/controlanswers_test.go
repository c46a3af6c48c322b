package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/internal/schema"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/control"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
)

// controlCalls are calls of each kind that the control API has, in an order in
// which they find something. Each is method, path and body.
var controlCalls = []string{
	`POST accounts {"appid":"wx0123456789abcdef","name":"咖啡店","template":[{"id":"T","title":"t","subscribe":true}],"tag":[{"id":100,"name":"a"}]}`,
	`POST accounts {"appid":"wx00000000000000aa"}`,
	`POST users {"name":"alice","nickname":"Alice","tags":[100],"platform":"ios"}`,
	`POST users/alice/follow`, `POST users/alice/text value=hi`, `POST users/alice/text value=wrong`, `POST users/alice/text value=gone`,
	`POST users/alice/tap value=2.1`, `POST users/alice/scan value=7`, `POST users/alice/phone`, `POST users/alice/accept value=T`,
	`POST users/alice/location lat=23.1066&lng=113.3245`, `POST users/bob/unfollow`,
	"POST media?type=image GIF89a",
	`GET ready`, `GET routes`, `GET accounts`, `GET accounts/wx0123456789abcdef`, `GET accounts/wx00000000000000aa`,
	`POST check`, `POST check?lang=zh {"appid":"wx00000000000000aa"}`,
	`GET users`, `GET users?lang=zh`, `GET users?appid=wx00000000000000aa`, `GET users/alice`, `GET users/bob`,
	`GET users/alice/menu`, `GET users/bob/menu`, `GET users/alice/chat`, `GET users/alice/outbox`, `GET users/nobody/chat`,
	`GET h5`, `POST h5/open {"user":"alice","url":"http://127.0.0.1:1/a"}`, `POST h5/s1/answer {"call":"wx.scanQRCode","result":"x"}`, `GET h5?lang=zh`,
	`GET actions`, `GET log`, `GET log?kind=none`, `GET log?after=1&wait=1ms&count=1000`,
	`POST users/alice/text?wait=0 value=hi`, `GET pushes`, `GET pushes?user=alice&lang=zh`, `GET pushes/1`, `GET pushes/2`, `GET pushes/3?lang=zh`,
	`GET log/1`, `GET log/6`, `GET log/7`, `GET log/8?lang=zh`, `POST pushes/2/again`, `POST pushes/2/again?wait=0 {"msgid":"same"}`,
	`POST pushes/1/from-here {"user":"carol"}`, `GET pushes?user=carol`,
	`GET qrcodes`, `GET qrcodes?appid=wx00000000000000aa`, `GET places`, `GET places?lang=zh`, `GET media`, `GET media?type=voice`,
	`GET api-security`, `POST api-security {"fault":"rotate"}`, `GET faults`, `POST faults {"path":"/cgi-bin/menu/get","errcode":-1,"count":1,"delay":"1ms"}`, `GET faults`, `DELETE faults`,
	`GET clock`, `POST clock {"advance":"1h"}`, `POST expire`,
	"POST snapshot [component]\nauth_url = \"http://127.0.0.1:1/\"\n", `POST component/ticket`, `POST component/authorize {"func_info":[1]}`,
	"POST snapshot [[account]]\nappid = \"wx0123456789abcdef\"\n", `POST reset`, `DELETE log`, `GET log`, `GET users`,
	`GET nothing`, `GET users/nobody`, `POST users {}`, `POST faults {}`, `GET log?lang=fr`,
}

// TestControlAnswersAreAsTheSchema calls all that the control API has, and holds
// the answers to its schema: nothing is missing, null, or not in it.
func TestControlAnswersAreAsTheSchema(t *testing.T) {
	schemas := controlSchemas(t)
	base := controlled(t)
	seen := map[string]bool{}
	for _, line := range controlCalls {
		method, rest, _ := strings.Cut(line, " ")
		path, body, _ := strings.Cut(rest, " ")
		if strings.HasPrefix(path, "h5/s1/") {
			scans(t, base)
		}
		status, answer := ask(t, method, base+path, body)
		name := calledAs(method, path)
		if status == http.StatusOK || status == http.StatusAccepted || status == http.StatusRequestTimeout {
			seen[name] = true
		} else {
			name = "error"
		}
		s := schemas[name]
		if s == nil {
			continue // it answers text, or a file
		}
		var doc any
		if err := json.Unmarshal(answer, &doc); err != nil {
			t.Errorf("%s: %v: %s", line, err, answer)
		} else if err := s.Validate(doc); err != nil {
			t.Errorf("%s is not as the schema of %s says: %v\n%s", line, name, err, answer)
		}
	}
	for _, e := range streamed(t, base) {
		name := "event " + e.kind
		seen[name] = true
		var doc any
		if err := json.Unmarshal([]byte(e.data), &doc); err != nil {
			t.Errorf("%s: %v: %s", name, err, e.data)
		} else if s := schemas[name]; s == nil {
			t.Errorf("%s has no schema: %s", name, e.data)
		} else if err := s.Validate(doc); err != nil {
			t.Errorf("%s is not as its schema says: %v\n%s", name, err, e.data)
		}
	}
	for _, e := range control.Events() {
		if !seen["event "+e.Type] && e.Type != emulator.EventGap {
			t.Errorf("no event of type %s was looked at", e.Type)
		}
	}
	for _, c := range control.Calls() {
		if name := c.Method + " " + c.Path; len(c.Answers) > 0 && !seen[name] {
			t.Errorf("no answer of %s was looked at: it needs a line in controlCalls", name)
		}
	}
}

type event struct{ kind, data string }

// streamed are the events that the emulator has kept.
func streamed(t *testing.T, base string) []event {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", base+"events?after=0", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var all []event
	var hello struct{ Seq int64 }
	lines, kind, id := bufio.NewScanner(res.Body), "", ""
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			id = value
		case "event":
			kind = value
		case "data":
			all = append(all, event{kind, value})
			if len(all) == 1 {
				if err := json.Unmarshal([]byte(value), &hello); err != nil || hello.Seq == 0 {
					t.Fatalf("%s: %v", value, err)
				}
			}
		}
		if name == "data" && id == strconv.FormatInt(hello.Seq, 10) {
			return all
		}
	}
	t.Fatalf("the stream ended after %d events: %v", len(all), lines.Err())
	return nil
}

// controlSchemas are the schemas of the control API's answers, by call. They
// take no property that is not in them.
func controlSchemas(t *testing.T) map[string]*jsonschema.Resolved {
	t.Helper()
	b, ok := schema.Lookup("control")
	if !ok {
		t.Fatal("there is no schema")
	}
	var all jsonschema.Schema
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	for _, s := range all.Defs {
		if s.Properties != nil {
			s.AdditionalProperties = &jsonschema.Schema{Not: &jsonschema.Schema{}}
		}
	}
	schemas := map[string]*jsonschema.Resolved{}
	for name, s := range all.Properties {
		one := *s
		one.Defs = all.Defs
		resolved, err := one.CloneSchemas().Resolve(nil)
		if err != nil {
			t.Fatal(err)
		}
		schemas[name] = resolved
	}
	return schemas
}

// calledAs is the call in the table that a request is.
func calledAs(method, path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	best := ""
	for _, c := range control.Calls() {
		pattern := strings.Split(c.Path, "/")
		if c.Method != method || len(pattern) != len(parts) {
			continue
		}
		fits, literal := true, true
		for i, p := range pattern {
			hole := strings.HasPrefix(p, "{")
			fits, literal = fits && (hole || p == parts[i]), literal && (!hole || i < len(pattern)-1)
		}
		if fits && (best == "" || literal) {
			best = c.Method + " " + c.Path
		}
	}
	return best
}

// controlled starts an emulator and a server that it pushes to, and returns
// where its control API is.
func controlled(t *testing.T) string {
	t.Helper()
	bot := httptest.NewServer(&receiver.Handler{Token: emulator.DefaultToken, Reply: func(in *message.Message) *message.Message {
		switch in.Get("Content") {
		case "hi":
			return reply.Text(in, time.Now(), "hello")
		case "wrong":
			m := reply.Text(in, time.Now(), "hello")
			if err := m.Set("ToUserName", "nobody"); err != nil {
				t.Error(err)
			}
			return m
		}
		return nil
	}})
	t.Cleanup(bot.Close)
	e, err := local.NewServer(emulator.Config{Accounts: []emulator.Account{{AppID: emulator.DefaultAppID, URL: bot.URL}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	_, grant := ask(t, "GET", e.URL+"/cgi-bin/token?grant_type=client_credential&appid="+emulator.DefaultAppID+"&secret="+emulator.DefaultSecret, "")
	var token struct {
		Value string `json:"access_token"`
	}
	if err := json.Unmarshal(grant, &token); err != nil {
		t.Fatal(err)
	}
	for _, call := range []struct{ path, body string }{
		{"menu/create", `{"button":[{"type":"click","name":"a","key":"A"},{"name":"b","sub_button":[{"type":"view","name":"c","url":"https://example.com/"}]}]}`},
		{"menu/addconditional", `{"button":[{"type":"click","name":"a","key":"A"},{"name":"b","sub_button":[{"type":"view","name":"c","url":"https://example.com/"}]}],"matchrule":{"client_platform_type":"1"}}`},
		{"qrcode/create", `{"action_name":"QR_SCENE","expire_seconds":600,"action_info":{"scene":{"scene_id":7}}}`},
		{"qrcode/create", `{"action_name":"QR_LIMIT_STR_SCENE","action_info":{"scene":{"scene_str":"x"}}}`},
	} {
		if _, b := ask(t, "POST", e.URL+"/cgi-bin/"+call.path+"?access_token="+token.Value, call.body); strings.Contains(string(b), "errmsg") && !strings.Contains(string(b), `"ok"`) {
			t.Fatalf("%s: %s", call.path, b)
		}
	}
	return e.URL + emulator.ControlPrefix
}

// scans lets the page that was opened first scan a code, and returns when its call
// waits for an answer.
func scans(t *testing.T, base string) {
	t.Helper()
	open := func() (source string, waits bool) {
		_, b := ask(t, "GET", base+"h5", "")
		var doc struct {
			FrameSource string `json:"frame_src"`
		}
		if err := json.Unmarshal(b, &doc); err != nil {
			t.Fatal(err)
		}
		return doc.FrameSource, strings.Contains(string(b), emulator.H5Waiting)
	}
	source, _ := open()
	go func() {
		host := strings.Replace(strings.TrimPrefix(source, "http://"), "*", "s1", 1)
		req, err := http.NewRequestWithContext(t.Context(), "POST", "http://127.0.0.1"+host[strings.Index(host, ":"):]+"/__wxdev_h5/call", strings.NewReader(`{"call":"scanQRCode","args":{"needResult":1},"url":"http://`+host+`/a"}`))
		if err != nil {
			t.Error(err)
			return
		}
		req.Host = host
		req.Header.Set("Content-Type", "application/json")
		if res, err := http.DefaultClient.Do(req); err == nil {
			res.Body.Close()
		}
	}()
	for end := time.Now().Add(busy.Net); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if _, waits := open(); waits {
			return
		}
	}
	t.Fatal("no call waits")
}

func ask(t *testing.T, method, url, body string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(fmt.Errorf("%s %s: %w", method, url, err))
	}
	return res.StatusCode, b
}
