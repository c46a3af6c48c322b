package emulator

import (
	"net/http"
	"time"

	"github.com/wxdev/wxdev/internal/feed"
	"github.com/wxdev/wxdev/pkg/finding"
)

// The types of the events that [Emulator.ServeEvents] streams. The data of hello
// and gap is {"boot","seq"}: which run of the emulator it is, and the newest
// event; after a gap a reader asks for the state anew.
const (
	EventHello       = "hello"
	EventGap         = "gap"
	EventChat        = "chat"         // a [ChatEvent]: a line is new, or has changed
	EventPushStart   = "push.start"   // a [PushStart]
	EventPushAttempt = "push.attempt" // a [PushAttempt]
	EventPushEnd     = "push.end"     // a [PushEnd]
	EventEntry       = "entry"        // an [Entry] of the log
	EventUser        = "user"         // a [UserEvent]
	EventAccount     = "account"      // an [AccountEvent]: settings, or the menu
	EventClock       = "clock"        // a [ClockEvent]
	EventFaults      = "faults"       // a [FaultsEvent]
	EventH5          = "h5"           // an [H5Call]: a page in a phone
	EventLog         = "log"          // {}: it was emptied
	EventReset       = "reset"        // {}: the state is another one
)

// ChatEvent is a line of a user's chat.
type ChatEvent struct {
	AppID string   `json:"appid"`
	User  string   `json:"user"` // the OpenID
	Item  ChatItem `json:"item"`
}

// PushStart is a push that begins.
type PushStart struct {
	Push  int64  `json:"push"`
	AppID string `json:"appid"`
	User  string `json:"user"`
	Label string `json:"label"`
	MsgID string `json:"msgid,omitempty"`
	Mode  string `json:"mode"`
	Of    int    `json:"of"`             // how many deliveries there are at most
	Line  int64  `json:"line,omitempty"` // of the user's chat that it tells
}

// The phases of a [PushAttempt].
const (
	PhaseSent = "sent" // it is under way
	PhaseDone = "done"
)

// PushAttempt is a delivery that begins, or has ended.
type PushAttempt struct {
	Push   int64   `json:"push"`
	N      int     `json:"n"`
	Of     int     `json:"of"`
	Phase  string  `json:"phase"` // sent or done
	Status int     `json:"status,omitempty"`
	MS     float64 `json:"ms,omitempty"`
	Error  string  `json:"error,omitempty"`
}

// PushEnd is a push that has ended.
type PushEnd struct {
	Push  int64  `json:"push"`
	Entry int64  `json:"entry,omitempty"` // of the log; none if it could not be sent
	State string `json:"state"`           // done or canceled
	OK    bool   `json:"ok"`
	Seen  string `json:"seen,omitempty"`
}

// UserEvent is a user of whom something has changed, without the chat.
type UserEvent struct {
	AppID string   `json:"appid"`
	User  UserView `json:"user"`
}

// userChanged is a UserEvent to be: of a user who changes ten times in a second
// the readers want the newest.
type userChanged struct{ appid, openid string }

// AccountEvent is an account of which something has changed.
type AccountEvent struct {
	AppID string `json:"appid"`
}

// ClockEvent is the emulator's clock when it was turned.
type ClockEvent struct {
	Now    time.Time `json:"now"`
	Offset Duration  `json:"offset"`
}

// FaultsEvent is the list of faults when it has changed.
type FaultsEvent struct {
	Faults []Fault `json:"faults"`
}

// about is what an event concerns, for those who follow an account or a user.
func about(appid, openid string) []string {
	switch {
	case appid == "":
		return nil
	case openid == "":
		return []string{appid}
	}
	return []string{appid, openid}
}

// emit tells who watches. It never waits.
func (e *Emulator) emit(kind string, about []string, data any) {
	e.feed.Publish(feed.Event{Type: kind, Data: data, About: about})
}

// publishLine tells of a line that is new, or has changed. The caller holds the
// lock.
func (e *Emulator) publishLine(appid string, u *User, item *ChatItem) {
	e.emit(EventChat, about(appid, u.OpenID), ChatEvent{appid, u.OpenID, *item})
}

// emitUser tells of a user who has changed. What does it tells once, at its end:
// a line alone is no change.
func (e *Emulator) emitUser(appid, openid string) {
	e.emit(EventUser, about(appid, openid), userChanged{appid, openid})
}

// Watch says which events are meant. The zero Watch is all of them.
type Watch struct {
	AppID string
	User  string       // a name or an OpenID
	Lang  finding.Lang // of findings
}

// ServeEvents streams what happens, as server-sent events, until the reader
// goes: each with its number, the request saying after which one to begin
// (?after= or Last-Event-ID; ?boot= of the run that the number is of). The newest
// thousand are kept; who missed more gets a gap. At most 32 read at once.
func (e *Emulator) ServeEvents(w http.ResponseWriter, req *http.Request, watch Watch) {
	var names []string
	for _, name := range []string{watch.AppID, e.openID(watch.AppID, watch.User)} {
		if name != "" {
			names = append(names, name)
		}
	}
	e.feed.Serve(w, req, feed.Stream{About: names, Time: e.Now(), Data: func(data any) any {
		switch data := data.(type) {
		case *Entry:
			return e.log.copy(data).In(watch.Lang)
		case ChatEvent:
			data.Item.show()
			return data
		case userChanged:
			u, err := e.View(data.appid, data.openid, watch.Lang)
			if err != nil { // reset away meanwhile
				u = UserView{User: User{OpenID: data.openid}, OpenWindows: []OpenWindow{}}
			}
			u.Chat = nil
			return UserEvent{data.appid, u}
		case H5Call:
			return data.In(watch.Lang)
		}
		return data
	}})
}

// EndStreams ends what [Emulator.ServeEvents] serves, so that a server that is
// shut down need not wait for readers who would stay for ever.
func (e *Emulator) EndStreams() { e.feed.Close() }
