package reply

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
)

// What languages print for bytes and objects that a framework was to write,
// and did not know how to. The ^ stands before all alternatives: then the
// beginning of a body tells that none matches, be it as long as it likes.
var (
	printedBytes = lazy.Value[*regexp.Regexp]{Make: func() *regexp.Regexp {
		return regexp.MustCompile(`(?s)^(?:(?:bytearray\()?[bB]['"]\s*(?:\\x..|\\[rnt])*<(?:xml|\?xml).*['"]\)?$` + // Python
			`|\[60 (?:63 )?120 109 108 ` + // Go
			`|\{"type":"Buffer","data":\[60,|<Buffer 3c |60,(?:63,)?120,109,108,` + // Node
			`|\[B@[0-9a-f]{1,8}$|System\.Byte\[\]$` + // Java, .NET
			`|"?PHhtbD[0-9A-Za-z+/]+=*"?$)`) // base64, which Go makes of bytes in JSON
	}}
	printedObject = lazy.Regexp(`^(?:\[object [A-Z]\w*\]|<[\w.]+ (?:object|instance) at 0x[0-9a-fA-F]+>` +
		`|#<[\w:]+(?:0x[0-9a-f]+)?[^<>]*>|[a-z]\w*(?:\.\w+)+(?:\$\w+)*@[0-9a-f]{5,8}|System(?:\.\w+)+)$`)
	printedSuccess = lazy.Regexp(`^(?:(?:bytearray\()?[bB]['"]success['"]\)?|\[115 117 99 99 101 115 115\]|\{"type":"Buffer","data":\[115,117,99,99,101,115,115\]\}|"?c3VjY2Vzcw=="?)$`)
)

func printsSuccess(s string) bool { return printedSuccess.Get().MatchString(s) }

// printed finds a reply that was printed instead of written.
func (p *parser) printed(at int, body []byte) bool {
	if bytes.HasPrefix(body, []byte("<xml>")) {
		return false // nothing is printed so, and nearly all replies are written so
	}
	s := string(body)
	const most = 4096 // the beginning tells, but for Python's quote at the end
	switch {
	case printedBytes.Get().MatchString(s):
		p.add(rulePrintedBytes, p.rest(at), "body", shown(s))
	case len(s) < most && printedObject.Get().MatchString(s):
		p.add(rulePrintedObject, p.rest(at), "body", shown(s))
	default:
		return false
	}
	return true
}

// wrapper is the name of the one element that stands around the <xml>, with or
// without a CDATA section, or "". Junk is what is before the <xml>.
func wrapper(junk string, body []byte) string {
	root := rootName(junk)
	if root == "" || !bytes.HasSuffix(bytes.TrimRight(body, blanks), []byte("</"+root+">")) {
		return ""
	}
	_, inner, _ := strings.Cut(junk, "<"+root)
	_, inner, ok := strings.Cut(inner, ">")
	if inner = strings.Trim(inner, blanks); !ok || inner != "" && inner != "<![CDATA[" {
		return ""
	}
	return root
}

// wrapsEscaped reports whether the text in an element is a reply, escaped.
func wrapsEscaped(s string) bool {
	_, inner, _ := strings.Cut(s, "<"+rootName(s))
	_, inner, _ = strings.Cut(inner, ">")
	inner = strings.TrimLeft(inner, blanks)
	return rootName(s) != "" && (strings.HasPrefix(inner, "&lt;xml") || strings.HasPrefix(inner, "&lt;?xml"))
}
