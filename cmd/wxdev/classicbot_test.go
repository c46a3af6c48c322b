package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/tokenstore"
)

// classicBot is a process that knows nothing of wxdev: it listens where it is
// told, answers success at once, and the rest by a customer-service message to
// the host that it has always called: classic ADDR [silent]
func classicBot() {
	client := api.New(api.Options{
		Base: "https://api.weixin.qq.com", AppID: emulator.DefaultAppID, Secret: emulator.DefaultSecret,
		Store: &tokenstore.Memory{}, HTTP: http.DefaultClient,
	})
	fmt.Println("classic: listening")
	h := &receiver.Handler{Token: emulator.DefaultToken, Reply: func(in *message.Message) *message.Message {
		text, _ := api.LookupCustomType("text")
		body, err := api.CustomMessage{To: in.Get("FromUserName"), Type: text, Fields: map[string]string{"content": "you said " + in.Get("Content")}}.Body()
		if err != nil {
			panic(err)
		}
		if len(os.Args) < 3 {
			go func() { fmt.Println("classic: sent", client.SendCustom(context.Background(), body)) }()
		}
		return nil
	}}
	fmt.Println(http.ListenAndServe(os.Args[1], h))
	os.Exit(4)
}
