package control_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/control"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// What a page of another site, a caller with too much to say and a name with a
// line end in it could do to the control API. The calls are those of its table:
// one that is new is attacked as well.

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// target is the path of a call with values in the place of what varies.
func target(c control.Call, values map[string]string) string {
	return "/__wxdev/" + placeholder.ReplaceAllStringFunc(c.Path, func(name string) string {
		if v := values[name]; v != "" {
			return v
		}
		return "1"
	})
}

// usual are values that most calls know.
var usual = map[string]string{"{user}": "alice", "{appid}": "wx0123456789abcdef", "{action}": "follow"}

// send makes a request of a browser, say, and returns what came back. An answer
// without end, as that of a stream, is cut off.
func (b *bench) send(method, target, body string, header ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	req.Host = "127.0.0.1:8900"
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		} else {
			req.Header.Set(header[i], header[i+1])
		}
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, req)
	return w
}

// guarded demands the headers of every answer, whatever it is.
func guarded(t *testing.T, what string, h http.Header) {
	t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "same-origin", "X-Frame-Options": "DENY",
	} {
		if h.Get(name) != want {
			t.Errorf("%s: %s is %q, not %s", what, name, h.Get(name), want)
		}
	}
	if h.Get("Referrer-Policy") == "" || !strings.Contains(strings.Join(h.Values("Content-Security-Policy"), ";"), "frame-ancestors 'none'") {
		t.Errorf("%s: headers %v", what, h)
	}
	if h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%s: other origins may read it: %v", what, h)
	}
}

