package verify

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
)

// The file that an external entity names, and what is in it: the version of the
// kernel, where there is one of that name.
const entityFile, entityFileText = "file:///proc/version", "Linux version"

// sendEntities sends texts that are an entity, in each place where a message can
// be: plain, encrypted, and in compatible mode both.
func sendEntities(h *handle) {
	for _, in := range entityPlaces(h.mode()) {
		if h.halted() != "" || readsEntities(h, in) {
			return
		}
	}
	if h.mode() == msgcrypt.Safe && h.halted() == "" {
		sendEnvelopeEntity(h)
	}
}

// readsEntities reports whether the parser reads files that a message in that
// place names, or expands without a limit what it defines, and tells. To expand
// a little is what most parsers do, and harms nobody.
func readsEntities(h *handle, in entityPlace) bool {
	const own = "wxdev-expanded"
	expands := func(name, declaration, want string) bool {
		d := h.deliver(name+", "+in.name, h.pusher(), in.build(h, declaration))
		return !endedBy(h, d, contentPrefix+"entity") && replied(d) && strings.Contains(d.Reply.Text(), want)
	}
	if expands("an external entity", `<!ENTITY e SYSTEM "`+entityFile+`">`, entityFileText) {
		h.find("M32", "files", nil, "file", entityFile)
		return true
	}
	if in.sealed {
		return false // who can encrypt an entity has the key, and needs none
	}
	if h.halted() == "" && expands("nested entities", nested(own), own) {
		h.find("M32", "unlimited", nil, "count", nestedCount)
		return true
	}
	return false
}

// entityPlace is a way for entities to reach a parser.
type entityPlace struct {
	name   string
	sealed bool // in what is encrypted
	build  func(h *handle, declaration string) *push.Push
}

func entityPlaces(mode msgcrypt.Mode) []entityPlace {
	plain := entityPlace{"plain", false, func(h *handle, declaration string) *push.Push {
		return h.entity(declaration, msgcrypt.Plain)
	}}
	encrypted := entityPlace{"encrypted", true, func(h *handle, declaration string) *push.Push {
		return h.entity(declaration, msgcrypt.Safe)
	}}
	beside := entityPlace{"encrypted beside plain fields", true, func(h *handle, declaration string) *push.Push {
		return h.build(h.text(entityContent), push.WithEncrypt(h.entity(declaration, msgcrypt.Safe).Encrypt))
	}}
	switch mode {
	case msgcrypt.Safe:
		return []entityPlace{encrypted}
	case msgcrypt.Compat:
		return []entityPlace{plain, beside}
	}
	return []entityPlace{plain}
}

// entityContent is what a text with an entity says before it has one.
const entityContent = "wxdev_entity"

// entity is a text that is an entity, declared before it.
func (h *handle) entity(declaration string, mode msgcrypt.Mode) *push.Push {
	m := h.text(entityContent)
	plain, err := m.Append(nil)
	if err != nil {
		h.fail(err)
		return h.build(m)
	}
	p, err := h.pusher().BuildBody(withEntity(plain, entityContent, declaration), push.WithMode(mode))
	if err != nil {
		h.fail(err)
		return h.build(m)
	}
	p.Message, p.OpenID = m, m.Get("FromUserName") // whom the reply is for
	return p
}

// withEntity puts &e; in the place of a text, and its declaration first.
func withEntity(body []byte, text, declaration string) []byte {
	body = bytes.Replace(body, []byte("<![CDATA["+text+"]]>"), []byte("&e;"), 1)
	return append([]byte("<!DOCTYPE xml ["+declaration+"]>"), body...)
}

// nestedCount is how many entities nested has, of 200 bytes each. Expat gives up
// after 8 MB, libxml2 after 10, the JDK after 64,000 entities.
const nestedCount = 100_000

// nested declares e: a text, after entities within entities that are but
// comments: who expands them has 20 MB to read, and the answer stays short.
func nested(text string) string {
	var b strings.Builder
	b.WriteString(`<!ENTITY n0 "<!--` + strings.Repeat("x", 200) + `-->">`)
	level := 0
	for n := 1; n < nestedCount; n *= 10 {
		level++
		fmt.Fprintf(&b, `<!ENTITY n%d "%s">`, level, strings.Repeat(fmt.Sprintf("&n%d;", level-1), 10))
	}
	fmt.Fprintf(&b, `<!ENTITY e "&n%d;%s">`, level, text)
	return b.String()
}

// sendEnvelopeEntity sends an encrypted text whose envelope has entities: who
// answers expands what anybody sends, since the signature is of what comes out.
func sendEnvelopeEntity(h *handle) {
	p := h.build(h.text(entityContent))
	p.Body = withEntity(p.Body, p.Encrypt, nested(p.Encrypt))
	d := h.deliver("nested entities, in the envelope", h.pusher(), p)
	if !endedBy(h, d, contentPrefix+"entity") && replied(d) {
		h.find("M32", "envelope", d.Last(), "count", nestedCount)
	}
}
