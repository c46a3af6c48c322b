package emulator

import (
	"context"
	"net/http"
	"strings"

	"github.com/wxdev/wxdev/pkg/jssdk"
)

// deskPrefix begins the paths of the JS-SDK's desk of each account: a page
// that takes jweixin.js from there learns what is wrong with its wx.config.
const deskPrefix = controlPrefix + "js-sdk/"

// serveDesk hands a request to the desk of the account in its path:
// /__wxdev/js-sdk/APPID/sign?url=…
func (e *Emulator) serveDesk(w http.ResponseWriter, req *http.Request) {
	appid := req.PathValue("appid")
	e.mu.Lock()
	known := e.account(appid) != nil && appid != ""
	desk := e.desks[appid]
	if known && desk == nil {
		desk = &jssdk.Desk{
			AppID: appid, Now: e.now,
			Ticket: func(context.Context) (string, error) { return e.jsapiTicket(appid) },
		}
		e.desks[appid] = desk
	}
	e.mu.Unlock()
	if !known {
		writeControl(w, nil, notFound(errNoAccount(appid).Error()))
		return
	}
	http.StripPrefix(strings.TrimSuffix(deskPrefix, "/")+"/"+appid, desk).ServeHTTP(w, req)
}

// jsapiTicket is the ticket that ticket/getticket gives now.
func (e *Emulator) jsapiTicket(appid string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.account(appid)
	if a == nil { // a reset took it away
		return "", errNoAccount(appid)
	}
	return e.ticket(a, "jsapi", e.now()).Value, nil
}
