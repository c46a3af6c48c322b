package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/recording"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// log is told of each request.
func (o *listenOptions) log(e receiver.Event) {
	found := o.findings(&e)
	id, err := o.save(&e, found)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ring.publish(o.event(&e, found, id))
	if err != nil {
		o.complain(err)
	}
}

// event is what the ring has of a request: what is shown of it, made here, so
// that nothing else of it is kept.
func (o *listenOptions) event(e *receiver.Event, found []findingJSON, id string) heavy {
	switch {
	case o.live:
		return o.newExchange(e, found, id)
	case o.json:
		return newListenLine(lineJSON(o.document(e, found, id)))
	}
	var b strings.Builder
	o.print(&b, e, found, id)
	return newListenLine(b.String())
}

// print writes one line for a request: when, what, and how it was answered;
// below it what is wrong with the answer, and the bodies when they are asked
// for.
func (o *listenOptions) print(w io.Writer, e *receiver.Event, found []findingJSON, id string) {
	p := o.Colors(o.env.OutTTY)
	tail := ""
	if id != "" {
		tail = "  " + p.Dim("["+id+"]")
	}
	fmt.Fprintf(w, "%s  %-4s %s  %s  %s%s\n", e.Time.Format(time.TimeOnly), text.Line(e.Request.Method),
		text.Line(e.Request.URL.Path), o.what(e), o.result(p, e), tail)
	if o.verbose {
		body := e.Plain
		if body == nil {
			body = e.Body
		}
		o.printBytes(w, "  > ", body)
		o.printBytes(w, "  < ", e.Answer)
	}
	if !o.verbose { // what is merely worth knowing would be there on every message
		found = slices.DeleteFunc(found, func(f findingJSON) bool { return f.Severity == finding.Info })
	}
	o.printNew(w, found)
}

// printNew prints findings in full once, and their ids from then on: one that
// is not mended yet comes with every message.
func (o *listenOptions) printNew(w io.Writer, found []findingJSON) {
	if o.shown == nil {
		o.shown = map[string]bool{}
	}
	var fresh []findingJSON
	var known []string
	for _, f := range found {
		kind := f.ID + " " + f.Variant
		switch {
		case !o.shown[kind]:
			o.shown[kind] = true
			if place := strings.Join(f.Where, "\n"); o.shown[place] {
				f.Where = nil
			} else if f.Severity != finding.Info {
				o.shown[place] = true
			}
			fresh = append(fresh, f)
		case !slices.Contains(known, f.ID):
			known = append(known, f.ID)
		}
	}
	if len(known) > 0 {
		fmt.Fprintf(w, "  %s\n", o.say(words.ListenKnown, "ids", o.list(known)))
	}
	if printFindings(w, o.globals, fresh); len(fresh) > 0 {
		fmt.Fprintln(w)
	}
}

// what says what came.
func (o *listenOptions) what(e *receiver.Event) string { return o.label(e) + o.about(e) }

// label is what came, in a few words.
func (o *listenOptions) label(e *receiver.Event) string {
	say := o.sayer()
	switch {
	case e.Verification():
		return say(words.ListenVerification)
	case e.Message == nil && e.Body == nil && e.Request.ContentLength >= 0: // it was not read
		return say(words.ListenMessage, "n", fmt.Sprint(e.Request.ContentLength))
	case e.Message == nil:
		return say(words.ListenMessage, "n", fmt.Sprint(len(e.Body)))
	}
	return o.fact(o.Lang(), labelOf(&push.Push{Message: e.Message}))
}

// about says of a message whose it is and how it came.
func (o *listenOptions) about(e *receiver.Event) (s string) {
	if e.Verification() || e.Message == nil {
		return ""
	}
	say := o.sayer()
	if from := e.Message.Get("FromUserName"); from != "" {
		s = say(words.DeliveryFrom, "openid", text.Line(from))
	}
	comma := say(words.CommonComma)
	s += comma + say.mode(e.Mode)
	if e.Repeated {
		s += comma + say(words.ListenAgain)
	}
	if o.format != "" && e.Message.Format != o.format {
		s += comma + say(words.ListenOtherFormat, "got", string(e.Message.Format), "want", string(o.format))
	}
	return s
}

// result says how it was answered.
func (o *listenOptions) result(p palette, e *receiver.Event) string {
	if e.Upstream != nil {
		return o.forwarded(p, e)
	}
	if e.Err != nil {
		return p.Red(fmt.Sprintf("%d %s", e.Status, o.errorText(e.Err))) + o.mistake(e)
	}
	s := p.Green(fmt.Sprint(e.Status))
	if e.Verification() {
		return s
	}
	r, _ := reply.Parse(e.Answer)
	return s + " " + o.replyLine(r)
}

// forwarded says what the other server made of a request.
func (o *listenOptions) forwarded(p palette, e *receiver.Event) string {
	say, ex := o.sayer(), e.Upstream
	var s string
	switch echostr := e.Query.Get("echostr"); {
	case ex.Err != nil:
		s = p.Red(fmt.Sprintf("%d %s", e.Status, o.errorText(ex.Err)))
	case e.Verification() && ex.Echoes(echostr):
		s = p.Green(fmt.Sprint(e.Status)) + " " + say(words.ListenEchoed)
	case e.Verification() && e.Err == nil:
		s = p.Red(text.Line(ex.Response.StatusText())) + o.say(words.CommonComma) + say(words.ListenUnechoed) +
			say(words.CommonSemicolon) + say(words.ListenAsk, "url", text.Line(redact.Unknown.URL(o.forward)))
	case e.Delivery == nil:
		s = text.Line(ex.Response.StatusText())
	case e.Delivery.OK() && e.Delivery.Reply != nil:
		s = p.Green(fmt.Sprint(e.Status)) + " " + o.replyLine(e.Delivery.Reply)
	default:
		s = p.Red(text.Line(ex.Response.StatusText()))
	}
	s += o.say(words.CommonBracket, "text", shortTime(ex.Times.Total))
	if e.Err != nil {
		s += say(words.CommonSemicolon) + p.Yellow(o.errorText(e.Err)) + o.mistake(e)
	}
	return s
}

