package h5

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
)

// incoming makes an answer one for the phone.
func (b *Browser) incoming(res *http.Response, s *session, m mapping) error {
	if res.StatusCode == http.StatusSwitchingProtocols {
		return nil
	}
	limit(res)
	h := res.Header
	b.headers(h, m)
	nonce := rand.Text()
	kind := kindOf(h.Get("Content-Type"))
	document := kind == kindHTML && isDocument(asked(res.Request))
	policies(h, m.here, b.phoneOf(s), nonce, document)
	if kind == kindOther || res.Request.Method == http.MethodHead || !hasBody(res.StatusCode) {
		return nil
	}
	body, err := plainBody(res)
	if err != nil || body == nil { // encoded in a way that was not asked for: it stays as it is
		return err
	}
	body = m.text(body, kind == kindJSON)
	if kind == kindHTML {
		body = withoutIntegrity(metaPolicies(body, m.here, nonce))
	}
	if document {
		body = inject(body, nonce)
		h.Set("Cache-Control", "no-store") // its nonce is good once
		h.Del("Etag")
		h.Del("Last-Modified")
	}
	h.Del("Content-Encoding")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	res.ContentLength = int64(len(body))
	res.Body = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(body), res.Body}
	return nil
}

// asked is the browser's request: what was sent says document for a frame, too.
func asked(req *http.Request) *http.Request { return req }

func hasBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

func (b *Browser) phoneOf(s *session) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return s.phone
}

// headers changes what would lead out of the phone, or be refused in a frame.
func (b *Browser) headers(h http.Header, m mapping) {
	for _, name := range []string{
		"X-Frame-Options", "Strict-Transport-Security", "Alt-Svc", "Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy",
		"Origin-Agent-Cluster", "Expect-Ct", "Public-Key-Pins", "Report-To", "Reporting-Endpoints", "Nel",
	} {
		h.Del(name)
	}
	if to := h.Get("Location"); to != "" {
		h.Set("Location", m.redirect(to))
	}
	if to := h.Get("Refresh"); to != "" {
		h.Set("Refresh", string(m.text([]byte(to), false)))
	}
	for i, v := range h["Link"] {
		h["Link"][i] = string(m.text([]byte(v), false))
	}
	if allowed := h.Get("Access-Control-Allow-Origin"); allowed != "" && allowed != "*" {
		if to, ok := m.address(allowed); ok {
			h.Set("Access-Control-Allow-Origin", strings.TrimSuffix(to, "/"))
		}
	}
	for i, c := range h["Set-Cookie"] {
		h["Set-Cookie"][i] = cookie(c)
	}
}

// redirect is where a redirect leads in the phone: out of it, a page says so.
func (m mapping) redirect(to string) string {
	if there, ok := m.address(to); ok {
		return there
	}
	return m.here + ownPath + "leave?to=" + url.QueryEscape(to)
}

// cookie is a Set-Cookie that the browser keeps for a frame of another site: for
// its host alone, apart from that host's page in a window of its own. Browsers
// take localhost for secure.
func cookie(given string) string {
	parts := strings.Split(given, ";")
	kept := parts[:1]
	for _, p := range parts[1:] {
		name, _, _ := strings.Cut(p, "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "domain", "secure", "samesite", "partitioned":
		default:
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, ";") + cookieSuffix
}

// cookieSuffix is what all cookies have in the phone.
const cookieSuffix = "; SameSite=None; Secure; Partitioned"

// The kinds of bodies in which there are addresses.
const (
	kindOther = iota
	kindHTML
	kindText // scripts and styles
	kindJSON
)

func kindOf(contentType string) int {
	kind, _, err := mime.ParseMediaType(contentType)
	switch {
	case err != nil:
		return kindOther
	case kind == "text/html", kind == "application/xhtml+xml":
		return kindHTML
	case strings.HasSuffix(kind, "javascript"), strings.HasSuffix(kind, "ecmascript"), kind == "text/css":
		return kindText
	case kind == "application/json", strings.HasSuffix(kind, "+json"):
		return kindJSON
	}
	return kindOther
}

// plainBody reads a body, or returns nil and leaves it when it cannot be read.
func plainBody(res *http.Response) ([]byte, error) {
	switch strings.ToLower(res.Header.Get("Content-Encoding")) {
	case "", "identity":
		return io.ReadAll(res.Body)
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(res.Body)
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(io.LimitReader(z, maxBody+1)) // of a bomb only what the limit allows
		if err == nil && len(b) > maxBody {
			err = errTooLarge
		}
		return b, err
	}
	return nil, nil
}

var (
	headTag = lazy.Regexp(`(?i)<head(?:\s[^>]*)?>`)
	docType = lazy.Regexp(`(?i)^(?:\xef\xbb\xbf|\s|<!--(?s:.*?)-->)*<!doctype[^>]*>`)
	htmlTag = lazy.Regexp(`(?i)^(?:\xef\xbb\xbf|\s|<!--(?s:.*?)-->)*(?:<!doctype[^>]*>\s*)?<html(?:\s[^>]*)?>`)
)

// inject puts our script before all of the page's.
func inject(body []byte, nonce string) []byte {
	const most = 64 << 10 // a head that begins later is none
	start := body[:min(len(body), most)]
	at := 0
	if found := headTag.Get().FindIndex(start); found != nil {
		at = found[1]
	} else if found := htmlTag.Get().FindIndex(start); found != nil {
		at = found[1]
	} else if found := docType.Get().FindIndex(start); found != nil {
		at = found[1]
	}
	tag := `<script nonce="` + nonce + `" src="` + ownPath + `page.js"></script>`
	out := make([]byte, 0, len(body)+len(tag))
	out = append(out, body[:at]...)
	out = append(out, tag...)
	return append(out, body[at:]...)
}

var (
	scriptTag = lazy.Regexp(`(?i)<(?:script|link)\b[^>]*>`)
	integrity = lazy.Regexp(`(?i)\sintegrity\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)`)
)

// withoutIntegrity takes off the hashes of scripts, which are no longer as they were.
func withoutIntegrity(body []byte) []byte {
	return scriptTag.Get().ReplaceAllFunc(body, func(tag []byte) []byte { return integrity.Get().ReplaceAll(tag, nil) })
}
