package apisign

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Call is a call as somebody has kept it, with its answer where that was kept,
// too.
type Call struct {
	Request  Request
	Response *Response // nil: not there
	Form     string    // what it was read from: "HTTP", "curl", "HAR", "log", "JSON"
}

// Read reads a call out of what people have: a raw HTTP request, a curl command
// line, a HAR file or one of its entries, an object with method, url, headers
// and body, or the line that an SDK logs ("Headers: {…} Body: {…}"). A curl
// command may name a file for its body, which open reads; nil refuses that.
func Read(text string, open func(name string) ([]byte, error)) (*Call, error) {
	text = strings.TrimPrefix(text, "\uFEFF")
	trimmed := strings.TrimSpace(text)
	var c *Call
	var err error
	switch {
	case trimmed == "":
		return nil, finding.Because(reason.APICallEmpty)
	case strings.HasPrefix(trimmed, "{") && json.Valid([]byte(trimmed)):
		c, err = readObject([]byte(trimmed))
	case curlSign.Get().MatchString(trimmed):
		c, err = readCurl(curlSign.Get().ReplaceAllString(trimmed, "curl "), open)
	case requestLine.Get().MatchString(firstLine(text)):
		c, err = readHTTP(text)
	default:
		if dump, ok := readDump(text); ok {
			c = dump
		} else {
			c, err = readLog(text)
		}
	}
	if err != nil {
		return nil, err
	}
	c.learn()
	return c, nil
}

var (
	curlSign    = lazy.Regexp("^(?:[^\n\"'{}]{0,80}[$#%>] ?)?(?:[\\w./-]*/)?curl(?:\\.exe)?[ \t]") // behind a prompt, too
	requestLine = lazy.Regexp(`^\s*[A-Z]{3,7} \S+(?: HTTP/[0-9.]+)?\s*$`)
)

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimLeft(text, " \t\r\n"), "\n")
	return strings.TrimRight(line, "\r")
}

// learn takes errcode and clock out of the answer.
func (c *Call) learn() {
	if c.Response != nil {
		c.Request.Answered(*c.Response)
	}
}

var ridSign = lazy.Regexp(`\brid:?\s*([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})\b`)

// Answered tells a call what came of it: the errcode, and the time at which
// WeChat got it, which its rid, its own time and the header Date have.
func (r *Request) Answered(resp Response) {
	if code, _ := errcodeOf(resp.Body); code != 0 {
		r.ErrCode = code
	}
	if m := ridSign.Get().FindSubmatch(resp.Body); m != nil {
		if at, ok := catalog.ParseRid(string(m[1])); ok {
			r.At = at
			return
		}
	}
	if n, err := strconv.ParseInt(header(resp.Header, HeaderTimestamp), 10, 64); err == nil && n > 0 {
		r.At = time.Unix(n, 0)
	} else if at, err := http.ParseTime(header(resp.Header, "Date")); err == nil {
		r.At = at
	}
}

// readHTTP reads a request line, headers and a body. Lines may end with LF. A
// line end after the body is the editor's, unless Content-Length counts it. An
// answer may follow.
func readHTTP(text string) (*Call, error) {
	text = strings.TrimLeft(text, " \t\r\n")
	head, body := cutHead(text)
	lines := strings.Split(strings.ReplaceAll(head, "\r\n", "\n"), "\n")
	fields := strings.Fields(lines[0])
	h, err := readFields(lines[1:])
	if err != nil {
		return nil, err
	}
	r := Request{Method: fields[0], URL: fields[1], Header: h}
	if host := header(h, "Host"); strings.HasPrefix(r.URL, "/") && host != "" {
		r.URL = "https://" + host + r.URL
	}
	var answer *Response
	if n, err := strconv.Atoi(header(h, "Content-Length")); err == nil && n >= 0 {
		n = min(n, len(body))
		body, answer = body[:n], answerAfter(body[n:])
	} else {
		body, answer = cutAnswer(body)
		body = strings.TrimSuffix(strings.TrimSuffix(body, "\n"), "\r")
	}
	r.Body = []byte(body)
	return &Call{Request: r, Response: answer, Form: "HTTP"}, nil
}

