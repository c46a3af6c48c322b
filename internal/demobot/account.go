package demobot

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
)

// What of the account is named elsewhere.
const (
	pictureID  = "demo_picture"
	voiceID    = "demo_voice"
	videoID    = "demo_video"
	thumbID    = "demo_thumb"
	templateID = "demo_template"
	articleID  = "demo_article"
	miniID     = "wxfedcba9876543210"
	keyKinds   = "KINDS"
	keyBugs    = "BUGS"
	keyLate    = "LATE"
	pushPath   = "/wechat"
)

// State is the account, its server being the bot at an origin.
func (b *Bot) State(origin string) *emulator.State {
	b.origin = origin
	now := time.Now()
	file := func(id, kind, name string, data []byte, permanent bool) *emulator.Media {
		return &emulator.Media{ID: id, Type: kind, Filename: name, Created: now, Data: data, Permanent: permanent}
	}
	square := picture(240, 240)
	return &emulator.State{Accounts: []*emulator.Account{{
		AppID: emulator.DefaultAppID, Name: b.say(words.name), URL: origin + pushPath, Menu: b.menu(),
		Tags: []*emulator.Tag{{ID: 101, Name: b.say(said{"regular", "会员"})}},
		Users: []*emulator.User{
			{Name: "alice", Nickname: b.say(said{"Alice", "林小满"}), TagIDs: []int64{101}, Platform: "ios"},
			{Name: "bob", Nickname: b.say(said{"Bob", "阿波"}), Platform: "android"},
		},
		Templates: []*emulator.Template{{
			ID: templateID, Title: b.say(words.order),
			Content: b.say(said{"Item: {{thing1.DATA}}\nPrice: {{amount2.DATA}}\nTime: {{time3.DATA}}\nNote: {{phrase4.DATA}}", "商品：{{thing1.DATA}}\n金额：{{amount2.DATA}}\n时间：{{time3.DATA}}\n备注：{{phrase4.DATA}}"}),
		}},
		QRCodes: []*emulator.QRCode{
			{Ticket: "demo_ticket_store_7", ID: "demoStore7", SceneStr: "store_7"},
			{Ticket: "demo_ticket_table_12", ID: "demoTable12", SceneID: 12, Expires: now.Add(7 * 24 * time.Hour)},
		},
		Media: []*emulator.Media{
			file(pictureID, "image", "dumplings.png", square, true), file(thumbID, "thumb", "thumb.png", square, true),
			file(voiceID, "voice", "hello.amr", []byte("#!AMR\n"), true), file(videoID, "video", "kitchen.mp4", []byte("\x00\x00\x00\x18ftypmp42"), true),
		},
		Published: []*emulator.Published{{ID: 102, ArticleID: articleID, Time: now, Articles: []string{b.article()}}},
	}}}
}

// menu has a button of every type.
func (b *Bot) menu() string {
	type button map[string]any
	one := func(kind string, name said, field, value string) button {
		return button{"type": kind, "name": b.say(name), field: value}
	}
	mini := one("miniprogram", words.menuMini, "appid", miniID)
	mini["url"], mini["pagepath"] = b.origin+"/shop", "pages/order"
	menu := map[string]any{"button": []button{
		{"name": b.say(words.menuKinds), "sub_button": []button{
			one("click", words.menuAll, "key", keyKinds), one("view", words.menuShop, "url", b.origin+"/shop"), mini,
			one("media_id", words.menuPhoto, "media_id", pictureID), one("article_id", words.menuArticle, "article_id", articleID),
		}},
		{"name": b.say(words.menuScan), "sub_button": []button{
			one("scancode_push", words.menuScanPush, "key", "SCAN"), one("scancode_waitmsg", words.menuScanWait, "key", "SCAN_WAIT"),
			one("pic_sysphoto", words.menuCamera, "key", "CAMERA"), one("pic_photo_or_album", words.menuAlbum, "key", "CAMERA_OR_ALBUM"), one("pic_weixin", words.menuPic, "key", "ALBUM"),
		}},
		{"name": b.say(words.menuMore), "sub_button": []button{
			one("click", words.menuBugs, "key", keyBugs), one("click", words.menuLate, "key", keyLate), one("location_select", words.menuNear, "key", "NEAR"),
			one("view_limited", words.menuLimited, "media_id", pictureID), one("article_view_limited", words.menuView, "article_id", articleID),
		}},
	}}
	return asJSON(menu)
}

func (b *Bot) article() string {
	return asJSON(map[string]any{"title": b.say(words.second), "author": b.say(words.name), "digest": b.say(words.todayText), "content": "<p>" + b.say(words.todayText) + "</p>", "thumb_media_id": thumbID, "url": b.origin + "/shop"})
}

// asJSON leaves & as it is, which WeChat wants.
func asJSON(v any) string {
	var s strings.Builder
	e := json.NewEncoder(&s)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // it is made of strings
	}
	return s.String()
}

// picture is a bowl from above: what the bot has to show, without a file.
func picture(width, height int) []byte {
	palette := color.Palette{
		color.RGBA{0xb8, 0x5c, 0x38, 255},
		color.RGBA{0xa6, 0x4f, 0x2f, 255},
		color.RGBA{0x2f, 0x4a, 0x3c, 255},
		color.RGBA{0xf4, 0xef, 0xe6, 255},
		color.RGBA{0xdf, 0xd6, 0xc8, 255},
		color.RGBA{0xf6, 0xd8, 0x8a, 255},
		color.RGBA{0xff, 0xff, 0xff, 255},
		color.RGBA{0xd9, 0x8e, 0x2b, 255},
	}
	img := image.NewPaletted(image.Rect(0, 0, width, height), palette)
	size := float64(min(width, height)) / 2
	cx, cy := float64(width)/2, float64(height)/2
	dumplings := [][2]float64{{-.28, -.18}, {.05, -.34}, {.3, -.05}, {-.05, .05}, {-.3, .22}, {.18, .3}}
	for y := range height {
		for x := range width {
			dx, dy := (float64(x)-cx)/size, (float64(y)-cy)/size
			c := uint8(0)
			if (x+y)/18%2 == 0 {
				c = 1
			}
			switch r := math.Hypot(dx, dy); {
			case r < .68:
				c = 5
			case r < .78:
				c = 4
			case r < .86:
				c = 3
			case r < .9:
				c = 2
			}
			for i, d := range dumplings {
				if r := math.Hypot(dx-d[0], dy-d[1]); r < .15 {
					c = 6
				} else if i%2 == 0 && math.Hypot(dx-d[0]-.2, dy-d[1]+.1) < .025 {
					c = 7
				}
			}
			img.SetColorIndex(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, img); err != nil {
		panic(err) // to memory
	}
	return out.Bytes()
}
