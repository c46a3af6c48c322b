package scenario_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/scenario"
)

func Example() {
	server := httptest.NewServer(&receiver.Handler{Token: "letmein7", Reply: func(in *message.Message) *message.Message {
		return reply.Text(in, time.Now(), "your number is 7")
	}})
	defer server.Close()

	s, err := scenario.Parse("ticket.toml", []byte(`
[[step]]
send    = "text"
value   = "ticket"
expect  = { match = 'number is \d+' }
capture = { number = 'number is (\d+)' }

[[step]]
from   = "bob"
send   = "text"
value  = "who has {{number}}?"
expect = { text = "alice" }
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	r := &scenario.Runner{Pusher: &push.Pusher{URL: server.URL, Token: "letmein7"}}
	err = r.Run(context.Background(), []*scenario.Scenario{s}, func(res *scenario.Result) {
		fmt.Println(s.Name, "goes well:", res.OK())
		for _, m := range res.Steps[1].Failure.Mismatches {
			fmt.Printf("line %d: %s is %q, not %q\n", m.Line, m.Kind, m.Got, m.Want)
		}
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// ticket goes well: false
	// line 12: text is "your number is 7", not "alice"
}
