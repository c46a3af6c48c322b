package recording

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/pkg/message"
)

// hidden stands where something was taken out.
const hidden = "***"

// A shorter secret is not looked for: it would be a common word, and no
// secret.
const minSecret = 8

// harmless are the query parameters of WeChat's that are no signature.
var harmless = []string{"timestamp", "nonce", "openid", "encrypt_type", "echostr"}

// secrets are texts that are in no file.
type secrets []string

// newSecrets takes the longest first: what is left of one in which another
// was hidden could be read.
func newSecrets(all ...string) secrets {
	var s secrets
	for _, secret := range all {
		if len(secret) >= minSecret {
			s = append(s, secret)
		}
	}
	slices.SortStableFunc(s, func(a, b string) int { return len(b) - len(a) })
	return s
}

// scrub takes the secrets out of what somebody said.
func (s secrets) scrub(text string) string {
	for _, secret := range s {
		text = strings.ReplaceAll(text, secret, hidden)
	}
	return text
}

// clean takes the secrets out of an exchange: the Recorder's, and those of its
// own URL, which error pages like to show.
func (r *Recorder) clean(x *Record) *Record {
	c := *x
	s := newSecrets(append(hiddenValues(x.Request.Line), r.secrets...)...)
	c.Request.Line = cleanLine(c.Request.Line)
	c.Request.Header = s.header(c.Request.Header)
	c.Message = Text(s.scrub(string(cleanMessage(c.Message))))
	c.Answer.Header = s.header(c.Answer.Header)
	c.Answer.Body = Text(s.scrub(envelopeValues().ReplaceAllString(string(c.Answer.Body), "$1"+hidden)))
	c.Answer.Error = s.scrub(c.Answer.Error)
	return &c
}

// envelopeValues are what an encrypted answer has that is made of the token
// and the key. Its other parts are kept, because they show what is wrong with
// an envelope that cannot be read.
var envelopeValues = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(<(?:Encrypt|MsgSignature)>\s*(?:<!\[CDATA\[)?|"(?:Encrypt|MsgSignature)"\s*:\s*")[^<\]"]+`)
})

// CleanURL is a URL without the values in its query that may be secret: those
// that are not known to be harmless.
func CleanURL(rawURL string) string { return cleanLine(rawURL) }

// URLSecrets are the values that [CleanURL] takes out, to be given to [New]:
// a server may show its URL.
func URLSecrets(rawURL string) []string { return hiddenValues(rawURL) }

// hiddenValues are the values that cleanLine takes out of a request line, as
// they stand there and decoded.
func hiddenValues(line string) []string {
	var values []string
	_, rest, _ := strings.Cut(line, "?")
	query, _, _ := strings.Cut(rest, " ")
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		if isHarmless(name) {
			continue
		}
		values = append(values, value)
		if plain, err := url.QueryUnescape(value); err == nil {
			values = append(values, plain)
		}
	}
	return values
}

func isHarmless(name string) bool {
	plain, err := url.QueryUnescape(name)
	return err == nil && slices.Contains(harmless, plain)
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
		if ok && value != "" && !isHarmless(name) {
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

func (s secrets) header(lines []string) []string {
	var out []string
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		if slices.Contains(plainHeaders, strings.ToLower(strings.TrimSpace(name))) {
			out = append(out, name+": "+s.scrub(strings.TrimSpace(value)))
		} else {
			out = append(out, name+": "+hidden)
		}
	}
	return out
}

// platformSecrets are the fields of a third-party platform's pushes that open
// its accounts.
var platformSecrets = []string{"ComponentVerifyTicket", "AuthorizationCode", "PreAuthCode", "auth_code"}

// Hidden names the fields of a recorded message whose values were taken out,
// and without which it cannot be delivered again.
func Hidden(m *message.Message) []string {
	if m.Get("InfoType") == "" {
		return nil
	}
	var names []string
	for _, name := range platformSecrets {
		if m.Get(name) == hidden {
			names = append(names, name)
		}
	}
	return names
}

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
