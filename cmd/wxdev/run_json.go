package main

import "github.com/wxdev/wxdev/pkg/emulator"

// The events of the lines that run --json prints, besides those of emulator.
const (
	eventChecked = "checked" // verify, and with --check the scenarios
	eventRefused = "refused" // a call to another host, with --offline
	eventPast    = "past"    // calls may have gone to the real WeChat
	eventEnded   = "ended"   // the server

	eventUntrusted = "untrusted" // a call that the server broke off: it does not trust the certificate
	eventBroken    = "broken"    // one that broke off in the handshake for another reason
)

// runJSON is a line that run --json prints. With --check there is one, whose ok
// is the outcome of all.
type runJSON struct {
	outcome

	Event  string          `json:"event"`            // serving, request, push, checked, refused, untrusted, broken, past or ended
	URL    string          `json:"url,omitempty"`    // of serving: the base of the API, the proxy, and the page
	AppID  string          `json:"appid,omitempty"`  // of serving: the account
	Entry  *emulator.Entry `json:"entry,omitempty"`  // of request and push, as /__wxdev/log has it
	Verify *verifyJSON     `json:"verify,omitempty"` // of checked
	Test   *testJSON       `json:"test,omitempty"`   // of checked, when there were scenarios
	Host   string          `json:"host,omitempty"`   // of refused, untrusted and broken
	Code   *int            `json:"code,omitempty"`   // of ended: the server's exit code
}

// taken is what a command prints that runs inside another.
type taken struct {
	verify verifyJSON
	test   *testJSON
	cases  []reportCase
}
