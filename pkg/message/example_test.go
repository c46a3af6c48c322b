package message_test

import (
	"fmt"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
)

func ExampleType_New() {
	t, _ := message.LookupType("scan")
	now := time.Unix(1700000000, 0)
	m := t.New("oAbCdEfGhIjKlMnOpQrStUvWxYz0", "gh_0123456789ab", now, message.MsgID(now, 1))
	_ = m.Set("EventKey", "table-7")
	_ = m.Set("Ticket", "TICKET")
	body, err := m.AppendXML(nil)
	fmt.Printf("%s %v\n", body, err)
	// Output:
	// <xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>
	// <FromUserName><![CDATA[oAbCdEfGhIjKlMnOpQrStUvWxYz0]]></FromUserName>
	// <CreateTime>1700000000</CreateTime>
	// <MsgType><![CDATA[event]]></MsgType>
	// <Event><![CDATA[SCAN]]></Event>
	// <EventKey><![CDATA[table-7]]></EventKey>
	// <Ticket><![CDATA[TICKET]]></Ticket>
	// </xml> <nil>
}

func ExampleParse() {
	in, err := message.Parse([]byte("<xml><ToUserName>gh_1</ToUserName><FromUserName>oX</FromUserName>" +
		"<MsgType>text</MsgType><Content>hi</Content><MsgId>23892468385179205</MsgId></xml>"))
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := message.Text(in, time.Unix(1700000000, 0), "you said "+in.Get("Content")).Append(nil)
	fmt.Printf("%s %s\n%s\n", in.Label(), in.Get("MsgId"), body)
	// Output:
	// text 23892468385179205
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
	_, problems := message.Judge([]byte("<xml><ToUserName>oAbCdEfGhIjKlMnOpQrStUvWxYz0</ToUserName>\n"+
		"<FromUserName>wx0123456789abcdef</FromUserName>\n<CreateTime>1700000000123</CreateTime>\n"+
		"<MsgType>text</MsgType>\n<Content></Content></xml>"), in)
	for _, p := range problems {
		fmt.Println(p.Severity, p)
	}
	// Output:
	// error M14 appid: FromUserName is the AppID "wx0123456789abcdef", not the original id "gh_0123456789ab" (line 2, column 1)
	// info M15 milliseconds: CreateTime is "1700000000123": milliseconds, not seconds (line 3, column 1)
	// error M13 empty: Content is empty (line 5, column 1)
}

func ExampleLinks() {
	for _, l := range message.Links(`<a href="weixin://bizmsgmenu?msgmenucontent=yes&msgmenuid=101">Yes!</a>`) {
		fmt.Println(l.Text, l.MenuContent, l.MenuID)
	}
	// Output: Yes! yes 101
}
