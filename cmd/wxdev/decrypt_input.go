package main

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
)

// sealed is what decrypt was given, taken apart.
type sealed struct {
	kind      string // "text", "push" or "reply"
	body      []byte // nil of a bare text
	encrypt   string
	timestamp string
	nonce     string
	given     string // the msg_signature
	reply     *msgcrypt.Reply
	warnings  []*msgcrypt.Error
}

// parseSealed understands an Encrypt text, a body, and either with the lines
// of a log or a URL before it. An error that is an [*msgcrypt.Error] is a
// finding about the body; any other says that the input cannot be used.
func parseSealed(text string) (*sealed, error) {
	text = strings.TrimPrefix(text, "\ufeff") // of an editor, not of the wire
	text = shownRequest(text)
	if bodies := strings.Count(text, "Encrypt") - strings.Count(text, "/Encrypt"); bodies > 1 && strings.Count(text, "msg_signature=") > 1 {
		return nil, withHint(usage(words.DecryptErrSeveral), hint(words.DecryptHintSeveral))
	}
	head, body, found := splitLogged(text)
	s := &sealed{kind: "text"}
	if !found {
		head, s.encrypt = splitBare(text)
	}
	if err := s.query(head); err != nil {
		return nil, err
	}
	switch {
	case found:
		s.body = []byte(body)
		return s, s.parseBody()
	case s.encrypt == "" && head != "":
		return nil, withHint(usage(words.DecryptErrNoBody), hint(words.DecryptHintNoBody))
	case s.encrypt == "":
		return nil, usage(words.DecryptErrEmpty)
	}
	return s, nil
}

// shownRequest takes the request out of what -v shows of an exchange: lines
// that begin with >, and those of the answer with <. Of an answer alone it
// takes that.
func shownRequest(text string) string {
	for _, mark := range []string{">", "<"} {
		if !strings.HasPrefix(text, mark+" ") {
			continue
		}
		var lines []string
		for line := range strings.Lines(text) {
			if rest, ok := strings.CutPrefix(line, mark); ok {
				lines = append(lines, strings.TrimPrefix(rest, " "))
			}
		}
		return strings.Join(lines, "")
	}
	return text
}

// query takes the signed values out of the lines before the body.
func (s *sealed) query(head string) error {
	q, err := signature.ParseRequest(head)
	if errors.Is(err, signature.ErrNoSignature) {
		return s.looseQuery(head)
	}
	if err != nil {
		return failed(words.DecryptErrRequest, "error", err)
	}
	s.timestamp, s.nonce, s.given = q.Timestamp, q.Nonce, q.MsgSignature
	return nil
}

// looseQuery takes a query without signature, as one is written down that
// only speaks of the message.
func (s *sealed) looseQuery(head string) error {
	for word := range strings.FieldsSeq(head) {
		at := strings.Index(word, "msg_signature=")
		if at < 0 {
			continue
		}
		start := strings.LastIndexByte(word[:at], '?') + 1
		values, err := url.ParseQuery(strings.Trim(word[start:], `"'`))
		if err != nil {
			return failed(words.DecryptErrEncoding)
		}
		s.timestamp, s.nonce, s.given = values.Get("timestamp"), values.Get("nonce"), values.Get("msg_signature")
		return nil
	}
	return nil
}

func (s *sealed) parseBody() error {
	if !strings.Contains(string(s.body), "MsgSignature") {
		s.kind = "push"
		env, err := msgcrypt.ParseEnvelope(s.body)
		if err != nil {
			return err
		}
		s.encrypt, s.warnings = env.Encrypt, env.Warnings
		return nil
	}
	s.kind = "reply"
	r, err := msgcrypt.ParseReply(s.body)
	if r != nil {
		s.encrypt, s.warnings = r.Encrypt, r.Warnings
	}
	if err != nil {
		return err
	}
	s.reply = r
	s.timestamp, s.nonce, s.given = r.TimeStamp, r.Nonce, r.MsgSignature
	return nil
}

// bodyStart matches where a body begins: at a line's start, after a space,
// or after the quote in which a log puts it.
var bodyStart = lazy.Regexp(`(^|[\s"'])(<xml\b|<\?xml\b|\{\s*"|\{\\x22|\{\\")`)

// splitLogged splits text before the body, if there is one.
func splitLogged(text string) (head, body string, found bool) {
	m := bodyStart.Get().FindStringSubmatchIndex(text)
	if m == nil {
		return "", "", false
	}
	head, body = text[:m[4]], text[m[4]:]
	if quote := text[m[2]:m[3]]; quote == `"` || quote == "'" {
		body = body[:bodyEnd(body)]
	}
	if !strings.ContainsAny(body, "\r\n") {
		body = unescapeBody(body)
	}
	return head, body, true
}

// bodyEnd is where a body ends if the log goes on after it.
func bodyEnd(body string) int {
	end := strings.LastIndexByte(body, '}') + 1
	if body[0] == '<' {
		end = strings.LastIndex(body, "</xml>") + len("</xml>")
	}
	if end < len("</xml>") {
		return len(body)
	}
	return end
}

var hexEscape = lazy.Regexp(`\\x[0-9A-Fa-f]{2}`)

// unescapeBody undoes how nginx and JSON logs write a body in one line. What
// is in a body itself is base64 and names, which have no backslash.
func unescapeBody(body string) string {
	body = hexEscape.Get().ReplaceAllStringFunc(body, func(s string) string {
		n, err := strconv.ParseUint(s[2:], 16, 8)
		if err != nil {
			return s // the expression matched two hex digits
		}
		return string([]byte{byte(n)})
	})
	if strings.HasPrefix(body, "<") || strings.HasPrefix(body, `{\"`) {
		body = strings.NewReplacer(`\n`, "\n", `\r`, "", `\"`, `"`, `\/`, "/").Replace(body)
	}
	return body
}

// splitBare splits a text without a body into the line of a request, if it
// begins with one, and the Encrypt text.
func splitBare(text string) (head, encrypt string) {
	text = strings.TrimSpace(text)
	first, rest, _ := strings.Cut(text, "\n")
	if strings.Contains(first, "signature=") {
		return first, strings.TrimSpace(rest)
	}
	return "", text
}
