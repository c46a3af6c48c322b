package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
)

// TestWatchAndPushAgain follows a push that nobody waits for, and makes it again.
func TestWatchAndPushAgain(t *testing.T) {
	bot := httptest.NewServer(&receiver.Handler{
		Token: emulator.DefaultToken,
		Reply: func(in *message.Message) *message.Message { return reply.Text(in, time.Now(), in.Get("Content")+"!") },
	})
	defer bot.Close()
	s, c := start(t, emulator.Config{Accounts: []emulator.Account{{AppID: emulator.DefaultAppID, URL: bot.URL}}, Timeout: busy.Net})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var kinds []string
	var id int64
	for e, err := range c.Watch(ctx, client.Watch{User: "alice"}) {
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, e.Type)
		switch e.Type {
		case "hello":
			started, err := c.Start(ctx, client.Action{User: "alice", Do: "text", Value: "hi"})
			if err != nil || started.Push == 0 {
				t.Fatalf("%+v, %v", started, err)
			}
			id = started.Push
		case "push.end":
			var end struct {
				Push int64
				Seen string
			}
			if err := json.Unmarshal(e.Data, &end); err != nil || end.Push != id || end.Seen != "reply" {
				t.Errorf("%s, %v", e.Data, err)
			}
		}
		if e.Type == "push.end" {
			break
		}
	}
	if len(kinds) < 6 {
		t.Errorf("only %v came", kinds)
	}
	p, err := c.Push(ctx, id)
	if err != nil || p.State != "done" || p.Push == nil || !p.OK || len(p.Attempts) != 1 || len(p.Attempts[0].Sent.Data) == 0 || len(p.Steps) == 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	again, err := c.Again(ctx, id, client.Again{Set: map[string]string{"Content": "ho"}})
	if err != nil || again.Push.Reply.Text != "ho!" {
		t.Errorf("%+v, %v", again, err)
	}
	outcomes, err := c.FromHere(ctx, id, "bob")
	if err != nil || len(outcomes) != 1 || outcomes[0].User == again.User {
		t.Errorf("%+v, %v", outcomes, err)
	}
	if list, err := c.Pushes(ctx, client.PushMatch{After: id}); err != nil || len(list) != 2 {
		t.Errorf("%d pushes, %v", len(list), err)
	}
	var ended error
	for _, err := range c.Watch(ctx, client.Watch{After: 1}) {
		if err != nil {
			ended = err
			break
		}
		s.EndStreams()
	}
	if !errors.Is(ended, io.EOF) {
		t.Errorf("at the end of the emulator: %v", ended)
	}
}
