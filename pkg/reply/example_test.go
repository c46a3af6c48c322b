package reply_test

import (
	"fmt"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/reply"
)

func ExampleText() {
	in, err := message.Parse([]byte("<xml><ToUserName>gh_1</ToUserName><FromUserName>oX</FromUserName>" +
		"<MsgType>text</MsgType><Content>hi</Content><MsgId>23892468385179205</MsgId></xml>"))
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := reply.Text(in, time.Unix(1700000000, 0), "you said "+in.Get("Content")).Append(nil)
	fmt.Printf("%s\n", body)
	// Output:
	// <xml><ToUserName><![CDATA[oX]]></ToUserName>
	// <FromUserName><![CDATA[gh_1]]></FromUserName>
	// <CreateTime>1700000000</CreateTime>
	// <MsgType><![CDATA[text]]></MsgType>
	// <Content><![CDATA[you said hi]]></Content>
	// </xml>
}

func ExampleJudge() {
	t, _ := message.LookupType("text")
	in := t.New("oAbCdEfGhIjKlMnOpQrStUvWxYz0", "gh_0123456789ab", time.Unix(1700000000, 0), 1)
	judged := reply.Judge([]byte("<xml><ToUserName>oAbCdEfGhIjKlMnOpQrStUvWxYz0</ToUserName>\n"+
		"<FromUserName>wx0123456789abcdef</FromUserName>\n<CreateTime>1700000000123</CreateTime>\n"+
		"<MsgType>text</MsgType>\n<Content></Content></xml>"), reply.Asked{Message: in})
	for _, p := range judged.Findings {
		fmt.Println(p.Severity, p.ID, p.Variant, "in line", p.Place.Line)
	}
	// Output:
	// error M14 appid in line 2
	// info M15 milliseconds in line 3
	// error M13 empty in line 5
}

func ExampleLinks() {
	for _, l := range reply.Links(`<a href="weixin://bizmsgmenu?msgmenucontent=yes&msgmenuid=101">Yes!</a>`) {
		fmt.Println(l.Text, l.MenuContent, l.MenuID)
	}
	// Output: Yes! yes 101
}
