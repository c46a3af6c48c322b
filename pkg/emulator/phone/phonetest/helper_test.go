package phonetest

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
)

// bot is an account's server on a socket of its own: what it replies stands in
// the text that it gets.
type bot struct {
	*httptest.Server
	mu  sync.Mutex
	got []string // the bodies, as they came
}

// startBot answers the handshake, and each message with what reply makes of it:
// a whole body.
func startBot(t *testing.T, reply func(m *message.Message) string) *bot {
	b := &bot{}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodGet {
			fmt.Fprint(w, req.URL.Query().Get("echostr"))
			return
		}
		raw, _ := io.ReadAll(req.Body) // what was cut off is no message
		body := string(raw)
		b.mu.Lock()
		b.got = append(b.got, body)
		b.mu.Unlock()
		m, err := message.Parse([]byte(body))
		if err != nil {
			fmt.Fprint(w, "success")
			return
		}
		fmt.Fprint(w, reply(m))
	}))
	t.Cleanup(b.Close)
	return b
}

func (b *bot) bodies() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.got...)
}

// text is a reply in words; swapped is who it is for and from.
func text(to, from, words string) string {
	return "<xml>\n<ToUserName><![CDATA[" + to + "]]></ToUserName>\n<FromUserName><![CDATA[" + from + "]]></FromUserName>\n" +
		"<CreateTime>1700000000</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[" + words + "]]></Content>\n</xml>"
}

func start(t *testing.T, cfg emulator.Config) *local.Server {
	t.Helper()
	s, err := local.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// tab is a page in the browser, used by its keys.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	console  []string
	requests []string
}

func open(t *testing.T, browser context.Context, url string, width, height int64) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	b := &tab{t: t, ctx: ctx}
	go gather(b, chromedp.Console(ctx), &b.console, func(m chromedp.ConsoleMessage) string { return string(m.Type) + " " + m.Text })
	go gather(b, chromedp.Events(ctx, network.RequestWillBeSent), &b.requests, func(e network.EventRequestWillBeSent) string { return e.Request.URL })
	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	if err == nil {
		err = chromedp.Do(ctx, chromedp.EmulateViewport(width, height), chromedp.Navigate(url))
	}
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	b.wait(`document.querySelector(".led-ok")`)
	return b
}

// gather keeps what is told until the page is closed.
func gather[E any](b *tab, events iter.Seq2[E, error], to *[]string, say func(E) string) {
	for e, err := range events {
		if err != nil {
			return
		}
		b.mu.Lock()
		*to = append(*to, say(e))
		b.mu.Unlock()
	}
}

// said are the messages of the console.
func (b *tab) said() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.console)
}

// asked are the addresses of all requests.
func (b *tab) asked() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.requests)
}

// reload loads the page anew, and waits until it is there.
func (b *tab) reload() {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Reload()); err != nil {
		b.t.Fatal(err)
	}
}

// eval runs an expression, and waits for what it promises. The page's policy
// holds for it, too.
func eval[T any](b *tab, js string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise, underPolicy))
	if err != nil {
		b.t.Fatalf("%s: %v", js, err)
	}
	return v
}

// underPolicy lets an expression do no more than the page may.
func underPolicy(p *runtime.EvaluateParams) {
	no := false
	p.AllowUnsafeEvalBlockedByCSP = &no
}

// wait waits until an expression is true.
func (b *tab) wait(js string) {
	b.t.Helper()
	for end := time.Now().Add(busy.Net); ; time.Sleep(20 * time.Millisecond) {
		if eval[bool](b, "!!("+js+")") {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("%s: never; the page says:\n%s", js, eval[string](b, "document.body.innerText"))
		}
	}
}

// press types keys, one after the other. Enter is one event with its text, as of a
// keyboard: with the two of [chromedp.KeyEvent] the page could prevent the first
// alone, and a line would be left in the input.
func (b *tab) press(keys string) {
	b.t.Helper()
	for part := range strings.SplitAfterSeq(keys, kb.Enter) {
		typed, entered := strings.CutSuffix(part, kb.Enter)
		err := chromedp.Do(b.ctx, chromedp.KeyEvent(typed))
		for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
			if err != nil || !entered {
				break
			}
			enter := input.DispatchKeyEventParams{Type: kind, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13}
			if kind == input.DispatchKeyEventTypeKeyDown {
				enter.Text = "\r"
			}
			_, err = chromedp.Call(b.ctx, input.DispatchKeyEvent, enter)
		}
		if err != nil {
			b.t.Fatalf("%q: %v", keys, err)
		}
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// strict is a correct server that takes nothing but what is signed and encrypted.
type strict struct {
	*bot
	in []*message.Message
}

func startStrict(t *testing.T) *strict {
	t.Helper()
	key, err := msgcrypt.ParseKey(emulator.DefaultAESKey)
	if err != nil {
		t.Fatal(err)
	}
	s := &strict{bot: &bot{}}
	h := &receiver.Handler{
		Token: emulator.DefaultToken, Codec: msgcrypt.New(key, emulator.DefaultAppID), SafeOnly: true,
		Reply: func(in *message.Message) *message.Message {
			return reply.Text(in, time.Now(), "收到："+in.Get("Content"))
		},
		Log: func(e receiver.Event) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if e.Message != nil {
				s.in, s.got = append(s.in, e.Message), append(s.got, string(e.Body))
			}
		},
	}
	s.Server = httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func (s *strict) messages() []*message.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.in)
}
