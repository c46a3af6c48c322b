package emulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
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

// TestMediaIsBounded: the oldest files go when there are too many bytes, also
// those of another account, and permanent ones are refused when they alone are
// too many.
func TestMediaIsBounded(t *testing.T) {
	b := newBench(t, "[[account]]\nappid = \"wx0123456789abcdef\"\n[[account]]\nappid = \"wx00000000000000aa\"\n")
	first := b.upload("image", "a.png", 10<<20)
	other := *b
	other.token = b.tokenOf("wx00000000000000aa")
	for range 2 {
		other.upload("image", "a.png", 10<<20)
	}
	last := b.upload("image", "a.png", 10<<20)
	b.do("GET", "/cgi-bin/media/get?media_id="+first, "")
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 10 {
		b.clock.pass(time.Second)
		last = other.upload("image", "a.png", 10<<20)
	}
	b.fails(40007, "GET", "/cgi-bin/media/get?media_id="+first, "")
	if w := other.do("GET", "/cgi-bin/media/get?media_id="+last, ""); w.Body.Len() != 10<<20 {
		t.Errorf("the newest has %d bytes", w.Body.Len())
	}
	var after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("140 MiB were uploaded, and %d MiB more are kept than after 40", grown>>20)
	}
	if after.HeapAlloc > 100<<20 {
		t.Errorf("the heap has %d MiB", after.HeapAlloc>>20)
	}
	for range 4 {
		if v := b.uploadTo("/cgi-bin/material/add_material?type=image", "a.png", make([]byte, 10<<20)); v["media_id"] == nil {
			t.Fatalf("permanent: %v", v)
		}
	}
	other.fails(40007, "GET", "/cgi-bin/media/get?media_id="+last, "")
	for _, path := range []string{"/cgi-bin/material/add_material?type=image", "/cgi-bin/media/upload?type=image"} {
		if v := b.uploadTo(path, "a.png", make([]byte, 1000)); fmt.Sprint(v["errcode"]) != "45034" {
			t.Errorf("%s: %v", path, v)
		}
	}
	snapshot, err := b.Snapshot()
	if err == nil {
		err = b.Restore("snapshot", snapshot)
	}
	if err != nil {
		t.Errorf("the snapshot of %d bytes: %v", len(snapshot), err)
	}
}

// tokenOf is a token of another account with the default secret.
func (b *bench) tokenOf(appid string) string {
	b.t.Helper()
	var grant struct {
		Token string `json:"access_token"`
	}
	w := b.do("GET", "/cgi-bin/token?grant_type=client_credential&appid="+appid+"&secret="+emulator.DefaultSecret, "")
	if err := json.Unmarshal(w.Body.Bytes(), &grant); err != nil || grant.Token == "" {
		b.t.Fatalf("no token: %v, %s", err, w.Body)
	}
	return grant.Token
}

// TestUploadsAtOnce: files that many send at once are read in turns, and all
// are answered.
func TestUploadsAtOnce(t *testing.T) {
	s, err := local.NewServer(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	token := (&bench{Emulator: s.Emulator, t: t}).tokenOf(emulator.DefaultAppID)
	var begun []net.Conn
	defer func() {
		for _, c := range begun {
			c.Close()
		}
	}()
	begin := func() net.Conn {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		begun = append(begun, c)
		fmt.Fprintf(c, "POST /cgi-bin/media/upload?type=image&access_token=%s HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 100\r\n\r\n", token)
		return c
	}
	for range 12 {
		begin()
	}
	end := begin()
	for _, c := range begun[:12] {
		c.Close() // in the middle of it: their turns go to others
	}
	body := "--x\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.png\"\r\n\r\nPNG\r\n--x--\r\n"
	fmt.Fprint(end, body+strings.Repeat(" ", 100-len(body)))
	end.SetDeadline(time.Now().Add(busy.Net))
	answer := make([]byte, 4096)
	n, err := end.Read(answer)
	if err != nil || !strings.Contains(string(answer[:n]), "media_id") {
		t.Errorf("%q, %v", answer[:n], err)
	}
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
