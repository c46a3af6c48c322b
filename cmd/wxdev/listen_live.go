package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/internal/feed"
	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/internal/terminal"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/recording"
	"github.com/wxdev/wxdev/pkg/wire"
)

// wantsList reports whether there is a terminal for the list, and nothing else
// was asked for.
func (o *listenOptions) wantsList() bool {
	return !o.json && !o.plain && !o.verbose && terminal.Usable(o.env.Keyboard, o.env.Screen, o.env.LookupEnv)
}

// listenLive is the list on the terminal.
type listenLive struct {
	*listenOptions
	base   string // the address that is listened on
	screen *terminal.Screen
	list   *terminal.List
	ids    *message.MsgIDs
	times  map[string]int64 // of the last event that was sent again, by sender
	told   heldText
	busy   sync.WaitGroup // what is being sent again
}

// serveWithList shows a list of the requests that are served, and stops serving
// when somebody leaves it.
func (o *listenOptions) serveWithList(ctx context.Context, base string, serving func(context.Context) error) error {
	outer := o.env
	screen, err := terminal.Open(outer.Keyboard, outer.Screen)
	if err != nil { // it is no terminal after all
		o.live, o.ring = false, newListenRing(listenLines)
		return o.serveWithLines(ctx, serving)
	}
	v := &listenLive{listenOptions: o, base: base, screen: screen, ids: message.NewMsgIDs(o.env.Rand, o.env.Now()), times: map[string]int64{}}
	o.ring = newListenRing(listenItems)
	v.told.also = func(line string) { o.ring.publish(listenNote(line)) }
	g, env := *o.globals, *o.env // what others say to stderr meanwhile is told in the list
	env.Err, g.env = o.known.Writer(&v.told), &env
	o.globals = &g
	v.list = &terminal.List{
		Lang: o.Lang(), Title: v.title(), Empty: o.say(words.ListenWaiting, "url", base),
		Color: o.Colors(true).Bold("x") != "x", Keep: listenItems,
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() {
		served <- serving(ctx)
		stop()
	}()
	taken := v.run(ctx)
	stop()
	if taken {
		v.sumUp(outer)
	}
	err = <-served
	v.busy.Wait()
	return err
}

func (v *listenLive) title() string {
	title := "wxdev listen  " + v.base
	if v.forward != "" {
		title += " → " + redact.Unknown.URL(v.forward)
	}
	return v.known.Text(title)
}

// run shows the list until somebody leaves it. It reports whether the terminal
// took all that it was told.
func (v *listenLive) run(ctx context.Context) bool {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	changes := make(chan func(*terminal.List))
	go v.ring.each(ctx, func(events []feed.Event, missed int) {
		change := func(l *terminal.List) { addEvents(l, events, missed) }
		select {
		case changes <- change:
		case <-ctx.Done():
		}
	})
	live := &terminal.Live{Screen: v.screen, List: v.list, Changes: changes, Again: func(i terminal.Item) { v.again(ctx, i.(*exchange)) }}
	return live.Run(ctx) == nil
}

func addEvents(l *terminal.List, events []feed.Event, missed int) {
	l.Missed(missed)
	var items []terminal.Item
	for _, e := range events {
		switch data := e.Data.(type) {
		case *exchange:
			items = append(items, data)
		case listenNote:
			l.Say(string(data))
		}
	}
	l.Add(items...)
}

// listenNote is a line for the list's last line.
type listenNote string

func (n listenNote) weight() int { return len(n) }

func (n listenNote) lighten() {}

// heldText keeps what is written while the list is on the screen.
type heldText struct {
	also func(line string)

	mu  sync.Mutex
	buf bytes.Buffer
}

const heldMost = 64 << 10

func (h *heldText) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.buf.Len()+len(p) <= heldMost {
		h.buf.Write(p)
	}
	if line, _, _ := strings.Cut(string(p), "\n"); line != "" {
		h.also(text.Line(line))
	}
	return len(p), nil
}

// sumUp leaves the newest requests on the terminal, as many as fit, and says how
// many there were.
func (v *listenLive) sumUp(env *Env) {
	items := v.list.Items()
	width, height := v.screen.Size()
	first, room := len(items), height-3 // for the sum, which may be broken, and the prompt
	for first > 0 {
		if room -= len(terminal.Fold(items[first-1].(*exchange).line, width)); room < 0 {
			break
		}
		first--
	}
	for _, item := range items[first:] {
		fmt.Fprintln(env.Out, item.(*exchange).line)
	}
	v.told.mu.Lock()
	_, _ = io.Copy(env.Err, &v.told.buf)
	v.told.mu.Unlock()
	n := v.list.Total()
	id := words.CommonCountRequests
	if n == 1 {
		id = words.CommonCountOneRequest
	}
	fmt.Fprintln(env.Err, v.say(words.ListenEnded, "requests", v.say(id, "n", strconv.Itoa(n))))
}

// again sends the message of a request once more, with a new id and time. It
// comes in as any other, so that what becomes of it is in the list.
func (v *listenLive) again(ctx context.Context, x *exchange) {
	p, sending, err := v.anew(x)
	if err != nil {
		v.list.Say(v.errorText(err))
		return
	}
	v.list.Say(v.say(words.ListenSending))
	v.busy.Go(func() {
		defer v.screen.Guard()
		if d := p.Deliver(ctx, sending); !d.Canceled && d.Last().Response == nil {
			v.ring.publish(listenNote(v.errorText(d.Last().Err)))
		}
	})
}

func (v *listenLive) anew(x *exchange) (*push.Pusher, *push.Push, error) {
	f := x.full.Load()
	switch {
	case f == nil, !f.message.whole():
		return nil, nil, failed(words.ListenErrCut)
	case x.mode == "":
		return nil, nil, failed(words.ListenErrUnsigned)
	}
	r := &replayOptions{globals: v.globals}
	m, err := r.message(recorded{"", &recording.Record{Message: recording.Text(f.message.text)}}, v.ids, v.times)
	if err != nil {
		return nil, nil, err
	}
	p := &push.Pusher{
		URL: v.address(f.request), Token: v.token, Mode: x.mode, Codec: v.codec, Attempts: 1, Now: v.env.Now, Rand: v.env.Rand,
	}
	p.Sender.Timeout = 2 * wire.DefaultTimeout // a server behind has its 5 seconds, and the proxy answers after them
	sending, err := p.Build(m)
	return p, sending, err
}

// address is where a request came in, without what WeChat adds.
func (v *listenLive) address(line string) string {
	_, target, _ := strings.Cut(line, " ")
	target, _, _ = strings.Cut(target, " ")
	return loopback(v.base) + wire.WithoutParams(target)
}

// loopback is a URL that leads to a listener: one on all addresses has none of
// its own.
func loopback(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsUnspecified() {
		host := "127.0.0.1"
		if ip.To4() == nil {
			host = "::1"
		}
		u.Host = net.JoinHostPort(host, u.Port())
	}
	return u.String()
}
