package reply

import (
	"bytes"
	"encoding/json"
	"html"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/wxxml"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
)

// skipHTTPHead skips a status line and headers, which come into the body when
// a framework's response object is printed.
func (p *parser) skipHTTPHead() int {
	if !bytes.HasPrefix(p.body, []byte("HTTP/1.")) {
		return 0
	}
	line, _, _ := bytes.Cut(p.body, []byte("\n"))
	size := len(p.body)
	for _, end := range []string{"\n\n", "\r\n\r\n"} {
		if i := bytes.Index(p.body, []byte(end)); i >= 0 {
			size = i + len(end)
		}
	}
	p.add(ruleHTTPHead, between(0, size).gone(), "body", shown(bytes.TrimSpace(line)))
	return size
}

func (p *parser) skipBOM(at int) int {
	start := at
	bom := []byte("\xef\xbb\xbf")
	for bytes.HasPrefix(p.body[at:], bom) {
		at += len(bom)
	}
	if at > start {
		p.add(ruleBOM, between(start, at).gone(), "count", (at-start)/len(bom))
	}
	return at
}

// word recognises the bodies that mean "no reply", in all the forms in which
// servers send them.
func (p *parser) word(at int) bool {
	rest := p.body[at:]
	space := bytes.TrimSpace(rest)
	switch {
	case len(rest) == 0:
		p.reply.Type = TypeEmpty
		return true
	case string(rest) == Success:
		p.reply.Type = TypeSuccess
		return true
	case len(bytes.Trim(space, `"'`)) > maxWord:
		return false
	}
	trimmed := string(space)
	bare := strings.Trim(trimmed, `"'`)
	switch {
	case trimmed == "":
		p.reply.Type = TypeEmpty
		p.add(ruleBlankBody, p.tail(at).gone(), "length", len(rest))
	case trimmed == Success:
		p.reply.Type = TypeSuccess
		p.add(ruleBlankSuccess, p.tail(at).want(Success), "body", shown(rest))
	case printsSuccess(trimmed):
		p.reply.Type = TypeSuccess
		p.add(rulePrintedSuccess, p.tail(at).want(Success), "body", shown(rest))
	case bare == Success:
		p.reply.Type = TypeSuccess
		p.add(ruleQuotedSuccess, p.tail(at).want(Success), "body", shown(rest))
	case strings.EqualFold(bare, Success):
		p.reply.Type = TypeSuccess
		p.add(ruleSuccessCase, p.tail(at).want(Success), "body", shown(rest))
	case slices.Contains(emptyWords, strings.ToLower(bare)):
		p.add(ruleWord, p.tail(at).want(Success), "body", shown(rest))
	default:
		return false
	}
	return true
}

// maxWord is more than the longest of the forms has without its quotes.
const maxWord = 80

// emptyWords is what languages print for nothing, and what people answer
// instead of success.
var emptyWords = []string{"", "null", "nil", "none", "undefined", "true", "false", "0", "1", "[]", "ok", "fail", "error"}

// document handles all other bodies.
func (p *parser) document(at int) {
	rest := p.body[at:]
	trimmed := bytes.TrimLeft(rest, blanks)
	i := indexXML(rest)
	switch {
	case p.printed(at, bytes.TrimRight(trimmed, blanks)):
	case trimmed[0] == '"' && p.jsonString(at, trimmed):
	case trimmed[0] == '{':
		p.object(len(p.body) - len(trimmed))
	case i < 0:
		p.noXML(at, string(trimmed))
	default:
		root := wrapper(string(rest[:i]), rest)
		m, end, err := message.ParseAt(p.body, at+i)
		switch {
		case root == "":
			p.before(at, rest[:i])
		case err == nil:
			p.add(ruleWrapped, p.tail(at).want(string(p.body[at+i:end])), "root", "<"+root+">", "body", shown(rest))
		default:
			p.add(ruleWrapped, p.tail(at), "root", "<"+root+">", "body", shown(rest))
		}
		if err != nil {
			p.syntax(err)
			return
		}
		p.take(m)
		if root == "" {
			p.after(end)
		}
	}
}

// object reads a JSON document, which nothing may follow.
func (p *parser) object(at int) {
	m, end, err := message.ParseAt(p.body, at)
	if err != nil {
		p.syntax(err)
		return
	}
	if rest := bytes.TrimLeft(p.body[end:], blanks); len(rest) > 0 {
		p.add(ruleMalformed, p.tail(len(p.body)-len(rest)).gone(), "reason", finding.Because(reason.AfterObject, "rest", finding.Quote{Text: string(rest), Limit: 40}))
		return
	}
	p.take(m)
}

// indexXML returns where the first <xml> begins, -1 if there is none.
func indexXML(b []byte) int {
	const tag = "<xml"
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte(tag))
		if i < 0 {
			return -1
		}
		at += i
		next := at + len(tag)
		if next == len(b) || strings.IndexByte(blanks+"/>", b[next]) >= 0 {
			return at
		}
		at = next
	}
}

// jsonString finds an XML reply that went through a JSON encoder.
func (p *parser) jsonString(at int, quoted []byte) bool {
	var s string
	if json.Unmarshal(quoted, &s) != nil || !strings.Contains(s, "<xml>") {
		return false
	}
	p.add(ruleJSONString, p.tail(at).want(s), "body", shown(quoted))
	return true
}

