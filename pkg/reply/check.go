package reply

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// The limits of a passive reply. MaxText is found in many projects and on no
// official page.
const (
	MaxText            = 2048 // bytes of Content
	ArticlesForMessage = 1    // articles shown in answer to a user's message
	ArticlesForEvent   = 8    // and in answer to an event
)

// check applies the rules for passive replies, and returns what WeChat would
// refuse, drop or show wrongly. The message that is answered may be nil: then
// the rules that need it are left out. Of an encrypted reply only the format
// is checked.
func check(r *Reply, inbound *message.Message) []finding.Finding {
	if r.Doc == nil || r.Type == TypeSuccess && exact(r.Doc.Fields, "MsgType") == nil {
		return nil
	}
	c := checker{problems: problems{body: r.body}, doc: r.Doc, in: inbound}
	fromJSON := inbound != nil && inbound.Format == msgcrypt.JSON
	switch {
	case ofPlatform(inbound):
		c.add(rulePlatform, c.tail(0).want(Success), "body", shown(r.body))
		return c.found
	case r.Doc.Format == msgcrypt.JSON && inbound != nil && !fromJSON:
		c.add(ruleJSONReply, c.rest(0), "body", shown(r.body))
		return c.found
	case r.Type == TypeEncrypted: // what is in it is to be checked, once it is opened
		return nil
	case fromJSON && r.Type == TypeOther && !inbound.IsEvent() && isEnvelope(r.Doc):
		c.add(ruleJSONSuccess, c.tail(0).want(Success), "body", shown(r.body))
		return c.found
	case r.Doc.Format == msgcrypt.JSON && r.Type == TypeOther:
		return nil // the answer of a mini program to an event is its own affair
	case fromJSON && r.Doc.Format != msgcrypt.JSON:
		c.add(ruleXMLReply, c.rest(0))
	}
	if _, f := find(c.doc.Fields, "xml"); f != nil {
		c.add(ruleNestedXML, c.inside(f)) // all that follows would only be about the wrong level
		return c.found
	}
	c.frame()
	c.names()
	c.time()
	c.content(r)
	c.roundedID()
	return c.found
}

// isEnvelope reports whether a JSON answer is what a project wraps all its
// answers in: {"code":0,"msg":"success"}.
func isEnvelope(doc *message.Message) bool {
	return doc.Format == msgcrypt.JSON && slices.ContainsFunc(doc.Fields, func(f *message.Field) bool {
		return slices.Contains([]string{"code", "errcode", "errno", "msg", "message", "status"}, strings.ToLower(f.Name))
	})
}

type checker struct {
	problems
	doc *message.Message
	in  *message.Message
}

// frame checks what is wrong with the document apart from its type.
func (c *checker) frame() {
	if c.doc.LooseText() != "" {
		c.add(ruleLooseText, c.loose(), "text", shown(c.doc.LooseText()))
	}
	var counts [len(elements)]int
	for _, f := range c.doc.Fields {
		i := slices.Index(elements[:], f.Name)
		if i < 0 {
			continue
		}
		if counts[i]++; counts[i] == 2 {
			n := len(all(c.doc.Fields, f.Name))
			c.add(ruleTwice, c.surplus([]*message.Field{f}), "element", f.Name, "count", n)
		}
	}
}

// elements are the elements that a reply may have at its top.
var elements = [...]string{
	"ToUserName", "FromUserName", "CreateTime", "MsgType",
	"Content", "Image", "Voice", "Video", "Music", "ArticleCount", "Articles", "TransInfo",
}

// isAppID reports whether s has the form of an AppID.
func isAppID(s string) bool {
	digits, ok := strings.CutPrefix(s, "wx")
	return ok && len(digits) == 16 && strings.Trim(digits, "0123456789abcdef") == ""
}

