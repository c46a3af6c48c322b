package h5

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/guard"
	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/packed"
	"github.com/wxdev/wxdev/pkg/emulator"
)

//go:embed web.pack
var web string

// scripts are what runs in every page: page.js and bridge.js.
var scripts = lazy.Value[[2]string]{Make: func() [2]string {
	pack := packed.Open(web)
	page, _ := pack.Read("web/page.js")
	bridge, _ := pack.Read("web/bridge.js")
	return [2]string{string(page), string(bridge)}
}}

// serveOwn answers what is ours on a site's host.
func (b *Browser) serveOwn(w http.ResponseWriter, req *http.Request, s *session) {
	h := w.Header()
	guard.Page(h, "")
	h.Del("X-Frame-Options") // the phone frames it
	policies(h, b.here(s), b.phoneOf(s), "", true)
	h.Set("Cache-Control", "no-store")
	path := strings.TrimPrefix(req.URL.Path, ownPath)
	switch {
	case path == "page.js" && isGet(req):
		h.Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = io.WriteString(w, b.script(s)) // the browser may have gone
	case path == "jweixin.js", path == "check", path == "call":
		http.StripPrefix(strings.TrimSuffix(ownPath, "/"), s.stand).ServeHTTP(w, req)
	case path == "connect/oauth2/authorize":
		b.authorize(w, req, s)
	case path == "leave" && isGet(req):
		b.leave(w, req, s)
	case strings.HasPrefix(path, "media/") && isGet(req):
		b.picture(w, req, s, strings.TrimPrefix(path, "media/"))
	default:
		b.page(w, req, s, http.StatusNotFound, pageWords.nothing)
	}
}

func isGet(req *http.Request) bool {
	return req.Method == http.MethodGet || req.Method == http.MethodHead
}

// script is what makes a page believe that it is in WeChat, and at its own address.
func (b *Browser) script(s *session) string {
	b.mu.Lock()
	settings := map[string]any{
		"here": b.at(s), "site": s.target.String(), "port": s.target.port, "phone": s.phone, "ports": b.own,
		"same": isThisMachine(s.target.host), "agent": userAgent, "cookie": cookieSuffix, "own": ownPath,
	}
	b.mu.Unlock()
	text, err := json.Marshal(settings)
	if err != nil {
		panic(err) // texts always marshal
	}
	return strings.Replace(scripts.Get()[0], "__SETTINGS__", string(text), 1) + strings.Replace(scripts.Get()[1], "__OWN__", ownPath, 1)
}

// leave says that a page leads to where pages are not shown from, and tells the
// phone, which asks its user.
func (b *Browser) leave(w http.ResponseWriter, req *http.Request, s *session) {
	to := req.URL.Query().Get("to")
	if _, _, err := readURL(to); err != nil {
		b.page(w, req, s, http.StatusBadRequest, pageWords.nothing)
		return
	}
	p := b.begin(s, "leave", b.real(req.Referer()), nil)
	p.Args, p.ErrMsg = map[string]any{"url": to}, "leave:fail"
	b.mu.Lock()
	b.keep(s, p)
	b.mu.Unlock()
	b.page(w, req, s, http.StatusForbidden, pageWords.leave, to)
}

