package reply

import (
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// shapes are the types of a reply, each with the path that it needs besides the
// four elements that all have. Text and news have rules of their own.
var shapes = [...]struct {
	msgType string
	path    []string
}{
	{msgType: "text"},
	{"image", []string{"Image", "MediaId"}},
	{"voice", []string{"Voice", "MediaId"}},
	{"video", []string{"Video", "MediaId"}},
	{"music", []string{"Music", "ThumbMediaId"}},
	{msgType: "news"},
	{msgType: TypeTransfer},
}

// Types returns the MsgTypes that a reply can have.
func Types() []string {
	var names []string
	for _, s := range shapes {
		names = append(names, s.msgType)
	}
	return names
}

// shape returns the path that a reply of a type needs, which is nil for those
// that need none; ok is false if there is no such type.
func shape(msgType string) (path []string, ok bool) {
	for _, s := range shapes {
		if s.msgType == msgType {
			return s.path, true
		}
	}
	return nil, false
}

// content checks what follows the four common elements.
func (c *checker) content(r *Reply) {
	f := c.element(c.doc.Fields, "", "MsgType", ruleMissing)
	if f == nil {
		return
	}
	want, ok := shape(r.Type)
	if !ok {
		c.unknownType(f, r.Type)
		return
	}
	if c.in != nil && c.in.Format == msgcrypt.JSON && r.Type != TypeTransfer {
		c.add(ruleMiniContent, c.valueAt(f), "msgtype", shown(r.Type))
	}
	if want != nil {
		c.need(want)
	}
	switch r.Type {
	case "text":
		c.text()
	case "news":
		c.news()
	case TypeTransfer:
		if exact(c.doc.Fields, "TransInfo") != nil {
			c.need([]string{"TransInfo", "KfAccount"})
		}
	}
}

func (c *checker) unknownType(f *message.Field, name string) {
	lower := strings.ToLower(name)
	if _, ok := shape(lower); ok {
		c.add(ruleTypeCase, c.shouldBe(f, lower), "msgtype", shown(name), "want", lower)
		return
	}
	c.add(ruleUnknownType, c.valueAt(f), "msgtype", shown(name))
}

// need checks an element that must be there and have a value.
func (c *checker) need(path []string) {
	fields := c.doc.Fields
	for i, name := range path {
		f := exact(fields, name)
		switch {
		case f == nil:
			above := strings.Join(append(path[:i:i], ""), "/")
			c.elementOf(fields, above, name, path[i:], ruleMissing)
			return
		case i == len(path)-1:
			c.value(f, path...)
		}
		fields = f.Children
	}
}

func (c *checker) value(f *message.Field, path ...string) {
	switch {
	case f.Kind == message.Group:
		c.add(ruleMarkup, c.asText(f), "element", strings.Join(path, "/"), "inside", shown(f.Children[0].Name))
	case trim(f.Value) == "":
		c.add(ruleEmpty, c.valueAt(f), "element", strings.Join(path, "/"))
	}
}

// element returns the element called name, or reports that it is missing, is
// written in other case, or is in the wrong place.
func (c *checker) element(fields []*message.Field, above, name string, missing ruleID) *message.Field {
	if f := exact(fields, name); f != nil {
		return f
	}
	return c.elementOf(fields, above, name, []string{name}, missing)
}

// elementOf is element on the way to a deeper one: rest is the path from name
// on.
func (c *checker) elementOf(fields []*message.Field, above, name string, rest []string, missing ruleID) *message.Field {
	if f := exact(fields, name); f != nil {
		return f
	}
	want := above + strings.Join(rest, "/")
	if f := child(fields, name); f != nil {
		c.add(ruleCase, c.renamed(f, name), "element", above+f.Name, "want", above+name)
		return nil
	}
	if missing != ruleMissingInItem { // there the others have elements of this name
		if path, f := find(c.doc.Fields, rest[len(rest)-1]); f != nil {
			c.add(ruleMisplaced, c.misplaced(f, path, above, rest), "element", path, "want", want)
			return nil
		}
	}
	c.add(missing, c.missing(c.doc, fields, name, c.usual(rest...)), "element", want)
	return nil
}

func (c *checker) text() {
	f := c.element(c.doc.Fields, "", "Content", ruleMissing)
	if f == nil {
		return
	}
	switch {
	case f.Kind == message.Group:
		c.value(f, "Content")
		return
	case f.Value == "":
		c.add(ruleNoText, c.valueAt(f))
		return
	case strings.TrimSpace(f.Value) == "":
		c.add(ruleBlankText, c.all(f), "content", shown(f.Value))
		return
	case trim(f.Value) == Success:
		c.add(ruleSuccessAsText, c.valueAt(f))
	}
	c.shownAs(f)
	if len(f.Value) > MaxText {
		c.add(ruleLongText, c.meant(f, cutAt(f.Value, MaxText)), "length", len(f.Value), "limit", MaxText)
	}
	links, open := scanLinks(f.Value)
	for _, l := range links {
		if l.IsMenu() && strings.Contains(l.Href, "&amp;") {
			c.add(ruleLinkAmp, c.meant(f, plainHrefs(f.Value)), "href", shown(l.Href))
			break // one is enough to know
		}
	}
	if open != "" {
		c.add(ruleLinkOpen, c.openLink(f, open), "text", shown(open))
	}
}

func (c *checker) news() {
	count := c.element(c.doc.Fields, "", "ArticleCount", ruleMissing)
	articles := c.element(c.doc.Fields, "", "Articles", ruleMissing)
	if articles == nil {
		return
	}
	items := all(articles.Children, "item")
	if len(items) == 0 {
		c.add(ruleNoArticles, c.valueAt(articles))
		return
	}
	if count != nil {
		c.articleCount(count, len(items))
	}
	limit, rule := ArticlesForEvent, ruleManyForEvent
	if c.in != nil && !c.in.IsEvent() {
		limit, rule = ArticlesForMessage, ruleManyForMessage
	}
	if len(items) > limit {
		c.add(rule, c.surplus(items[limit:]), "items", len(items), "limit", limit)
	}
	for i, item := range items[:min(len(items), ArticlesForEvent)] {
		above := "Articles/item[" + strconv.Itoa(i+1) + "]/"
		for _, name := range []string{"Title", "Description", "PicUrl", "Url"} {
			f := c.element(item.Children, above, name, ruleMissingInItem)
			switch {
			case f == nil:
			case f.Kind == message.Group:
				c.value(f, above+name)
			case name == "Title" || name == "Description":
				c.shownAs(f)
			}
		}
	}
}

func (c *checker) articleCount(f *message.Field, items int) {
	n, err := strconv.Atoi(trim(f.Value))
	switch {
	case err != nil:
		c.add(ruleCountNotNumber, c.shouldBe(f, strconv.Itoa(items)), "count", shown(f.Value))
	case n != items:
		c.add(ruleCountMismatch, c.shouldBe(f, strconv.Itoa(items)), "count", n, "items", items)
	}
}
