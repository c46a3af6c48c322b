package main

import (
	"slices"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/receiver"
)

// The events of the lines that listen --json prints.
const (
	eventListening    = "listening" // the first line
	eventVerification = "verification"
	eventMessage      = "message"
)

// listenJSON is a line that listen --json prints. ok is about that line: the
// request was WeChat's, and nothing is wrong with the answer.
type listenJSON struct {
	outcome

	Event     string        `json:"event"`         // listening, verification or message
	URL       string        `json:"url,omitempty"` // of listening
	Time      *time.Time    `json:"time,omitempty"`
	Method    string        `json:"method,omitempty"`
	Path      string        `json:"path,omitempty"`
	Type      string        `json:"type,omitempty"` // of a message, as send names it
	From      string        `json:"from,omitempty"` // the OpenID
	Mode      msgcrypt.Mode `json:"mode,omitempty"`
	Repeated  bool          `json:"repeated,omitempty"` // the message had come before
	Message   string        `json:"message,omitempty"`  // before any encryption
	Status    int           `json:"status,omitempty"`   // of the answer
	Answer    string        `json:"answer,omitempty"`   // before any encryption
	Refused   string        `json:"refused,omitempty"`  // why the request was, or no answer came
	MS        float64       `json:"ms,omitempty"`
	Recording string        `json:"recording,omitempty"` // its id, for replay
}

func (o *listenOptions) document(e *receiver.Event, found []findingJSON, id string) listenJSON {
	failed := slices.ContainsFunc(found, func(f findingJSON) bool { return f.Severity == finding.Error })
	line := listenJSON{
		outcome: newOutcome(e.Err == nil && !failed, found...), Event: eventMessage, Time: &e.Time,
		Method: e.Request.Method, Path: e.Request.URL.Path, Mode: e.Mode, Repeated: e.Repeated,
		Message: string(e.Plain), Status: e.Status, Answer: string(e.Answer), MS: millis(e.Took), Recording: id,
	}
	switch {
	case e.Verification():
		line.Event = eventVerification
		line.OK = line.OK && (e.Upstream == nil || e.Upstream.Err == nil && e.Upstream.Echoes(e.Query.Get("echostr")))
	default:
		line.Type = recordedType(e)
	}
	if e.Message != nil {
		line.From = e.Message.Get("FromUserName")
	}
	switch {
	case e.Err != nil:
		line.Refused = o.errorText(e.Err)
	case e.Upstream != nil && e.Upstream.Err != nil:
		line.OK, line.Refused = false, o.errorText(e.Upstream.Err)
	}
	return line
}
