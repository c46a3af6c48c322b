package control

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/wxdev/wxdev/pkg/emulator"
)

// call is one call of the control API.
type call struct {
	pattern string // of [http.ServeMux], after the prefix
	does    string
	handle  answerer // zero: New registers it by itself
}

// Call is a call of the control API.
type Call struct {
	Method, Path string // the path after /__wxdev/, with {user} for what varies
	Does         string
	Answers      []reflect.Type // of JSON with status 200 or 202; none for what is text or a file
}

// Calls lists the calls of the control API. Schemas are made of it.
func Calls() []Call {
	var list []Call
	for _, c := range calls() {
		method, path, _ := strings.Cut(c.pattern, " ")
		one := Call{Method: method, Path: strings.TrimSuffix(path, "{$}"), Does: c.does}
		for _, t := range c.handle.of {
			if t != reflect.TypeFor[file]() {
				one.Answers = append(one.Answers, t)
			}
		}
		list = append(list, one)
	}
	return list
}

// Refusal is the type of the answer to a call that went wrong, whichever it was.
func Refusal() reflect.Type { return reflect.TypeFor[refusal]() }

// calls is what GET /__wxdev/ lists.
func calls() []call {
	return []call{
		{"GET {$}", "this list", answering((*handler).getIndex)},
		{"GET ready", "200 as soon as calls are answered", answering((*handler).getReady)},
		{"GET routes", "the calls of the API that are emulated", answering((*handler).getRoutes)},
		{"POST reset", "back to the state of the start; empties the log", answering((*handler).postReset)},
		{"GET snapshot", "the state as TOML, which --seed reads", answering((*handler).getSnapshot)},
		{"POST snapshot", "takes over a snapshot, and makes it the state of the start", answering((*handler).postSnapshot)},

		{"GET accounts", "the accounts, without their secrets", answering((*handler).getAccounts)},
		{"POST accounts", "adds or changes one: {\"appid\":…, \"url\":…}", answering((*handler).postAccount)},
		{"GET accounts/{appid}", "one account", answering((*handler).getAccount)},

		{"POST check", "sends the verification request to the account's url, {\"appid\":…}, and says why it is refused; ?lang=", answering((*handler).postCheck)},

		{"POST component/{do}", "of a third-party platform: ticket pushes one now; authorize and unauthorize, {\"appid\":…, \"func_info\":[1,2]}", answering((*handler).postComponent)},

		{"GET users", "the users; ?appid= says of which account", answering((*handler).getUsers)},
		{"POST users", "adds or changes one: {\"name\":\"alice\", \"tags\":[100]}", answering((*handler).postUser)},
		{"GET users/{user}", "one user, by name or OpenID: windows, and in cs what a customer-service message would get now", answering((*handler).getUser)},
		{"GET users/{user}/menu", "the menu this user sees, each button with its place for tap", answering((*handler).getMenu)},
		{"GET users/{user}/chat", "what the user sees in the chat", answering((*handler).getChat)},
		{"GET users/{user}/outbox", "what the server sent the user", answering((*handler).getOutbox)},
		{"POST users/{user}/{action}", "the user does something: follow, text, tap, scan …; ?wait=0 answers at once, with the id of the push", answering((*handler).postAction, emulator.Outcome{}, emulator.Started{})},
		{"GET actions", "what users do", answering((*handler).getActions)},

		{"GET log", "the requests; ?kind= method= path= appid= user= errcode= contains= after=, and wait=5s count=1 to wait", answering((*handler).getLog)},
		{"GET log/{id}", "one entry; of a push, down to its bytes; ?lang=zh words the findings", answering((*handler).getEntry)},
		{"GET log/{id}/sent", "the bytes that were sent, of delivery ?n=", answering((*handler).getEntryBytes)},
		{"GET log/{id}/received", "the bytes that came back", answering((*handler).getEntryBytes)},
		{"DELETE log", "empties it", answering((*handler).deleteLog)},

		{"GET pushes", "the messages to accounts' servers, those under way too; ?user= appid= after=", answering((*handler).getPushes)},
		{"GET pushes/{id}", "one of them, down to its bytes", answering((*handler).getPush)},
		{"GET pushes/{id}/sent", "the bytes that were sent, of delivery ?n=", answering((*handler).getPushBytes)},
		{"GET pushes/{id}/received", "the bytes that came back", answering((*handler).getPushBytes)},
		{"GET pushes/{id}/scenario", "the push as a file for wxdev test; ?lang= of its comments", answering((*handler).getPushScenario)},
		{"GET pushes/{id}/curl", "the last delivery as a shell command that sends the same bytes, and wxdev send for a new one; ?lang=", answering((*handler).getCurl)},
		{"GET pushes/scenario", "several as one file for wxdev test; ?user= appid= from= to= of ids, and ?lang=", answering((*handler).getScenario)},
		{"POST pushes/{id}/again", "pushes it again: {\"msgid\":\"same\"} as a repeated delivery, {\"set\":{\"Content\":…}}, {\"body\":…}, mode, user; ?wait=0", answering((*handler).postAgain, emulator.Outcome{}, emulator.Started{})},
		{"POST pushes/{id}/from-here", "lets a user do what this push and the later ones of its user tell: {\"user\":\"bob\"}", answering((*handler).postFromHere)},

		{"GET events", "what happens, as it happens: server-sent events; ?after= appid= user= lang=", answerer{}},

		{"GET h5", "the pages that are open in phones, and what they called; ?lang=", answering((*handler).getH5)},
		{"POST h5/open", "opens a page in a user's phone: {\"user\":\"alice\", \"url\":…}; its address in a browser", answering((*handler).postH5Open)},
		{"POST h5/{session}/answer", "answers a call that waits: {\"call\":\"wx.scanQRCode\", \"result\":\"store_7\"}, or cancel, fail; id", answering((*handler).postH5Answer)},

		{"GET faults", "the faults that are to come", answering((*handler).getFaults)},
		{"POST faults", "adds one: {\"path\":\"/cgi-bin/menu/get\", \"errcode\":-1, \"count\":2}; status, delay, drop", answering((*handler).postFault)},
		{"DELETE faults", "removes them", answering((*handler).deleteFaults)},

		{"GET api-security", "signed calls: the keys for a client, what must be signed, and what spoils answers", answering((*handler).getSecurity)},
		{"POST api-security", "changes it: {\"mode\":\"all\", \"plain\":\"allow\", \"skew\":\"300s\", \"serial\":true, \"fault\":\"rotate\"}, or new-certificate, drop-signature, late", answering((*handler).postSecurity)},

		{"GET clock", "the emulator's time", answering((*handler).getClock)},
		{"POST clock", "turns it: {\"advance\":\"2h\"} or {\"offset\":\"0s\"}", answering((*handler).postClock)},
		{"POST expire", "ends tokens now: {\"kind\":\"token\"}, or stable_token, jsapi, wx_card, code, oauth, and a platform's; all without it", answering((*handler).postExpire)},
		{"GET qrcodes", "the QR codes that can be scanned, and how long they live; ?appid=", answering((*handler).getQRCodes)},
		{"GET places", "three places where a user can be; ?lang=", answering((*handler).getPlaces)},
		{"GET media", "the files; ?type=image, voice, video or thumb, and ?appid=", answering((*handler).getMediaFiles)},
		{"POST media", "takes a file of a user's, which is the body, to 10 MB: its media_id; ?type= filename= appid=", answering((*handler).postMedia)},
		{"GET media/{id}", "a file that was uploaded", answering((*handler).getMedia)},
		{"GET js-sdk/{appid}/", "the account's JS-SDK: a demo page, jweixin.js that says what is wrong, sign?url=", answerer{}},
	}
}

func (h *handler) getIndex(*http.Request) (file, error) {
	var b strings.Builder
	b.WriteString("wxdev emulator: the API is at the root of this port, its control API here\n\n")
	for _, c := range Calls() {
		fmt.Fprintf(&b, "%-6s %s%s\n       %s\n", c.Method, prefix, c.Path, c.Does)
	}
	b.WriteString("\nThe calls that are emulated:\n\n")
	for _, r := range emulator.Routes() {
		fmt.Fprintf(&b, "%-6s %s\n       %s\n", r.Method, r.Path, r.Does)
	}
	return file{kind: "text/plain; charset=utf-8", body: []byte(b.String())}, nil
}

func (h *handler) getReady(req *http.Request) (readyAnswer, error) {
	return readyAnswer{true, emulator.BaseURL(req)}, nil
}

func (h *handler) getRoutes(*http.Request) (routesAnswer, error) {
	return routesAnswer{emulator.Routes()}, nil
}
