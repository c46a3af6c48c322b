package phone

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/packed"
)

//go:embed web.pack
var web string

// types are the Content-Types: package mime reads the registry on Windows, where
// another program may have given .js another one.
var types = lazy.Value[map[string]string]{Make: func() map[string]string {
	return map[string]string{
		".html": "text/html; charset=utf-8",
		".js":   "text/javascript; charset=utf-8",
		".mjs":  "text/javascript; charset=utf-8",
		".css":  "text/css; charset=utf-8",
		"":      "text/plain; charset=utf-8",
	}
}}

// asset is a file as it is sent.
type asset struct {
	kind         string
	etag         string
	raw, gzipped []byte // gzipped is nil where it is not smaller
}

// assets are unpacked when the first one is asked for, by their paths in web.
var assets = lazy.Value[map[string]*asset]{Make: func() map[string]*asset {
	all := map[string]*asset{}
	pack := packed.Open(web)
	for _, name := range pack.Names() {
		raw, _ := pack.Read(name)
		small, _ := pack.Gzip(name)
		sum := sha256.Sum256(raw)
		a := &asset{kind: types.Get()[path.Ext(name)], etag: `"` + hex.EncodeToString(sum[:12]) + `"`, raw: raw}
		if len(small) < len(raw) {
			a.gzipped = []byte(small)
		}
		all[strings.TrimPrefix(name, "web/")] = a
	}
	return all
}}

// serve sends a file of the page, unless the browser has it.
func serve(w http.ResponseWriter, req *http.Request, name string) {
	a := assets.Get()[name]
	if a == nil {
		http.NotFound(w, req)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", a.etag)
	if h.Get("Cache-Control") != "no-store" && has(req.Header.Get("If-None-Match"), a.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := a.raw
	if a.gzipped != nil && has(req.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.gzipped
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if req.Method != http.MethodHead {
		_, _ = w.Write(body) // a browser that is gone needs no answer
	}
}

// has reports whether a header lists a value, weakly or with no parameter that
// takes it back.
func has(list, value string) bool {
	for one := range strings.SplitSeq(list, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		name, parameter, _ := strings.Cut(one, ";")
		if strings.TrimSpace(name) == value && strings.TrimSpace(parameter) != "q=0" {
			return true
		}
	}
	return false
}
