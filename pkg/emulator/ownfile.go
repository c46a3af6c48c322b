package emulator

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxOwnFile is how large a file of a user's may be.
const MaxOwnFile = 10 << 20

// fileForm is a form of files: by what it is known, whatever its name is.
type fileForm struct {
	extension string // the first of them is what a file without one gets
	begins    string // with this, or else it is told by is
	is        func(data []byte) bool
}

// fileForms are those of each type of media, as the API has them by their names.
// The types are in the order in which they are tried.
var fileForms = []struct {
	kind  string
	forms []fileForm
}{
	{"image", []fileForm{
		{".jpg", "\xff\xd8\xff", nil},
		{".png", "\x89PNG\r\n\x1a\n", nil},
		{".gif", "GIF87a", func(b []byte) bool { return bytes.HasPrefix(b, []byte("GIF89a")) }},
	}},
	{"voice", []fileForm{
		{".amr", "#!AMR", nil},
		{".mp3", "ID3", func(b []byte) bool {
			return len(b) > 1 && b[0] == 0xff && b[1]&0xe6 == 0xe2 // a frame of layer 3
		}},
	}},
	{"video", []fileForm{{".mp4", "", func(b []byte) bool { return len(b) >= 12 && string(b[4:8]) == "ftyp" }}}},
	{"thumb", []fileForm{{".jpg", "\xff\xd8\xff", nil}}},
}

// of reports whether data has this form.
func (f fileForm) of(data []byte) bool {
	return f.begins != "" && bytes.HasPrefix(data, []byte(f.begins)) || f.is != nil && f.is(data)
}

// UploadOwn makes a temporary media of a file that the user has: a picture that
// they took, say. kind is image, voice, video or thumb; empty is what the file
// is. What it is tell its bytes, not its name. The limits are those that the
// API has for the server's files: 10 MiB for a picture and a video, 2 MiB for
// a voice, 64 KiB for a thumb.
func (e *Emulator) UploadOwn(appid, kind, name string, data []byte) (MediaInfo, error) {
	kind, extension, err := formOf(kind, data)
	if err != nil {
		return MediaInfo{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.account(appid)
	if a == nil {
		return MediaInfo{}, errNoAccount(appid)
	}
	now := e.now()
	m := &Media{ID: e.chars(mediaIDChars), Type: kind, Filename: ownName(name, kind, extension), Created: now, Data: bytes.Clone(data)}
	if err := e.keepMedia(a, m, now); err != nil {
		return MediaInfo{}, err
	}
	return MediaInfo{ID: m.ID, Type: kind, Filename: m.Filename, Size: len(data), Created: now}, nil
}

// formOf finds out what a file is, and holds it to the rules of its type.
func formOf(kind string, data []byte) (is, extension string, err error) {
	known := false
	for _, t := range fileForms {
		if kind != "" && kind != t.kind {
			continue
		}
		known = true
		i := slices.IndexFunc(t.forms, func(f fileForm) bool { return f.of(data) })
		if i < 0 {
			continue
		}
		if limit := mediaKinds.Get()[t.kind].size; len(data) > limit {
			return "", "", fmt.Errorf("the file has %d bytes: a file of type %s has at most %d", len(data), t.kind, limit)
		}
		return t.kind, t.forms[i].extension, nil
	}
	switch {
	case !known:
		return "", "", fmt.Errorf("type is %s: it takes image, voice, video or thumb", quote(kind))
	case len(data) == 0:
		return "", "", fmt.Errorf("the body is to be the file, and is empty")
	case kind == "":
		return "", "", fmt.Errorf("the file is none of jpg, png, gif, amr, mp3 and mp4")
	}
	return "", "", fmt.Errorf("the file is none of the forms of type %s: %s", kind, strings.Join(extensionsOf(kind), ", "))
}

func extensionsOf(kind string) []string {
	var all []string
	for _, t := range fileForms {
		for _, f := range t.forms {
			if t.kind == kind {
				all = append(all, f.extension[1:])
			}
		}
	}
	return all
}

// ownName is the name under which a file is kept: without a folder, and with an
// extension of its form, which decides how browsers are told to take it.
func ownName(name, kind, extension string) string {
	name = strings.ToValidUTF8(path.Base(strings.ReplaceAll(name, `\`, "/")), "\uFFFD")
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
	if name == "." || name == "/" || name == ".." || name == "" {
		return kind + extension
	}
	const longest = 100
	if utf8.RuneCountInString(name) > longest {
		name = string([]rune(name)[:longest])
	}
	ext := strings.ToLower(path.Ext(name))
	if ext == extension || ext == ".jpeg" && extension == ".jpg" {
		return name
	}
	return name + extension
}
