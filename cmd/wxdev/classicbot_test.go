package main

import (
	"cmp"
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
// the host that it has always called: classic ADDR [silent|json]. Its Token is
// that of CLASSIC_TOKEN; with json it refuses what is not.
func classicBot() {
	client := api.New(api.Options{
		Base: "https://api.weixin.qq.com", AppID: emulator.DefaultAppID, Secret: emulator.DefaultSecret,
		Store: &tokenstore.Memory{}, HTTP: http.DefaultClient,
	})
	fmt.Println("classic: listening")
	h := &receiver.Handler{Token: cmp.Or(os.Getenv("CLASSIC_TOKEN"), emulator.DefaultToken), Reply: func(in *message.Message) *message.Message {
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
	var served http.Handler = h
	if len(os.Args) > 2 && os.Args[2] == "json" {
		served = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && r.Header.Get("Content-Type") != "application/json" {
				http.Error(w, "no JSON", http.StatusBadRequest)
				return
			}
			h.ServeHTTP(w, r)
		})
	}
	fmt.Println(http.ListenAndServe(os.Args[1], served))
	os.Exit(4)
}
