package control

import (
	"net/http"
	"reflect"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
)

// answerer answers a call. The types of its answers are known, so that no call
// comes without a schema: see [Calls].
type answerer struct {
	of  []reflect.Type
	run func(*handler, *http.Request) (any, error)
}

// answering is a function that answers a call with a T. One that answers now
// this, now that has any for T, and names an example of each.
func answering[T any](f func(*handler, *http.Request) (T, error), kinds ...any) answerer {
	a := answerer{run: func(h *handler, req *http.Request) (any, error) { return f(h, req) }}
	for _, kind := range kinds {
		a.of = append(a.of, reflect.TypeOf(kind))
	}
	if len(kinds) == 0 {
		a.of = append(a.of, reflect.TypeFor[T]())
	}
	return a
}

// What the calls answer, each a type of its own.
type (
	readyAnswer struct {
		Ready bool   `json:"ready"` // true
		URL   string `json:"url"`   // of the emulator, as the caller named it
	}
	doneAnswer struct {
		OK bool `json:"ok"` // true
	}
	// refusal is the answer to any call that went wrong.
	refusal struct {
		Error string `json:"error"` // in words
	}
	routesAnswer struct {
		Routes []emulator.Route `json:"routes"`
	}
	accountsAnswer struct {
		Accounts []emulator.AccountInfo `json:"accounts"` // the first one is meant where no appid is given
	}
	usersAnswer struct {
		Users []emulator.UserView `json:"users"`
	}
	openIDAnswer struct {
		OpenID string `json:"openid"`
	}
	chatAnswer struct {
		Chat []emulator.ChatItem `json:"chat"` // the oldest line first
	}
	outboxAnswer struct {
		Outbox []emulator.ChatItem `json:"outbox"` // of the chat what the server sent
	}
	actionsAnswer struct {
		Actions []emulator.ActionType `json:"actions"`
	}
	deedsAnswer struct {
		Deeds []emulator.ActionType `json:"deeds"`
	}
	qrCodesAnswer struct {
		QRCodes []emulator.ScanCode `json:"qrcodes"` // the newest first, without those that have expired
	}
	placesAnswer struct {
		Places []emulator.SamplePlace `json:"places"`
	}
	mediaAnswer struct {
		Media []emulator.MediaInfo `json:"media"` // the newest first, without those that have expired
	}
	mediaIDAnswer struct {
		MediaID string `json:"media_id"` // of a temporary file, which lasts three days
		Type    string `json:"type"`
		URL     string `json:"url"` // where this emulator has the file
	}
	logAnswer struct {
		Count   int              `json:"count"`
		Entries []emulator.Entry `json:"entries"` // the oldest first
	}
	securityAnswer struct {
		emulator.Security

		Keys emulator.SecurityKeys `json:"keys"`
	}
	faultsAnswer struct {
		Faults []emulator.Fault `json:"faults"`
	}
	clockAnswer struct {
		Time   time.Time         `json:"time"`
		Unix   int64             `json:"unix"`
		Offset emulator.Duration `json:"offset"` // from the machine's clock
	}
	expiredAnswer struct {
		Expired int `json:"expired"` // how many tokens
	}
)

// done is the answer of a call that has nothing to say but that it worked.
func done(err error) (doneAnswer, error) { return doneAnswer{OK: true}, err }