// names checks that sender and receiver are swapped.
func (c *checker) names() {
	to, from := c.name("ToUserName"), c.name("FromUserName")
	wantTo, wantFrom := "", ""
	if c.in != nil {
		wantTo, wantFrom = c.in.Get("FromUserName"), c.in.Get("ToUserName")
	}
	if to != nil && from != nil && wantTo != "" && wantTo != wantFrom &&
		trim(to.Value) == wantFrom && trim(from.Value) == wantTo {
		c.add(ruleNotSwapped, c.shouldBe(to, wantTo))
		c.found[len(c.found)-1].Place.And = c.shouldBe(from, wantFrom).place(c.body)
		return
	}
	if to != nil && wantTo != "" && trim(to.Value) != wantTo {
		c.add(ruleWrongTo, c.shouldBe(to, wantTo), "got", shown(to.Value), "want", shown(wantTo))
	}
	switch {
	case from == nil:
	case isAppID(trim(from.Value)) && trim(from.Value) != wantFrom:
		where := c.shouldBe(from, wantFrom)
		if wantFrom == "" {
			where, wantFrom = c.valueAt(from), "gh_…"
		}
		c.add(ruleAppID, where, "got", shown(from.Value), "want", shown(wantFrom))
	case wantFrom != "" && trim(from.Value) != wantFrom:
		c.add(ruleWrongFrom, c.shouldBe(from, wantFrom), "got", shown(from.Value), "want", shown(wantFrom))
	}
}

// name returns the element if it has a value.
func (c *checker) name(element string) *message.Field {
	f := c.element(c.doc.Fields, "", element, ruleMissing)
	switch {
	case f == nil:
		return nil
	case trim(f.Value) == "":
		c.add(ruleNobody, c.nobody(f), "element", element)
		return nil
	case trim(f.Value) != f.Value:
		c.add(ruleNameBlanks, c.encoded(f, c.all(f), trim(f.Value)), "element", element, "got", shown(f.Value))
	}
	return f
}

// time checks CreateTime. Many servers send milliseconds, and WeChat seems to
// accept them.
func (c *checker) time() {
	f := exact(c.doc.Fields, "CreateTime")
	if f == nil {
		if other := child(c.doc.Fields, "CreateTime"); other != nil {
			c.add(ruleCase, c.renamed(other, "CreateTime"), "element", other.Name, "want", "CreateTime")
			return
		}
		c.add(ruleNoTime, c.missing(c.doc, c.doc.Fields, "CreateTime", c.usual("CreateTime")))
		return
	}
	v := trim(f.Value)
	switch {
	case f.Kind == message.Group || !allDigits(v):
		c.add(ruleTimeNotInteger, c.seconds(f), "value", shown(f.Value))
	case len(v) == 13:
		c.add(ruleTimeMillis, c.seconds(f), "value", shown(v))
	case len(v) != 10:
		c.add(ruleTimeNotSeconds, c.seconds(f), "value", shown(v))
	}
}

// roundedID looks for the MsgId as a floating point number rounds it.
func (c *checker) roundedID() {
	if c.in == nil || !mayBeRounded(c.body) {
		return
	}
	id, ok := c.in.Int("MsgId")
	if !ok || int64(float64(id)) == id {
		return
	}
	want := strconv.FormatInt(id, 10)
	for _, got := range []string{
		strconv.FormatInt(int64(float64(id)), 10),
		strconv.FormatFloat(float64(id), 'f', -1, 64),
		strconv.FormatFloat(float64(id), 'e', -1, 64),
		strings.Replace(strconv.FormatFloat(float64(id), 'E', -1, 64), "E+", "E", 1),
	} {
		if i := strings.Index(string(c.body), got); got != want && i >= 0 {
			c.add(ruleRoundedID, between(i, i+len(got)).want(want), "got", got, "want", want)
			return
		}
	}
}

// mayBeRounded reports whether there is a number in a body with as many digits as
// an integer has that a floating point number rounds, or with an exponent.
func mayBeRounded(body []byte) bool {
	const digits = len("9007199254740993") // the first of them
	for at := 0; at+digits <= len(body); at++ {
		n := digits
		for n > 0 && body[at+n-1] >= '0' && body[at+n-1] <= '9' {
			n--
		}
		if n == 0 {
			return true
		}
		at += n - 1 // a number with a byte before it would have to hold that
	}
	return bytes.Contains(body, []byte("+1")) || bytes.Contains(body, []byte("E1"))
}
