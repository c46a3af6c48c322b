package message_test

import (
	"fmt"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
)

func ExampleType_New() {
	t, _ := message.LookupType("scan")
	now := time.Unix(1700000000, 0)
	m := t.New("oAbCdEfGhIjKlMnOpQrStUvWxYz0", "gh_0123456789ab", now, message.NewMsgIDs(nil, now).Next())
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
	fmt.Println(in.Label(), in.Get("MsgId"), in.Get("Content"))
	// Output: text 23892468385179205 hi
}
