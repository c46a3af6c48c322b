package verify

import (
	"cmp"
	"slices"
	"sync"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/wire"
)

// check is a row of the table: a question to the server.
type check struct {
	name  CheckName
	finds []string // ids of the findings it is made for: when it passes, they are not there
	also  []string // ids it may come to when something else goes wrong
	needs []need
	run   func(h *handle) judge

	wecom        bool            // it is made of WeCom, too
	platform     bool            // it is made of a third-party platform, too
	only         product.Product // it is made of this product alone
	beside       bool            // its first requests may overlap with those of its neighbours
	sendsNothing bool
}

// judge looks at the answers to what a check has sent, and at those to what
// it sends then. It returns facts for the check's line.
type judge func() finding.Facts

// inTurn is a check that sends one request after the other.
func inTurn(f func(h *handle) finding.Facts) func(h *handle) judge {
	return func(h *handle) judge { return func() finding.Facts { return f(h) } }
}

// need is what a check needs of the server or of the options.
type need struct {
	from CheckName // the check that finds out, if any
	ok   func(e *engine) bool
	why  Reason                 // it is not ok
	tell func(e *engine) Reason // in place of ok and why: the reason depends
}

// unmet says why the need is not met, "" when it is.
func (n need) unmet(e *engine) Reason {
	switch {
	case n.tell != nil:
		return n.tell(e)
	case n.ok(e):
		return ""
	}
	return n.why
}

var (
	// Of the options.
	needMessages   = need{ok: func(e *engine) bool { return e.Messages }, why: NotAsked}
	needEncryption = need{ok: func(e *engine) bool { return e.mode() != msgcrypt.Plain }, why: NotApplicable}
	needTLS        = need{ok: func(e *engine) bool { return e.target.Scheme == "https" }, why: NotApplicable}
	needRemote     = need{ok: func(e *engine) bool { return !e.local }, why: NotApplicable}

	needURL     = need{ok: func(e *engine) bool { return e.messageURL != "" }, why: NoURL} // of a third-party platform
	needAccount = need{ok: func(e *engine) bool { return e.AccountAppID != "" || !product.HasAccount(e.messageURL) }, why: NoURL}
	needLaunch  = need{ok: func(e *engine) bool { return e.Launch }, why: NotApplicable}
	needEvent   = need{ok: func(e *engine) bool { return e.LaunchEvent }, why: NotApplicable}

	// Of the server.
	needAnswer   = need{from: Reach, tell: unanswered}
	needAccepted = need{from: Echo, tell: refusedFirst}
	needTicket   = need{from: Ticket, ok: func(e *engine) bool { return e.report.Accepted }, why: NoTicket}
	needReached  = need{from: Account, tell: unreached}
	needRefused  = need{from: Echo, ok: func(e *engine) bool { return !e.report.Accepted && !e.explained }, why: NotApplicable}
	needRefusal  = need{from: Signature, ok: func(*engine) bool { return true }} // an answer to compare with
	needLive     = need{from: Twice, ok: func(e *engine) bool { return !e.cached }, why: Cached}
	needSigned   = need{from: Signature, ok: func(e *engine) bool { return !e.unsigned }, why: Unsigned}
	needTaken    = need{from: Message, tell: untaken}
	needReplies  = need{from: Message, ok: func(e *engine) bool { return e.answers }, why: Silent}
	needOwn      = need{from: Message, ok: func(e *engine) bool { return !e.oneLate }, why: OneLate}
	needSilence  = need{from: Message, ok: func(e *engine) bool { return !e.answers }, why: NotApplicable}
	needOrder    = need{from: MsgOrder, ok: func(e *engine) bool { return !e.misplaced }, why: OrderWrong}
)

// unanswered says why there is no answer: there was none, or nothing was asked.
func unanswered(e *engine) Reason {
	switch {
	case e.base.Response != nil:
		return ""
	case e.base.Failure() == wire.Canceled:
		return cmp.Or(e.halted(), Unreachable)
	}
	return Unreachable
}

// refusedFirst says that the first proof failed, if it did.
func refusedFirst(e *engine) Reason {
	switch {
	case e.report.Accepted:
		return ""
	case e.Product == product.Component:
		return NoTicket
	}
	return Refused
}

// unreached says why the messages of a third-party platform's accounts need not be
// tried; of others "".
func unreached(e *engine) Reason {
	switch {
	case e.Product != product.Component || e.reached:
		return ""
	case needURL.unmet(e) != "" || needAccount.unmet(e) != "":
		return NoURL
	}
	return FirstFailed
}

// untaken says why the first message was not taken: it failed, or nothing is
// known of it.
func untaken(e *engine) Reason {
	if e.server.taken {
		return ""
	}
	for _, c := range e.report.Checks {
		if c.Name == Message && c.Outcome == Skipped {
			return c.Reason
		}
	}
	return FirstFailed
}

