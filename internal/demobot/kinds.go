package demobot

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/reply"
)

// kind is a type of message, which the bot sends to who asks for it.
type kind struct {
	key  string
	name said
	make func(b *Bot, in *message.Message) *message.Message // nil is success: something comes by the API
}

// kinds are in the order in which the bot offers them.
func kinds() []kind {
	now := time.Now
	return []kind{
		{"text", said{"text", "文本"}, func(b *Bot, in *message.Message) *message.Message {
			return reply.Text(in, now(), b.say(words.welcome)+"\n"+`<a href="`+b.origin+`/shop">`+b.say(words.shop)+"</a>")
		}},
		{"image", said{"picture", "图片"}, func(_ *Bot, in *message.Message) *message.Message { return reply.Image(in, now(), pictureID) }},
		{"voice", said{"voice", "语音"}, func(_ *Bot, in *message.Message) *message.Message { return reply.Voice(in, now(), voiceID) }},
		{"video", said{"video", "视频"}, func(b *Bot, in *message.Message) *message.Message {
			return reply.Video(in, now(), videoID, b.say(words.film), b.say(words.filmText))
		}},
		{"music", said{"music", "音乐"}, func(b *Bot, in *message.Message) *message.Message {
			return reply.Music(in, now(), reply.Song{Title: b.say(words.song), Description: b.say(words.songText), URL: b.origin + "/song.mp3", ThumbMediaID: thumbID})
		}},
		{"news", said{"article", "图文"}, func(b *Bot, in *message.Message) *message.Message {
			return reply.News(in, now(), reply.Article{Title: b.say(words.today), Description: b.say(words.todayText), PicURL: b.origin + "/cover.png", URL: b.origin + "/shop"})
		}},
		{"menu", said{"menu in the chat", "菜单消息"}, func(b *Bot, in *message.Message) *message.Message {
			return b.custom(in, "msgmenu", map[string]any{"head_content": b.say(words.rate), "tail_content": b.say(words.bye), "list": []any{
				map[string]string{"id": "101", "content": b.say(words.yes)}, map[string]string{"id": "102", "content": b.say(words.no)},
			}}, 0)
		}},
		{"mini", said{"mini program", "小程序"}, func(b *Bot, in *message.Message) *message.Message {
			return b.custom(in, "miniprogrampage", map[string]any{"title": b.say(words.mini), "appid": miniID, "pagepath": "pages/order", "thumb_media_id": thumbID}, 0)
		}},
		{"template", said{"template message", "模板消息"}, func(b *Bot, in *message.Message) *message.Message {
			value := func(s string) map[string]string { return map[string]string{"value": s} }
			b.post(0, "/cgi-bin/message/template/send", map[string]any{"touser": in.Get("FromUserName"), "template_id": templateID, "url": b.origin + "/shop", "data": map[string]any{
				"thing1": value(strings.SplitN(b.say(words.today), "：", 2)[0]), "amount2": value("¥ 28.00"), "time3": value(now().Format("2006-01-02 15:04")), "phrase4": value(b.say(words.ordered)),
			}})
			return nil
		}},
		{"late", said{"late answer", "迟到的客服消息"}, func(b *Bot, in *message.Message) *message.Message {
			return b.custom(in, "text", map[string]any{"content": b.say(words.late)}, b.Late)
		}},
	}
}

// custom sends a customer-service message, and answers success.
func (b *Bot) custom(in *message.Message, kind string, content map[string]any, after time.Duration) *message.Message {
	b.post(after, "/cgi-bin/message/custom/send", map[string]any{"touser": in.Get("FromUserName"), "msgtype": kind, kind: content})
	return nil
}

func (b *Bot) post(after time.Duration, path string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		return // it is made of strings
	}
	b.call(after, path, body)
}

// reply is what the bot answers where no bug was asked for.
func (b *Bot) reply(in *message.Message) *message.Message {
	say := func(s string) *message.Message { return reply.Text(in, time.Now(), s) }
	switch in.Get("MsgType") {
	case "text":
		return b.toText(in)
	case "image":
		return reply.Image(in, time.Now(), in.Get("MediaId"))
	case "voice":
		return say(b.say(words.heard) + in.Get("Recognition"))
	case "video", "shortvideo":
		return say(b.say(words.video))
	case "location":
		return say(fmt.Sprintf(b.say(words.place), in.Get("Label")))
	case "link":
		return say(b.say(words.link) + in.Get("Title"))
	case "event":
		return b.toEvent(in)
	}
	return nil
}

func (b *Bot) toText(in *message.Message) *message.Message {
	asked := strings.ToLower(strings.TrimSpace(in.Get("Content")))
	switch {
	case in.Get("bizmsgmenuid") == "101", in.Get("bizmsgmenuid") == "102":
		return reply.Text(in, time.Now(), b.say(words.thanks))
	case strings.HasPrefix(asked, "bug"), strings.Contains(asked, "错误"):
		return b.offerBugs(in)
	}
	for _, k := range kinds() {
		if in.Get("bizmsgmenuid") == k.key || asked == k.key || asked == k.name.en || asked == k.name.zh {
			return k.make(b, in)
		}
	}
	return reply.Text(in, time.Now(), b.say(words.echo)+in.Get("Content"))
}

func (b *Bot) toEvent(in *message.Message) *message.Message {
	say := func(s string) *message.Message { return reply.Text(in, time.Now(), s) }
	scene := strings.TrimPrefix(in.Get("EventKey"), "qrscene_")
	switch event := in.Get("Event"); {
	case event == "subscribe" && scene == "":
		return say(b.say(words.welcome))
	case event == "subscribe", event == "SCAN":
		return say(fmt.Sprintf(b.say(words.scanned), scene))
	case event == "scancode_waitmsg":
		return say(b.say(words.scannedText) + in.Get("ScanResult"))
	case event == "CLICK" && in.Get("EventKey") == keyBugs:
		return b.offerBugs(in)
	case event == "CLICK" && in.Get("EventKey") == keyLate:
		return b.custom(in, "text", map[string]any{"content": b.say(words.late)}, b.Late)
	case event == "CLICK":
		return b.offerKinds(in)
	}
	return nil
}

// offerKinds and offerBugs answer with links: who taps one sends its words.
func (b *Bot) offerKinds(in *message.Message) *message.Message {
	lines := []string{b.say(words.kinds)}
	for _, k := range kinds() {
		lines = append(lines, offer(k.key, b.say(k.name)))
	}
	return reply.Text(in, time.Now(), strings.Join(lines, "\n"))
}

func (b *Bot) offerBugs(in *message.Message) *message.Message {
	lines := []string{b.say(words.bugs)}
	for _, x := range bugs.Get() {
		lines = append(lines, offer(x.key, b.say(x.name)))
	}
	return reply.Text(in, time.Now(), strings.Join(lines, "\n"))
}

func offer(key, name string) string {
	return `<a href="weixin://bizmsgmenu?msgmenucontent=` + name + `&msgmenuid=` + key + `">` + strings.ReplaceAll(name, "&", "&amp;") + "</a>"
}
