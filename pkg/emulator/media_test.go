package emulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// uploadTo posts a form with a file, and reads the answer.
func (b *bench) uploadTo(path, name string, data []byte) map[string]any {
	b.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("media", name)
	if err != nil {
		b.t.Fatal(err)
	}
	part.Write(data)
	w.Close()
	return b.postForm(path, w.FormDataContentType(), form.Bytes())
}

func (b *bench) postForm(path, kind string, form []byte) map[string]any {
	b.t.Helper()
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	req := httptest.NewRequest("POST", path+join+"access_token="+b.token, bytes.NewReader(form))
	req.Header.Set("Content-Type", kind)
	rec := httptest.NewRecorder()
	b.ServeHTTP(rec, req)
	var v map[string]any
	dec := json.NewDecoder(rec.Body)
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		b.t.Fatal(err)
	}
	return v
}

func TestMedia(t *testing.T) {
	b := newBench(t, "")
	id := b.upload("image", "图 1.png", 100)
	w := b.do("GET", "/cgi-bin/media/get?media_id="+id, "")
	if w.Header().Get("Content-Type") != "image/png" || w.Body.Len() != 100 || !strings.HasPrefix(w.Header().Get("Content-disposition"), "attachment; filename") {
		t.Errorf("media/get: %v, %d bytes", w.Header(), w.Body.Len())
	}
	video := b.upload("video", "v.mp4", 9)
	link := b.ok("GET", "/cgi-bin/media/get?media_id="+video, "")["video_url"].(string)
	u, err := url.Parse(link)
	if err != nil || u.Host != "127.0.0.1:8900" {
		t.Fatalf("video_url %q, %v", link, err)
	}
	if got := b.do("GET", u.Path, ""); got.Code != 200 || got.Body.Len() != 9 || got.Header().Get("Content-Type") != "video/mp4" {
		t.Errorf("%s: %d, %d bytes, %v", link, got.Code, got.Body.Len(), got.Header())
	}
	b.fails(41006, "GET", "/cgi-bin/media/get", "")
	b.fails(40007, "GET", "/cgi-bin/media/get?media_id=x", "")
	b.clock.pass(3 * 24 * time.Hour)
	b.login()
	b.fails(40007, "GET", "/cgi-bin/media/get?media_id="+id, "")
	if got := b.do("GET", u.Path, ""); got.Code != 404 {
		t.Errorf("the video is still there: %d", got.Code)
	}
}

func TestMediaRefusals(t *testing.T) {
	b := newBench(t, "")
	const path = "/cgi-bin/media/upload?type="
	code := func(v map[string]any) string { return fmt.Sprint(v["errcode"]) }
	for _, c := range []struct {
		kind, name string
		size       int
		code       string
	}{
		{"picture", "a.png", 1, "40004"},
		{"image", "a.txt", 1, "40005"},
		{"image", "a.png", 0, "44001"},
		{"image", "a.png", 10<<20 + 1, "40009"},
		{"image", "A.JPG", 10 << 20, "<nil>"},
		{"voice", "a.amr", 2<<20 + 1, "40010"},
		{"video", "a.mp4", 10<<20 + 1, "40011"},
		{"thumb", "a.jpg", 64<<10 + 1, "40012"},
		{"thumb", "a.png", 1, "40005"},
	} {
		if got := code(b.uploadTo(path+c.kind, c.name, make([]byte, c.size))); got != c.code {
			t.Errorf("%s %s %d: %s, want %s", c.kind, c.name, c.size, got, c.code)
		}
	}
	for name, form := range map[string]string{
		"another field":  "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\nabc\r\n--x--\r\n",
		"no filename":    "--x\r\nContent-Disposition: form-data; name=\"media\"\r\n\r\nabc\r\n--x--\r\n",
		"cut off":        "--x\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.png\"\r\n\r\nabc",
		"nothing at all": "",
	} {
		if got := code(b.postForm(path+"image", "multipart/form-data; boundary=x", []byte(form))); got != "41005" {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := code(b.postForm(path+"image", "application/json", []byte("{}"))); got != "41005" {
		t.Errorf("JSON: %s", got)
	}
	if w := b.do("POST", path+"image", strings.Repeat("x", 12<<20)); w.Code != 413 {
		t.Errorf("12 MiB: status %d", w.Code)
	}
	if v := b.uploadTo("/cgi-bin/media/uploadimg", "a.png", []byte("png")); !strings.HasPrefix(fmt.Sprint(v["url"]), "http://") {
		t.Errorf("uploadimg: %v", v)
	}
	if v := b.uploadTo("/cgi-bin/media/uploadimg", "a.gif", []byte("gif")); code(v) != "40005" {
		t.Errorf("uploadimg of a gif: %v", v)
	}
}

// TestMediaIsBounded: the oldest files go when there are too many bytes.
func TestMediaIsBounded(t *testing.T) {
	b := newBench(t, "")
	first := b.upload("image", "a.png", 10<<20)
	for range 12 {
		b.upload("image", "a.png", 10<<20)
	}
	b.fails(40007, "GET", "/cgi-bin/media/get?media_id="+first, "")
}

// TestForms: what of a form WeChat needs, and what it can do without.
func TestForms(t *testing.T) {
	b := newBench(t, "")
	const path = "/cgi-bin/media/upload?type=image"
	form := func(disposition string) []byte {
		return []byte("--xyz\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\npng\r\n--xyz--\r\n")
	}
	for _, c := range []struct {
		name, kind, disposition string
		code                    string
	}{
		{"plain", "multipart/form-data; boundary=xyz", `name="media"; filename="a.png"`, ""},
		{"no boundary", "multipart/form-data", `name="media"; filename="a.png"`, ""},
		{"both names", "multipart/form-data; boundary=xyz", `name="media"; filename="a.png"; filename*=utf-8''%E5%9B%BE.png`, ""},
		{"unquoted", "multipart/form-data; boundary=xyz", `name=media; filename=a.png`, ""},
		{"only the extended name", "multipart/form-data; boundary=xyz", `name="media"; filename*=utf-8''%E5%9B%BE.png`, "41005"},
		{"no filename", "multipart/form-data; boundary=xyz", `name="media"`, "41005"},
		{"another field", "multipart/form-data; boundary=xyz", `name="file"; filename="a.png"`, "41005"},
		{"not a form", "image/png", `name="media"; filename="a.png"`, "41005"},
	} {
		v := b.postForm(path, c.kind, form(c.disposition))
		if got, _ := v["errcode"].(json.Number); got.String() != c.code || (v["media_id"] != nil) != (c.code == "") {
			t.Errorf("%s: %v, want errcode %q", c.name, v, c.code)
		}
	}
	if v := b.postForm(path, "multipart/form-data", []byte("no form at all")); v["errcode"] != json.Number("41005") {
		t.Errorf("no form: %v", v)
	}
}