// Findings that several checks can come to.
var (
	// signatureFaults are of [signature.Mistakes], which a search sends.
	signatureFaults = []string{"V03", "V18", "V24", "V33", "V36", "V45", "V49", "M02", "M23"}
	// deadly is a server that ended over a request, whichever check sent it.
	deadly = "M30"
	// routeFaults are what the answer to a POST says by itself, whatever was
	// posted.
	routeFaults = []string{
		"V04", "V05", "V07", "V10", "V13", "V15", "V16", "V17", "V31", "V32", "V38", "V42", "V48", "V51", "V52", "M18", "M19", "M29",
	}
	// messageFaults are those of package push that only a message shows.
	messageFaults = []string{
		"M01", "M03", "M04", "M05", "M06", "M07", "M08", "M10", "M11", "M12", "M13", "M14", "M15", "M16", "M18", "M19", "M20",
		"M21", "M22", "M24", "M25", "M26", "M29", "M31",
	}
	// envelopeFaults are what an encrypted reply says itself.
	envelopeFaults = []string{"M03", "M22", "M25", "M31"}
	// connectionFaults keep a request from being answered.
	connectionFaults = []string{"V04", "V10", "V13", "V14", "V19", "V20", "V25", "V28", "V37", "V38", "V39", "V40", "V44"}
)

// table returns the checks, in the order in which they run. Cause runs only when
// Echo fails, and those after it only when Echo passes.
//
// It is made on the first use: most commands check nothing.
func table() []check {
	tableOnce.Do(func() { rows = makeTable() })
	return rows
}

// A function, not a variable with a value: the checks look up their places in
// the table.
var (
	tableOnce sync.Once
	rows      []check
)

