package emulator

import (
	"cmp"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
)

func mediaRoutes() []route {
	return []route{
		{method: "POST", path: "/cgi-bin/media/upload", daily: 100_000, upload: true, handle: (*call).uploadMedia, does: "a temporary file, for 3 days"},
		{method: "GET", path: "/cgi-bin/media/get", daily: 200_000, handle: (*call).getMedia, does: "the file; for a video its URL"},
		{method: "POST", path: "/cgi-bin/media/uploadimg", daily: 100_000, upload: true, handle: (*call).uploadImage, does: "a picture for articles: its URL"},
	}
}

// mediaKinds are the types of media files: their size, their extensions, and
// the errcode of one that is too large.
var mediaKinds = lazy.Value[map[string]mediaKind]{Make: func() map[string]mediaKind {
	return map[string]mediaKind{
		"image": {10 << 20, []string{".png", ".jpeg", ".jpg", ".gif"}, 40009},
		"voice": {2 << 20, []string{".amr", ".mp3"}, 40010},
		"video": {10 << 20, []string{".mp4"}, 40011},
		"thumb": {64 << 10, []string{".jpg", ".jpeg"}, 40012},
	}
}}

// mediaKind is what a type of media may be.
type mediaKind struct {
	size       int
	extensions []string
	tooLarge   int
}

const (
	mediaLife    = 3 * 24 * time.Hour
	maxArticle   = 1 << 20 // a picture for articles
	mediaIDChars = 64
)

func (c *call) uploadMedia() (any, error) {
	kind := c.query.Get("type")
	rule, ok := mediaKinds.Get()[kind]
	if !ok {
		return nil, fail(40004)
	}
	f, err := c.form()
	if err != nil {
		return nil, err
	}
	name, data := f.name, f.data
	switch {
	case !slices.Contains(rule.extensions, strings.ToLower(path.Ext(name))):
		return nil, fail(40005)
	case len(data) > rule.size:
		return nil, fail(rule.tooLarge)
	}
	m := &Media{ID: c.chars(mediaIDChars), Type: kind, Filename: name, Created: c.now, Data: data}
	if err := c.keepMedia(c.acct, m, c.now); err != nil {
		return nil, err
	}
	id := "media_id"
	if kind == "thumb" {
		id = "thumb_media_id"
	}
	return rawJSON(`{"type":"` + kind + `","` + id + `":"` + m.ID + `","created_at":` + itoa(c.now.Unix()) + `}`), nil
}

// medium finds a file that has not expired: messages take permanent ones too.
func (a *Account) medium(id string, now time.Time) *Media {
	return find(a.Media, func(m *Media) bool { return m.ID == id && m.live(now) })
}

func (c *call) getMedia() (any, error) {
	id := c.query.Get("media_id")
	if id == "" {
		return nil, fail(41006)
	}
	m := c.acct.medium(id, c.now)
	switch {
	case m == nil || m.Permanent:
		return nil, fail(40007)
	case m.Type == "video":
		return map[string]string{"video_url": c.base() + MediaPath + m.ID}, nil
	}
	return m.file(), nil
}

func (m *Media) file() file {
	return file{kind: m.ContentType(), header: [][2]string{{"Content-disposition", m.ContentDisposition()}}, body: m.Data}
}

// ContentType is that of the file, by its name or else by its bytes.
func (m *Media) ContentType() string {
	if kind := mime.TypeByExtension(path.Ext(m.Filename)); kind != "" {
		return kind
	}
	return http.DetectContentType(m.Data)
}

// ContentDisposition is the header that gives the file its name.
func (m *Media) ContentDisposition() string {
	return mime.FormatMediaType("attachment", map[string]string{"filename": m.Filename})
}

// Media returns a file of any account by its media_id. Its Data is not to be
// changed. The error is [ErrNotFound].
func (e *Emulator) Media(id string) (Media, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.state.Accounts {
		if m := a.medium(id, e.now()); m != nil {
			return *m, nil
		}
	}
	return Media{}, notFound("there is no such file, or it has expired")
}

func (c *call) uploadImage() (any, error) {
	f, err := c.form()
	if err != nil {
		return nil, err
	}
	name, data := f.name, f.data
	switch ext := strings.ToLower(path.Ext(name)); {
	case ext != ".jpg" && ext != ".jpeg" && ext != ".png":
		return nil, fail(40005)
	case len(data) > maxArticle:
		return nil, fail(40009)
	}
	m := &Media{ID: c.chars(mediaIDChars), Type: "article", Filename: name, Created: c.now, Data: data}
	if err := c.keepMedia(c.acct, m, c.now); err != nil {
		return nil, err
	}
	return map[string]string{"url": c.base() + MediaPath + m.ID}, nil
}

// base is the emulator's own URL.
func (c *call) base() string { return c.BaseURL(c.req) }

// BaseURL is the emulator's own URL in what answers a request, without a slash
// at the end: that of the Config, or else as the caller named it.
func (e *Emulator) BaseURL(req *http.Request) string {
	return cmp.Or(e.cfg.PublicURL, BaseURL(req))
}

// OriginOf is the origin of a page of the emulator's that sends a request. Only
// the Config knows that the browser came by https to a proxy before it.
func (e *Emulator) OriginOf(req *http.Request) string {
	if _, host, _ := strings.Cut(e.cfg.PublicURL, "://"); host != "" && strings.EqualFold(host, req.Host) {
		return e.cfg.PublicURL
	}
	return BaseURL(req)
}

// BaseURL is the emulator's own URL as the caller of a request named it, without
// a slash at the end.
func BaseURL(req *http.Request) string {
	host := req.Host
	if host == "" || strings.ContainsAny(host, `"<>'&\ `) {
		host = "localhost"
	}
	if req.TLS != nil {
		return "https://" + host
	}
	return "http://" + host
}
