package demobot

import (
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/finding"
)

// start runs the bot and an emulator, whose deliveries last as long as a busy
// machine needs.
func start(t *testing.T, lang finding.Lang, limit time.Duration) (*Bot, *local.Server) {
	t.Helper()
	b := New(lang)
	b.Late = 0
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	s, err := local.NewServer(emulator.Config{Seed: b.State(server.URL), Lang: lang, Timeout: limit})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	b.Join(s.URL)
	return b, s
}

func act(t *testing.T, s *local.Server, a emulator.Action) *emulator.Outcome {
	t.Helper()
	a.User = "alice"
	out, err := s.Act(t.Context(), a)
	if err != nil {
		t.Fatalf("%+v: %v", a, err)
	}
	return out
}

// TestBugs: each is found, and is what it is called.
func TestBugs(t *testing.T) {
	want := map[string]string{
		"swapped": "M14", "fail": "M06", "gbk": "M07", "escape": "M12", "500": "M19", "json": "M12", "encrypted": "M03",
	}
	for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
		b, s := start(t, lang, busy.Net)
		for _, x := range bugs.Get() {
			if x.key == "slow" {
				continue
			}
			out := act(t, s, emulator.Action{Do: "text", Value: b.say(x.name), Fields: map[string]string{"menu-id": x.key}})
			var ids []string
			for _, f := range out.Push.Findings {
				ids = append(ids, f.ID)
			}
			if !slices.Contains(ids, want[x.key]) {
				t.Errorf("%s: %s, not %s; the user sees %s", x.key, ids, want[x.key], out.Push.Seen)
			}
		}
	}
}

// TestSlow: it is cut off three times.
func TestSlow(t *testing.T) {
	_, s := start(t, finding.English, 200*time.Millisecond)
	out := act(t, s, emulator.Action{Do: "text", Value: "slow"})
	if len(out.Push.Attempts) != 3 || out.Push.Findings[0].ID != "M01" {
		t.Errorf("%d attempts, %+v", len(out.Push.Attempts), out.Push.Findings)
	}
}

// TestEverythingElse is right: each type of message that the bot sends, its
// answers to each that users send, each button of the menu, and its QR codes.
func TestEverythingElse(t *testing.T) {
	for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
		b, s := start(t, lang, busy.Net)
		actions := []emulator.Action{{Do: "follow"}, {Do: "text", Value: "bugs"}, {Do: "text", Value: "错误"}, {Do: "text", Value: "hi"}, {Do: "scan", Value: "store_7"}, {Do: "scan", Value: "12"}}
		for _, k := range kinds() {
			actions = append(actions, emulator.Action{Do: "text", Value: b.say(k.name)}, emulator.Action{Do: "text", Value: "x", Fields: map[string]string{"menu-id": k.key}})
		}
		for _, do := range []string{"image", "voice", "video", "location", "link"} {
			actions = append(actions, emulator.Action{Do: do})
		}
		for _, top := range "123" {
			for _, sub := range "12345" {
				actions = append(actions, emulator.Action{Do: "tap", Value: string(top) + "." + string(sub)})
			}
		}
		for _, a := range actions {
			out := act(t, s, a)
			if out.Push != nil && !out.Push.OK {
				t.Errorf("%s %q: %+v", a.Do, a.Value, out.Push.Findings)
			}
		}
		wait(t, func() bool { return len(types(t, s, "custom")) >= 6 && len(types(t, s, "template")) >= 2 })
		for _, e := range s.Log(emulator.Match{}) {
			if e.ErrCode != 0 {
				t.Errorf("%s: %d %s", e.Path, e.ErrCode, e.ErrMsg)
			}
		}
		for _, want := range []string{"text", "image", "voice", "video", "music", "news"} {
			if !slices.Contains(types(t, s, "reply"), want) {
				t.Errorf("there is no %s among the replies", want)
			}
		}
		for _, want := range []string{"text", "msgmenu", "miniprogrampage"} {
			if !slices.Contains(types(t, s, "custom"), want) {
				t.Errorf("there is no %s among the customer-service messages", want)
			}
		}
	}
}

// types are those of the messages that came a way.
func types(t *testing.T, s *local.Server, via string) []string {
	t.Helper()
	chat, err := s.Chat("", "alice")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, item := range chat {
		if item.Via == via {
			list = append(list, item.Type)
		}
	}
	return list
}

func wait(t *testing.T, until func() bool) {
	t.Helper()
	for end := time.Now().Add(busy.Net); !until(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it never came")
		}
	}
}

// TestPages are what the messages lead to.
func TestPages(t *testing.T) {
	b := New(finding.Chinese)
	b.State("http://127.0.0.1:8080")
	for path, status := range map[string]int{"/shop": 200, "/cover.png": 200, "/": 404} {
		w := httptest.NewRecorder()
		b.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != status {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
