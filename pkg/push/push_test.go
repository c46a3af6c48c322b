package push_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
)

const (
	token  = "wxdevtoken"
	aesKey = "wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd"
	appID  = "wx0123456789abcdef"
)

func codec(t testing.TB) *msgcrypt.Codec {
	t.Helper()
	key, err := msgcrypt.ParseKey(aesKey)
	if err != nil {
		t.Fatal(err)
	}
	return msgcrypt.New(key, appID)
}

func newMessage(t testing.TB, name string) *message.Message {
	t.Helper()
	kind, ok := message.LookupType(name)
	if !ok {
		t.Fatalf("no type %s", name)
	}
	return kind.New(message.OpenID("alice"), message.OriginalID(appID), time.Now(), 24300000000000001)
}

// silent never answers, which is waited for a little only.
type silent struct{}

func (silent) ServeHTTP(_ http.ResponseWriter, r *http.Request) { wait(r) }

// deliver pushes m to h once.
func deliver(t testing.TB, h http.Handler, m *message.Message, mode msgcrypt.Mode) *push.Delivery {
	t.Helper()
	s := httptest.NewServer(h)
	defer s.Close()
	c := &push.Pusher{URL: s.URL, Token: token, Mode: mode, Codec: codec(t), Attempts: 1}
	c.Sender.Timeout = busy.Net
	if h == (silent{}) {
		c.Sender.Timeout = 300 * time.Millisecond
	}
	p, err := c.Build(m)
	if err != nil {
		t.Fatal(err)
	}
	return c.Deliver(t.Context(), p)
}

func says(status int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	})
}

// wait returns when the client has given up. That is seen only once the body
// is read.
func wait(r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// textReply is a right text reply to m.
func textReply(m *message.Message) string {
	b, err := reply.Text(m, time.Now(), "hi").AppendXML(nil)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func ids(d *push.Delivery) string {
	var all []string
	for _, f := range d.Findings {
		all = append(all, f.ID+" "+f.Variant)
		if _, ok := catalog.Lookup(f.ID); !ok {
			all = append(all, "which is unknown")
		}
	}
	return strings.Join(all, ", ")
}

// TestSeen: what the user sees of each kind of answer.
func TestSeen(t *testing.T) {
	text := newMessage(t, "text")
	mini := newMessage(t, "text")
	mini.Format = msgcrypt.JSON
	unknown, err := message.Parse([]byte("<xml><FromUserName>o</FromUserName><MsgType>event</MsgType><Event>brand_new</Event></xml>"))
	if err != nil {
		t.Fatal(err)
	}
	transfer, err := reply.Transfer(mini, time.Now(), "").Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	miniText, err := reply.Text(mini, time.Now(), "hi").Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		h      http.Handler
		m      *message.Message
		seen   reply.Seen
		unseen reply.Unseen
		fault  string
		ids    string
	}{
		"a reply":             {says(200, textReply(text)), text, "reply", "", "", ""},
		"success":             {says(200, "success"), text, "nothing", "", "", ""},
		"no byte":             {says(200, ""), text, "nothing", "", "", ""},
		"500":                 {says(500, "oops"), text, "fault", "", reply.FaultAccount, "M19 error-status"},
		"201 and a reply":     {says(201, textReply(text)), text, "fault", "", reply.FaultAccount, "V44 reply-2xx"},
		"201 and success":     {says(201, "success"), text, "nothing", "", "", "V44 other-2xx"},
		"204":                 {says(204, ""), text, "nothing", "", "", "V44 other-2xx"},
		"no answer":           {silent{}, text, "fault", "", reply.FaultAccount, "M01 timeout"},
		"an error printed":    {says(200, "<br />\n<b>Fatal error</b>:  Uncaught Error: x in y:7"), text, "fault", "", reply.FaultAccount, "M19 printed-error"},
		"an event nobody saw": {says(500, ""), newMessage(t, "template_sent"), "nothing", "", "", "M19 error-status"},
		"an unknown event":    {says(500, ""), unknown, "nothing", "", "", "M19 error-status"},
		"where somebody is":   {says(200, textReply(newMessage(t, "report_location"))), newMessage(t, "report_location"), "reply", "", "", ""},
		"unsubscribed":        {says(200, textReply(newMessage(t, "unsubscribe"))), newMessage(t, "unsubscribe"), "nothing", reply.UnseenUnsubscribed, "", ""},
		"unsubscribed, 500":   {says(500, ""), newMessage(t, "unsubscribe"), "nothing", "", "", "M19 error-status"},
		"a ticket, replied":   {says(200, textReply(text)), newMessage(t, "component_verify_ticket"), "nothing", "", "", "M06 platform"},
		"a ticket":            {says(200, "success"), newMessage(t, "component_verify_ticket"), "nothing", "", "", ""},
		"mini, text":          {says(200, string(miniText)), mini, "nothing", reply.UnseenMiniProgram, "", "M12 mini-content"},
		"mini, transfer":      {says(200, string(transfer)), mini, "reply", "", "", ""},
		"mini, 500":           {says(500, ""), mini, "fault", "", reply.FaultMiniProgram, "M19 error-status"},
		"mini, entering":      {says(500, ""), newMessage(t, "user_enter_tempsession"), "fault", "", reply.FaultMiniProgram, "M19 error-status"},
		"mini, XML":           {says(200, textReply(newMessage(t, "miniprogrampage"))), newMessage(t, "miniprogrampage"), "nothing", reply.UnseenMiniProgram, "", ""},
		"JSON for XML":        {says(200, string(miniText)), text, "fault", "", reply.FaultAccount, "M12 json-reply"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deliver(t, c.h, c.m, msgcrypt.Plain)
			if d.Seen != c.seen || d.Unseen != c.unseen || d.Fault != c.fault || ids(d) != c.ids {
				t.Errorf("seen %s %s %s: %s", d.Seen, d.Unseen, d.Fault, ids(d))
			}
		})
	}
}

