package apisign

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
)

// A call that is copied from a terminal has more around it than the call: a
// prompt before, the answer behind, the marks of curl -v.

var (
	answerHead = lazy.Regexp(`(?m)^HTTP/[0-9.]+ [1-5][0-9][0-9]\b`)
	dumpedHead = lazy.Regexp(`(?m)^> [A-Z]{3,7} \S+ HTTP/[0-9.]+\s*$`)
	dumpedNote = lazy.Regexp(`^(?:\* |[{}] \[)`)
)

// answerAfter is the answer in what stands behind a call: raw HTTP, lines of
// curl -v, or JSON that only an answer is; nil where there is none.
func answerAfter(text string) *Response {
	_, answer := undumped(text)
	if at := answerHead.Get().FindStringIndex(answer); at != nil {
		if resp, err := ReadResponse(answer[at[0]:]); err == nil {
			if body, _, ok := leadingJSON(string(resp.Body)); ok {
				resp.Body = body
			}
			return &resp
		}
	}
	at := strings.IndexByte(answer, '{')
	if at < 0 {
		return nil
	}
	body, _, ok := leadingJSON(answer[at:])
	var members map[string]json.RawMessage
	if !ok || json.Unmarshal(body, &members) != nil || members["errcode"] == nil && !IsEnvelope(body) {
		return nil
	}
	return &Response{Header: http.Header{}, Body: body}
}

// cutAnswer separates the body of a raw request from an answer behind it.
func cutAnswer(text string) (body string, answer *Response) {
	if at := answerHead.Get().FindStringIndex(text); at != nil {
		return strings.TrimRight(text[:at[0]], "\r\n"), answerAfter(text[at[0]:])
	}
	if json, rest, ok := leadingJSON(text); ok {
		if answer := answerAfter(rest); answer != nil {
			return string(json), answer
		}
	}
	return text, nil
}

// leadingJSON is the JSON that a text begins with, as it stands, and what
// follows it.
func leadingJSON(text string) (body []byte, rest string, ok bool) {
	d := json.NewDecoder(strings.NewReader(text))
	var raw json.RawMessage
	if d.Decode(&raw) != nil {
		return nil, text, false
	}
	n := int(d.InputOffset())
	return []byte(text[n-len(raw) : n]), text[n:], true
}

// undumped takes the marks off the lines of curl -v and its like: "> " before
// what is sent, "< " before what is received, notes that are neither. A text
// without them is all answer.
func undumped(text string) (sent, received string) {
	if !strings.Contains(text, "\n< ") && !strings.HasPrefix(text, "< ") && !strings.Contains(text, "\n> ") && !strings.HasPrefix(text, "> ") {
		return "", text
	}
	var out, in strings.Builder
	to := &out
	for line := range strings.Lines(text) {
		bare := strings.TrimRight(line, "\r\n")
		switch {
		case dumpedNote.Get().MatchString(bare):
		case bare == ">" || strings.HasPrefix(bare, "> "):
			out.WriteString(strings.TrimPrefix(bare[1:], " ") + "\n")
		case bare == "<" || strings.HasPrefix(bare, "< "):
			to = &in
			in.WriteString(strings.TrimPrefix(bare[1:], " ") + "\n")
		default:
			to.WriteString(line)
		}
	}
	return out.String(), in.String()
}

// readDump reads a request that is marked with "> ". The log of a program that
// keeps no body (curl -v is one) is no call: false.
func readDump(text string) (*Call, bool) {
	at := dumpedHead.Get().FindStringIndex(text)
	if at == nil {
		return nil, false
	}
	sent, received := undumped(text[at[0]:])
	if _, body := cutHead(sent); strings.TrimSpace(body) == "" {
		return nil, false
	}
	c, err := readHTTP(sent)
	if err != nil {
		return nil, false
	}
	if answer := answerAfter(received); answer != nil {
		c.Response = answer
	}
	return c, true
}

var (
	caretSign = lazy.Regexp(`[ \t]\^(?:\r?\n|")`)
	caret     = lazy.Regexp(`(?s)\^(\r?\n|.)`)
)

// posixLine is a command line of cmd.exe and of PowerShell as a POSIX shell
// would have it: their marks before a line end go, and so do cmd's before other
// characters.
func posixLine(text string) string {
	text = strings.NewReplacer("`\r\n", " ", "`\n", " ").Replace(text)
	if !caretSign.Get().MatchString(text) {
		return text
	}
	return caret.Get().ReplaceAllStringFunc(text, func(s string) string {
		return strings.TrimLeft(s[1:], "\r\n")
	})
}
