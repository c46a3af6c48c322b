package reply

import (
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// View is what the phone shows after a message.
type View struct {
	Seen   Seen
	Unseen Unseen // when Seen is SeenNothing and the reply is a message all the same
	Fault  string // the line, when Seen is SeenFault
}

// Seen is what the user sees in the chat.
type Seen string

// What a user can see. SeenFault is WeChat's own line that the service is out
// of order.
const (
	SeenReply   Seen = "reply"
	SeenNothing Seen = "nothing"
	SeenFault   Seen = "fault"

	SeenUnknown Seen = "unknown" // nothing is known of the answer
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

// Show says what the user sees who sent in, which may be nil. The reply is nil
// if none could be read, and found is all that is wrong with the answer, its
// HTTP included.
func Show(in *message.Message, r *Reply, found []finding.Finding) View {
	speaks, refused := r != nil && r.IsMessage(), slices.ContainsFunc(found, isError)
	if speaks {
		if why := unseen(in, r, found); why != "" {
			return View{Seen: SeenNothing, Unseen: why}
		}
	}
	switch {
	case speaks && !refused:
		return View{Seen: SeenReply}
	case !refused, unwatched(in):
		return View{Seen: SeenNothing}
	case toMiniProgram(in):
		return View{Seen: SeenFault, Fault: FaultMiniProgram}
	}
	return View{Seen: SeenFault, Fault: FaultAccount}
}

func isError(f finding.Finding) bool { return f.Severity == finding.Error }

// unseen is why a reply to a message is shown to nobody, or "". That something
// is wrong with the answer comes first, but not for a user who is gone.
func unseen(in *message.Message, r *Reply, found []finding.Finding) Unseen {
	mini := rules[ruleMiniContent]
	switch {
	case in != nil && in.IsEvent() && strings.EqualFold(in.Get("Event"), "unsubscribe"):
		return UnseenUnsubscribed
	case slices.ContainsFunc(found, func(f finding.Finding) bool { return isError(f) && f.Variant != mini.Variant }):
		return ""
	case toMiniProgram(in) && r.Type != TypeTransfer:
		return UnseenMiniProgram
	}
	return ""
}

// toMiniProgram reports whether a message is for a mini program: in JSON, or
// of a type that no Official Account gets.
func toMiniProgram(in *message.Message) bool {
	return in != nil && (in.Format == msgcrypt.JSON || in.Get("MsgType") == "miniprogrampage" || in.Get("Event") == tempSession)
}

// tempSession is the event of a user who opens a mini program's customer
// service: the user waits in the chat for the answer, as after a message.
const tempSession = "user_enter_tempsession"

// unwatched reports whether WeChat shows no fault line for a message: nobody is
// looking at the chat when these events come.
func unwatched(in *message.Message) bool {
	if in == nil || !in.IsEvent() || in.Get("Event") == tempSession {
		return false
	}
	if t := in.Type(); t != nil {
		return t.Group != "follow" && t.Group != "menu" || t.Event == "unsubscribe" || t.Event == "LOCATION"
	}
	return true
}