// TestAttempts: a message is sent again until it is answered, and no more.
func TestAttempts(t *testing.T) {
	m := newMessage(t, "text")
	for name, c := range map[string]struct {
		fails int
		slow  bool
		seen  reply.Seen
		ids   string
		n     int
	}{
		"at once": {0, false, "reply", "", 1},
		"late":    {2, true, "reply", "M01 late", 3},
		"failed":  {1, false, "reply", "M01 failed-first", 2},
		"never":   {3, true, "fault", "M01 timeout", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			try := func(limit time.Duration) error {
				var n atomic.Int32
				s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch nth := int(n.Add(1)); {
					case nth > c.fails:
						io.WriteString(w, textReply(m))
					case c.slow:
						wait(r)
					default:
						w.WriteHeader(500)
					}
				}))
				defer s.Close()
				pusher := &push.Pusher{URL: s.URL, Token: token}
				pusher.Sender.Timeout = limit
				p, err := pusher.Build(m)
				if err != nil {
					t.Fatal(err)
				}
				if d := pusher.Deliver(t.Context(), p); d.Seen != c.seen || ids(d) != c.ids || len(d.Exchanges) != c.n {
					return fmt.Errorf("%d exchanges, seen %s: %s", len(d.Exchanges), d.Seen, ids(d))
				}
				return nil
			}
			limit := busy.Net
			if c.slow {
				limit = 200 * time.Millisecond
			}
			busy.Patiently(t, limit, try)
		})
	}
}

// TestCanceled: a caller who goes away proves nothing against the server,
// wherever the delivery was.
func TestCanceled(t *testing.T) {
	hold := make(chan struct{})
	defer close(hold)
	for name, head := range map[string]string{
		"before the answer": "",
		"within the head":   "HTTP/1.0 200 OK\r\nContent-",
		"within the body":   "HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\n<xml>",
		"after a failure":   "HTTP/1.0 500 Oops\r\nContent-Length: 0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				c, err := l.Accept()
				if err != nil {
					return
				}
				io.WriteString(c, head)
				if name == "after a failure" {
					c, err = l.Accept() // the second attempt
					if err != nil {
						return
					}
				}
				time.Sleep(30 * time.Millisecond) // until it is read
				cancel()
				<-hold
				c.Close()
			}()
			c := &push.Pusher{URL: "http://" + l.Addr().String() + "/", Token: token}
			p, err := c.Build(newMessage(t, "text"))
			if err != nil {
				t.Fatal(err)
			}
			d := c.Deliver(ctx, p)
			if !d.Canceled || d.OK() || d.Seen != reply.SeenUnknown || d.Fault != "" || len(d.Findings) > 0 {
				t.Errorf("canceled %t, ok %t, seen %s %s, %s", d.Canceled, d.OK(), d.Seen, d.Fault, ids(d))
			}
		})
	}
}

// envelope signs what is encrypted.
func envelope(encrypt, timestamp, nonce string) *msgcrypt.Reply {
	return msgcrypt.NewReply(token, timestamp, nonce, encrypt)
}

// TestLastOfNothing: where nothing was sent, the last exchange says so instead
// of being nil.
func TestLastOfNothing(t *testing.T) {
	p := &push.Pusher{URL: "http://127.0.0.1/", Token: token}
	built, err := p.Build(newMessage(t, "text"))
	if err != nil {
		t.Fatal(err)
	}
	judged := p.Judge(t.Context(), built)
	if !judged.Canceled || judged.OK() || judged.Seen != reply.SeenUnknown || len(judged.Findings) > 0 {
		t.Errorf("no exchange was judged as %+v", judged)
	}
	for name, d := range map[string]*push.Delivery{"nil": nil, "zero": {}, "judged": judged} {
		ex := d.Last()
		if got := answer.Summary(ex).In(finding.English); got != "nothing was sent" || ex.Response != nil || ex.Complete() {
			t.Errorf("%s: %q, %+v", name, got, ex)
		}
		if ex.Request == nil || answer.Unreachable(ex) != nil {
			t.Errorf("%s: %+v is the server's fault", name, ex)
		}
	}
}

func ExamplePusher_Deliver() {
	server := httptest.NewServer(says(http.StatusOK, `"success"`))
	defer server.Close()

	text, _ := message.LookupType("text")
	m := text.New(message.OpenID("alice"), message.OriginalID("demo"), time.Now(), 1)
	p := &push.Pusher{URL: server.URL, Token: "mytoken"}
	push, err := p.Build(m)
	if err != nil {
		panic(err)
	}
	d := p.Deliver(context.Background(), push)
	fmt.Println(d.OK(), d.Seen, d.Fault)
	for _, f := range d.Findings {
		fmt.Println(f.ID, f.Variant)
	}
	// Output:
	// false fault 该公众号提供的服务出现故障，请稍后再试
	// M06 quoted-success
}