// authorize is the emulator's page of web authorisation on the site's own host: a
// redirect from it stays in the phone, which knows who its user is.
func (b *Browser) authorize(w http.ResponseWriter, req *http.Request, s *session) {
	m := b.mapping(s)
	q := req.URL.Query()
	q.Set("redirect_uri", b.real(q.Get("redirect_uri")))
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, 64<<10))
	if err != nil {
		b.page(w, req, s, http.StatusRequestEntityTooLarge, pageWords.nothing)
		return
	}
	inner := req.Clone(req.Context())
	inner.URL = &url.URL{Path: "/connect/oauth2/authorize", RawQuery: q.Encode()}
	inner.Body, inner.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	b.mu.Lock()
	inner.Header.Set("Cookie", (&http.Cookie{Name: emulator.UserParameter, Value: s.oauthUser}).String())
	b.mu.Unlock()
	answer := &recorder{header: http.Header{}, status: http.StatusOK}
	b.emulator.ServeHTTP(answer, inner)
	if req.Method == http.MethodPost {
		q, _ = url.ParseQuery(string(body)) // what is readable of it
	}
	if answer.status != http.StatusOK {
		b.authorized(s, q, answer)
	}
	h := w.Header()
	h.Set("Content-Type", answer.header.Get("Content-Type"))
	if policy := answer.header.Get("Content-Security-Policy"); policy != "" {
		h.Set("Content-Security-Policy", policy)
		policies(h, b.here(s), b.phoneOf(s), "", true)
	}
	if to := answer.header.Get("Location"); to != "" {
		h.Set("Location", m.redirect(to))
	}
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body.Bytes()) // the browser may have gone
}

// authorized tells who was named to the page, or that nobody was.
func (b *Browser) authorized(s *session, q url.Values, answer *recorder) {
	p := b.begin(s, "oauth", q.Get("redirect_uri"), nil)
	p.Args = map[string]any{"scope": q.Get("scope"), "state": q.Get("state")}
	p.ErrMsg = "oauth:fail"
	if to, err := url.Parse(answer.header.Get("Location")); err == nil && answer.status == http.StatusFound {
		if p.OK = to.Query().Get("code") != ""; p.OK {
			p.ErrMsg = "oauth:ok"
		} else {
			p.ErrMsg = "oauth:cancel"
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range (&http.Response{Header: answer.header}).Cookies() {
		if c.Name == emulator.UserParameter {
			s.oauthUser = c.Value
			p.Result = map[string]any{"openid": c.Value}
		}
	}
	b.keep(s, p)
}

// recorder keeps an answer of the emulator's.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }

// localPath is where a session's page has a picture that its user has chosen.
const localPath = ownPath + "media/"

// localIDs are the addresses of the pictures that were chosen: media_ids of the
// emulator's, or whatever else the src of a picture can be. The caller holds the lock.
func (b *Browser) localIDs(p *pending, value string) string {
	ids := strings.Fields(value)
	for i, id := range ids {
		if _, err := b.emulator.Media(id); err == nil {
			ids[i] = "http://" + p.Session + ".localhost:" + b.port + localPath + url.PathEscape(id)
		}
	}
	return strings.Join(ids, " ")
}

// mediaOf is the media_id of a picture that was chosen, or "".
func (b *Browser) mediaOf(s *session, localID any) string {
	address, _ := localID.(string)
	escaped, ok := strings.CutPrefix(address, b.at(s)+localPath)
	id, err := url.PathUnescape(escaped)
	if !ok || err != nil {
		return ""
	}
	return id
}

// pictures are the types of files that a page may show, by their bytes.
var pictures = []string{"image/jpeg", "image/png", "image/gif"}

// dataOf is a picture that was chosen, as a data URL, or "".
func (b *Browser) dataOf(s *session, localID any) string {
	m, err := b.emulator.Media(b.mediaOf(s, localID))
	kind := http.DetectContentType(m.Data)
	if err != nil || !slices.Contains(pictures, kind) {
		return ""
	}
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(m.Data)
}

// picture sends one that the user of this session has chosen. Others' it has not.
func (b *Browser) picture(w http.ResponseWriter, req *http.Request, s *session, id string) {
	m, err := b.emulator.Media(id)
	kind := http.DetectContentType(m.Data)
	if err != nil || !slices.Contains(pictures, kind) || !b.chosen(s, id) {
		b.page(w, req, s, http.StatusNotFound, pageWords.nothing)
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(m.Data) // the browser may have gone
}

// chosen reports whether an answer of a session's had a picture.
func (b *Browser) chosen(s *session, id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	address := b.at(s) + localPath + url.PathEscape(id)
	return slices.ContainsFunc(s.calls, func(c *pending) bool {
		ids, _ := c.Result["localIds"].([]string)
		return slices.Contains(ids, address)
	})
}
