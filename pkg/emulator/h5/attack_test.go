package h5_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/emulator/h5"
)

// TestWhatMayBeOpened: pages of this machine, and nothing that only looks so.
func TestWhatMayBeOpened(t *testing.T) {
	w := newWorld(t)
	port := strings.TrimPrefix(w.shop.URL, "http://127.0.0.1")
	for _, address := range []string{
		w.shop.URL, "http://localhost" + port + "/a?b#c", "http://LOCALHOST" + port, "http://[::1]" + port, "https://127.0.0.1" + port, "http://app.localhost" + port, "http://127.9.9.9" + port,
	} {
		if p, err := w.OpenH5(t.Context(), "", "alice", address); err != nil || !strings.HasPrefix(p.Address, "http://s") {
			t.Errorf("%s: %+v, %v", address, p, err)
		}
	}
	for _, address := range []string{
		"", "/shop", "shop", "file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "ftp://127.0.0.1/", "gopher://127.0.0.1:70/",
		"http://user:pass@127.0.0.1/", "http://127.0.0.1:0/", "http://127.0.0.1:65536/", "http://127.0.0.1:x/", "http://", "http://a b/", "http://\"><script>/", "http://127.0.0.1'/",
		"http://0.0.0.0" + port, "http://[::]" + port, "http://169.254.169.254/latest/meta-data/", "http://[fe80::1%25eth0]/",
		"http://10.0.0.1/", "http://192.168.1.1/", "http://172.16.0.1/", "http://100.64.0.1/", "http://100.127.255.255/", "http://[fd00::1]/",
		"http://8.8.8.8/", "http://[2606:4700::1111]/", "http://224.0.0.1/", "http://255.255.255.255/",
		"http://[64:ff9b::7f00:1]" + port, "http://[64:ff9b:1::7f00:1]" + port, "http://[2002:7f00:1::]" + port, "http://[2001:0:7f00:1::]" + port, "http://[::127.0.0.1]" + port,
		"http://2130706433" + port, "http://0x7f000001" + port, "http://017700000001" + port, "http://127.1" + port, // other spellings are names, which nobody has
		w.emu.URL, w.emu.URL + "/__wxdev/log", strings.Replace(w.emu.URL, "127.0.0.1", "localhost", 1), strings.Replace(w.emu.URL, "127.0.0.1", "127.0.0.2", 1),
		strings.Replace(w.emu.Pages.FrameSource(), "*.", "", 1), strings.Replace(w.emu.Pages.FrameSource(), "*.", "s999.", 1),
		"http://127.0.0.1/" + strings.Repeat("a", 9000),
	} {
		if p, err := w.OpenH5(t.Context(), "", "alice", address); err == nil {
			t.Errorf("%.100s was opened at %s", address, p.Address)
		}
	}
	if _, err := w.OpenH5(t.Context(), "", "nobody", w.shop.URL); err == nil {
		t.Error("nobody has a phone")
	}
	p := w.open("alice", "/home")
	if again, err := w.OpenH5(t.Context(), "", "alice", p.Address); err != nil || *again != *p {
		t.Errorf("the address of an open page: %+v, %v", again, err)
	}
	p, err := w.OpenH5(t.Context(), "", "alice", w.shop.URL+"//evil.example/a")
	if u, parseErr := url.Parse(p.Address); err != nil || parseErr != nil || !strings.HasSuffix(u.Hostname(), ".localhost") {
		t.Errorf("a path that begins a host: %+v, %v", p, err)
	}
}