func makeTable() []check {
	// randomFaults are of what is refused now and then.
	randomFaults := ids([]string{"V50", "V04"}, signatureFaults)
	// deliveryFaults are of package push: the answer to a message, and its reply.
	deliveryFaults := ids(messageFaults, []string{
		"V04", "V08", "V20", "V25", "V29", "V37", "V38", "V39", "V40", "V41", "V44", deadly,
	}, routeFaults)

	get := []need{needAnswer, needAccepted, needLive}
	message := []need{needAnswer, needAccepted, needLive, needReached, needMessages}
	pushed := []need{needAnswer, needTicket}
	toAccount := append(slices.Clone(pushed), needURL)
	launch := append(slices.Clone(toAccount), needLaunch)
	after := append(slices.Clone(message), needTaken)
	table := []check{
		{name: Reach, wecom: true, platform: true, run: inTurn(checkReach), finds: connectionFaults, also: ids(randomFaults, []string{"V54"}, weComCauses)},
		{name: Ticket, only: product.Component, run: inTurn(checkTicket), needs: []need{needAnswer}, finds: []string{"P02", "P04"}, also: ids(deliveryFaults, randomFaults)},
		{name: Authorized, only: product.Component, run: inTurn(checkAuthorized), needs: pushed, finds: []string{"P05"}, also: ids(deliveryFaults, randomFaults)},
		{name: Account, only: product.Component, run: inTurn(checkAccount), needs: append(slices.Clone(toAccount), needAccount), finds: []string{"P01", "P02"}, also: ids(deliveryFaults, randomFaults)},
		{name: LaunchText, only: product.Component, run: inTurn(checkLaunchText), needs: launch, finds: []string{"P03"}, also: deliveryFaults},
		{name: LaunchAPI, only: product.Component, run: inTurn(checkLaunchAPI), needs: launch, finds: []string{"P03"}, also: deliveryFaults},
		{name: LaunchProgram, only: product.Component, run: inTurn(checkLaunchProgram), needs: launch, finds: []string{"P03"}, also: deliveryFaults},
		{name: LaunchEvent, only: product.Component, run: inTurn(checkLaunchEvent), needs: append(slices.Clone(launch), needEvent), finds: []string{"P03"}, also: deliveryFaults},
		{name: Echo, wecom: true, run: inTurn(checkEcho), needs: []need{needAnswer}, finds: []string{"V01", "V02", "V06", "V12", "V20", "V21", "V25", "V27", "V40", "V41", "V44"}},
		{name: Cause, wecom: true, run: inTurn(checkCause), needs: []need{needAnswer, needRefused}, finds: ids(causes, randomFaults, weComCauses)},
		{name: Twice, wecom: true, run: inTurn(checkTwice), needs: []need{needAnswer, needAccepted}, finds: []string{"V34", "V28", "V37", "V14", "V54", "W06"}},
		{name: Signature, wecom: true, run: checkSignature, beside: true, needs: get, finds: []string{"V09"}},
		{name: Order, run: checkOrder, beside: true, needs: append(slices.Clone(get), needSigned), finds: []string{"V18", "V36", "V45", "M23"}, also: ids(signatureFaults, []string{"V50"})},
		{name: Echostr, run: checkEchostr, beside: true, needs: get, finds: []string{"V23"}},
		{name: Encrypted, run: checkEncrypted, beside: true, needs: get, finds: []string{"V29"}},
		{name: Transport, run: checkTransport, beside: true, needs: get, finds: []string{"V10"}},
		{name: TLS, wecom: true, platform: true, run: checkTLS, beside: true, needs: append(slices.Clone(get), needTLS), finds: []string{"V13"}},
		{name: Post, run: checkPost, beside: true, needs: append([]need{needRefusal}, get...), finds: []string{"V07", "V17", "M18"}, also: ids(routeFaults, signatureFaults, []string{"M28"})},
		{name: Addresses, wecom: true, platform: true, run: inTurn(checkAddresses), needs: append([]need{needRemote}, get...), finds: []string{"V19", "V04"}},
		{name: Steady, wecom: true, platform: true, run: inTurn(checkSteady), needs: get, finds: []string{"V50"}, also: randomFaults},
		{name: Message, wecom: true, platform: true, run: inTurn(checkMessage), needs: message, finds: messageFaults, also: ids(deliveryFaults, randomFaults)},
		{name: Refusals, wecom: true, platform: true, run: inTurn(checkRefusals), needs: after, finds: []string{"M28", "M02", "M22"}},
		{name: MsgOrder, wecom: true, platform: true, run: inTurn(checkMsgOrder), needs: append([]need{needEncryption}, after...), finds: []string{"M23", "M31"}, also: ids(randomFaults, envelopeFaults)},
		{name: Repeats, wecom: true, platform: true, run: inTurn(checkRepeats), needs: append(slices.Clone(after), needOrder, needReplies), finds: []string{"M08", "M14"}},
		{name: Apart, wecom: true, platform: true, run: inTurn(checkApart), needs: append(slices.Clone(after), needOrder, needReplies, needOwn), finds: []string{"M14", "M08", "M26"}},
		{name: Padding, wecom: true, platform: true, run: inTurn(checkPadding), needs: append(slices.Clone(after), needEncryption, needOrder), finds: []string{"M31", "M03"}, also: ids(deliveryFaults, randomFaults)},
		{name: Reading, wecom: true, platform: true, run: inTurn(checkReading), needs: append(slices.Clone(after), needOrder, needReplies, needOwn), finds: []string{"M07"}},
		{name: Pieces, wecom: true, platform: true, run: inTurn(checkPieces), needs: append(slices.Clone(after), needOrder, needOwn), finds: []string{"M33"}},
		{name: Contents, wecom: true, platform: true, run: inTurn(checkContents), needs: append(slices.Clone(after), needOrder, needOwn), finds: []string{"M07"}, also: ids(deliveryFaults, randomFaults)},
		{name: Types, wecom: true, platform: true, run: inTurn(checkTypes), needs: append(slices.Clone(after), needOrder), finds: []string{"M19"}, also: ids(deliveryFaults, randomFaults)},
		{name: Silence, wecom: true, platform: true, run: inTurn(checkSilence), needs: append(slices.Clone(after), needOrder, needSilence), finds: []string{"M04", "M05"}}, // late: WeChat sends no such thing
		{name: Security, wecom: true, platform: true, run: inTurn(checkSecurity), needs: append(slices.Clone(after), needOrder), finds: []string{"M32"}},
		{name: Limits, wecom: true, platform: true, run: inTurn(checkLimits), sendsNothing: true, needs: []need{needAnswer}, finds: []string{"V48"}},
		{name: Submit, wecom: true, platform: true, run: inTurn(checkSubmit), sendsNothing: true, needs: []need{needAnswer}, finds: []string{"V04", "V26", "V47"}},
	}
	for i := range table {
		if !table[i].sendsNothing {
			table[i].also = append(slices.Clone(table[i].also), deadly)
		}
	}
	return table
}

// ids are those of several lists, each once.
func ids(lists ...[]string) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(lists...))))
}

// mayFind reports whether a check may report a finding.
func (c *check) mayFind(id string) bool {
	return slices.Contains(c.finds, id) || slices.Contains(c.also, id)
}

// suits reports whether a check is made of a product.
func (c *check) suits(p product.Product) bool {
	switch {
	case c.only != "":
		return c.only == p
	case p == product.WeCom:
		return c.wecom
	case p == product.Component:
		return c.platform
	}
	return true
}

// causes are why a verification request is refused, but for chance.
var causes = []string{
	"V02", "V05", "V06", "V07", "V08", "V10", "V12", "V15", "V16", "V17", "V20", "V21", "V23", "V25", "V27", "V29", "V30", "V31", "V32",
	"V34", "V37", "V38", "V40", "V41", "V42", "V43", "V44", "V46", "V48", "V51", "V52", "V53", "V54",
}

// weComCauses are why WeCom's verification is refused.
var weComCauses = []string{"W01", "W02", "W03", "W04", "W05"}
