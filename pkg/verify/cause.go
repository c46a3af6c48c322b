package verify

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// More steps of diagnose.

// byPrinted knows an echostr that was printed behind other values of the
// request, as a print left from a test does. A refusal may quote the request
// too: then one of a wrong signature looks alike.
func (r *run) byPrinted() bool {
	if !answer.StandsAlone(r.base, r.echo) {
		return false
	}
	wrong, q := r.refusal()
	if wrong.Response == nil || answer.StandsAlone(wrong, q.echostr) {
		return false
	}
	found := answer.Decorations(r.base, r.echo)
	r.addAll(found)
	return len(found) > 0
}

// refusal sends a wrong signature.
func (r *run) refusal() (*wire.Exchange, query) {
	q := r.signed(r.newNonce())
	q.signature = r.wrongSignature()
	return r.get("wrong signature", q), q
}

// byCoding knows an echostr that came back in base64.
func (r *run) byCoding() bool {
	body := strings.Trim(string(r.base.Response.Decoded), answer.Blanks+`"`)
	if r.base.Response.Status >= 300 || body != base64.StdEncoding.EncodeToString([]byte(r.echo)) {
		return false
	}
	r.find("V02", "base64", r.base, "body", finding.Excerpt(r.base.Response.Body))
	return true
}

// echoNames are names under which handlers look for the echostr.
var echoNames = []string{"echoStr", "echo_str", "echo", "echoString", "echostring", "EchoStr"}

// byEchoName adds the echostr under other names, each time another value: the
// one that comes back names the parameter that the handler reads.
func (r *run) byEchoName() bool {
	q := r.signed(r.newNonce())
	values := map[string]string{}
	for _, name := range echoNames {
		values[name] = r.newEchostr()
		q.extra = append(q.extra, [2]string{name, values[name]})
	}
	ex := r.get("other names of echostr", q)
	if ex.Response == nil || ex.Response.Status >= 300 {
		return false
	}
	var back []string
	for _, name := range echoNames {
		if bytes.Contains(answer.Readable(ex.Response), []byte(values[name])) {
			back = append(back, name)
		}
	}
	if len(back) != 1 { // all of them: it prints the request
		return false
	}
	r.find("V46", "other-name", ex, "name", back[0], "answer", answer.Summary(r.base))
	return true
}

// byDemand knows a server that demands a parameter which WeChat does not send:
// it says so, and answers otherwise when it gets one.
func (r *run) byDemand() bool {
	name := answer.Demanded(r.base.Response)
	if name == "" || answer.GuardMark(r.base.Response) != "" {
		return false
	}
	if slices.Contains([]string{"signature", "echostr", "timestamp", "nonce"}, strings.ToLower(name)) {
		return false
	}
	q := r.signed(r.newNonce())
	q.extra = [][2]string{{name, "1"}}
	ex := r.get("with "+text.Line(name), q)
	if ex.Response == nil || answer.Same(r.base, ex) || answer.Demanded(ex.Response) == name {
		return false
	}
	r.find("V51", "demanded", r.base, "name", finding.Quoted(name), "answer", answer.Summary(r.base))
	return true
}

// byClock knows a server that refuses the timestamp: with another one it takes
// the same request.
func (r *run) byClock() bool {
	for _, shift := range []time.Duration{10 * time.Minute, -10 * time.Minute, 8 * time.Hour, -8 * time.Hour} {
		shown := fmt.Sprintf("%+.0f min", shift.Minutes())
		if shift.Abs() >= time.Hour {
			shown = fmt.Sprintf("%+.0f h", shift.Hours())
		}
		at := func() string { return strconv.FormatInt(r.Now().Add(shift).Unix(), 10) }
		if r.passesWith("timestamp "+shown, at, r.newNonce, "V52", "clock", "shift", shown, "answer", answer.Summary(r.base)) {
			return true
		}
	}
	milliseconds := func() string { return r.timestamp() + "000" }
	return r.passesWith("timestamp in ms", milliseconds, r.newNonce, "V52", "milliseconds", "answer", answer.Summary(r.base))
}

// byNonce knows a server that takes the nonce for a small number.
func (r *run) byNonce() bool {
	facts := []any{"nonce", r.baseQuery.nonce, "answer", answer.Summary(r.base)}
	return r.passesWith("small nonce", r.timestamp, r.smallNonce, "V53", "int32", facts...) ||
		r.passesWith("short nonce", r.timestamp, r.shortNonce, "V53", "short", facts...)
}

// passesWith sends right signatures over other values, and records a finding
// if the server takes them.
func (r *run) passesWith(name string, timestamp, nonce func() string, id, variant string, facts ...any) bool {
	passes := func() bool {
		_, ok := r.accepted(name, r.signedAt(timestamp(), nonce()))
		return ok
	}
	return passes() && r.settled(passes, func() { r.find(id, variant, r.base, facts...) })
}

// byExpiry reads that the server refuses the timestamp.
func (r *run) byExpiry() bool {
	if !answer.Expired(r.base.Response) {
		return false
	}
	r.find("V52", "said", r.base, "answer", answer.Summary(r.base))
	return true
}

// checksOnly reports whether the server tells right signatures from wrong
// ones, and answers a right one with something of its own.
func (r *run) checksOnly(wrong *wire.Exchange) bool {
	if r.base.Response.Status >= 300 || wrong.Response == nil || r.varies() {
		return false
	}
	again, _ := r.refusal()
	if again.Response == nil || !answer.Same(wrong, again) {
		return false
	}
	return !answer.Same(r.base, wrong) || answer.HoldsSignature(r.base) && !answer.HoldsSignature(wrong)
}

// varies reports whether two answers to the plain request differ, so that a
// difference of others says nothing.
func (r *run) varies() bool {
	return len(r.again) == 0 || !answer.Same(r.base, r.again[0].ex)
}
