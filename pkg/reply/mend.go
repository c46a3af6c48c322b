package reply

import (
	"bytes"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
)

// What should stand in the place of what a rule objects to, where that can be
// known.

// fault is where a body is no XML or JSON.
func (p *problems) fault(err *message.SyntaxError) spot {
	offset := err.Offset
	switch err.Fault {
	case message.BadCharacter:
		_, n := utf8.DecodeRune(p.body[offset:])
		return between(offset, offset+n).gone()
	case message.BadUTF8:
		end := offset
		for end < len(p.body) {
			if r, n := utf8.DecodeRune(p.body[end:]); r != utf8.RuneError || n > 1 {
				break
			}
			end++
		}
		return between(offset, end)
	case message.LooseCDATAEnd: // what was meant is before it, too
		if i := bytes.Index(p.body[offset:], []byte(cdataEnd)); i >= 0 {
			return between(offset+i, offset+i+len(cdataEnd))
		}
	case message.TooDeep:
		return p.tagAt(offset)
	case message.BadEncoding:
		return p.encoding(offset)
	case message.Malformed, message.WrongRoot:
		return p.malformed(err)
	case message.Truncated:
	}
	return at(offset)
}

var reference = lazy.Regexp(`^&(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);`)

func (p *problems) malformed(err *message.SyntaxError) spot {
	switch offset := err.Offset; err.Reason.ID {
	case reason.ClosesOther:
		if open, ok := err.Reason.Args["open"].(finding.Name); ok {
			return p.tagAt(offset).want("</" + string(open) + ">")
		}
	case reason.ClosesNothing:
		return p.tagAt(offset).gone()
	case reason.ParserSays:
		if !strings.Contains(err.Reason.In(finding.English), "entity") {
			break
		}
		for i := offset; i < len(p.body); i++ {
			if p.body[i] == '&' && !reference.Get().Match(p.body[i:]) {
				return between(i, i+1).want("&amp;")
			}
		}
	}
	return at(err.Offset)
}

// encoding is the name in the XML declaration that begins at an offset.
func (p *problems) encoding(offset int) spot {
	declaration, _, _ := bytes.Cut(p.body[offset:], []byte("?>"))
	name := declaredEncoding(string(declaration))
	if name == "" {
		return p.tagAt(offset)
	}
	i := offset + bytes.Index(declaration, []byte("encoding"))
	i += bytes.Index(p.body[i+len("encoding"):], []byte(name)) + len("encoding")
	return between(i, i+len(name)).want("UTF-8")
}

// unwrapped is a reply that is the text of an element, escaped.
func (p *problems) unwrapped(offset int, s string) spot {
	_, inner, _ := strings.Cut(s, "<"+rootName(s))
	_, inner, _ = strings.Cut(inner, ">")
	inner, _, ok := strings.Cut(inner, "</"+rootName(s)+">")
	if !ok {
		return p.tail(offset)
	}
	return p.tail(offset).want(html.UnescapeString(strings.Trim(inner, blanks)))
}

// otherRoot is a document with another root than <xml>.
func (p *problems) otherRoot(offset int, s string) spot {
	name := rootName(s)
	s = strings.TrimRight(s, blanks)
	before, rest, _ := strings.Cut(s, "<"+name)
	_, inner, _ := strings.Cut(rest, ">")
	inner, ok := strings.CutSuffix(inner, "</"+name+">")
	if !ok {
		return p.rest(offset)
	}
	return p.tail(offset).want(before + "<xml>" + inner + "</xml>")
}

// all is a field's whole text, blanks included.
func (p *problems) all(f *message.Field) spot {
	if s, _ := p.textAt(f); s.from < f.End() {
		return s
	}
	return p.valueAt(f)
}

// inside is an element with what is in it in its place.
func (p *problems) inside(f *message.Field) spot {
	s := between(f.Offset(), f.End())
	if from, to := f.Inner(); p.inXML(f) && to > from {
		return s.want(string(p.body[from:to]))
	}
	return s
}

// asText is the markup in an element, as CDATA.
func (p *problems) asText(f *message.Field) spot {
	s := p.valueAt(f)
	if !p.inXML(f) || s.from == f.Offset() {
		return s
	}
	return s.want(cdata(string(p.body[s.from:s.to])))
}

