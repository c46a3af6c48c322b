package recording

import (
	"strings"

	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/pkg/message"
)

// clean removes the secrets from a record: the Recorder's, and those in its own
// URL, which error pages like to show. Users' messages and answers are
// otherwise kept as they are, whatever their fields are called: they have to be
// delivered again and compared.
func (r *Recorder) clean(x *Record) *Record {
	c := *x
	known := redact.New(redact.Mask, redact.Shortest, append(URLSecrets(x.Request.Line), r.secrets...)...)
	c.Request.Line = redact.Unknown.URL(c.Request.Line)
	c.Request.Header = cleanHeader(c.Request.Header, known)
	c.Message = Text(known.Text(string(cleanMessage(c.Message))))
	c.Answer.Header = cleanHeader(c.Answer.Header, known)
	// Of an encrypted answer all is kept except what is made from the token and
	// the key: the rest shows what is wrong with an envelope that cannot be
	// read.
	c.Answer.Body = Text(known.Text(redact.Envelopes.Text(string(c.Answer.Body))))
	c.Answer.Error = known.Text(c.Answer.Error)
	return &c
}

// URLSecrets returns the values in a URL's query that may be secret: all those
// that WeChat does not send. Pass them to [New], since a server may show its
// URL.
func URLSecrets(rawURL string) []string { return redact.Unknown.Values(rawURL) }

func cleanHeader(lines []string, known *redact.Redactor) []string {
	var out []string
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		out = append(out, name+": "+redact.Unknown.Header(name, known.Text(strings.TrimSpace(value))))
	}
	return out
}

// Hidden names the fields of a recorded message whose values were removed, and
// without which it cannot be delivered again.
func Hidden(m *message.Message) []string {
	var names []string
	for _, f := range platformSecrets(m) {
		if f.Value == redact.Mask {
			names = append(names, f.Name)
		}
	}
	return names
}

// platformSecrets are the fields of a third-party platform's push that give
// access to its accounts. Other messages have none: their Ticket is a QR
// code's.
func platformSecrets(m *message.Message) []*message.Field {
	if m.Get("InfoType") == "" {
		return nil
	}
	return secretFields(m.Fields)
}

func secretFields(fields []*message.Field) []*message.Field {
	var found []*message.Field
	for _, f := range fields {
		if redact.Secrets.Name(f.Name) && f.Kind != message.Group {
			found = append(found, f)
		}
		found = append(found, secretFields(f.Children)...)
	}
	return found
}

func cleanMessage(t Text) Text {
	m, err := message.Parse([]byte(t))
	if err != nil {
		return t
	}
	found := platformSecrets(m)
	if len(found) == 0 {
		return t
	}
	for _, f := range found {
		f.Value = redact.Mask
	}
	b, err := m.Append(nil)
	if err != nil {
		return redact.Mask // what cannot be cleaned is not kept
	}
	return Text(b)
}
