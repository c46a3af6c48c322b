package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/receiver"
)

// TestSendCommandOfPush runs the wxdev send that the emulator prints below a push:
// the server gets the same message, and nothing of it is taken for a flag.
func TestSendCommandOfPush(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("there is no bash")
	}
	var mu sync.Mutex
	var got *message.Message
	bot := httptest.NewServer(&receiver.Handler{Token: emulator.DefaultToken, Reply: func(m *message.Message) *message.Message {
		mu.Lock()
		defer mu.Unlock()
		got = m
		return nil
	}})
	defer bot.Close()
	last := func() string {
		mu.Lock()
		defer mu.Unlock()
		for _, name := range []string{"CreateTime", "MsgId"} {
			if got.Field(name) != nil {
				if err := got.Set(name, "0"); err != nil {
					t.Fatal(err)
				}
			}
		}
		b, err := got.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	s, err := local.NewServer(emulator.Config{Accounts: []emulator.Account{{AppID: emulator.DefaultAppID, URL: bot.URL}}, Timeout: busy.Net})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := &client.Client{BaseURL: s.URL}
	for i, a := range []client.Action{
		{Do: "text", Value: "hello"},
		{Do: "text", Value: "it's\ntwo \"lines\" $HOME `id` \\ \t#"},
		{Do: "text", Value: "--help"},
		{Do: "text", Value: "你好 😀\u202e"},
		{Do: "location", Fields: map[string]string{"lat": "31.5", "Label": "a=b"}},
		{Do: "text", Value: "x", Fields: map[string]string{"Odd": "1\n2"}},
		{Do: "text", Value: "{{x}}"},
	} {
		a.User = "alice"
		if _, err := c.Act(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		want := last()
		text, err := c.Curl(t.Context(), int64(i+1))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		command, ok := strings.CutPrefix(lines[len(lines)-1], "# wxdev ")
		if !ok {
			t.Fatalf("the last line of\n%s", text)
		}
		words, err := exec.Command("bash", "-c", `printf '%s\0' `+command).Output()
		if err != nil {
			t.Fatal(err)
		}
		env, _, errOut := testEnv(t, "WXDEV_TOKEN", emulator.DefaultToken)
		if code := Main(strings.Split(strings.TrimSuffix(string(words), "\x00"), "\x00"), env); code != exitOK {
			t.Errorf("%s: exit %d: %s", command, code, errOut)
		}
		if have := last(); have != want {
			t.Errorf("%s sends\n%s\nwant\n%s", command, have, want)
		}
	}
	res, err := http.Get(s.URL + "/__wxdev/")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if index, err := io.ReadAll(res.Body); err != nil || !strings.Contains(string(index), "pushes/{id}/curl") {
		t.Errorf("%s, %v", index, err)
	}
}
