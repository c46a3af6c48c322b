package push

import (
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// Seen is what the user sees in the chat.
type Seen string

// What a user can see. SeenFault is WeChat's own line that the service is out
// of order.
const (
	SeenReply   Seen = "reply"
	SeenNothing Seen = "nothing"
	SeenFault   Seen = "fault"

	SeenUnknown Seen = "unknown" // the delivery was canceled
)

// Unseen is why a reply that is a message is shown to nobody.
type Unseen string

// The reasons: a user who unsubscribed has no chat any more, and mini programs
// show no reply but a transfer to customer service.
const (
	UnseenUnsubscribed Unseen = "left"
	UnseenMiniProgram  Unseen = "mini-program"
)

// The fault lines, as an Official Account and a mini program show them.
const (
	FaultAccount     = "该公众号提供的服务出现故障，请稍后再试"
	FaultMiniProgram = "该小程序客服暂时无法提供服务，请稍后再试"
)

// decideSeen decides what the user sees.
func (d *Delivery) decideSeen() {
	m := d.Push.Message
	if d.Reply != nil && d.Reply.IsMessage() {
		d.Unseen = d.unseen(m)
	}
	switch {
	case d.Unseen != "":
		d.Seen = SeenNothing
	case d.OK() && d.Reply != nil && d.Reply.IsMessage():
		d.Seen = SeenReply
	case d.OK(), silent(m):
		d.Seen = SeenNothing
	default:
		d.Seen, d.Fault = SeenFault, FaultAccount
		if toMiniProgram(m) {
			d.Fault = FaultMiniProgram
		}
	}
}

// unseen is why a reply to m is shown to nobody, or "".
func (d *Delivery) unseen(m *message.Message) Unseen {
	unsubscribed := m != nil && m.IsEvent() && strings.EqualFold(m.Get("Event"), "unsubscribe")
	for _, f := range d.Findings {
		if f.Severity == finding.Error && !unsubscribed && f.Variant != "mini-content" {
			return "" // that something is wrong comes first
		}
	}
	switch {
	case unsubscribed:
		return UnseenUnsubscribed
	case toMiniProgram(m) && d.Reply.Type != "transfer_customer_service":
		return UnseenMiniProgram
	}
	return ""
}

// toMiniProgram reports whether a message is for a mini program: in JSON, or
// of a type that no Official Account gets.
func toMiniProgram(m *message.Message) bool {
	if m == nil {
		return false
	}
	return m.Format == msgcrypt.JSON || m.Get("MsgType") == "miniprogrampage" || m.Get("Event") == tempSession
}

// tempSession is the event of a user who opens a mini program's customer
// service: the user waits in the chat for the answer, as after a message.
const tempSession = "user_enter_tempsession"

// silent reports whether WeChat shows no fault line for the message: nobody
// is looking at the chat when these events come.
func silent(m *message.Message) bool {
	if m == nil || !m.IsEvent() || m.Get("Event") == tempSession {
		return false
	}
	if t := m.Type(); t != nil {
		return t.Group != "follow" && t.Group != "menu" || t.Event == "unsubscribe" || t.Event == "LOCATION"
	}
	return true
}
