package verify

import (
	"bytes"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
)

// checkSecurity sends what WeChat never does and an attacker may: a text as large
// as a body can be, and entities, of the message's own and of a file that is
// nobody's secret. It comes after all that WeChat sends.
func checkSecurity(h *handle) finding.Facts {
	if h.Format != string(msgcrypt.JSON) && h.answers { // what was expanded shows in an echo only
		sendEntities(h)
	}
	if h.halted() == "" {
		sendHuge(h)
	}
	stillServed(h)
	return nil
}

// The file that an external entity names, and what is in it: the version of the
// kernel, where there is one of that name.
const entityFile, entityFileText = "file:///proc/version", "Linux version"

func sendEntities(h *handle) {
	const own = "wxdev-expanded"
	expands := func(name, declaration, want string) bool {
		d := h.deliver(name, h.pusher(), withEntity(h, declaration))
		return replied(d) && strings.Contains(d.Reply.Text(), want)
	}
	if expands("an external entity", `<!ENTITY e SYSTEM "`+entityFile+`">`, entityFileText) {
		h.find("M32", "files", nil, "file", entityFile)
		return
	}
	if h.mode() == msgcrypt.Safe {
		return // who can encrypt an entity has the key, and needs none
	}
	if expands("an entity", `<!ENTITY e "`+own+`">`, own) {
		h.find("M32", "expanded", nil)
	}
}

// withEntity is a text that is an entity, declared before it. In compatible mode
// it is sent plain: there the fields are in the open.
func withEntity(h *handle, declaration string) *push.Push {
	const content = "wxdev_entity"
	m := h.text(content)
	plain, err := m.Append(nil)
	if err != nil {
		h.fail(err)
		return h.build(m)
	}
	plain = bytes.Replace(plain, []byte("<![CDATA["+content+"]]>"), []byte("&e;"), 1)
	plain = append([]byte("<!DOCTYPE xml ["+declaration+"]>"), plain...)
	mode := h.mode()
	if mode == msgcrypt.Compat {
		mode = msgcrypt.Plain
	}
	p, err := h.pusher().BuildBody(plain, push.WithMode(mode))
	if err != nil {
		h.fail(err)
		return h.build(m)
	}
	p.Message, p.OpenID = m, m.Get("FromUserName") // whom the reply is for
	return p
}

// sendHuge sends a text of a megabyte. A server may refuse it, and has to be
// there afterwards.
func sendHuge(h *handle) {
	const most = message.MaxBody - 1024
	d := h.push("a text of 1 MB", h.text(strings.Repeat("x", most)))
	if down(h.get("still there?", h.signed(h.newNonce()))) {
		endedOver(h, d, contentPrefix+"huge")
	}
}