// surplus is fields, next to each other, that are too many. In JSON a comma
// would have to go, too.
func (p *problems) surplus(fields []*message.Field) spot {
	s := between(fields[0].Offset(), fields[len(fields)-1].End())
	if p.inXML(fields[0]) {
		return s.gone()
	}
	return s
}

var comment = lazy.Regexp(`(?s)<!--.*?-->|<\?.*?\?>`)

// loose is the first text between the elements of the root.
func (c *checker) loose() spot {
	from := bytes.Index(c.body, []byte("<xml"))
	if from < 0 {
		return nowhere
	}
	from += bytes.IndexByte(c.body[from:], '>') + 1
	for i := range len(c.doc.Fields) + 1 {
		to := len(c.body)
		if i < len(c.doc.Fields) {
			to = c.doc.Fields[i].Offset()
		} else if end := bytes.Index(c.body[from:], []byte("</xml")); end >= 0 {
			to = from + end
		}
		gap := string(c.body[from:to])
		if core := strings.Trim(comment.Get().ReplaceAllString(gap, ""), blanks); core != "" {
			core = strings.Trim(gap, blanks)
			from += strings.Index(gap, core)
			return between(from, from+len(core)).gone()
		}
		if i < len(c.doc.Fields) {
			from = c.doc.Fields[i].End()
		}
	}
	return nowhere
}

// usual is what an element should hold that the message decides, or what else
// is in the reply; "" if neither does.
func (c *checker) usual(path ...string) string {
	if len(path) != 1 {
		return ""
	}
	asked := func(name string) string {
		if c.in == nil {
			return ""
		}
		return trim(c.in.Get(name))
	}
	switch path[0] {
	case "ToUserName":
		return asked("FromUserName")
	case "FromUserName":
		return asked("ToUserName")
	case "CreateTime":
		return asked("CreateTime")
	case "MsgType":
		return c.typeByContent()
	case "ArticleCount":
		if articles := exact(c.doc.Fields, "Articles"); articles != nil {
			return strconv.Itoa(len(all(articles.Children, "item")))
		}
	}
	return ""
}

// typeByContent is the one type that the other elements are of, or "".
func (c *checker) typeByContent() (name string) {
	for _, s := range shapes {
		root := map[string]string{"text": "Content", "news": "Articles"}[s.msgType]
		if s.path != nil {
			root = s.path[0]
		}
		switch {
		case root == "" || exact(c.doc.Fields, root) == nil:
		case name != "":
			return ""
		default:
			name = s.msgType
		}
	}
	return name
}

// nobody is a name without a value.
func (c *checker) nobody(f *message.Field) spot {
	if want := c.usual(f.Name); want != "" {
		return c.shouldBe(f, want)
	}
	return c.valueAt(f)
}

var tenDigits = lazy.Regexp(`^[^0-9]*([0-9]{10})[0-9]*(?:\.[0-9]*)?[^0-9]*$`)

// seconds is a time that is not in seconds, or not only that.
func (c *checker) seconds(f *message.Field) spot {
	want := c.usual("CreateTime") // a moment before
	if m := tenDigits.Get().FindStringSubmatch(f.Value); m != nil {
		want = m[1]
	}
	if want == "" || f.Kind == message.Group {
		return c.valueAt(f)
	}
	return c.shouldBe(f, want)
}

// misplaced is an element that belongs into others, which are not there, or that
// is alone in another one.
func (c *checker) misplaced(f *message.Field, path, above string, rest []string) spot {
	s := between(f.Offset(), f.End())
	raw := string(c.body[s.from:s.to])
	in, deeper, nested := strings.Cut(path, "/")
	switch {
	case above != "" || !c.inXML(f):
		return s
	case nested && len(rest) == 1 && !strings.Contains(deeper, "/"):
		if parent := exact(c.doc.Fields, in); len(parent.Children) == 1 {
			return between(parent.Offset(), parent.End()).want(raw)
		}
		return s
	case nested || len(rest) < 2 || exact(c.doc.Fields, rest[0]) != nil:
		return s
	}
	for i := len(rest) - 2; i >= 0; i-- {
		raw = "<" + rest[i] + ">" + raw + "</" + rest[i] + ">"
	}
	return s.want(raw)
}
