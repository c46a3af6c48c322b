//go:build unix

package h5_test

import (
	"fmt"
	"testing"

	"github.com/wxdev/wxdev/internal/browser"
	"github.com/wxdev/wxdev/internal/stacks"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/h5"
	"github.com/wxdev/wxdev/pkg/message"
)

// TestRealServers: a shop in Flask signs its user in and takes an order; a
// development server in Node has its modules, its events and its WebSocket.
func TestRealServers(t *testing.T) {
	tabs := browser.Start(t)
	for name, c := range map[string]struct {
		need       string
		run        []string
		path, said string
	}{
		"Flask": {"flask", []string{"{python}", "flask_shop.py"}, "/shop", "ordered by " + message.OpenID("alice") + " in WeChat"},
		"Node":  {"node", []string{"node", "dev_server.mjs"}, "/", "app late changed event"},
	} {
		t.Run(name, func(t *testing.T) {
			stacks.Need(t, c.need)
			w := newWorld(t)
			addr := stacks.Serve(t, "testdata", c.run, "API="+w.emu.URL, "APPID="+emulator.DefaultAppID, "SECRET="+emulator.DefaultSecret)
			outside := phone(t, "frame-src "+w.emu.Pages.FrameSource())
			s, err := w.emu.Pages.Open(t.Context(), h5.Ask{User: "alice", URL: "http://" + addr + c.path, Phone: outside.URL})
			if err != nil {
				t.Fatal(err)
			}
			b := browser.Open(t, tabs, "zh-CN", outside.URL)
			browser.Eval[string](b, `document.getElementById('f').src = `+fmt.Sprintf("%q", s.Address))
			says(b, c.said)
		})
	}
}