// ReadResponse reads an answer: a raw HTTP response, or its body alone.
func ReadResponse(text string) (Response, error) {
	text = strings.TrimLeft(strings.TrimPrefix(text, "\uFEFF"), " \t\r\n")
	if !strings.HasPrefix(text, "HTTP/") {
		return Response{Header: http.Header{}, Body: []byte(strings.TrimRight(text, "\r\n"))}, nil
	}
	head, body := cutHead(text)
	lines := strings.Split(strings.ReplaceAll(head, "\r\n", "\n"), "\n")
	h, err := readFields(lines[1:])
	if n, bad := strconv.Atoi(header(h, "Content-Length")); bad == nil && n >= 0 && n < len(body) {
		return Response{h, []byte(body[:n])}, err
	}
	return Response{h, []byte(strings.TrimRight(body, "\r\n"))}, err
}

func cutHead(text string) (head, body string) {
	lf, crlf := strings.Index(text, "\n\n"), strings.Index(text, "\r\n\r\n")
	switch {
	case crlf >= 0 && (lf < 0 || crlf < lf):
		return text[:crlf], text[crlf+4:]
	case lf >= 0:
		return text[:lf], text[lf+2:]
	}
	return strings.TrimRight(text, "\r\n"), ""
}

// readFields reads the lines of a head. HTTP/2's begin with a colon and are no
// headers.
func readFields(lines []string) (http.Header, error) {
	h := http.Header{}
	for _, line := range lines {
		line = strings.TrimRight(line, "\r")
		if line == "" || strings.HasPrefix(line, ":") {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return h, finding.Because(reason.APICallHeader, "line", finding.Excerpt(redact.Secrets.Text(line)))
		}
		name = strings.TrimSpace(name)
		h[name] = append(h[name], strings.Trim(value, " \t"))
	}
	return h, nil
}

// harEntry is what is read of a HAR entry, and of any object that names method,
// url, headers and body.
type harEntry struct {
	Started time.Time `json:"startedDateTime"`
	Request *struct {
		Method   string
		URL      string
		Headers  json.RawMessage
		PostData struct{ Text string }
		Body     json.RawMessage
	} `json:"request"`
	Response *struct {
		Status  int
		Headers json.RawMessage
		Content struct{ Text, Encoding string }
		Body    json.RawMessage
	} `json:"response"`
}

func readObject(text []byte) (*Call, error) {
	var har struct {
		Log struct{ Entries []harEntry }
		harEntry
	}
	if err := json.Unmarshal(text, &har); err == nil && len(har.Log.Entries) > 0 {
		return pickEntry(har.Log.Entries).call("HAR")
	}
	if har.Request == nil { // the request itself
		har.harEntry = harEntry{}
		if err := json.Unmarshal(text, &har.Request); err != nil || har.Request == nil {
			return nil, finding.Because(reason.APICallUnknown)
		}
	}
	if har.Request.URL == "" && header(headersOf(har.Request.Headers), HeaderSignature) == "" {
		return nil, finding.Because(reason.APICallUnknown)
	}
	form := "JSON"
	if !har.Started.IsZero() {
		form = "HAR"
	}
	return har.harEntry.call(form)
}

// pickEntry is the last entry that is signed, else the last to WeChat, else the
// last.
func pickEntry(entries []harEntry) *harEntry {
	best, rank := &entries[len(entries)-1], 0
	for i := range entries {
		e := &entries[i]
		if e.Request == nil {
			continue
		}
		n := 0
		if strings.Contains(e.Request.URL, "weixin.qq.com") {
			n = 1
		}
		if header(headersOf(e.Request.Headers), HeaderSignature) != "" {
			n = 2
		}
		if n >= rank {
			best, rank = e, n
		}
	}
	return best
}

