package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/tokenstore"
)

// llmBot is a process that answers success at once, and the rest by a
// customer-service message, right or wrong in one way: llmbot READYFILE KIND
func llmBot() {
	client := api.New(api.Options{
		Base: os.Getenv("WXDEV_API_BASE"), AppID: "wx0123456789abcdef", Secret: "0123456789abcdef0123456789abcdef",
		Store: &tokenstore.Memory{}, HTTP: http.DefaultClient,
	})
	kind := os.Args[2]
	send := func(to, words string) {
		text, _ := api.LookupCustomType("text")
		body, err := api.CustomMessage{To: to, Type: text, Fields: map[string]string{"content": words}}.Body()
		if err != nil {
			panic(err)
		}
		_ = client.SendCustom(context.Background(), body) // the emulator's log has what came of it
	}
	answer := func(in *message.Message) {
		to, words := in.Get("FromUserName"), "answer to "+in.Get("Content")
		switch kind {
		case "silent":
			return
		case "wrong":
			words = "Error: timed out"
		case "stranger":
			to = message.OpenID("somebody else")
		case "chatty":
			send(to, "thinking …")
		case "endless":
			words = strings.Repeat("and ", 1000)
		}
		send(to, words)
	}
	var mu sync.Mutex
	known := map[string]bool{}
	reply := func(in *message.Message) *message.Message {
		mu.Lock()
		defer mu.Unlock()
		if key := in.Get("MsgId"); kind == "thrice" || !known[key] {
			known[key] = true
			time.AfterFunc(20*time.Millisecond, func() { answer(in) })
		}
		return nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	if err := atomicfile.Write(os.Args[1], []byte("http://"+l.Addr().String()), 0o600); err != nil {
		panic(err)
	}
	// Each delivery is one to the bot "thrice": the receiver's memory is not used.
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(&receiver.Handler{Token: "letmein7", Reply: reply}).ServeHTTP(w, r)
	})
	_ = http.Serve(l, h)
}
