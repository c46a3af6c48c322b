package h5

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/jssdk"
	"github.com/wxdev/wxdev/pkg/jssdk/devserver"
)

// The limits of what pages call.
const (
	maxWaiting = 20  // of a session, at once
	maxCalls   = 100 // that are remembered of a session
)

// pending is a call of a page.
type pending struct {
	emulator.H5Call
	answer chan devserver.Result // has room for one; nil when nobody waits
}

// Answer is what the user did.
type Answer struct {
	ID     int64           `json:"id"`     // of the call; 0: the newest one that waits, of Call
	Call   string          `json:"call"`   // wx.scanQRCode, or scanQRCode
	Result json.RawMessage `json:"result"` // a text, or an object of the fields
	Cancel bool            `json:"cancel"`
	Fail   string          `json:"fail"` // why
}

// ErrNoCall is the error of an answer to a call that does not wait.
var ErrNoCall = errors.New("no such call waits for an answer")

// ErrNoSession is the error of a session that is not there.
var ErrNoSession = errors.New("there is no such page")

// Answer gives a call that waits its result, as the user would.
func (b *Browser) Answer(label string, a Answer) (emulator.H5Call, error) {
	s := b.byLabel(label)
	if s == nil {
		return emulator.H5Call{}, ErrNoSession
	}
	name := strings.TrimPrefix(a.Call, "wx.")
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range slices.Backward(s.calls) {
		if p.State != emulator.H5Waiting || a.ID != 0 && p.ID != a.ID || name != "" && p.Call != "wx."+name {
			continue
		}
		r, err := b.result(p, a)
		if err != nil {
			return emulator.H5Call{}, err
		}
		b.finish(p, r)
		p.answer <- r
		return p.H5Call, nil
	}
	return emulator.H5Call{}, ErrNoCall
}

// result reads an answer.
func (b *Browser) result(p *pending, a Answer) (devserver.Result, error) {
	switch {
	case a.Cancel:
		return devserver.Result{Outcome: devserver.Cancel}, nil
	case a.Fail != "":
		return devserver.Result{Outcome: devserver.Fail, Why: a.Fail}, nil
	}
	name, value := strings.TrimPrefix(p.Call, "wx."), string(a.Result)
	var text string
	if json.Unmarshal(a.Result, &text) == nil {
		value = text
	}
	if name == "chooseImage" && !strings.HasPrefix(value, "{") {
		value = b.localIDs(p, value)
	}
	fields, err := devserver.Fields(name, value)
	if err != nil {
		return devserver.Result{}, fmt.Errorf("%s is no result of %s", quote(value), p.Call)
	}
	return devserver.Result{Outcome: devserver.OK, Fields: fields}, nil
}

// called is [devserver.Server.Answer] of a session: what a page called is told, and
// where a phone asks its user it waits.
func (b *Browser) called(ctx context.Context, s *session, c devserver.Call) devserver.Result {
	p := b.begin(s, "wx."+c.Name, c.URL, c.Args)
	p.Share = share(c.Name, p.Args)
	b.mu.Lock()
	if c.Refused != "" {
		p.ErrMsg = c.Name + ":" + c.Refused
		p.Findings = b.emulator.Described(b.whyRefused(c))
		b.keep(s, p)
		b.mu.Unlock()
		return devserver.Result{}
	}
	if r, known := b.atOnce(s, c.Name, p.Args); known {
		b.finish(p, r)
		b.keep(s, p)
		b.mu.Unlock()
		return r
	}
	if waiting(s) >= maxWaiting {
		r := devserver.Result{Outcome: devserver.Fail, Why: "too many calls wait for an answer"}
		b.finish(p, r)
		b.keep(s, p)
		b.mu.Unlock()
		return r
	}
	p.State, p.answer = emulator.H5Waiting, make(chan devserver.Result, 1)
	b.keep(s, p)
	b.mu.Unlock()
	select {
	case r := <-p.answer:
		return r
	case <-ctx.Done():
		b.mu.Lock()
		defer b.mu.Unlock()
		if p.State == emulator.H5Waiting {
			p.State = emulator.H5Gone
			b.emulator.PublishH5(p.H5Call)
		}
		return devserver.Result{}
	}
}

// begin is a call that is not known to anybody yet.
func (b *Browser) begin(s *session, call, page string, args json.RawMessage) *pending {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.callID++
	p := &pending{H5Call: emulator.H5Call{
		Session: s.label, ID: b.callID, AppID: s.appid, User: s.openid, Call: call, Page: page, State: emulator.H5Done,
	}}
	_ = json.Unmarshal(args, &p.Args) // what is no object has no options
	return p
}