// TestNoForeignPageIsAnswered: no call tells a page of another site anything, be
// it a stream, and none does anything for one.
func TestNoForeignPageIsAnswered(t *testing.T) {
	b := newBench(t, people)
	embedded := func(path string) bool { // what pages link to or embed, and the JS-SDK, which asks for itself
		return strings.HasPrefix(path, "media/{id}") || strings.HasPrefix(path, "js-sdk/")
	}
	before := string(must(b.Snapshot()))
	for _, c := range control.Calls() {
		path := target(c, usual)
		for _, attack := range [][]string{
			{"Origin", "https://evil.example.com"},
			{"Origin", "http://127.0.0.1:3000"},
			{"Origin", "http://localhost:8900"},
			{"Origin", "null"},
			{"Origin", "http://127.0.0.1:8900.evil.example.com"},
			{"Host", "evil.example.com"},
			{"Host", "evil.example.com:8900"},
			{"Host", "127.0.0.1.evil.example.com"},
			{"Sec-Fetch-Site", "cross-site"},
			{"Sec-Fetch-Site", "same-site"},
			{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"},
		} {
			w := b.send(c.Method, path, "", attack...)
			what := fmt.Sprint(c.Method, " ", path, " with ", attack)
			if w.Code != http.StatusForbidden && (attack[0] != "Sec-Fetch-Site" || !embedded(c.Path)) {
				t.Errorf("%s: %d", what, w.Code)
			}
			if !embedded(c.Path) {
				guarded(t, what, w.Header())
			}
		}
	}
	if after := string(must(b.Snapshot())); after != before {
		t.Errorf("the state has changed:\n%s", after)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// streams are calls whose answer has no end.
func streams(c control.Call) bool { return c.Path == "events" }

// TestEveryAnswerIsGuarded: so is an error.
func TestEveryAnswerIsGuarded(t *testing.T) {
	b := newBench(t, people)
	for _, c := range control.Calls() {
		if streams(c) || strings.HasPrefix(c.Path, "js-sdk/") {
			continue
		}
		for _, body := range []string{"", "{", `{"no such":1}`, strings.Repeat("x", 64<<10+1)} {
			path := target(c, usual)
			guarded(t, c.Method+" "+path, b.send(c.Method, path, body).Header())
		}
		for _, method := range []string{"PUT", "OPTIONS", "HEAD", "TRACE"} {
			path := target(c, usual)
			guarded(t, method+" "+path, b.send(method, path, "").Header())
		}
	}
	for _, path := range []string{"/__wxdev/no/such", "/__wxdev//log", "/__wxdev/./log", "/q/1", "/q/"} {
		guarded(t, path, b.send("GET", path, "").Header())
	}
}

// endless is a body whose length nobody knows beforehand, and which counts what
// is taken of it.
type endless struct {
	mu    sync.Mutex
	taken int64
}

func (e *endless) Read(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range p {
		p[i] = ' '
	}
	e.taken += int64(len(p))
	return len(p), nil
}

// roomy are the calls that take more than 64 KB.
var roomy = map[string]int64{"snapshot": emulator.MaxState, "media": emulator.MaxOwnFile, "pushes/{id}/again": 1 << 20}

// TestBodiesAreLimited: no call reads more than its limit, or does anything with
// a part.
func TestBodiesAreLimited(t *testing.T) {
	b := newBench(t, people)
	all := control.Calls()
	all = append(all, control.Call{Method: "POST", Path: "../q/1"})
	before := string(must(b.Snapshot()))
	for _, c := range all {
		if strings.HasPrefix(c.Path, "js-sdk/") || c.Method == "GET" {
			continue
		}
		limit := int64(64 << 10)
		if roomy[c.Path] > 0 {
			limit = roomy[c.Path]
		}
		path := strings.Replace(target(c, usual), "/__wxdev/..", "", 1)
		if w := b.send(c.Method, path, strings.Repeat(" ", int(limit)+1)); w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s %s: %d to %d bytes", c.Method, path, w.Code, limit+1)
		}
		flood := &endless{}
		req := httptest.NewRequest(c.Method, path, flood)
		req.Host = "127.0.0.1:8900"
		w := httptest.NewRecorder()
		b.ServeHTTP(w, req)
		if w.Code != http.StatusRequestEntityTooLarge || flood.taken > 2*limit+1<<20 {
			t.Errorf("%s %s: %d to a body without end, of which it took %d bytes", c.Method, path, w.Code, flood.taken)
		}
	}
	if after := string(must(b.Snapshot())); after != before {
		t.Errorf("the state has changed:\n%s", after)
	}
	for _, c := range all { // the last byte that is allowed is
		if c.Method == "POST" && roomy[c.Path] == 0 {
			path := strings.Replace(target(c, usual), "/__wxdev/..", "", 1)
			if w := b.send(c.Method, path, strings.Repeat(" ", 64<<10)); w.Code == http.StatusRequestEntityTooLarge {
				t.Errorf("%s %s: 64 KB are too much", c.Method, path)
			}
		}
	}
}

// hostile are ids that are paths, no numbers, too large, or not of one line.
var hostile = []string{
	"..%2f..%2f..%2fetc%2fpasswd", "%2e%2e", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5cwin.ini", "%2fetc%2fpasswd", "-1", "0", "-9223372036854775808",
	"9223372036854775807", "99999999999999999999999999", "1e9", "0x1", "%00", "1%00", "1%0d%0aSet-Cookie:%20a=b", "%ff%fe", "%e2%80%ae", "1%3b2", strings.Repeat("a", 5000), "%20", "%25", "%7b%7bx%7d%7d",
}

// TestIDsAreNoPaths: whatever stands in the place of an id, it is one that is not
// there.
func TestIDsAreNoPaths(t *testing.T) {
	b := newBench(t, people)
	for _, c := range control.Calls() {
		for _, name := range placeholder.FindAllString(c.Path, -1) {
			for _, id := range hostile {
				values := map[string]string{"{user}": "alice", "{appid}": "wx0123456789abcdef", "{action}": "follow", name: id}
				path := target(c, values)
				w := b.send(c.Method, path, "")
				body := w.Body.String()
				switch {
				case w.Code >= 500, strings.Contains(body, "root:"), w.Header().Get("Set-Cookie") != "":
					t.Errorf("%s %s: %d %v %.200s", c.Method, path, w.Code, w.Header(), body)
				case w.Code != 400 && w.Code != 404 && (name == "{id}" || name == "{appid}" || name == "{action}"):
					t.Errorf("%s %s: %d %.200s", c.Method, path, w.Code, body)
				case strings.ContainsAny(body, "\x00\x1b\r"):
					t.Errorf("%s %s: control characters in %q", c.Method, path, body)
				}
				for name, values := range w.Header() {
					for _, v := range values {
						if strings.ContainsAny(v, "\r\n\x00") {
							t.Errorf("%s %s: %s is %q", c.Method, path, name, v)
						}
					}
				}
			}
		}
	}
}

// TestNamesInHeaders: a name that a user or a server chose stays in its header.
func TestNamesInHeaders(t *testing.T) {
	for _, name := range []string{`x\r\nSet-Cookie: a=b\r\n\r\n<script>`, `\"; filename=evil.html; x=\"`, `\u2028\u202Egpj.exe`, `..\\..\\x`, `../../x`, `你好.jpg`, ``, `x\u0000y`} {
		state, err := emulator.ParseState("seed", []byte(people+"[[account.media]]\nid = \"m\"\ntype = \"image\"\nfilename = \""+name+"\"\ncreated = 2026-11-20T03:00:00Z\ndata = \"PHNjcmlwdD4=\"\n"))
		if err != nil {
			t.Logf("%s is refused: %v", name, err) // which is as well
			continue
		}
		s, err := local.NewServer(emulator.Config{Seed: state, Now: func() time.Time { return start }})
		if err != nil {
			t.Fatal(err)
		}
		raw := rawGet(t, s.URL, "/__wxdev/media/m")
		s.Close()
		head, _, _ := strings.Cut(raw, "\r\n\r\n")
		if strings.Contains(head, "\nSet-Cookie") || strings.Count(head, "Content-Disposition: attachment") != 1 || strings.ContainsAny(head, "\x00\u2028\u202e") {
			t.Errorf("%s: %q", name, head)
		}
		if _, err := http.ReadResponse(bufio.NewReader(strings.NewReader(raw)), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// rawGet is what a server answers, byte for byte.
func rawGet(t *testing.T, base, path string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", path)
	raw, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestReadersAndWritersAtOnce is for the race detector: all calls at once, each
// from several callers.
func TestReadersAndWritersAtOnce(t *testing.T) {
	b := newBench(t, people)
	bodies := map[string][]string{
		"accounts": {`{"appid":"wx0123456789abcdef","mode":"safe"}`}, "users": {`{"name":"dave"}`, `{"name":"alice","tags":[]}`},
		"users/{user}/{action}": {"value=hi"}, "faults": {`{"path":"/x","errcode":-1,"count":1}`}, "clock": {`{"advance":"1s"}`}, "expire": {`{"kind":"token"}`},
		"media": {"GIF89a"}, "snapshot": {people},
	}
	var wg sync.WaitGroup
	for _, c := range control.Calls() {
		if streams(c) {
			continue
		}
		for range 2 {
			wg.Go(func() {
				for _, user := range []string{"alice", "bob", "new"} {
					path := target(c, map[string]string{"{user}": user, "{appid}": "wx0123456789abcdef", "{action}": "text"})
					for _, body := range append(bodies[c.Path], "{}") {
						if w := b.send(c.Method, path, body); w.Code >= 500 {
							t.Errorf("%s %s: %d %s", c.Method, path, w.Code, w.Body)
						}
					}
				}
			})
		}
	}
	wg.Wait()
}
