// Bot is a callback server on github.com/silenceper/wechat/v2, encrypted when
// there is an AES key. The argument says which:
//
//	text    answers texts, as a bot that keeps to what the SDK can do
//	nil     the same; bug of the SDK's: in an encrypted mode it encrypts the answer that there is none
//	readme  the handler of the SDK's README. Bug: it answers events too, with an empty text
package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/silenceper/wechat/v2"
	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/officialaccount"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	"github.com/silenceper/wechat/v2/officialaccount/message"
)

func main() {
	account := wechat.NewWechat().GetOfficialAccount(&config.Config{
		AppID: os.Getenv("APPID"), Token: os.Getenv("TOKEN"), EncodingAESKey: os.Getenv("AES_KEY"), Cache: cache.NewMemory(),
	})
	http.HandleFunc("/wechat", func(w http.ResponseWriter, r *http.Request) { serve(account, w, r) })
	if err := http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(account *officialaccount.OfficialAccount, w http.ResponseWriter, r *http.Request) {
	server := account.GetServer(r, w)
	server.SetMessageHandler(func(msg *message.MixMessage) *message.Reply {
		if os.Args[1] != "readme" && msg.MsgType != message.MsgTypeText {
			return nil
		}
		return &message.Reply{MsgType: message.MsgTypeText, MsgData: message.NewText(msg.Content)}
	})
	if err := server.Serve(); err != nil {
		fmt.Println(err)
		return
	}
	if os.Args[1] == "text" && r.Method == http.MethodPost && server.ResponseMsg == nil {
		if r.URL.Query().Get("encrypt_type") == "aes" { // otherwise Serve has said success
			fmt.Fprint(w, "success")
		}
		return
	}
	if err := server.Send(); err != nil {
		fmt.Println(err)
	}
}
