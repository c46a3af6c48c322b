package emulator

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
)

// What is permanent: https://developers.weixin.qq.com/doc/service/api/material/permanent/api_addmaterial
// and its neighbours, read 2026-11-30.
func materialRoutes() []route {
	return []route{
		{method: "POST", path: "/cgi-bin/material/add_material", daily: 1000, upload: true, handle: (*call).addMaterial, does: "a permanent file: its media_id, and of a picture its URL"},
		{method: "POST", path: "/cgi-bin/material/get_material", daily: 1000, handle: body((*call).getMaterial), does: "the file; for a video its title and URL"},
		{method: "POST", path: "/cgi-bin/material/del_material", daily: 1000, handle: body((*call).deleteMaterial), does: "deletes one"},
		{method: "GET", path: "/cgi-bin/material/get_materialcount", daily: 1000, handle: (*call).countMaterials, does: "how many there are of each type"},
		{method: "POST", path: "/cgi-bin/material/batchget_material", daily: 1000, handle: body((*call).listMaterials), does: "those of one type, 20 a page; articles are drafts now"},
	}
}

// materialKinds are mediaKinds for permanent files, which may have more
// extensions.
var materialKinds = lazy.Value[map[string][]string]{Make: func() map[string][]string {
	return map[string][]string{
		"image": {".png", ".jpeg", ".jpg", ".gif", ".bmp"},
		"voice": {".amr", ".mp3", ".wma", ".wav"},
		"video": {".mp4"},
		"thumb": {".jpg", ".jpeg"},
	}
}}

// How many materials an account may have.
const (
	maxPictures  = 100_000
	maxMaterials = 1000 // of each other type
)

func (c *call) addMaterial() (any, error) {
	kind := c.query.Get("type")
	extensions, ok := materialKinds.Get()[kind]
	if !ok {
		return nil, fail(40004)
	}
	f, err := c.form()
	limit := maxMaterials
	if kind == "image" {
		limit = maxPictures
	}
	switch {
	case err != nil:
		return nil, err
	case !slices.Contains(extensions, strings.ToLower(path.Ext(f.name))):
		return nil, fail(40005)
	case len(f.data) > mediaKinds.Get()[kind].size:
		return nil, fail(mediaKinds.Get()[kind].tooLarge)
	case len(c.acct.materials(kind)) >= limit:
		return nil, fail(45034)
	}
	m := &Media{ID: c.chars(mediaIDChars), Type: kind, Filename: f.name, Created: c.now, Data: f.data, Permanent: true}
	if described, err := parseObject([]byte(f.description)); err == nil {
		m.Title, m.Introduction = described.text("title"), described.text("introduction")
	}
	if err := c.keepMedia(c.acct, m, c.now); err != nil {
		return nil, err
	}
	answer := struct {
		MediaID string `json:"media_id"`
		URL     string `json:"url,omitempty"`
		Item    []any  `json:"item"`
	}{MediaID: m.ID, Item: []any{}}
	if kind == "image" {
		answer.URL = c.base() + MediaPath + m.ID
	}
	return answer, nil
}

// materials are the permanent files of a type, the newest first.
func (a *Account) materials(kind string) []*Media {
	var found []*Media
	for _, m := range slices.Backward(a.Media) {
		if m.Permanent && m.Type == kind {
			found = append(found, m)
		}
	}
	return found
}

// material finds a permanent file, of one of the types if any are given.
func (a *Account) material(id string, types ...string) *Media {
	return find(a.Media, func(m *Media) bool {
		return m.Permanent && m.ID == id && (len(types) == 0 || slices.Contains(types, m.Type))
	})
}

// materialOf finds the material that a call's body names.
func (c *call) materialOf(o object) (*Media, error) {
	return found(c.acct.material(o.text("media_id")), 40007)
}

func (c *call) getMaterial(o object) (any, error) {
	m, err := c.materialOf(o)
	switch {
	case err != nil:
		return nil, err
	case m.Type == "video":
		return struct {
			Title       string `json:"title"`
			Description string `json:"description"`
			DownURL     string `json:"down_url"`
		}{m.Title, m.Introduction, c.base() + MediaPath + m.ID}, nil
	}
	return m.file(), nil
}

func (c *call) deleteMaterial(o object) (any, error) {
	m, err := c.materialOf(o)
	if err != nil {
		return nil, err
	}
	c.acct.Media = without(c.acct.Media, m)
	return nil, nil
}

func (c *call) countMaterials() (any, error) {
	count := func(kind string) int { return len(c.acct.materials(kind)) }
	return struct {
		Voice int `json:"voice_count"`
		Video int `json:"video_count"`
		Image int `json:"image_count"`
		News  int `json:"news_count"`
	}{count("voice"), count("video"), count("image"), 0}, nil
}

func (c *call) listMaterials(o object) (any, error) {
	kind := o.text("type")
	if _, ok := materialKinds.Get()[kind]; !ok && kind != "news" {
		return nil, fail(40004)
	}
	type itemJSON struct {
		MediaID string `json:"media_id"`
		Name    string `json:"name"`
		Updated int64  `json:"update_time"`
		URL     string `json:"url,omitempty"`
		Tags    []any  `json:"tags"`
	}
	return batch(o, c.acct.materials(kind), func(m *Media) any {
		j := itemJSON{MediaID: m.ID, Name: cmp.Or(m.Title, m.Filename), Updated: m.Created.Unix(), Tags: []any{}}
		if m.Type == "image" {
			j.URL = c.base() + MediaPath + m.ID
		}
		return j
	})
}

// batchJSON is a page of a list, as the three batchget calls answer it.
type batchJSON struct {
	Total int   `json:"total_count"`
	Count int   `json:"item_count"`
	Item  []any `json:"item"`
}

// batch is the page of a list that offset and count of a body name; count is 1
// to 20. The pages name no code for others; 40097 was seen of draft/batchget:
// https://developers.weixin.qq.com/community/personal/oCJUsw-ykHZXMEQXxdchFzVK5SQk/question
// (read 2026-11-30).
func batch[T any](o object, list []T, item func(T) any) (any, error) {
	offset, okOffset := o.number("offset")
	count, okCount := o.number("count")
	if !okOffset || !okCount || offset < 0 || count < 1 || count > 20 {
		return nil, failAt(40097, "(offset from 0, count from 1 to 20)")
	}
	page := batchJSON{Total: len(list), Item: []any{}}
	list = list[min(int(min(offset, 1<<30)), len(list)):]
	for _, v := range list[:min(int(count), len(list))] {
		page.Item = append(page.Item, item(v))
	}
	page.Count = len(page.Item)
	return page, nil
}
