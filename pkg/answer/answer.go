// Package answer says what an HTTP answer is: the echostr, bare or decorated;
// nothing, because the host cannot be reached; the page of a proxy, firewall,
// tunnel or framework; a login, a redirect, a rate limit, a refusal in words.
//
// It is the one place for these rules. Checking a server, sending a message,
// running a conversation, the inspecting proxy and the emulator's pushes all
// judge by it, so that a status means the same everywhere. What is read here is
// in the one [wire.Exchange] that is handed in; whatever takes a further request
// to find out is not.
//
//   - [Judge] says what an answer is, for GET and POST: see the table of statuses,
//     the pages and the words that it goes through in steps.
//   - [Echoed] and [Decorations] read the answer to a verification, [Number] and
//     [IntegerBits] one whose echostr went through a number.
//   - [Unreachable] says why there is no answer at all.
//   - [Mark] knows pages by a text that they have, [Demanded], [Expired] and
//     their like read what a server says of the request.
//   - [Stack] says what a server is written in, where its answer shows it.
//   - [Same] compares two answers, [Around] quotes one around what matters.
//
// What a passive reply must look like is for package reply.
//
// # Compatibility
//
// The README says what a release may change. Which pages are known grows with
// every release: programs read the id and variant of a finding, not its words.
package answer

import (
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/wire"
)

// NewFinding makes a finding with the severity that the catalogue gives its
// variant, and the exchange that shows it, which may be nil. The facts are
// those of [finding.NewFacts].
func NewFinding(id, variant string, ex *wire.Exchange, facts ...any) finding.Finding {
	f := finding.New(id, variant, facts...)
	f.Severity = catalog.SeverityOf(id, variant)
	if ex != nil {
		f.Exchange = ex.Evidence()
		f.Place = PlaceOf(id, variant, ex)
	}
	return f
}

// Summary is an answer in a few words, fit to print: its status and body, or
// how it failed. Of an error page that is long it has the error.
func Summary(ex *wire.Exchange) finding.Fact {
	if ex.Err != nil {
		return finding.Failure(ex.Err)
	}
	if len(ex.Response.Decoded) == 0 {
		return finding.Because(reason.AnswerEmpty, "status", ex.Response.StatusFact())
	}
	body := finding.Excerpt(ex.Response.Decoded)
	if ex.Response.Status >= 400 && len(body.Text) > body.Limit {
		body = Around(Readable(ex.Response), "")
	}
	return finding.Because(reason.AnswerBody, "status", ex.Response.StatusFact(), "body", body)
}