// TestHostsThatAreLetIn: only those, by exactly these names.
func TestHostsThatAreLetIn(t *testing.T) {
	w := newWorld(t, func(c *emulator.Config) { c.H5Hosts = []string{"192.0.2.1", "Nowhere.invalid"} })
	for address, ok := range map[string]bool{
		"http://192.0.2.1/": true, "http://192.0.2.2/": false, "http://192.0.2.1.nip.invalid/": false, "http://nowhere.invalid/": false, // there is no such name
	} {
		if _, err := w.OpenH5(t.Context(), "", "alice", address); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestWithoutAPort: an emulator that nobody gave a port for pages says so.
func TestWithoutAPort(t *testing.T) {
	e, err := emulator.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := e.UpdateUser("", "alice", func(*emulator.User) error { return nil }); err != nil {
		t.Fatal(err)
	}
	b := h5.New(e, nil)
	if _, err := b.Open(t.Context(), h5.Ask{User: "alice", URL: "http://127.0.0.1:8080/"}); err != h5.ErrNoPort || b.FrameSource() != "" {
		t.Errorf("opened: %v", err)
	}
}

// TestWhoMayAsk: the port is for pages that were opened, in this browser's own tabs
// and frames: no other name leads there, and no other site's page is answered.
func TestWhoMayAsk(t *testing.T) {
	w := newWorld(t)
	w.shop.HandleFunc("/thing", func(rw http.ResponseWriter, _ *http.Request) { page(rw, "thing") })
	p := w.open("alice", "/thing")
	own := strings.TrimSuffix(p.Address, "/thing")
	port := own[strings.LastIndex(own, ":"):]
	for _, c := range []struct {
		method string
		status int
		header []string
	}{
		{"GET", 200, nil},
		{"GET", 200, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}}, // the phone
		{"GET", 200, []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors"}},
		{"POST", 200, []string{"Origin", own}},
		{"POST", 200, []string{"Origin", "null", "Sec-Fetch-Site", "same-origin"}},
		{"POST", 403, []string{"Origin", "null"}},
		{"POST", 403, []string{"Origin", "https://evil.example"}},
		{"POST", 403, []string{"Origin", w.emu.URL}},
		{"POST", 403, []string{"Origin", "http://s999.localhost" + port}},
		{"POST", 403, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}},
		{"GET", 403, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}},
		{"GET", 403, []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors", "Referer", "http://s1.localhost:1/"}},
		{"GET", 404, []string{"Host", "127.0.0.1" + port}},
		{"GET", 404, []string{"Host", "localhost" + port}},
		{"GET", 404, []string{"Host", "s999.localhost" + port}},
		{"GET", 404, []string{"Host", "evil.example" + port}},
		{"GET", 404, []string{"Host", "s1.localhost.evil.example" + port}},
		{"GET", 404, []string{"Host", "s1.localhost"}},
	} {
		res, body := w.do(c.method, p.Address, "", c.header...)
		if res.StatusCode != c.status {
			t.Errorf("%s %q: %d %s", c.method, c.header, res.StatusCode, body)
		}
	}
}

// TestRedirects stay in the phone, or end on a page that says where they lead.
func TestRedirects(t *testing.T) {
	w := newWorld(t)
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	hits := 0
	victim := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits++ }))
	defer victim.Close()
	w.shop.HandleFunc("/to", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Location", r.URL.Query().Get("u"))
		rw.WriteHeader(http.StatusFound)
	})
	p := w.open("alice", "/")
	second, err := w.OpenH5(t.Context(), "", "alice", other.URL+"/")
	if err != nil {
		t.Fatal(err)
	}
	own := strings.TrimSuffix(p.Address, "/")
	for to, want := range map[string]string{
		"/a?b=1":             "/a?b=1",
		"a":                  "a",
		w.shop.URL + "/x#y":  own + "/x#y",
		other.URL + "/there": second.Address + "there",
		strings.Replace(w.shop.URL, "127.0.0.1", "localhost", 1) + "/x":               own + "/x",
		"https://open.weixin.qq.com/connect/oauth2/authorize?appid=a#wechat_redirect": own + "/__wxdev_h5/connect/oauth2/authorize?appid=a#wechat_redirect",
		w.emu.URL + "/connect/oauth2/authorize?appid=a":                               own + "/__wxdev_h5/connect/oauth2/authorize?appid=a",
		victim.URL + "/steal":        own + "/__wxdev_h5/leave?to=" + url.QueryEscape(victim.URL+"/steal"),
		"//evil.example/":            own + "/__wxdev_h5/leave?to=%2F%2Fevil.example%2F",
		"http://169.254.169.254/":    own + "/__wxdev_h5/leave?to=http%3A%2F%2F169.254.169.254%2F",
		w.emu.URL + "/__wxdev/reset": own + "/__wxdev_h5/leave?to=" + url.QueryEscape(w.emu.URL+"/__wxdev/reset"),
		"https://open.weixin.qq.com.evil.example/connect/oauth2/authorize": own + "/__wxdev_h5/leave?to=" + url.QueryEscape("https://open.weixin.qq.com.evil.example/connect/oauth2/authorize"),
	} {
		res, _ := w.get(own + "/to?u=" + url.QueryEscape(to))
		if got := res.Header.Get("Location"); res.StatusCode != 302 || got != want {
			t.Errorf("%s leads to %d %s, want %s", to, res.StatusCode, got, want)
		}
	}
	res, body := w.get(own+"/__wxdev_h5/leave?to="+url.QueryEscape(victim.URL+"/<script>"), "Accept-Language", "zh-CN")
	if res.StatusCode != 403 || !strings.Contains(body, victim.URL+"/&lt;script&gt;") || !strings.Contains(body, "这个页面要跳转到") {
		t.Errorf("leaving: %d %s", res.StatusCode, body)
	}
	if calls := w.calls(p.Session, "leave"); len(calls) != 1 || calls[0].Args["url"] != victim.URL+"/<script>" || calls[0].OK {
		t.Errorf("it was told as %+v", calls)
	}
	if hits != 0 {
		t.Errorf("a site that nobody opened was asked %d times", hits)
	}
}

