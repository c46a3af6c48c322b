package control

import (
	"context"
	"net/http"
	"strings"

	"github.com/wxdev/wxdev/pkg/jssdk/devserver"
)

// jssdkPrefix begins the paths of each account's JS-SDK: a page that takes
// jweixin.js from there learns what is wrong with its wx.config.
const jssdkPrefix = prefix + "js-sdk/"

// serveJSSDK hands a request to the dev server of the account in its path:
// /__wxdev/js-sdk/APPID/sign?url=…
func (h *handler) serveJSSDK(w http.ResponseWriter, req *http.Request) {
	appid := req.PathValue("appid")
	if _, err := h.emulator.Account(appid); err != nil {
		write(w, nil, orNotFound(err))
		return
	}
	http.StripPrefix(strings.TrimSuffix(jssdkPrefix, "/")+"/"+appid, h.devServer(appid)).ServeHTTP(w, req)
}

// devServer is the one of an account: it remembers the pages it has seen.
func (h *handler) devServer(appid string) *devserver.Server {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.devServers[appid]
	if s == nil {
		s = &devserver.Server{
			AppID: appid, Now: h.emulator.Now, Hosts: h.emulator.Hosts(), Lang: h.emulator.Lang(),
			Ticket: func(context.Context) (string, error) { return h.emulator.Ticket(appid, "jsapi") },
		}
		h.devServers[appid] = s
	}
	return s
}
