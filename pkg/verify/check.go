package verify

import (
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
)

// CheckName is the name of a check. Reports show it, and scripts rely on it.
type CheckName string

// The checks, in the order of a report.
const (
	Reach         CheckName = "reach"          // the server answers in HTTP
	Ticket        CheckName = "ticket"         // a third-party platform's ticket is answered with success
	Authorized    CheckName = "authorized"     // and so are authorizations
	Account       CheckName = "account"        // a message to an account that the platform serves
	LaunchText    CheckName = "launch-text"    // 全网发布检测: a text, and its reply
	LaunchAPI     CheckName = "launch-api"     // a text that is answered by the API
	LaunchProgram CheckName = "launch-program" // likewise, to a mini program
	LaunchEvent   CheckName = "launch-event"   // an event, which was checked until 2018
	Echo          CheckName = "echo"           // the echostr comes back, and nothing else
	Cause         CheckName = "cause"          // why it did not
	Twice         CheckName = "twice"          // two more requests, at the same time
	Signature     CheckName = "signature"      // a wrong signature is refused
	Order         CheckName = "order"          // the strings are sorted as text
	Echostr       CheckName = "echostr"        // the echostr is text, whatever its form
	Encrypted     CheckName = "encrypted"      // parameters of the encrypted modes do no harm
	Transport     CheckName = "transport"      // HTTP/1.1 and a browser's User-Agent do no harm
	TLS           CheckName = "tls"            // TLS 1.2, and no server name
	Post          CheckName = "post"           // POST has a route
	Addresses     CheckName = "addresses"      // each address of the host answers
	Steady        CheckName = "steady"         // a right request is accepted each time
	Message       CheckName = "message"        // a text message
	Refusals      CheckName = "refusals"       // forged messages are refused
	MsgOrder      CheckName = "msg-order"      // the strings of msg_signature are sorted as text
	Repeats       CheckName = "repeats"        // a message that is delivered again
	Apart         CheckName = "apart"          // users and messages are kept apart
	Padding       CheckName = "padding"        // encrypted messages of every length
	Reading       CheckName = "reading"        // the user reads what was meant
	Pieces        CheckName = "pieces"         // a body that arrives in pieces
	Contents      CheckName = "contents"       // what users write and parsers do not expect
	Types         CheckName = "types"          // messages and events of every type
	Silence       CheckName = "silence"        // a server that replies to nothing may have understood nothing
	Security      CheckName = "security"       // what only an attacker sends
	Limits        CheckName = "limits"         // the server takes as many requests as it is sent
	Submit        CheckName = "submit"         // what the console says of the URL
)

// Outcome is what came of a check.
type Outcome string

// The outcomes.
const (
	Passed  Outcome = "passed" // nothing worse than an info was found, or a warning without [Options].Strict
	Failed  Outcome = "failed"
	Skipped Outcome = "skipped" // it was not made, or says nothing: [Check].Reason says why
)

// Reason is why a check was skipped.
type Reason string

// The reasons.
const (
	LeftOut       Reason = "left-out"       // Only or Skip left out all it could find, or Handshake the check
	NotAsked      Reason = "not-asked"      // it sends messages, which is done with [Options].Messages only
	NotApplicable Reason = "not-applicable" // there is nothing to check in this mode, scheme or result
	Unreachable   Reason = "no-answer"      // the server does not answer
	Refused       Reason = "refused"        // the verification request was refused
	Masked        Reason = "other-fault"    // a fault that was not looked for hides what was
	Cached        Reason = "cached"         // what answers is a cache
	Unsigned      Reason = "unsigned"       // any signature is accepted, so none can be told from another
	Silent        Reason = "silent"         // it tells by the reply, and the server does not reply
	NoEcho        Reason = "no-echo"        // it compares a reply with what was said, and the server does not repeat it
	OneLate       Reason = "one-late"       // it goes by the reply, and each reply is meant for the text before
	FirstFailed   Reason = "first-failed"   // the first message failed
	OrderWrong    Reason = "order-wrong"    // messages are refused for the order of the strings, or for their length
	NoTicket      Reason = "no-ticket"      // the ticket of a third-party platform is refused
	NoURL         Reason = "no-url"         // a third-party platform's URL for messages, or the account that it is for, was not given
	Limited       Reason = "limited"        // the server takes no more requests: a rate limit, a ban
	AtRandom      Reason = "at-random"      // the server fails at random, so no answer proves anything
	Died          Reason = "died"           // the server ended
	OutOfBudget   Reason = "out-of-budget"  // [Options].MaxTime or MaxRequests was spent
	Interrupted   Reason = "interrupted"    // the context ended
)

// Reasons returns all of them.
func Reasons() []Reason {
	return []Reason{
		NoTicket, NoURL, LeftOut, NotAsked, NotApplicable, Unreachable, Refused, Masked, Cached, Unsigned, Silent, NoEcho, OneLate, FirstFailed, OrderWrong, Limited,
		AtRandom, Died, OutOfBudget, Interrupted,
	}
}

// CheckNames returns the names of all checks, in the order of a report.
func CheckNames() []CheckName {
	var names []CheckName
	for _, c := range table() {
		names = append(names, c.name)
	}
	return names
}

// Check is what came of one check.
type Check struct {
	Name     CheckName
	Outcome  Outcome
	Reason   Reason            // why it was skipped
	Findings []finding.Finding // what it found
	Facts    finding.Facts     // what it showed, for its line in a report
	Requests int
	Took     time.Duration
}

// Event tells of a check while Run is at work.
type Event struct {
	Check    CheckName
	Requests int    // sent so far, by all checks
	Done     *Check // nil while the check is under way
}