// TestLimits: an answer without an end, a bomb, and a body that is too large.
func TestLimits(t *testing.T) {
	w := newWorld(t)
	w.shop.HandleFunc("/endless", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", r.URL.Query().Get("type"))
		for r.Context().Err() == nil {
			if _, err := rw.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	})
	w.shop.HandleFunc("/bomb", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		rw.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(rw)
		for range 20 {
			_, _ = z.Write(make([]byte, 1<<20))
		}
		_ = z.Close()
	})
	p := w.open("alice", "/")
	for _, path := range []string{"endless?type=text/html", "bomb"} {
		if res, body := w.get(p.Address + path); res.StatusCode != 502 || !strings.Contains(body, "8 MB") {
			t.Errorf("%s: %d %.200s", path, res.StatusCode, body)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), "GET", p.Address+"endless?type=video/mp4", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.URL.Host = "127.0.0.1:" + req.URL.Port()
	req.Host = strings.TrimSuffix(strings.TrimPrefix(p.Address, "http://"), "/")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if n, err := io.Copy(io.Discard, res.Body); err == nil || n > 9<<20 {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// TestAnswersOfNobody: an answer is for a call that waits, of this page.
func TestAnswersOfNobody(t *testing.T) {
	w := newWorld(t)
	p := w.open("alice", "/")
	for _, c := range []struct {
		session string
		status  int
	}{{"s999", 404}, {p.Session, 404}, {"..%2flog", 404}} {
		err := w.AnswerH5(t.Context(), c.session, client.H5Answer{Result: "x"})
		refused, ok := err.(*client.Error)
		if !ok || refused.Status != c.status {
			t.Errorf("%s: %v", c.session, err)
		}
	}
}

// TestPicturesAreTheUsers: a page reads the pictures that its user gave it, and no
// other file of the account's.
func TestPicturesAreTheUsers(t *testing.T) {
	w := newWorld(t)
	m, err := w.Upload(t.Context(), "", "image", "a.gif", []byte("GIF89a\x02\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00;"))
	if err != nil {
		t.Fatal(err)
	}
	p := w.open("alice", "/")
	for _, id := range []string{m.ID, "x", "..%2f..%2fetc%2fpasswd"} {
		if res, _ := w.get(p.Address + "__wxdev_h5/media/" + id); res.StatusCode != 404 {
			t.Errorf("%s: %d", id, res.StatusCode)
		}
	}
}

// TestServerThatIsGone: its page says so.
func TestServerThatIsGone(t *testing.T) {
	w := newWorld(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := "http://" + l.Addr().String()
	l.Close()
	p, err := w.OpenH5(t.Context(), "", "alice", gone)
	if err != nil {
		t.Fatal(err)
	}
	res, body := w.get(p.Address, "Accept-Language", "zh-CN")
	if res.StatusCode != 502 || !strings.Contains(body, "页面所在的服务器没有应答") || strings.Contains(res.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("%d %v %s", res.StatusCode, res.Header, body)
	}
}

// TestStreams: what a dev server sends goes on at once, and a WebSocket both ways.
func TestStreams(t *testing.T) {
	w := newWorld(t)
	release := make(chan bool)
	w.shop.HandleFunc("/sse", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(rw, "data: 1\n\n")
		_ = http.NewResponseController(rw).Flush()
		select {
		case <-release:
		case <-r.Context().Done():
		}
		fmt.Fprint(rw, "data: 2\n\n")
	})
	w.shop.HandleFunc("/ws", func(rw http.ResponseWriter, r *http.Request) {
		conn, buf, err := http.NewResponseController(rw).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprintf(buf, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Origin: %s\r\n\r\n", r.Header.Get("Origin"))
		_ = buf.Flush()
		_, _ = io.Copy(conn, buf) // an echo
	})
	p := w.open("alice", "/")
	u, err := url.Parse(p.Address)
	if err != nil {
		t.Fatal(err)
	}
	raw := func(path, more string) net.Conn {
		conn, err := net.Dial("tcp", "127.0.0.1:"+u.Port())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", path, u.Host, more)
		return conn
	}
	read := func(conn net.Conn, want string) string {
		var got strings.Builder
		b := make([]byte, 4096)
		for !strings.Contains(got.String(), want) {
			n, err := conn.Read(b)
			if got.Write(b[:n]); err != nil {
				t.Fatalf("%q before %q: %v", got.String(), want, err)
			}
		}
		return got.String()
	}
	conn := raw("/sse", "")
	defer conn.Close()
	read(conn, "data: 1")
	close(release)
	read(conn, "data: 2")

	conn = raw("/ws", "Upgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://"+u.Host+"\r\n")
	defer conn.Close()
	if head := read(conn, "\r\n\r\n"); !strings.Contains(head, " 101 ") || !strings.Contains(head, "X-Origin: "+w.shop.URL) {
		t.Errorf("the handshake: %s", head)
	}
	fmt.Fprint(conn, "ping")
	read(conn, "ping")
}
