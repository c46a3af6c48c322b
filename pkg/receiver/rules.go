package receiver

import (
	"regexp"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/reply"
)

// Rules say which message gets which reply; [ParseRules] reads them.
type Rules struct{ list []*rule }

// rule is a [[rule]] of the file. What is nil or empty matches every message.
type rule struct {
	kind  *message.Type
	any   string // "event" or "message": all of those
	event string
	key   *regexp.Regexp // of the whole EventKey
	text  *regexp.Regexp // of a part of the Content

	reply replySpec
}

// replySpec is a reply before it has a receiver.
type replySpec struct {
	kind     string
	values   map[string]string // by key of the file
	articles []reply.Article
}

// Reply returns the reply of the first rule that matches, or nil, which means
// success, if none does or if that is what the rule says.
func (r *Rules) Reply(in *message.Message, now time.Time) *message.Message {
	for _, one := range r.list {
		if one.fits(in) {
			return one.reply.build(in, now)
		}
	}
	return nil
}

func (r *rule) fits(in *message.Message) bool {
	switch {
	case r.kind != nil && in.Type() != r.kind,
		r.any == "event" && !in.IsEvent(),
		r.any == "message" && in.IsEvent(),
		r.event != "" && !(in.IsEvent() && strings.EqualFold(in.Get("Event"), r.event)),
		r.key != nil && !matches(r.key, in.Field("EventKey")),
		r.text != nil && !matches(r.text, in.Field("Content")):
		return false
	}
	return true
}

// matches reports false for a missing field: .* does not match a picture.
func matches(want *regexp.Regexp, f *message.Field) bool {
	return f != nil && want.MatchString(f.Value)
}

func (s *replySpec) build(in *message.Message, now time.Time) *message.Message {
	v := s.values
	switch s.kind {
	case "text":
		return reply.Text(in, now, v["content"])
	case "image":
		return reply.Image(in, now, v["media_id"])
	case "voice":
		return reply.Voice(in, now, v["media_id"])
	case "video":
		return reply.Video(in, now, v["media_id"], v["title"], v["description"])
	case "music":
		return reply.Music(in, now, reply.Song{
			Title: v["title"], Description: v["description"], URL: v["url"], HQURL: v["hq_url"],
			ThumbMediaID: v["thumb_media_id"],
		})
	case "news":
		return reply.News(in, now, s.articles...)
	case "transfer":
		return reply.Transfer(in, now, v["account"])
	}
	return nil
}

// replyKinds are the types a reply can have, and their keys; * marks the
// required ones.
var replyKinds = []struct {
	name string
	keys []string
}{
	{"text", []string{"content*"}},
	{"image", []string{"media_id*"}},
	{"voice", []string{"media_id*"}},
	{"video", []string{"media_id*", "title", "description"}},
	{"music", []string{"thumb_media_id*", "title", "description", "url", "hq_url"}},
	{"news", []string{"articles*"}},
	{"transfer", []string{"account"}},
	{"success", nil},
}

func replyKeys(kind string) (keys []string, known bool) {
	for _, k := range replyKinds {
		if k.name == kind {
			return k.keys, true
		}
	}
	return nil, false
}