// finish puts a result into a call, and tells of it if it was told of before. The
// caller holds the lock.
func (b *Browser) finish(p *pending, r devserver.Result) {
	waited := p.State == emulator.H5Waiting
	p.State, p.OK = emulator.H5Done, r.Outcome == devserver.OK
	if p.Result = r.Fields; r.Outcome == "" { // it listens for what may never come
		p.OK = true
	} else {
		p.ErrMsg = r.Message(strings.TrimPrefix(p.Call, "wx."), "")
	}
	if waited {
		b.emulator.PublishH5(p.H5Call)
	}
}

// keep remembers a call and tells of it. The caller holds the lock.
func (b *Browser) keep(s *session, p *pending) {
	if len(s.calls) >= maxCalls {
		i := slices.IndexFunc(s.calls, func(c *pending) bool { return c.State != emulator.H5Waiting })
		s.calls = slices.Delete(s.calls, i, i+1) // fewer than that can wait
	}
	s.calls = append(s.calls, p)
	b.emulator.PublishH5(p.H5Call)
}

func waiting(s *session) int {
	n := 0
	for _, c := range s.calls {
		if c.State == emulator.H5Waiting {
			n++
		}
	}
	return n
}

// shows are the functions that show something and need nobody: the phone says what.
var shows = []string{
	"previewImage", "openLocation", "closeWindow", "openProductSpecificView", "openCard", "startRecord", "playVoice", "pauseVoice", "stopVoice",
	"startSearchBeacons", "stopSearchBeacons",
}

// atOnce is the result of a function that asks nobody.
func (b *Browser) atOnce(s *session, name string, args map[string]any) (devserver.Result, bool) {
	ok := devserver.Result{Outcome: devserver.OK}
	switch {
	case devserver.Tells(name), slices.Contains(shows, name):
		return ok, true
	case strings.HasPrefix(name, "on"): // what it listens for is not there yet
		return devserver.Result{}, true
	case name == "getNetworkType":
		ok.Fields = map[string]any{"networkType": "wifi"}
		return ok, true
	case name == "uploadImage":
		if id := b.mediaOf(s, args["localId"]); id != "" {
			ok.Fields = map[string]any{"serverId": id}
			return ok, true
		}
	case name == "getLocalImgData":
		if data := b.dataOf(s, args["localId"]); data != "" {
			ok.Fields = map[string]any{"localData": data}
			return ok, true
		}
	}
	return devserver.Result{}, false
}

// whyRefused are the findings about a call that was not let do it.
func (b *Browser) whyRefused(c devserver.Call) []finding.Finding {
	if c.Refused != "permission denied" {
		return nil
	}
	return []finding.Finding{jssdk.NotListed(c.Name)}
}

// share is the card of a page that says what is to be shared.
func share(name string, args map[string]any) *emulator.H5Share {
	text := func(key string) string { s, _ := args[key].(string); return s }
	card := &emulator.H5Share{To: "friend", Title: text("title"), Desc: text("desc"), Link: text("link"), ImgURL: text("imgUrl")}
	switch name {
	case "updateAppMessageShareData", "onMenuShareAppMessage":
		return card
	case "updateTimelineShareData", "onMenuShareTimeline":
		card.To, card.Desc = "timeline", ""
		return card
	}
	return nil
}

// Pages are the sessions, the one used last first, with what their pages called.
func (b *Browser) Pages(lang finding.Lang) []Page {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := []Page{}
	for _, s := range slices.Backward(b.sessions) {
		p := Page{Session: s.label, AppID: s.appid, User: s.openid, Site: s.target.String(), Address: b.at(s) + "/", Calls: []emulator.H5Call{}}
		for _, c := range s.calls {
			p.Calls = append(p.Calls, c.In(lang))
		}
		list = append(list, p)
	}
	return list
}

// Page is a session as it is.
type Page struct {
	Session string            `json:"session"`
	AppID   string            `json:"appid"`
	User    string            `json:"user"` // the OpenID
	Site    string            `json:"site"` // http://127.0.0.1:8080
	Address string            `json:"address"`
	Calls   []emulator.H5Call `json:"calls"` // the oldest first
}

// standIn is the JS-SDK of a session.
func (b *Browser) standIn(s *session) http.Handler {
	return &devserver.Server{
		AppID: s.appid, Now: b.emulator.Now, Lang: b.emulator.Lang(), Beside: true,
		Ticket: func(context.Context) (string, error) { return b.emulator.Ticket(s.appid, "jsapi") },
		Real:   b.real,
		Answer: func(ctx context.Context, c devserver.Call) devserver.Result {
			c.URL = b.real(c.URL)
			return b.called(ctx, s, c)
		},
		Log: func(e devserver.Event) {
			if e.What == "check" {
				b.configured(s, e)
			}
		},
	}
}

// configured tells of a wx.config.
func (b *Browser) configured(s *session, e devserver.Event) {
	p := b.begin(s, "wx.config", e.URL, nil)
	var found []finding.Finding
	for _, m := range e.Found {
		found = append(found, m.Finding)
	}
	p.OK, p.ErrMsg, p.Findings = e.OK(), e.Said, b.emulator.Described(found)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keep(s, p)
}
