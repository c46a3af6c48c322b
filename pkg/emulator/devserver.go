package emulator

import (
	"context"
	"net/http"
	"strings"

	"github.com/wxdev/wxdev/pkg/jssdk/devserver"
)

// jssdkPrefix begins the paths of the JS-SDK's dev server of each account: a page
// that takes jweixin.js from there learns what is wrong with its wx.config.
const jssdkPrefix = controlPrefix + "js-sdk/"

// serveJSSDK hands a request to the dev server of the account in its path:
// /__wxdev/js-sdk/APPID/sign?url=…
func (e *Emulator) serveJSSDK(w http.ResponseWriter, req *http.Request) {
	appid := req.PathValue("appid")
	e.mu.Lock()
	known := e.account(appid) != nil && appid != ""
	server := e.devServers[appid]
	if known && server == nil {
		server = &devserver.Server{
			AppID: appid, Now: e.Now,
			Ticket: func(context.Context) (string, error) { return e.jsapiTicket(appid) },
		}
		e.devServers[appid] = server
	}
	e.mu.Unlock()
	if !known {
		writeControl(w, nil, notFound(errNoAccount(appid).Error()))
		return
	}
	http.StripPrefix(strings.TrimSuffix(jssdkPrefix, "/")+"/"+appid, server).ServeHTTP(w, req)
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
