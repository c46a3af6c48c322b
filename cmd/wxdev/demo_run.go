package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/wxdev/wxdev/internal/demobot"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/emulator/client"
)

// demoPatience is how long the demo's bot may take, on a busy machine.
const demoPatience = 20 * time.Second

// wechatAPI is what a bot has in its code that knows nothing of wxdev.
const wechatAPI = "https://api.weixin.qq.com"

// runBot is the program that demo has run start: a bot as it would be on a
// server.
func (o *demoOptions) runBot(ctx context.Context) error {
	trustEnvironment()
	bot := demobot.New(o.Lang())
	bot.Late, bot.HTTP = 0, http.DefaultClient
	bot.State("http://" + o.bot)
	bot.Join(wechatAPI)
	l, err := listenOn(o.bot)
	if err != nil {
		return err
	}
	fmt.Fprintln(o.env.Out, o.say(words.DemoBot, "addr", text.Line(o.bot)))
	return serve(ctx, l, bot)
}

// trustEnvironment: where Go asks the system whom to trust, it does not look at
// the variable that it looks at elsewhere.
func trustEnvironment() {
	if runtime.GOOS != "darwin" && runtime.GOOS != "windows" {
		return
	}
	pool := x509.NewCertPool()
	if b, err := os.ReadFile(os.Getenv("SSL_CERT_FILE")); err == nil && pool.AppendCertsFromPEM(b) {
		if t, ok := http.DefaultTransport.(*http.Transport); ok {
			t.TLSClientConfig = &tls.Config{RootCAs: pool}
		}
	}
}

// demoRun runs the bot as its developers would, and has a user write to it.
func demoRun(ctx context.Context, g *globals) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "wxdev-demo-")
	if err != nil {
		return failed(words.DemoErrFolder, "error", cause(err))
	}
	defer os.RemoveAll(dir)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return failed(words.ErrListen, "addr", "127.0.0.1", "error", cause(err))
	}
	addr := l.Addr().String() // for the bot
	l.Close()

	own := demoGlobals(g, dir)
	ready := make(chan string, 1)
	o := &runOptions{
		globals: own, emu: emulatorOptions{globals: own, addr: "127.0.0.1:0"}, offline: true, wait: waiting(demoPatience),
		command: []string{self, "demo", "--lang", string(g.Lang()), "--bot", addr}, started: func(base string) { ready <- base },
	}
	o.emu.given.URL = "http://" + addr + "/wechat"
	line := "$ wxdev run --url " + o.emu.given.URL + " -- ./bot"
	fmt.Fprintln(own.env.Out, line)
	running, stop := context.WithTimeout(ctx, 2*demoPatience)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- runRun(running, o) }()
	seen := ""
	select {
	case err = <-ended:
	case base := <-ready:
		fmt.Fprintln(own.env.Out, g.say(words.DemoWrites, "text", g.say(words.DemoLate)))
		seen = demoChat(running, base, g.say(words.DemoLate))
		stop()
		err = <-ended
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil || seen == "" {
		return failed(words.DemoErrCommand, "command", quoted(line))
	}
	fmt.Fprintln(own.env.Out, g.say(words.DemoSees, "text", text.Line(seen)))
	return nil
}

// demoGlobals are those of a command that is run in a folder of its own, and
// prints everything in the order in which it happens.
func demoGlobals(g *globals, dir string) *globals {
	own, env := *g, *g.env
	out := &oneByOne{w: env.Out}
	env.Out, env.Err, env.Plain, env.ErrTTY = out, out, out, env.OutTTY
	env.In, env.InTTY, env.Screen, env.Std = strings.NewReader(""), false, nil, [3]*os.File{}
	folder := func() (string, error) { return dir, nil }
	env.Getwd, env.ConfigDir, env.CacheDir = folder, folder, folder
	own.env = &env
	return &own
}

// demoChat has alice write to the server of an emulator, and returns what comes
// by the API; nothing is "".
func demoChat(ctx context.Context, base, says string) string {
	c := &client.Client{BaseURL: base}
	if _, err := c.Act(ctx, client.Action{User: "alice", Do: "text", Value: says}); err != nil {
		return ""
	}
	for ctx.Err() == nil {
		chat, err := c.Chat(ctx, "", "alice")
		for _, item := range chat {
			if item.Via == "custom" {
				return item.Text
			}
		}
		if err != nil {
			return ""
		}
		time.Sleep(10 * time.Millisecond)
	}
	return ""
}

// oneByOne is a writer for several goroutines.
type oneByOne struct {
	w    io.Writer
	lock sync.Mutex
}

func (o *oneByOne) Write(b []byte) (int, error) {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.w.Write(b)
}
