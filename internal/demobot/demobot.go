// Package demobot is the bot of wxdev demo --phone, and of the pictures in the
// README: the server of a small tea house that knows every type of message, and
// some famous bugs on demand.
//
//	b := demobot.New(lang)
//	l, err := net.Listen("tcp", "127.0.0.1:0")
//	e, err := local.NewServer(emulator.Config{Seed: b.State("http://" + l.Addr().String())})
//	b.Join(e.URL) // where its customer-service messages go
//	http.Serve(l, b)
package demobot

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/signature"
)

// Bot is an account's server. Make one with [New].
type Bot struct {
	lang   finding.Lang
	right  *receiver.Handler // what it is where no bug was asked for
	origin string            // its own, for links and pictures
	client atomic.Pointer[api.Client]

	HTTP *http.Client // for Join; nil is the API client's own

	// Late is how long after the push the late customer-service message comes.
	Late time.Duration
}

// New returns a bot that speaks a language.
func New(lang finding.Lang) *Bot {
	b := &Bot{lang: lang, Late: 3 * time.Second}
	b.right = &receiver.Handler{Token: emulator.DefaultToken, Reply: b.reply}
	return b
}

// Join tells the bot where the API is.
func (b *Bot) Join(base string) {
	b.client.Store(api.New(api.Options{Base: base, AppID: emulator.DefaultAppID, Secret: emulator.DefaultSecret, HTTP: b.HTTP}))
}

// ServeHTTP implements [http.Handler].
func (b *Bot) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch {
	case req.URL.Path != pushPath:
		b.servePage(w, req)
	case req.Method == http.MethodPost && b.signed(req.URL.Query()):
		raw, err := io.ReadAll(io.LimitReader(req.Body, message.MaxBody+1))
		if err != nil {
			return // what was cut off is no message
		}
		if m, err := message.Parse(raw); err == nil {
			if bug := bugOf(m); bug != nil {
				bug.answer(w, req, m)
				return
			}
		}
		req.Body = io.NopCloser(bytes.NewReader(raw))
		fallthrough
	default:
		b.right.ServeHTTP(w, req)
	}
}

func (b *Bot) signed(q url.Values) bool {
	return q.Get("signature") == signature.Access(emulator.DefaultToken, q.Get("timestamp"), q.Get("nonce"))
}

// call sends something by the API, after a while. What fails stands in the
// emulator's log, where the page shows why.
func (b *Bot) call(after time.Duration, path string, body []byte) {
	time.AfterFunc(after, func() {
		c := b.client.Load()
		if c == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = c.Call(ctx, api.Request{Method: http.MethodPost, Path: path, Body: body}, nil)
	})
}
