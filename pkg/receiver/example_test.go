package receiver_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
)

// A bot that repeats what it hears, and a message for it.
func Example() {
	bot := httptest.NewServer(&receiver.Handler{Token: "mytoken", Reply: func(in *message.Message) *message.Message {
		return reply.Text(in, time.Now(), "you said: "+in.Get("Content"))
	}})
	defer bot.Close()

	text, _ := message.LookupType("text")
	m := text.New(message.OpenID("alice"), message.OriginalID("demo"), time.Now(), message.NewMsgIDs(nil, time.Now()).Next())
	c := &push.Pusher{URL: bot.URL, Token: "mytoken"}
	push, err := c.Build(m)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Deliver(context.Background(), push).Reply)
	// Output:
	// text
	//   you said: hello
}

// Rules that answer instead of code.
func ExampleParseRules() {
	rules, err := receiver.ParseRules("replies.toml", []byte(`
[[rule]]
text  = "(?i)^(hi|hello)"
reply = { type = "text", content = "hello!" }
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	text, _ := message.LookupType("text")
	m := text.New(message.OpenID("alice"), message.OriginalID("demo"), time.Now(), 1)
	fmt.Println(rules.Reply(m, time.Now()).Get("Content"))
	// Output: hello!
}

// A proxy that says what is wrong with a server's answers.
func ExampleProxy() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "ok")
	}))
	defer server.Close()

	seen := make(chan receiver.Event, 1)
	proxy := &receiver.Proxy{
		Handler: &receiver.Handler{Token: "mytoken", Log: func(e receiver.Event) { seen <- e }},
		Pusher:  &push.Pusher{URL: server.URL, Token: "mytoken"},
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	s := &http.Server{ReadHeaderTimeout: 10 * time.Second}
	go s.Serve(proxy.Attach(s, l))
	defer s.Close()

	text, _ := message.LookupType("text")
	m := text.New(message.OpenID("alice"), message.OriginalID("demo"), time.Now(), message.NewMsgIDs(nil, time.Now()).Next())
	c := &push.Pusher{URL: "http://" + l.Addr().String() + "/wechat", Token: "mytoken"}
	push, err := c.Build(m)
	if err != nil {
		fmt.Println(err)
		return
	}
	c.Deliver(context.Background(), push)
	for _, f := range (<-seen).Delivery.Findings {
		fmt.Println(f.ID, f.Severity, f.Facts.Text(finding.English, "body"))
	}
	// Output: M06 error "ok"
}
