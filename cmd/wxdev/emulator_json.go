package main

import (
	"github.com/wxdev/wxdev/pkg/emulator"
)

// The events of the lines that emulator --json prints.
const (
	eventServing = "serving" // the first line
	eventRequest = "request"
	eventPush    = "push"
)

// emulatorJSON is a line that emulator --json prints. ok is about that line: a
// call was answered without an errcode, a push has no error.
type emulatorJSON struct {
	outcome

	Event string          `json:"event"`           // serving, request or push
	URL   string          `json:"url,omitempty"`   // of serving: the base of the API
	AppID string          `json:"appid,omitempty"` // of serving: the account
	Entry *emulator.Entry `json:"entry,omitempty"` // as /__wxdev/log has it
}

func (o *emulatorOptions) line(e emulator.Entry) emulatorJSON {
	line := emulatorJSON{outcome: newOutcome(e.Status != 0 && e.Status < 400 && e.ErrCode == 0), Event: eventRequest, Entry: &e}
	if e.Kind != emulator.KindPush {
		return line
	}
	line.Event, line.OK = eventPush, e.Push != nil && e.Push.OK
	if e.Push == nil { // it was never sent
		return line
	}
	for _, f := range e.Push.Findings {
		line.Findings = append(line.Findings, describe(o.Lang(), f.Finding))
	}
	return line
}
