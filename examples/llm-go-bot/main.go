// A bot whose answer takes longer than WeChat waits, as that of a language model
// does: it says success at once, and sends the answer by a customer-service
// message. The packages of wxdev keep one that WeChat delivers three times from
// being answered three times.
package main

import (
	"cmp"
	"context"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/tokenstore"
)

// think is where the model is asked. It must end: who has written wants an
// answer, or to know that there is none.
func think(ctx context.Context, words string) (string, error) {
	select {
	case <-time.After(300 * time.Millisecond):
		return "您说的是：" + words, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// most is how many characters are sent: a message holds 2048 bytes.
const most = 600

type bot struct{ client *api.Client }

func (b *bot) answer(user, words string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	said, err := think(ctx, words)
	if err != nil {
		log.Print(err) // what went wrong is not the user's business
		said = "抱歉，我暂时答不上来，请稍后再试。"
	}
	if runes := []rune(said); len(runes) > most {
		said = string(runes[:most]) + "……"
	}
	text, _ := api.LookupCustomType("text")
	body, err := api.CustomMessage{To: user, Type: text, Fields: map[string]string{"content": said}}.Body()
	if err == nil {
		err = b.client.SendCustom(ctx, body)
	}
	if err != nil {
		log.Print(err)
	}
}

// reply is called once for a message. It answers nothing itself, which is
// success on the wire.
func (b *bot) reply(in *message.Message) *message.Message {
	if words := in.Get("Content"); in.Get("MsgType") == "text" && words != "" {
		go b.answer(in.Get("FromUserName"), words)
	}
	return nil
}

func main() {
	b := &bot{api.New(api.Options{
		Base:  cmp.Or(os.Getenv("WXDEV_API_BASE"), "https://api.weixin.qq.com"),
		AppID: os.Getenv("APPID"), Secret: os.Getenv("SECRET"),
		Store: &tokenstore.Memory{}, HTTP: http.DefaultClient,
	})}
	http.Handle("/wechat", &receiver.Handler{Token: os.Getenv("TOKEN"), Reply: b.reply})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "8080"), nil))
}
