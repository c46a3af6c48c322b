package control

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/wxdev/wxdev/pkg/emulator"
)

// call is one call of the control API.
type call struct {
	pattern string // of [http.ServeMux], after the prefix
	does    string
	handle  func(*handler, *http.Request) (any, error) // nil: New registers it by itself
}

// calls is what GET /__wxdev/ lists.
func calls() []call {
	return []call{
		{"GET {$}", "this list", (*handler).getIndex},
		{"GET ready", "200 as soon as calls are answered", (*handler).getReady},
		{"GET routes", "the calls of the API that are emulated", (*handler).getRoutes},
		{"POST reset", "back to the state of the start; empties the log", (*handler).postReset},
		{"GET snapshot", "the state as TOML, which --seed reads", (*handler).getSnapshot},
		{"POST snapshot", "takes over a snapshot, and makes it the state of the start", (*handler).postSnapshot},

		{"GET accounts", "the accounts, without their secrets", (*handler).getAccounts},
		{"POST accounts", "adds or changes one: {\"appid\":…, \"url\":…}", (*handler).postAccount},
		{"GET accounts/{appid}", "one account", (*handler).getAccount},

		{"GET users", "the users; ?appid= says of which account", (*handler).getUsers},
		{"POST users", "adds or changes one: {\"name\":\"alice\", \"tags\":[100]}", (*handler).postUser},
		{"GET users/{user}", "one user, by name or OpenID", (*handler).getUser},
		{"GET users/{user}/chat", "what the user sees in the chat", (*handler).getChat},
		{"GET users/{user}/outbox", "what the server sent the user", (*handler).getOutbox},
		{"POST users/{user}/{action}", "the user does something: follow, text, tap, scan …", (*handler).postAction},
		{"GET actions", "what users do", (*handler).getActions},

		{"GET log", "the requests; ?kind= method= path= appid= user= errcode= contains= after=, and wait=5s count=1 to wait", (*handler).getLog},
		{"DELETE log", "empties it", (*handler).deleteLog},

		{"GET faults", "the faults that are to come", (*handler).getFaults},
		{"POST faults", "adds one: {\"path\":\"/cgi-bin/menu/get\", \"errcode\":-1, \"count\":2}; status, delay, drop", (*handler).postFault},
		{"DELETE faults", "removes them", (*handler).deleteFaults},

		{"GET clock", "the emulator's time", (*handler).getClock},
		{"POST clock", "turns it: {\"advance\":\"2h\"} or {\"offset\":\"0s\"}", (*handler).postClock},
		{"POST expire", "ends tokens now: {\"kind\":\"token\"}, or stable_token, jsapi, wx_card, code, oauth; all without it", (*handler).postExpire},
		{"GET media/{id}", "a file that was uploaded", (*handler).getMedia},
		{"GET js-sdk/{appid}/", "the account's JS-SDK: a demo page, jweixin.js that says what is wrong, sign?url=", nil},
	}
}

func (h *handler) getIndex(*http.Request) (any, error) {
	var b strings.Builder
	b.WriteString("wxdev emulator: the API is at the root of this port, its control API here\n\n")
	for _, c := range calls() {
		method, path, _ := strings.Cut(c.pattern, " ")
		fmt.Fprintf(&b, "%-6s %s%s\n       %s\n", method, prefix, strings.TrimSuffix(path, "{$}"), c.does)
	}
	b.WriteString("\nThe calls that are emulated:\n\n")
	for _, r := range emulator.Routes() {
		fmt.Fprintf(&b, "%-6s %s\n       %s\n", r.Method, r.Path, r.Does)
	}
	return file{kind: "text/plain; charset=utf-8", body: []byte(b.String())}, nil
}

func (h *handler) getReady(req *http.Request) (any, error) {
	return map[string]any{"ready": true, "url": emulator.BaseURL(req)}, nil
}

func (h *handler) getRoutes(*http.Request) (any, error) {
	return map[string]any{"routes": emulator.Routes()}, nil
}
