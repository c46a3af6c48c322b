package emulator

import (
	"cmp"
	"sort"
	"strings"

	"github.com/wxdev/wxdev/internal/wxjson"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/reply"
)

// Shown is what a phone draws of a message: the fields of every kind of message
// by the same names, whether it was a reply in XML, a call in JSON, or what the
// user sent. What a kind does not have is empty.
type Shown struct {
	Type        string          `json:"type"` // text, image, news, msgmenu, template … as the server wrote it
	Text        string          `json:"text,omitempty"`
	Links       []reply.Link    `json:"links,omitempty"` // in the text
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"`
	URL         string          `json:"url,omitempty"` // where a tap leads
	Picture     string          `json:"picture,omitempty"`
	MediaID     string          `json:"media_id,omitempty"`
	ThumbID     string          `json:"thumb_media_id,omitempty"`
	MusicURL    string          `json:"music_url,omitempty"`
	Articles    []reply.Article `json:"articles,omitempty"`
	Head        string          `json:"head,omitempty"` // of a menu in the chat
	Options     []ShownOption   `json:"options,omitempty"`
	Tail        string          `json:"tail,omitempty"`
	Fields      []ShownField    `json:"fields,omitempty"` // of a template
	AppID       string          `json:"appid,omitempty"`  // of a mini program
	PagePath    string          `json:"pagepath,omitempty"`
	Lat         string          `json:"lat,omitempty"` // of a place
	Lng         string          `json:"lng,omitempty"`
	Spoken      string          `json:"spoken,omitempty"` // what a voice message says
	ID          string          `json:"id,omitempty"`     // of a card, an article
	KF          string          `json:"kf_account,omitempty"`
}

// ShownOption is a line of a menu in the chat. Who taps it sends the content, and
// bizmsgmenuid with the id.
type ShownOption struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}

// ShownField is a line of a template message.
type ShownField struct {
	Name  string `json:"name"`            // of the placeholder: keyword1, thing2
	Label string `json:"label,omitempty"` // before it in the template
	Value string `json:"value"`
	Color string `json:"color,omitempty"` // which phones ignore
}

// show finds out what a phone draws of the line.
func (item *ChatItem) show() {
	switch {
	case item.Body == "":
	case item.From == FromUser:
		item.Shown = shownMessage(item.Body)
	case item.Via == "reply":
		item.Shown = shownReply(item.Body)
	default:
		item.Shown = shownCall(item)
	}
}

// shownMessage is what the user sent.
func shownMessage(body string) *Shown {
	m, err := message.Parse([]byte(body))
	if err != nil {
		return nil
	}
	return &Shown{
		Type: cmp.Or(m.Get("MsgType"), m.Get("InfoType")), Text: m.Get("Content"), Picture: m.Get("PicUrl"), MediaID: m.Get("MediaId"),
		ThumbID: m.Get("ThumbMediaId"), Spoken: m.Get("Recognition"), Title: cmp.Or(m.Get("Title"), m.Get("Label"), m.Get("SendLocationInfo.Label")),
		Description: m.Get("Description"), URL: m.Get("Url"), Lat: cmp.Or(m.Get("Location_X"), m.Get("Latitude"), m.Get("SendLocationInfo.Location_X")),
		Lng:   cmp.Or(m.Get("Location_Y"), m.Get("Longitude"), m.Get("SendLocationInfo.Location_Y")),
		AppID: m.Get("AppId"), PagePath: m.Get("PagePath"), ID: m.Get("EventKey"),
	}
}

// shownReply is a passive reply.
func shownReply(body string) *Shown {
	r, _ := reply.Parse([]byte(body))
	if r == nil || !r.IsMessage() {
		return nil
	}
	get := func(path string) string { return r.Doc.Get(path) }
	return &Shown{
		Type: r.Type, Text: r.Text(), Links: r.Links(), MediaID: r.MediaID(), Articles: r.Articles(),
		Title: cmp.Or(get("Video.Title"), get("Music.Title")), Description: cmp.Or(get("Video.Description"), get("Music.Description")),
		MusicURL: cmp.Or(get("Music.MusicUrl"), get("Music.HQMusicUrl")), ThumbID: get("Music.ThumbMediaId"), KF: get("TransInfo.KfAccount"),
	}
}

// shownCall is what a call sent: a customer-service message, a template, a
// subscription message, a mass message.
func shownCall(item *ChatItem) *Shown {
	o, err := parseObject(wxjson.KeepWideEscapes([]byte(item.Body)))
	if err != nil {
		return nil
	}
	if item.Via == "template" || item.Via == "subscribe" {
		return shownTemplate(item, o)
	}
	kind := o.text("msgtype")
	c := o.object(kind)
	s := &Shown{
		Type: kind, Text: c.text("content"), Title: c.text("title"), Description: c.text("description"), URL: c.text("url"), Picture: c.text("thumb_url"),
		MediaID: c.text("media_id"), ThumbID: c.text("thumb_media_id"), MusicURL: cmp.Or(c.text("musicurl"), c.text("hqmusicurl")),
		Head: c.text("head_content"), Tail: c.text("tail_content"), AppID: c.text("appid"), PagePath: c.text("pagepath"),
		ID: cmp.Or(c.text("card_id"), c.text("article_id")), KF: o.object("customservice").text("kf_account"),
	}
	s.Links = reply.Links(s.Text)
	for _, v := range c.list("articles") {
		a, _ := v.(map[string]any)
		s.Articles = append(s.Articles, reply.Article{
			Title: object(a).text("title"), Description: object(a).text("description"), URL: object(a).text("url"), PicURL: object(a).text("picurl"),
		})
	}
	for _, v := range c.list("list") {
		option, _ := v.(map[string]any)
		s.Options = append(s.Options, ShownOption{object(option).text("id"), object(option).text("content")})
	}
	return s
}

// shownTemplate is a template's card: its fields in the order of the text that
// the line has, which is the template filled in.
func shownTemplate(item *ChatItem, o object) *Shown {
	mini := o.object("miniprogram")
	s := &Shown{
		Type: item.Via, Title: item.Title, Text: item.Text, URL: o.text("url"), AppID: mini.text("appid"), PagePath: cmp.Or(mini.text("pagepath"), mini.text("path"), o.text("page")),
	}
	data := o.object("data")
	for name := range data {
		field := data.object(name)
		s.Fields = append(s.Fields, ShownField{Name: name, Value: field.text("value"), Color: field.text("color")})
	}
	at := func(f ShownField) int { return strings.Index(item.Text, f.Value) }
	sort.Slice(s.Fields, func(i, j int) bool { // one copy of the code for all types
		a, b := s.Fields[i], s.Fields[j]
		return cmp.Or(at(a)-at(b), strings.Compare(a.Name, b.Name)) < 0
	})
	for i, f := range s.Fields {
		s.Fields[i].Label = labelBefore(item.Text, f.Value)
	}
	return s
}

// labelBefore is what stands before a value on its line of a template: "时间：".
func labelBefore(text, value string) string {
	if value == "" {
		return ""
	}
	for line := range strings.Lines(text) {
		if before, _, found := strings.Cut(line, value); found {
			return strings.TrimRight(strings.TrimSpace(before), ":： ")
		}
	}
	return ""
}
