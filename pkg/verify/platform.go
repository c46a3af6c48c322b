package verify

import (
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// A third-party platform's URL is not verified by a GET that any page tells of: its
// first proof is the push of component_verify_ticket to the URL for authorizations,
// which is answered with success. So a ticket is here what the verification request
// is elsewhere: the request that is repeated and varied.
// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/component_verify_ticket.html
//
// The ticket is made up: a server keeps it until WeChat's next one. The
// authorizations are of an account that nobody has, so that no account is lost.

// ticketText is the ticket of a run; what is added to it makes it longer.
const ticketText = "ticket@@@wxdev-verify"

// ticket is a push of a ticket with words of its own behind it.
func (h *handle) ticket(more string) *message.Message {
	m := h.platformPush("component_verify_ticket")
	_ = m.Set("ComponentVerifyTicket", ticketText+more) // the type has it
	return m
}

// platformPush is the push of a type that goes to the URL for authorizations.
func (h *handle) platformPush(name string) *message.Message {
	t, _ := message.LookupType(name) // embedded
	return t.New("", h.Codec.AppID(), h.Now(), h.ids.Next())
}

// ticketQuery is the base request.
func (h *handle) ticketQuery(timestamp, nonce string) query {
	p, err := h.authPusher().Build(h.ticket(""), push.WithNonce(nonce))
	if err != nil {
		h.fail(err)
		p = &push.Push{Mode: h.mode()}
	}
	return query{echostr: "success", timestamp: timestamp, nonce: nonce, push: p}
}

// authPusher delivers to the URL for authorizations.
func (h *handle) authPusher() *push.Pusher {
	c := h.pusher()
	c.URL = h.URL
	return c
}

// accountURL is where messages to the account go.
func (h *handle) accountURL() string {
	if h.Product != product.Component || h.asTicket {
		return h.URL
	}
	return product.ForAccount(h.messageURL, h.AccountAppID)
}

// acknowledged reports whether the answer is success. What blanks there are around
// it, package reply tells.
func acknowledged(ex *wire.Exchange) bool {
	return ex.Response != nil && ex.Response.Status == 200 && ex.Complete() && strings.TrimSpace(string(ex.Response.Decoded)) == "success"
}

// foreignIDs are what servers take for the receive id in place of the platform's
// own AppID: that of the account, and none.
func (h *handle) foreignIDs() []string {
	right := h.Codec.AppID()
	return slices.DeleteFunc(slices.Compact([]string{h.AccountAppID, ""}), func(id string) bool { return id == right })
}

// byForeignID pushes with other receive ids: one that is served, while the right
// one is refused once more, is what the server compares with.
func byForeignID(h *handle, ex *wire.Exchange, served func(options ...push.Option) bool) bool {
	for _, id := range h.foreignIDs() {
		with := push.WithCodec(h.Codec.WithAppID(id))
		if !served(with) || served() || !served(with) {
			continue
		}
		variant := map[bool]string{true: "none", false: "account"}[id == ""]
		h.find("P02", variant, ex, "works", id, "sent", h.Codec.AppID())
		return true
	}
	return false
}

// inJSON is a message in the format that a platform never gets.
func inJSON(m *message.Message) *message.Message {
	m = m.Clone()
	m.Format = msgcrypt.JSON
	return m
}
