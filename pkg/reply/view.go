package reply

import (
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
)

// Article is one of a news reply.
type Article struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	PicURL      string `json:"picurl,omitempty"`
	URL         string `json:"url,omitempty"`
}

// Text returns the Content of a text reply, else "".
func (r *Reply) Text() string {
	if r.Type != "text" || r.Doc == nil {
		return ""
	}
	return r.Doc.Get("Content")
}

// Articles returns the articles of a news reply, in order.
func (r *Reply) Articles() []Article {
	if r.Type != "news" || r.Doc == nil {
		return nil
	}
	var list []Article
	for _, f := range r.Doc.All("Articles.item") {
		item := message.Message{Fields: f.Children}
		list = append(list, Article{
			Title: item.Get("Title"), Description: item.Get("Description"),
			PicURL: item.Get("PicUrl"), URL: item.Get("Url"),
		})
	}
	return list
}

// MediaID returns the MediaId of an image, voice or video reply, and the
// ThumbMediaId of a music reply.
func (r *Reply) MediaID() string {
	if path, _ := shape(r.Type); path != nil && r.Doc != nil {
		return r.Doc.Get(strings.Join(path, "."))
	}
	return ""
}

// Links returns the links in a text reply.
func (r *Reply) Links() []Link { return Links(r.Text()) }

// IsMessage reports whether the reply shows the user something, or hands the
// user to customer service.
func (r *Reply) IsMessage() bool {
	_, ok := shape(r.Type)
	return ok
}

// Silent reports whether the reply is one of the two that say nothing to the
// user: success, in whatever shape, or an empty body.
func (r *Reply) Silent() bool { return r.Type == TypeSuccess || r.Type == TypeEmpty }

// String is the reply in English, see [Reply.In].
func (r *Reply) String() string { return r.In(finding.English) }

// In returns the reply for people, on one line or several, fit to print: its
// type, and below it what it says.
func (r *Reply) In(lang finding.Lang) string {
	switch {
	case r.Type == "":
		return finding.Because(reason.ReplyUnreadable, "body", finding.Quote{Text: string(r.body), Limit: 200}).In(lang)
	case r.Type == TypeEmpty, r.Type == TypeSuccess:
		return r.Type
	case r.Type == "text":
		return "text\n" + indentBlock(r.Text()) + r.linkLines(lang)
	case r.Type == "news":
		return "news" + r.articleLines()
	}
	s := text.Line(r.Type)
	if !r.IsMessage() {
		return s
	}
	for _, f := range r.Doc.Fields {
		for _, in := range f.Children {
			if in.Kind != message.Group && in.Value != "" {
				s += "\n  " + text.Line(in.Name) + "  " + text.Line(in.Value)
			}
		}
	}
	return s
}

// Redact returns the reply with the texts in it as hide makes them, for
// [finding.Redact]: In cuts what is long.
func (r *Reply) Redact(hide func(string) string) finding.Fact {
	hidden := hide(string(r.body))
	if hidden == string(r.body) {
		return r
	}
	masked, _ := Parse([]byte(hidden))
	return masked
}

func indentBlock(s string) string {
	return "  " + strings.ReplaceAll(text.Block(s), "\n", "\n  ")
}

func (r *Reply) linkLines(lang finding.Lang) string {
	quote := func(s string) finding.Quote { return finding.Quote{Text: s, Limit: 60} }
	var s strings.Builder
	for _, l := range r.Links() {
		line := finding.Because(reason.LinkOpens, "text", quote(l.Text), "url", l.Href)
		switch {
		case l.IsMenu():
			line = finding.Because(reason.LinkSends, "text", quote(l.Text), "content", quote(l.MenuContent), "id", quote(l.MenuID))
		case l.AppID != "":
			line = finding.Because(reason.LinkOpensMiniProgram, "text", quote(l.Text), "appid", l.AppID, "path", l.Path)
		}
		s.WriteString("\n  " + line.In(lang))
	}
	return s.String()
}

func (r *Reply) articleLines() string {
	var s strings.Builder
	for i, a := range r.Articles() {
		s.WriteString("\n  " + strconv.Itoa(i+1) + ". " + text.Line(a.Title))
		for _, more := range []string{a.Description, a.PicURL, a.URL} {
			if more != "" {
				s.WriteString("\n     " + text.Line(more))
			}
		}
	}
	return s.String()
}
