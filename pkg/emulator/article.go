package emulator

import (
	"encoding/json"
	"html"
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/wxjson"
)

// The limits of articles. That of the title, of the content and of the pictures
// are on https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add
// (read 2026-11-30), as is that escapes are taken for text. The others are
// unconfirmed, and so are the codes but for 40007 and 44003, which are in many
// threads.
const (
	maxArticles      = 8 // unconfirmed
	maxTitle         = 32
	maxAuthor        = 16      // unconfirmed
	maxDigest        = 128     // unconfirmed
	maxContent       = 20_000  // characters
	maxContentBytes  = 1 << 20 // of them
	maxSourceURL     = 1 << 10 // unconfirmed
	maxImages        = 20
	digestOfContent  = 54 // characters of the content are the digest, where none is given
	kindNews         = "news"
	kindNewsPictures = "newspic"
)

// checkArticle holds an article to the rules; the cover comes first.
func (c *call) checkArticle(a object) error {
	switch a.text("article_type") {
	case kindNewsPictures:
		if err := c.checkImages(a.object("image_info").list("image_list")); err != nil {
			return err
		}
	case kindNews, "":
		if c.acct.material(a.text("thumb_media_id"), "image", "thumb") == nil {
			return fail(40007)
		}
	default:
		return fail(40008)
	}
	content := a.text("content")
	switch {
	case a.text("title") == "" || utf8.RuneCountInString(a.text("title")) > maxTitle:
		return fail(45003)
	case utf8.RuneCountInString(a.text("author")) > maxAuthor:
		return fail(45110)
	case utf8.RuneCountInString(a.text("digest")) > maxDigest:
		return fail(45004)
	case len(a.text("content_source_url")) > maxSourceURL:
		return fail(45005)
	case content == "":
		return fail(44004)
	case utf8.RuneCountInString(content) >= maxContent || len(content) >= maxContentBytes:
		return fail(45002)
	}
	return nil
}

// checkImages wants 1 to 20 permanent pictures; the first one is the cover.
func (c *call) checkImages(images []any) error {
	if len(images) == 0 {
		return fail(40007)
	}
	if len(images) > maxImages {
		return fail(45020)
	}
	for _, v := range images {
		image, _ := v.(map[string]any)
		if c.acct.material(object(image).text("image_media_id"), "image") == nil {
			return fail(40007)
		}
	}
	return nil
}

// keepArticle is an article as it is kept: as it was sent, scripts and pictures
// of other sites, which WeChat removes, included. A single one gets a digest.
func keepArticle(a object, single bool) string {
	kept := maps.Clone(a)
	if single && a.text("digest") == "" && a.text("article_type") != kindNewsPictures {
		kept["digest"] = firstWords(a.text("content"))
	}
	return string(marshal(kept))
}

var aTag = lazy.Regexp(`(?s)<[^>]*>`)

func firstWords(content string) string {
	words := []rune(strings.Join(strings.Fields(html.UnescapeString(aTag.Get().ReplaceAllString(content, ""))), " "))
	return string(words[:min(len(words), digestOfContent)])
}

// readArticle is an article that was kept.
func readArticle(kept string) object {
	o, err := parseObject([]byte(kept))
	if err != nil {
		return object{} // a snapshot that somebody edited
	}
	return o
}

// articleJSON is an article as the calls answer it: what it was sent with, and
// the fields that every one has.
func (c *call) articleJSON(kept, url string, withContent bool) object {
	a := readArticle(kept)
	for name, value := range map[string]any{
		"author": "", "digest": "", "content": "", "content_source_url": "", "thumb_media_id": "", "title": "",
		"show_cover_pic": 0, "need_open_comment": 0, "only_fans_can_comment": 0, "article_type": kindNews,
	} {
		if !a.has(name) {
			a[name] = value
		}
	}
	if !withContent {
		delete(a, "content")
	}
	a["url"], a["thumb_url"] = url, ""
	if id := a.text("thumb_media_id"); id != "" {
		a["thumb_url"] = c.base() + MediaPath + id
	}
	return a
}

// readArticles reads the articles of draft/add.
func (c *call) readArticles(o object) ([]string, error) {
	list := o.list("articles")
	switch {
	case len(list) == 0:
		return nil, fail(44003)
	case len(list) > maxArticles:
		return nil, fail(45008)
	}
	var kept []string
	for _, v := range list {
		a, _ := v.(map[string]any)
		if err := c.checkArticle(a); err != nil {
			return nil, err
		}
		kept = append(kept, keepArticle(a, len(list) == 1))
	}
	return kept, nil
}

var _ json.Marshaler = object(nil)

// MarshalJSON writes what was read, numbers as they were.
func (o object) MarshalJSON() ([]byte, error) { return wxjson.Marshal(map[string]any(o)) }
