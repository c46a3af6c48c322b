package emulator

import (
	"bytes"
	"cmp"
	"errors"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/recording"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/scenario"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Recording is the push as a recording, of which package scenario makes a step.
// The error is [ErrGone] where the message is no longer kept.
func (d PushDetail) Recording() (*recording.Record, error) {
	for _, b := range []*Bytes{d.Plain, d.ReplyPlain} {
		if b == nil && b != d.Plain { // nothing was answered
			continue
		}
		if err := b.whole(); err != nil {
			return nil, err
		}
	}
	if d.Push == nil || d.State != StateDone {
		return nil, errors.New("nobody knows how the push ended: it was not waited for")
	}
	x := &recording.Record{Time: d.Started, Type: d.Type, Mode: d.Mode, Message: recording.Text(d.Plain.Data)}
	if d.ReplyPlain != nil {
		x.Answer.Body = recording.Text(d.ReplyPlain.Data)
	}
	if d.Seen != reply.SeenFault {
		x.Answer.Status = 200
	}
	for _, f := range d.Findings {
		x.Answer.Findings = append(x.Answer.Findings, f.Finding)
	}
	return x, nil
}

// LeftOut is a push that could not be made a step.
type LeftOut struct {
	Push int64
	Why  error
}

// because is a fact that is an error.
type because struct{ finding.Fact }

func (b because) Error() string { return b.In(finding.English) }

// Scenario makes a scenario of pushes, in order, as scenario.FromRecordings does
// of recordings; it is nil if there is no step.
func (e *Emulator) Scenario(pushes []int64, say scenario.Comments) (*scenario.File, []LeftOut) {
	var list []*recording.Record
	var of []int64
	var left []LeftOut
	for _, id := range pushes {
		d, err := e.Detail(id)
		var x *recording.Record
		if err == nil {
			x, err = d.Recording()
		}
		if err != nil {
			left = append(left, LeftOut{id, err})
			continue
		}
		list, of = append(list, x), append(of, id)
	}
	file, more := scenario.FromRecordings(list, say)
	for _, l := range more {
		left = append(left, LeftOut{of[l.Index], because{l.Why}})
	}
	return file, left
}

// Request is the last delivery of the push as it was sent. The error is
// [ErrGone] where it is no longer kept.
func (d PushDetail) Request() (*wire.Request, error) {
	if len(d.Attempts) == 0 {
		return nil, errNotSent
	}
	last := d.Attempts[len(d.Attempts)-1]
	if d.State == StateWaiting || last.Sent == nil {
		return nil, errNotSent
	}
	if err := last.Sent.whole(); err != nil {
		return nil, err
	}
	head, body, _ := bytes.Cut(last.Sent.Data, []byte("\r\n\r\n"))
	lines := strings.Split(string(head), "\r\n")
	words := strings.SplitN(lines[0], " ", 3)
	if len(words) != 3 {
		return nil, errNotSent
	}
	r := &wire.Request{Method: words[0], Proto: words[2], Body: body}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		r.Header = append(r.Header, wire.Field{Name: name, Value: value})
		if name == "Host" {
			r.URL = value
		}
	}
	r.URL = "http://" + r.URL + words[1]
	if last.TLS != "" {
		r.URL = "https" + strings.TrimPrefix(r.URL, "http")
	}
	return r, nil
}

var errNotSent = errors.New("nothing was sent, or the push is under way")

// SendCommand is the line that sends such a message again with wxdev's command
// send, signed anew. It has no secrets: it takes them from the environment.
// It is empty for what is no message of a known type.
func (e *Emulator) SendCommand(d PushDetail) string {
	info, err := e.Account(d.AppID)
	if err != nil || d.Plain.whole() != nil {
		return ""
	}
	x := recording.Record{Message: recording.Text(d.Plain.Data)}
	m, err := x.ReadMessage()
	if err != nil || m.Type() == nil {
		return ""
	}
	words := []string{"wxdev send", m.Type().Name}
	add := func(flag, value string) { words = append(words, flag, wire.ShellLine(value)) }
	value, set := scenario.Parts(m)
	if value != nil {
		words = append(words, wire.ShellLine(*value))
		if strings.HasPrefix(*value, "-") {
			words = append(words[:len(words)-1], "--set", wire.ShellLine(m.Type().Flags[0].Path+"="+*value))
		}
	}
	for _, f := range set {
		add("--set", f[0]+"="+f[1])
	}
	if m.Raw {
		words = append(words, "--raw")
	}
	if from := m.Get("FromUserName"); from != "" {
		add("--from", from)
	}
	add("--to", cmp.Or(m.Get("ToUserName"), info.OriginalID))
	add("--url", info.URL)
	words = append(words, "--token env:WXDEV_TOKEN", "--appid", wire.ShellLine(d.AppID))
	if d.Mode != "" && d.Mode != "plain" {
		words = append(words, "--mode", d.Mode, "--aes-key env:WXDEV_AES_KEY")
	}
	if m.Format == msgcrypt.JSON {
		words = append(words, "--format json")
	}
	return string(e.hideBytes([]byte(strings.Join(words, " "))))
}
