// Plain is a program on github.com/silenceper/wechat/v2 that knows of nothing
// but WeChat: it gets a token by the SDK, and writes to the user that is named.
package main

import (
	"fmt"
	"os"

	"github.com/silenceper/wechat/v2"
	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	"github.com/silenceper/wechat/v2/officialaccount/message"
)

func main() {
	account := wechat.NewWechat().GetOfficialAccount(&config.Config{
		AppID: "wx0123456789abcdef", AppSecret: "0123456789abcdef0123456789abcdef", Cache: cache.NewMemory(),
	})
	err := account.GetCustomerMessageManager().Send(message.NewCustomerTextMessage(os.Args[1], "hello"))
	fmt.Println("answered", err)
}