// replyLine is a reply on one line.
func (o *listenOptions) replyLine(r *reply.Reply) string {
	switch {
	case r.Type == reply.TypeEncrypted:
		return o.say(words.ListenUnread)
	case r.Text() != "":
		return "text " + o.quote(r.Text(), 60)
	case len(r.Articles()) > 0:
		s := "news " + o.quote(r.Articles()[0].Title, 60)
		if more := len(r.Articles()) - 1; more > 0 {
			s += fmt.Sprintf(" +%d", more)
		}
		return s
	case r.MediaID() != "":
		return text.Line(r.Type) + " " + o.quote(r.MediaID(), 60)
	}
	line, _, _ := strings.Cut(o.fact(o.Lang(), r), "\n")
	return line
}

// findings are what is wrong with the answer to a message, be it our own by
// somebody's rule.
func (o *listenOptions) findings(e *receiver.Event) (found []findingJSON) {
	switch {
	case e.Delivery != nil:
		found = describeFindings(o.globals, e.Delivery.Findings)
	case e.Upstream != nil && e.Err == nil:
		found = describeFindings(o.globals, answer.Unreachable(e.Upstream))
	case e.Upstream == nil && e.Message != nil && e.Err == nil:
		for _, f := range reply.Judge(e.Answer, reply.Asked{Message: e.Message}).Findings {
			found = append(found, describe(o.Lang(), f))
		}
	}
	return found
}

// mistake names what made a wrong signature, if it is a known one.
func (o *listenOptions) mistake(e *receiver.Event) string {
	q := e.Query
	given := q.Get("signature")
	r := signature.Request{
		Token: o.token, Timestamp: q.Get("timestamp"), Nonce: q.Get("nonce"), Echostr: q.Get("echostr"),
		AppID: o.appid, AESKey: o.aesKey, Other: o.others,
	}
	switch {
	case errors.Is(e.Err, receiver.ErrBadMsgSignature):
		given = q.Get("msg_signature")
		if env, err := msgcrypt.ParseEnvelope(e.Body); err == nil {
			r.Encrypt = env.Encrypt
		}
	case !errors.Is(e.Err, receiver.ErrBadSignature):
		return ""
	}
	found := signature.Explain(given, r)
	if len(found) == 0 {
		return ""
	}
	f := describeMistake(o.Lang(), found[0])
	return o.say(words.CommonColon) + f.Title + " [" + f.ID + "]"
}

// save records an exchange, if that is asked for and WeChat signed it. What it
// did not sign comes from anybody, and should not fill the disk.
func (o *listenOptions) save(e *receiver.Event, found []findingJSON) (id string, err error) {
	signed := e.Err == nil || e.Mode != "" && !receiver.Unsigned(e.Err)
	if o.recorder == nil || !signed {
		return "", nil
	}
	x := recordOf(e)
	for _, f := range found {
		x.Answer.Findings = append(x.Answer.Findings, finding.Finding{ID: f.ID, Variant: f.Variant, Severity: f.Severity})
	}
	path, err := o.recorder.Save(x)
	if err != nil {
		return "", err
	}
	return recording.ID(path), nil
}

// recordOf is what is recorded of a request.
func recordOf(e *receiver.Event) *recording.Record {
	x := &recording.Record{
		Time: e.Time.Truncate(time.Millisecond), Type: recordedType(e), Mode: string(e.Mode), Repeated: e.Repeated, Message: recording.Text(e.Plain),
		Request: recording.Request{Line: e.Request.Method + " " + e.Request.RequestURI + " " + e.Request.Proto},
		Answer:  recording.Answer{Status: e.Status, Body: recording.Text(e.Answer), TookMS: millis(e.Took)},
	}
	if e.Err != nil {
		x.Answer.Error = e.Err.Error()
	}
	ex := e.Upstream
	if ex == nil {
		x.Request.Header = append(x.Request.Header, "Host: "+e.Request.Host)
		for name, values := range e.Request.Header {
			if name == "Cache-Control" && e.Request.Header.Get("Pragma") != "" {
				continue // net/http makes it of Pragma
			}
			for _, v := range values {
				x.Request.Header = append(x.Request.Header, name+": "+v)
			}
		}
		slices.Sort(x.Request.Header)
		return x
	}
	x.Answer.Forwarded = true
	x.Request.Header = headerLines(ex.Request.Header)
	if ex.Err != nil {
		x.Answer.Error = ex.Err.Error()
	}
	if ex.Response != nil {
		x.Answer.Header = headerLines(ex.Response.Header)
	}
	return x
}

func headerLines(fields []wire.Field) []string {
	var lines []string
	for _, f := range fields {
		lines = append(lines, f.Name+": "+f.Value)
	}
	return lines
}

func recordedType(e *receiver.Event) string {
	switch {
	case e.Verification():
		return recording.Verification
	case e.Message == nil:
		return "message"
	case e.Message.Type() != nil:
		return e.Message.Type().Name
	}
	_, name, ok := strings.Cut(e.Message.Label().In(finding.English), " ")
	if !ok {
		name = e.Message.Label().In(finding.English)
	}
	return name
}
