//go:build unix

package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/stacks"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// TestTutorials: a mini program's server as tutorials have it says success
// and answers by message/custom/send. wxdev send delivers to it, the emulator
// takes its call: of a user who follows the account, and refuses that of one
// whom it does not know, which the server alone can see.
func TestTutorials(t *testing.T) {
	for name, server := range map[string]struct {
		dir   string
		run   []string
		needs string
	}{
		"flask": {"servers/python", []string{"{python}", "flask_miniprogram_later.py"}, "flask"},
		"node":  {"servers/node", []string{"node", "express4_miniprogram_later.mjs", "caught"}, "npm packages"},
	} {
		t.Run(name, func(t *testing.T) {
			stacks.Need(t, server.needs)
			api := emulatorWithAlice(t)
			url := "http://" + stacks.Serve(t, stacks.Testdata(server.dir), server.run,
				"TOKEN=wxdevtoken", "APPID="+emulator.DefaultAppID, "SECRET="+emulator.DefaultSecret, "API_BASE="+api.URL) + "/wechat"
			for _, user := range []string{"alice", "stranger"} {
				env, out, errOut := testEnv(t, "WXDEV_URL", url, "WXDEV_TOKEN", "wxdevtoken", "WXDEV_FORMAT", "json")
				env.Now = time.Now
				if code := Main([]string{"send", "text", "在吗", "--from", user}, env); code != exitOK {
					t.Errorf("%s: exit %d\n%s%s", user, code, out, errOut)
				}
			}
			awaitSent(t, api)
		})
	}
}

func emulatorWithAlice(t *testing.T) *local.Server {
	t.Helper()
	state, err := emulator.ParseState("seed", []byte("[[account]]\nappid = \"wx0123456789abcdef\"\n[[account.user]]\nname = \"alice\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	api, err := local.NewServer(emulator.Config{Seed: state})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { api.Close() })
	if _, err := api.Act(t.Context(), emulator.Action{User: "alice", Do: "text", Value: "hi"}); err != nil {
		t.Fatal(err)
	}
	return api
}

// awaitSent waits for both calls: the server makes them when it has answered.
func awaitSent(t *testing.T, api *local.Server) {
	t.Helper()
	var sent []emulator.Entry
	for deadline := time.Now().Add(time.Minute); len(sent) < 2 && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		sent = slices.DeleteFunc(api.Log(emulator.Match{}), func(e emulator.Entry) bool { return !strings.HasSuffix(e.Path, "/custom/send") })
	}
	var codes []int
	for _, e := range sent { // in the order in which the server got its tokens
		codes = append(codes, e.ErrCode)
	}
	if slices.Sort(codes); !slices.Equal(codes, []int{0, 40003}) {
		t.Errorf("the calls were %+v", sent)
	}
	if chat, err := api.Chat("", "alice"); err != nil || len(chat) != 2 || chat[1].Text != "收到：在吗" {
		t.Errorf("alice's chat is %+v, %v", chat, err)
	}
}