func (e *harEntry) call(form string) (*Call, error) {
	if e.Request == nil {
		return nil, finding.Because(reason.APICallUnknown)
	}
	c := &Call{Form: form, Request: Request{
		Method: e.Request.Method, URL: e.Request.URL, Header: headersOf(e.Request.Headers), Body: []byte(e.Request.PostData.Text),
	}}
	if len(c.Request.Body) == 0 {
		c.Request.Body = textOf(e.Request.Body)
	}
	if e.Response != nil {
		resp := Response{Header: headersOf(e.Response.Headers), Body: []byte(e.Response.Content.Text)}
		if b, err := base64.StdEncoding.DecodeString(e.Response.Content.Text); err == nil && e.Response.Content.Encoding == "base64" {
			resp.Body = b
		}
		if len(resp.Body) == 0 {
			resp.Body = textOf(e.Response.Body)
		}
		c.Response = &resp
	}
	return c, nil
}

// textOf is a body that is a text, or the JSON itself.
func textOf(raw json.RawMessage) []byte {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return []byte(s)
	}
	return raw
}

// headersOf reads headers as HAR has them, a list of names and values, and as an
// object.
func headersOf(raw json.RawMessage) http.Header {
	h := http.Header{}
	var list []struct{ Name, Value string }
	if json.Unmarshal(raw, &list) == nil {
		for _, f := range list {
			if f.Name != "" && !strings.HasPrefix(f.Name, ":") {
				h[f.Name] = append(h[f.Name], f.Value)
			}
		}
		return h
	}
	var object map[string]json.RawMessage
	_ = json.Unmarshal(raw, &object)
	for _, name := range sortedKeys(object) {
		var values []string
		if json.Unmarshal(object[name], &values) != nil {
			values = []string{string(textOf(object[name]))}
		}
		h[name] = values
	}
	return h
}

var (
	logURL     = lazy.Regexp(`https?://[^\s"'<>】，,]+`)
	logHeaders = lazy.Regexp(`(?i)headers?"?\s*[:：=]\s*(?:map)?[{\[]`)
	logBody    = lazy.Regexp(`(?i)\b(?:body|request_?body|postdata|data)\s*[:：=]\s*`)
	logAnswer  = lazy.Regexp(`\{"errcode"[^{}]*\}`)
)

// readLog reads what SDKs log: "Headers: {a=b, …} Body: {…}", with a URL before
// it and an answer behind.
func readLog(text string) (*Call, error) {
	at := logHeaders.Get().FindStringIndex(text)
	if at == nil {
		return nil, finding.Because(reason.APICallUnknown)
	}
	rest := text[at[1]:]
	end := closing(rest)
	if end < 0 {
		return nil, finding.Because(reason.APICallUnknown)
	}
	c := &Call{Form: "log", Request: Request{Method: "POST", URL: logURL.Get().FindString(text), Header: loggedFields(rest[:end])}}
	rest = rest[end+1:]
	if at := logBody.Get().FindStringIndex(rest); at != nil {
		c.Request.Body, rest = loggedBody(rest[at[1]:])
	}
	if answer := logAnswer.Get().FindString(rest); answer != "" {
		c.Response = &Response{Header: http.Header{}, Body: []byte(answer)}
	} else if m := ridSign.Get().FindString(rest); m != "" {
		c.Request.Answered(Response{Body: []byte(m)})
	}
	return c, nil
}

// closing is where the bracket closes that stands before the text.
func closing(text string) int {
	open := 1
	for i := range len(text) {
		switch text[i] {
		case '{', '[':
			open++
		case '}', ']':
			if open--; open == 0 {
				return i
			}
		}
	}
	return -1
}

var loggedField = lazy.Regexp(`(?:^|[,\s])"?([A-Za-z][A-Za-z0-9_-]*)"?\s*[=:]\s*"?`)

// loggedFields reads a map as Java and Go print it. A signature has = at its
// end, and no comma.
func loggedFields(text string) http.Header {
	h := http.Header{}
	marks := loggedField.Get().FindAllStringSubmatchIndex(text, -1)
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		if m[1] > end {
			continue
		}
		h[text[m[2]:m[3]]] = []string{strings.Trim(text[m[1]:end], ", \t\r\n\"[]")}
	}
	return h
}

// loggedBody is the JSON that a text begins with, as it stands, and what
// follows it; else the line.
func loggedBody(text string) (body []byte, rest string) {
	if body, rest, ok := leadingJSON(text); ok {
		return body, rest
	}
	line, rest, _ := strings.Cut(text, "\n")
	return []byte(strings.TrimRight(line, "\r ")), rest
}
