package reply

import (
	"strconv"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
)

// Text returns a text reply. Write it and the others with
// [message.Message.Append]: a reply has the format of the message it answers.
//
// WeChat refuses an empty content: to say nothing, send [Success].
func Text(in *message.Message, now time.Time, content string) *message.Message {
	return replyTo(in, now, "text", &message.Field{Name: "Content", Value: content})
}

// Image returns an image reply.
func Image(in *message.Message, now time.Time, mediaID string) *message.Message {
	return replyTo(in, now, "image", group("Image", "MediaId", mediaID))
}

// Voice returns a voice reply.
func Voice(in *message.Message, now time.Time, mediaID string) *message.Message {
	return replyTo(in, now, "voice", group("Voice", "MediaId", mediaID))
}

// Video returns a video reply; title and description may be empty.
func Video(in *message.Message, now time.Time, mediaID, title, description string) *message.Message {
	return replyTo(in, now, "video", group("Video", "MediaId", mediaID, "Title", title, "Description", description))
}

// Song is what a [Music] reply plays. ThumbMediaID is required; of the others,
// the empty ones are left out.
type Song struct {
	Title, Description, URL, HQURL, ThumbMediaID string
}

// Music returns a music reply.
func Music(in *message.Message, now time.Time, s Song) *message.Message {
	return replyTo(in, now, "music", group("Music",
		"Title", s.Title, "Description", s.Description,
		"MusicUrl", s.URL, "HQMusicUrl", s.HQURL, "ThumbMediaId", s.ThumbMediaID))
}

// News returns a news reply: one article in answer to a user's message, up to
// eight in answer to an event.
func News(in *message.Message, now time.Time, articles ...Article) *message.Message {
	list := &message.Field{Name: "Articles", Kind: message.Group}
	for _, a := range articles {
		list.Children = append(list.Children, &message.Field{Name: "item", Kind: message.Group, JSON: message.Array, Children: []*message.Field{
			{Name: "Title", Value: a.Title},
			{Name: "Description", Value: a.Description},
			{Name: "PicUrl", Value: a.PicURL},
			{Name: "Url", Value: a.URL},
		}})
	}
	count := &message.Field{Name: "ArticleCount", Kind: message.Bare, Value: strconv.Itoa(len(articles))}
	return replyTo(in, now, "news", count, list)
}

// Transfer returns the reply that hands the user to customer service: to the
// account of that name, or with "" to any.
func Transfer(in *message.Message, now time.Time, account string) *message.Message {
	if account == "" {
		return replyTo(in, now, TypeTransfer)
	}
	return replyTo(in, now, TypeTransfer, group("TransInfo", "KfAccount", account))
}

func replyTo(in *message.Message, now time.Time, msgType string, content ...*message.Field) *message.Message {
	return &message.Message{
		Format: in.Format,
		Fields: append([]*message.Field{
			{Name: "ToUserName", Value: in.Get("FromUserName")},
			{Name: "FromUserName", Value: in.Get("ToUserName")},
			{Name: "CreateTime", Kind: message.Bare, Value: strconv.FormatInt(now.Unix(), 10)},
			{Name: "MsgType", Value: msgType},
		}, content...),
	}
}

// group makes a group of pairs of a name and a value, without the empty ones
// but for the id that it is about.
func group(name string, pairs ...string) *message.Field {
	g := &message.Field{Name: name, Kind: message.Group}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" || pairs[i] == "MediaId" || pairs[i] == "ThumbMediaId" || pairs[i] == "KfAccount" {
			g.Children = append(g.Children, &message.Field{Name: pairs[i], Value: pairs[i+1]})
		}
	}
	return g
}
