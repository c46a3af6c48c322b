package emulator

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
)

// form is what a multipart body has: the file, and of the other fields the
// one that calls read.
type form struct {
	name        string // of the file
	data        []byte
	description string // of a video
}

// form takes the file out of a multipart body. It need not have a length, but
// it needs a filename, or WeChat sees no file.
func (c *call) form() (*form, error) {
	kind, params, err := mime.ParseMediaType(c.req.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		return nil, fail(41005)
	}
	boundary := params["boundary"]
	if boundary == "" {
		boundary = firstBoundary(c.body)
	}
	f := &form{}
	r := multipart.NewReader(bytes.NewReader(c.body), boundary)
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return f, f.check()
		}
		if err != nil {
			return nil, failAt(41005, "(the form is broken)")
		}
		if err := f.take(part); err != nil {
			return nil, failAt(41005, "(the form is broken)")
		}
	}
}

func (f *form) take(part *multipart.Part) (err error) {
	switch {
	case part.FormName() == "description":
		var b []byte
		b, err = io.ReadAll(part)
		f.description = string(b)
	case f.name == "" && part.FormName() == "media" && hasFilename(part):
		f.name = strings.ToValidUTF8(part.FileName(), "\uFFFD")
		f.data, err = io.ReadAll(part)
		f.data = bytes.Clone(f.data) // it is kept, and what it has grown by would be too
	}
	return err
}

func (f *form) check() error {
	switch {
	case f.name == "":
		return fail(41005)
	case len(f.data) == 0:
		return fail(44001)
	}
	return nil
}

// firstBoundary is the boundary that a body begins with. WeChat takes a form
// whose header names none: WxJava sent such ones until 2024, and nobody noticed.
func firstBoundary(body []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimLeft(body, "\r\n"), []byte("\n"))
	boundary, ok := bytes.CutPrefix(bytes.TrimRight(line, "\r"), []byte("--"))
	if !ok || len(boundary) > 200 {
		return ""
	}
	return string(boundary)
}

var plainFilename = lazy.Regexp(`(?i);\s*filename\s*=`)

// hasFilename reports whether a part has a filename that WeChat reads. One that
// is only there in the form of RFC 5987, filename*=utf-8”…, which some clients
// send for a name in Chinese, does not count.
func hasFilename(part *multipart.Part) bool {
	return part.FileName() != "" && plainFilename.Get().MatchString(part.Header.Get("Content-Disposition"))
}
