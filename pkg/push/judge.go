package push

import (
	"strconv"
	"time"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

func (d *Delivery) find(id, variant string, ex *wire.Exchange, facts ...any) {
	d.Findings = append(d.Findings, answer.NewFinding(id, variant, ex, facts...))
}

// judge finds out what is wrong with the last answer, and what the user sees.
func (p *Pusher) judge(d *Delivery) {
	ex := d.Last()
	switch {
	case d.ended():
	case ex.Response == nil:
		d.noAnswer(ex)
	case ex.Response.Status == 200 && !ex.Complete():
		d.unfinished(ex)
	case d.judgeAnswer(ex):
	case ex.Response.Status != 200:
		d.badStatus(ex)
	default:
		p.judgeBody(d, ex)
		d.late()
	}
	d.View = reply.Show(d.Push.Message, d.Reply, d.Findings)
}

// late reports the attempts before the one that was answered in time.
func (d *Delivery) late() {
	if d.After == Restarted { // which says why
		return
	}
	for i, ex := range d.Exchanges[:len(d.Exchanges)-1] {
		if !timedOut(ex) {
			d.find("M01", "failed-first", ex, "attempt", i+1, "answer", answer.Summary(ex))
			return
		}
	}
	if n := len(d.Exchanges); n > 1 {
		d.find("M01", "late", d.Exchanges[0], "attempts", n)
	}
}

func timedOut(ex *wire.Exchange) bool {
	return ex.Failure() == wire.Timeout || ex.Response != nil && ex.End == wire.EndTimeout
}

func (d *Delivery) noAnswer(ex *wire.Exchange) {
	switch found := answer.Unreachable(ex); {
	case found != nil:
		d.Findings = append(d.Findings, found...)
	case ex.Failure() == wire.Timeout:
		d.find("M01", "timeout", ex, "attempts", len(d.Exchanges), "seconds", seconds(ex.Times.Total))
	default:
		d.find("M30", "no-answer", ex, "error", ex.Err, "type", d.label())
	}
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s" }

// judgeAnswer reports whether the answer itself says what it is, and it is no
// reply.
func (d *Delivery) judgeAnswer(ex *wire.Exchange) bool {
	v, ok := answer.Judge(ex)
	if ok {
		d.Findings = append(d.Findings, v.Finding)
	}
	return ok
}

func (d *Delivery) badStatus(ex *wire.Exchange) {
	res := ex.Response
	status := res.StatusFact()
	switch {
	case res.Status >= 500:
		d.find("M19", "error-status", ex, "type", d.label(), "status", status, "excerpt", answer.Around(res.Decoded, ""))
	case res.Status >= 400:
		d.find("M29", "refused", ex, "status", status, "excerpt", answer.Around(res.Decoded, ""), "mode", string(d.Push.Mode))
	default:
		d.other2xx(ex, status)
	}
}

// other2xx reads a reply that came with another status than 200. Whether
// WeChat takes the status for a failure is unconfirmed, and matters only when
// there is a reply to show.
func (d *Delivery) other2xx(ex *wire.Exchange, status finding.Status) {
	d.Reply, _ = reply.Parse(ex.Response.Decoded)
	d.Plain = ex.Response.Decoded
	if d.Reply.Silent() {
		d.find("V44", "other-2xx", ex, "status", status)
	} else {
		d.find("V44", "reply-2xx", ex, "status", status)
	}
}

// label is what the push is, for a finding.
func (d *Delivery) label() finding.Fact {
	if d.Push.Message == nil {
		return finding.Because(reason.ABody)
	}
	return d.Push.Message.Label()
}

func (d *Delivery) unfinished(ex *wire.Exchange) {
	switch ex.End {
	case wire.EndLimit:
		d.find("V40", "oversized", ex, "bytes", len(ex.Received))
	case wire.EndShort:
		d.find("V25", "length", ex, "declared", ex.Response.Get("Content-Length"), "got", len(ex.Response.Body))
	default:
		d.find("M01", "timeout", ex, "attempts", len(d.Exchanges), "seconds", seconds(ex.Times.Total))
	}
}

// judgeBody judges how the body was sent, and the reply that it is.
func (p *Pusher) judgeBody(d *Delivery, ex *wire.Exchange) {
	res := ex.Response
	if enc := res.Coding(); enc != "" {
		d.find("V41", "compressed", ex, "encoding", finding.Excerpt(enc))
		return
	}
	if res.Chunked && len(res.Body) != len(res.Decoded) {
		d.find("V20", "chunked", ex, "hex", finding.Hex(res.Body[:min(24, len(res.Body))]))
	}
	j := reply.Judge(res.Decoded, reply.Asked{
		Message: d.Push.Message, Mode: d.Push.Mode, Token: p.Token, Codec: p.Codec,
		Timestamp: d.Push.Timestamp, Nonce: d.Push.Nonce,
	})
	d.Reply, d.Envelope, d.Plain = j.Reply, j.Envelope, j.Plain
	if len(j.Findings) == 0 {
		return
	}
	evidence := ex.Evidence()
	for _, f := range j.Findings {
		f.Exchange = evidence
		d.Findings = append(d.Findings, f)
	}
}

// Answer is an answer in a few words, fit to print: its status and body, or
// how it failed.
func Answer(ex *wire.Exchange) finding.Fact {
	if ex.Err != nil {
		return finding.Failure(ex.Err)
	}
	if len(ex.Response.Decoded) == 0 {
		return finding.Because(reason.AnswerEmpty, "status", ex.Response.StatusFact())
	}
	return finding.Because(reason.AnswerBody, "status", ex.Response.StatusFact(), "body", ex.Response.Decoded)
}
