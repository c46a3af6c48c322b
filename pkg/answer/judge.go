package answer

import (
	"bytes"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Voice is who speaks in an answer.
type Voice int

// The voices, from the one that proves most.
const (
	Front   Voice = iota + 1 // what is in front of the handler, or in its place: the signature does not matter to it
	Handler                  // the handler, in words that name the cause
	Crash                    // the handler's framework, whose page says that it failed
)

// Verdict is what an answer was found to be.
type Verdict struct {
	finding.Finding
	By Voice
}

// Judge says what an answer to a right request is, if it is neither what the
// handler should have sent nor a refusal or failure without words. It reads GET
// and POST alike, each with the findings that are its own. It reports false for
// an answer that says nothing of itself, for an echostr (see [Decorations]),
// for what may be a reply (package reply) and where there is no answer at all
// (see [Unreachable]).
//
// A further request may show more of a filter (V10) by coming from another
// client, and of what the handler says by giving it what it asks for.
func Judge(ex *wire.Exchange) (Verdict, bool) {
	if ex.Response == nil || ex.Request == nil {
		return Verdict{}, false
	}
	l := &look{ex: ex, res: ex.Response, get: ex.Request.Method != "POST"}
	if l.mayBeRight() {
		return Verdict{}, false
	}
	l.read()
	for _, step := range steps {
		if v, ok := step.judge(l); ok {
			v.By = step.by
			return v, true
		}
	}
	return Verdict{}, false
}

// steps are what an answer is tried for, in this order: what stands in front
// comes before what it passes on, and words before the status that they explain.
var steps = []struct {
	by    Voice
	judge func(*look) (Verdict, bool)
}{
	{Front, (*look).byRedirect},
	{Front, (*look).byPage},
	{Front, (*look).byJump},
	{Front, (*look).byGuard},
	{Front, (*look).byLogin},
	{Handler, (*look).byOtherVerb},
	{Front, (*look).byVerb},
	{Front, (*look).bySize},
	{Front, (*look).byStatus},
	{Front, (*look).byEnd},
	{Front, (*look).byShell},
	{Handler, (*look).byNumber},
	{Handler, (*look).byView},
	{Handler, (*look).byKey},
	{Handler, (*look).byLostBody},
	{Handler, (*look).byParameter},
	{Handler, (*look).byTimestamp},
	{Handler, (*look).byRefusal},
	{Handler, (*look).byDecryption},
	{Handler, (*look).byKnownError},
	{Crash, (*look).byFramework},
}

// look is an answer as it is judged.
type look struct {
	ex  *wire.Exchange
	res *wire.Response
	get bool

	body  []byte // readable, its beginning
	text  []byte // what a reader sees of it, in lower case
	plain string // the same as it is written, its beginning
	head  string // "name: value" in lower case, a line each, without cookies
	html  bool
}

// mayBeRight reports whether an answer is the echostr, or one that package
// reply judges. It is fast: a load test asks it of every answer.
func (l *look) mayBeRight() bool {
	if l.get {
		echostr := requestValues(l.ex)["echostr"]
		return echostr != "" && Echoed(l.ex, echostr)
	}
	if l.res.Status != 200 {
		return false
	}
	body := bytes.Trim(l.res.Decoded, Blanks)
	if len(body) == 0 || strings.EqualFold(string(body[:min(len(body), 16)]), "success") {
		return true
	}
	for _, field := range []string{"<xml", "ToUserName", "MsgType", "Encrypt"} {
		if bytes.Contains(body, []byte(field)) {
			return true
		}
	}
	return false
}

func (l *look) read() {
	l.body = beginning(l.res)
	l.text = plainText(l.body)
	l.plain = said(l.body)
	l.html = IsHTML(l.body)
	l.head = header(withoutCookies(l.res.Header))
}

// failed reports whether the status is one of failure.
func (l *look) failed() bool { return l.res.Status >= 400 }

// say makes a verdict of an outcome, with all the facts that texts of the
// catalogue name. The quotes are cut around the mark.
func (l *look) say(o outcome, mark string, more ...any) (Verdict, bool) {
	if o.id == "" {
		return Verdict{}, false
	}
	around := Around(l.body, mark)
	answer := finding.Because(reason.AnswerBody, "status", l.res.StatusFact(), "body", around)
	if len(l.body) == 0 {
		answer = finding.Because(reason.AnswerEmpty, "status", l.res.StatusFact())
	}
	accept := ""
	if v := l.res.Get("Accept"); v != "" {
		accept = "(Accept: " + text.Line(v) + ")"
	}
	facts := []any{
		"status", l.res.StatusFact(), "marker", finding.Excerpt(mark), "excerpt", around, "body", around, "answer", answer,
		"location", finding.Excerpt(l.res.Get("Location")), "allow", AllowHeader(l.res), "accept", accept,
		"type", l.ex.Request.Get("Content-Type"),
	}
	return Verdict{Finding: NewFinding(o.id, o.variant, l.ex, append(facts, more...)...)}, true
}

// one chooses between the two requests.
func (l *look) one(get, post outcome) outcome { return meaning{get, post}.of(l.get) }