// noXML names a body in which there is no <xml> at all.
func (p *parser) noXML(at int, s string) {
	lower, printed := strings.ToLower(s), printedError([]byte(s))
	switch {
	case strings.HasPrefix(lower, "&lt;xml"):
		p.add(ruleEscaped, p.tail(at).want(html.UnescapeString(s)), "body", shown(s))
	case p.nearSuccess(at, s):
	case printed != "":
		p.add(rulePrintedError, p.rest(at), "body", printed)
	case strings.HasPrefix(lower, "<!doctype html"), strings.Contains(lower, "<html"), strings.Contains(lower, "</body>"):
		p.add(ruleHTML, p.rest(at), "body", shown(s))
	case wrapsSuccess(s):
		p.reply.Type = TypeSuccess
		p.add(ruleWrappedSuccess, p.tail(at).want(Success), "body", shown(s))
	case wrapsEscaped(s):
		p.add(ruleWrapped, p.unwrapped(at, s), "root", "<"+rootName(s)+">", "body", shown(s))
	case rootName(s) != "":
		p.add(ruleRoot, p.otherRoot(at, s), "root", "<"+rootName(s)+">", "body", shown(s))
	case stream.find(s) != "":
		p.add(ruleStream, p.rest(at), "body", shown(s))
	default:
		p.add(rulePlainText, p.rest(at), "body", shown(s))
	}
}

// nearSuccess finds the right word with a notice before it or a toolbar after
// it.
func (p *parser) nearSuccess(at int, text string) bool {
	begin := len(p.body) - len(text) // after the blanks
	text = strings.TrimRight(text, blanks)
	if strings.ReplaceAll(text, Success, "") == "" {
		p.add(ruleSuccessAfter, p.tail(begin+len(Success)).gone())
	} else if rest, ok := strings.CutPrefix(text, Success); ok && strings.HasPrefix(strings.TrimLeft(rest, blanks), "<") {
		p.add(ruleAfter, p.tail(begin+len(Success)).gone(), "length", len(rest), "bytes", shown(rest))
	} else if rest, ok := strings.CutSuffix(text, Success); ok && strings.HasSuffix(strings.TrimRight(rest, blanks), ">") && !wrapsSuccess(text) {
		p.add(ruleBefore, between(at, begin+len(rest)).gone(), "length", len(rest), "bytes", shown(rest))
	} else {
		return false
	}
	p.reply.Type = TypeSuccess
	return true
}

// wrapsSuccess recognises <string>success</string>, which is what a framework
// makes of the word when it is told to answer in XML.
func wrapsSuccess(text string) bool {
	name := rootName(text)
	if name == "" || !strings.HasSuffix(text, "</"+name+">") {
		return false
	}
	_, inner, _ := strings.Cut(strings.TrimSuffix(text, "</"+name+">"), "<"+name)
	_, inner, _ = strings.Cut(inner, ">")
	return strings.EqualFold(strings.Trim(inner, blanks+`"`), Success)
}

// rootName returns the name of the element that text begins with, after an XML
// declaration if there is one.
func rootName(text string) string {
	if strings.HasPrefix(text, "<?xml") {
		_, text, _ = strings.Cut(text, "?>")
		text = strings.TrimLeft(text, blanks)
	}
	name, ok := strings.CutPrefix(text, "<")
	if !ok {
		return ""
	}
	if i := strings.IndexAny(name, blanks+"/>"); i >= 0 {
		name = name[:i]
	}
	if !wxxml.ValidName(name) {
		return ""
	}
	return name
}

// before judges what is before <xml>. Only an XML declaration may be there.
func (p *parser) before(at int, junk []byte) {
	if len(junk) == 0 {
		return
	}
	rest := junk
	if bytes.HasPrefix(rest, []byte("<?xml")) {
		if i := bytes.Index(rest, []byte("?>")); i >= 0 {
			if enc := declaredEncoding(string(rest[:i])); enc != "" && !strings.EqualFold(enc, "utf-8") {
				p.add(ruleEncoding, p.encoding(at), "reason", finding.Because(reason.Encoding, "name", shown(enc)))
			}
			if isBlank(rest[i+len("?>"):]) {
				return
			}
			rest = rest[i+len("?>"):]
		}
	}
	if isBlank(rest) {
		p.add(ruleBlankBefore, between(at, at+len(junk)).gone(), "length", len(junk))
		return
	}
	p.add(ruleBefore, between(at, at+len(junk)).gone(), "length", len(junk), "bytes", shown(junk))
}

func declaredEncoding(declaration string) string {
	_, v, ok := strings.Cut(declaration, "encoding")
	v = strings.TrimLeft(v, blanks+"=")
	if !ok || v == "" {
		return ""
	}
	end := strings.IndexByte(v[1:], v[0])
	if end < 0 || v[0] != '"' && v[0] != '\'' {
		return ""
	}
	return v[1 : 1+end]
}

func (p *parser) after(end int) {
	rest := bytes.TrimLeft(p.body[end:], blanks)
	at := len(p.body) - len(rest)
	switch {
	case len(rest) == 0:
	case indexXML(rest) >= 0:
		p.add(ruleTwoDocuments, p.tail(at+indexXML(rest)).gone())
	case strings.EqualFold(string(bytes.TrimSpace(rest)), Success):
		p.add(ruleSuccessAfter, p.tail(at).gone())
	default:
		p.add(ruleAfter, p.tail(at).gone(), "length", len(rest), "bytes", shown(rest))
	}
}
