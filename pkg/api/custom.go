package api

import (
	"context"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// CustomType is a type of customer-service message. See
// https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage .
type CustomType struct {
	Name   string
	Fields []CustomField
	En, Zh string // what it is
}

// CustomField is a field of a message's object.
type CustomField struct {
	Name     string
	Required bool
}

// Title returns what the type is, in lang.
func (t CustomType) Title(lang finding.Lang) string {
	if lang == finding.Chinese {
		return t.Zh
	}
	return t.En
}

// CustomTypes returns the types of customer-service messages.
func CustomTypes() []CustomType {
	return []CustomType{
		customType("text", "a text", "文本", "content!"),
		customType("image", "an image", "图片", "media_id!"),
		customType("voice", "a voice message", "语音", "media_id!"),
		customType("video", "a video", "视频", "media_id!", "thumb_media_id", "title", "description"),
		customType("music", "music", "音乐", "musicurl!", "hqmusicurl!", "thumb_media_id!", "title", "description"),
		customType("news", "one article with a link", "图文（跳转链接）", "title!", "description", "url", "picurl"),
		customType("mpnews", "an article by its media_id", "图文（media_id）", "media_id!"),
		customType("mpnewsarticle", "a published article", "图文（已发布）", "article_id!"),
		customType("msgmenu", "a menu of answers", "菜单消息", "head_content!", "list!", "tail_content"),
		customType("wxcard", "a card", "卡券", "card_id!"),
		customType("miniprogrampage", "a page of a mini program", "小程序卡片", "title!", "pagepath!", "thumb_media_id!", "appid"),
		customType("link", "a link (mini programs)", "图文链接（小程序）", "title!", "description!", "url!", "thumb_url!"),
	}
}

// customType reads its fields as words, the required ones with a "!".
func customType(name, en, zh string, fields ...string) CustomType {
	t := CustomType{Name: name, En: en, Zh: zh}
	for _, f := range fields {
		short, required := strings.CutSuffix(f, "!")
		t.Fields = append(t.Fields, CustomField{short, required})
	}
	return t
}

// LookupCustomType returns the type called name.
func LookupCustomType(name string) (CustomType, bool) {
	all := CustomTypes()
	i := slices.IndexFunc(all, func(t CustomType) bool { return t.Name == name })
	if i < 0 {
		return CustomType{}, false
	}
	return all[i], true
}

// Choice is a line of a msgmenu: what the user taps, and the ID that the server
// gets.
type Choice struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}

// CustomMessage is a message for one user.
type CustomMessage struct {
	To      string            // the OpenID
	Type    CustomType        // which fields there are
	Fields  map[string]string // by the API's names
	Choices []Choice          // of a msgmenu
	Account string            // kf_account, the agent it comes from; may be empty
}

// Body returns the JSON of the message. A missing field, or one that the type
// does not have, is an error.
func (m CustomMessage) Body() ([]byte, error) {
	fields := map[string]any{}
	for name, value := range m.Fields {
		if name == "list" || !slices.ContainsFunc(m.Type.Fields, func(f CustomField) bool { return f.Name == name }) {
			return nil, finding.Because(reason.TypeHasNoField, "type", m.Type.Name, "field", finding.Quoted(name))
		}
		fields[name] = value
	}
	if m.Choices != nil {
		if m.Type.Name != "msgmenu" {
			return nil, finding.Because(reason.TypeHasNoChoices, "type", m.Type.Name)
		}
		fields["list"] = m.Choices
	}
	for _, f := range m.Type.Fields {
		if _, ok := fields[f.Name]; f.Required && !ok {
			return nil, finding.Because(reason.TypeLacks, "type", m.Type.Name, "field", f.Name)
		}
	}
	var object any = fields
	if m.Type.Name == "news" {
		object = map[string]any{"articles": []any{fields}} // a list of one
	}
	body := map[string]any{"touser": m.To, "msgtype": m.Type.Name, m.Type.Name: object}
	if m.Account != "" {
		body["customservice"] = map[string]string{"kf_account": m.Account}
	}
	return Encode(body)
}

// SendCustom sends a customer-service message, the JSON that Body returns.
func (c *Client) SendCustom(ctx context.Context, body []byte) error {
	return c.Call(ctx, Request{Path: "/cgi-bin/message/custom/send", Body: body}, nil)
}
