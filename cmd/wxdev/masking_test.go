package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/scenario"
	"github.com/wxdev/wxdev/pkg/wire"
)

// atCut has a secret where texts are cut after 60, 80, 200, 600 and 4096 bytes.
func atCut(secret string) []string {
	var all []string
	for _, limit := range []int{60, 80, 200, 600, shownBytes} {
		all = append(all, strings.Repeat("x", limit-len(secret)/2)+secret+strings.Repeat("y", 40))
	}
	return all
}

// No half of a secret is printed where a text is cut within it.
func TestSecretAtCut(t *testing.T) {
	const secret = "0123456789abcdef0123456789abcdef"
	env, _, _ := testEnv(t)
	g := &globals{env: env, known: redact.New("[secret]", redact.Shortest, secret)}
	listen := &listenOptions{globals: g, token: "letmein7"}
	test := newTestPrinter(&testOptions{globals: g}, nil)
	for _, content := range atCut(secret) {
		in := pushTo(t, content)
		says := func(m *message.Message) *reply.Reply {
			b, err := m.AppendXML(nil)
			if err != nil {
				t.Fatal(err)
			}
			r, _ := reply.Parse(b)
			return r
		}
		link := says(reply.Text(in.Message, env.Now(), `<a href="https://example.com/">`+content+"</a>"))
		news := says(reply.News(in.Message, env.Now(), reply.Article{Title: content, Description: "d", URL: "https://example.com/"}))
		broken, _ := reply.Parse([]byte("oops " + content))
		wrong := scenario.Mismatch{Kind: scenario.Text, Want: content, Got: content}
		delivery := &push.Delivery{Push: in, View: reply.View{Seen: reply.SeenReply}, Reply: link}
		var report, raw bytes.Buffer
		printDelivery(&report, g, delivery)
		printExchange(&raw, g, &wire.Exchange{Sent: []byte("GET /"), Received: []byte(content)})
		for what, got := range map[string]string{
			"listen's line of a message": listen.what(&receiver.Event{Request: request(in), Message: in.Message, Mode: msgcrypt.Plain}),
			"a text reply":               listen.replyLine(says(reply.Text(in.Message, env.Now(), content))),
			"a news reply":               listen.replyLine(news),
			"an image reply":             listen.replyLine(says(reply.Image(in.Message, env.Now(), content))),
			"what is no reply":           listen.replyLine(broken),
			"a delivery":                 report.String(),
			"an exchange":                raw.String(),
			"a test's step":              test.stepName(0, &scenario.Step{Name: content}),
			"what a test wants":          test.want(wrong),
			"what a test got":            test.got(wrong, delivery),
			"the type that a test got":   test.got(scenario.Mismatch{Kind: scenario.TypeOf, Got: content}, delivery),
			"what a test sent":           test.fact(labelOf(in)),
		} {
			if strings.Contains(got, secret[:8]) {
				t.Errorf("%s, with a text of %d bytes: %s", what, len(content), got)
			}
		}
	}
}
