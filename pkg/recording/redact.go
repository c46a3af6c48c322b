package recording

import (
	"net/url"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/message"
)

// hidden stands where something was taken out.
const hidden = "***"

// A shorter secret is not looked for in answers: it would be a common word,
// and no secret.
const minSecret = 8

// harmless are the query parameters of WeChat's that are no signature.
var harmless = []string{"timestamp", "nonce", "openid", "encrypt_type", "echostr"}

// clean takes the secrets out of an exchange.
func (r *Recorder) clean(x *Exchange) *Exchange {
	c := *x
	c.Request.Line = cleanLine(c.Request.Line)
	c.Request.Header = r.header(c.Request.Header)
	c.Message = cleanMessage(c.Message)
	c.Answer.Header = r.header(c.Answer.Header)
	c.Answer.Body = r.reply(c.Answer.Body)
	c.Answer.Error = r.scrub(c.Answer.Error)
	return &c
}

// cleanLine keeps of a request line the parameters that are known to be
// harmless. A server's URL may have others, with a password in them.
func cleanLine(line string) string {
	head, rest, ok := strings.Cut(line, "?")
	if !ok {
		return line
	}
	query, proto := rest, ""
	if i := strings.LastIndexByte(rest, ' '); i >= 0 {
		query, proto = rest[:i], rest[i:]
	}
	var out []string
	for part := range strings.SplitSeq(query, "&") {
		name, value, ok := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(name)
		if ok && value != "" && (err != nil || !slices.Contains(harmless, plain)) {
			part = name + "=" + hidden
		}
		out = append(out, part)
	}
	return head + "?" + strings.Join(out, "&") + proto
}

// plainHeaders are those whose values say nothing that is not known.
var plainHeaders = []string{
	"accept", "accept-encoding", "accept-language", "cache-control", "connection", "content-encoding", "content-length",
	"content-type", "date", "host", "pragma", "server", "transfer-encoding", "user-agent", "vary", "via", "x-powered-by",
	"x-forwarded-host", "x-forwarded-proto",
}

func (r *Recorder) header(lines []string) []string {
	var out []string
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		if slices.Contains(plainHeaders, strings.ToLower(strings.TrimSpace(name))) {
			out = append(out, name+": "+r.scrub(strings.TrimSpace(value)))
		} else {
			out = append(out, name+": "+hidden)
		}
	}
	return out
}

// platformSecrets are the fields of a third-party platform's pushes that open
// its accounts.
var platformSecrets = []string{"ComponentVerifyTicket", "AuthorizationCode", "PreAuthCode", "auth_code"}

func cleanMessage(t Text) Text {
	m, err := message.Parse([]byte(t))
	if err != nil || m.Get("InfoType") == "" {
		return t
	}
	found := false
	for _, name := range platformSecrets {
		for _, f := range m.All(name) {
			f.Value, found = hidden, true
		}
	}
	if !found {
		return t
	}
	b, err := m.Append(nil)
	if err != nil {
		return hidden // what cannot be cleaned is not kept
	}
	return Text(b)
}

// reply keeps an answer. One that is still encrypted has a signature in it,
// and says nothing to anybody.
func (r *Recorder) reply(t Text) Text {
	if reply, _ := message.ParseReply([]byte(t)); reply.Type == message.TypeEncrypted {
		return hidden
	}
	return Text(r.scrub(string(t)))
}

// scrub takes the Recorder's secrets out of what a server said.
func (r *Recorder) scrub(s string) string {
	for _, secret := range r.secrets {
		s = strings.ReplaceAll(s, secret, hidden)
	}
	return s
}
