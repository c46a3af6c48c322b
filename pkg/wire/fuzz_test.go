package wire_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/wire"
)

// FuzzResponse: no answer panics or breaks what holds for all exchanges, and
// where it is cut into segments changes nothing, nor does it to a Conn.
func FuzzResponse(f *testing.F) {
	for _, s := range []string{
		"", "HTT", ok("", echo), ok("Content-Length: 19\r\n", echo), ok("Content-Length: 99\r\n", echo), "HTTP/1.0 200\n\n" + echo,
		ok("Transfer-Encoding: chunked\r\n", "13\r\n"+echo+"\r\n0\r\n\r\n"), ok("Transfer-Encoding: chunked\r\n", "2;a=b\r\n4\r\n"),
		"HTTP/1.1 100 Continue\r\n\r\n" + ok("A: b\r\n c\r\n", echo), "HTTP/1.1 204 No Content\r\n\r\nx", ok("Content-Length: -1\r\n", echo),
		"HTTP/1.1 302 Found\r\nLocation: \x1b[31m\r\n\r\n", "\x15\x03\x01\x00\x02\x02\x46", ok(": \r\n", ""), ok("A: b\n\r\n", "\n\n"),
	} {
		f.Add(s, true, 7)
		f.Add(s, false, 1)
	}
	f.Fuzz(func(t *testing.T, answer string, http11 bool, segment int) {
		if segment < 1 || len(answer)/segment > 2000 {
			segment = len(answer)/100 + 1
		}
		r := get("http://127.0.0.1/")
		if http11 {
			r = r.HTTP11()
		}
		whole := doPipe(t, r, answer, len(answer)+1)
		parts := doPipe(t, r, answer, segment)
		sound(t, whole)
		sound(t, parts)
		if whole.Failure() != parts.Failure() || whole.End != parts.End {
			t.Fatalf("%v, end %d as a whole; %v, end %d in segments of %d", whole.Err, whole.End, parts.Err, parts.End, segment)
		}
		if a, b := whole.Response, parts.Response; a != nil && (a.Status != b.Status || string(a.Body) != string(b.Body) || string(a.Decoded) != string(b.Decoded)) {
			t.Errorf("%+v as a whole, %+v in segments of %d", a, b, segment)
		}
		s := pipe(answer, segment)
		route, err := s.Route(t.Context(), r.URL)
		if err != nil {
			t.Fatal(err)
		}
		c := route.Conn(true)
		for range 2 { // the second time the head is known
			same(t, "on a Conn", whole, send(t, c, r))
			c.Close()
		}
		if whole.Err != nil && hasControl(whole.Err.Error()) {
			t.Errorf("control characters in %q", whole.Err)
		}
	})
}

// FuzzURL: what passes the check makes a request whose every line is what it
// should be, and the parameters arrive behind the URL's own.
func FuzzURL(f *testing.F) {
	for _, s := range []string{
		"http://wx.example.com", "https://h:8443/p?a=1&b", "http://h?a", "http://[::1]:80/?", "http://h/a%20b/你?c=%zz", "HTTP://H/%2F?=&&",
		"http://h/p#top", "http://u:p@h/", "http://h:0/", "http:///", "http://h/\r\nX: y", "http://h/a?b=\"<c>", "http://[fe80::1%25eth0]/",
	} {
		f.Add(s, "a b+c/=%&<i>", "1714036504")
	}
	f.Fuzz(func(t *testing.T, raw, echostr, nonce string) {
		u, err := wire.CheckURL(raw)
		if err != nil {
			if hasControl(err.Error()) {
				t.Errorf("control characters in %q", err)
			}
			return
		}
		joined := wire.JoinQuery(raw, [2]string{"echostr", echostr}, [2]string{"nonce", nonce})
		request := string(wire.NewRequest("GET", joined, nil).Bytes())
		head := strings.Split(request, "\r\n")
		if len(head) != 7 || strings.Count(head[0], " ") != 2 || !strings.HasPrefix(head[0], "GET /") || !strings.HasSuffix(head[0], " HTTP/1.0") {
			t.Fatalf("the request for %q is %q", raw, request)
		}
		if strings.ContainsFunc(request, func(r rune) bool { return r >= 0x7f || r < ' ' && r != '\r' && r != '\n' }) {
			t.Errorf("the request for %q is %q", raw, request)
		}
		again, err := url.Parse(joined)
		if err != nil {
			t.Fatalf("%q joined is %q: %v", raw, joined, err)
		}
		if again.Host != u.Host || again.Path != u.Path {
			t.Errorf("%q joined leads to %q", raw, joined)
		}
		// The server's own query may be what no parser takes; ours is behind it.
		own := strings.TrimSuffix(u.RawQuery, "&")
		ours, ok := strings.CutPrefix(again.RawQuery, callbackEscape(own))
		q, err := url.ParseQuery(strings.TrimPrefix(ours, "&"))
		if !ok || err != nil || q.Get("echostr") != echostr || q.Get("nonce") != nonce {
			t.Errorf("%q joined has the query %q, %v", raw, again.RawQuery, err)
		}
	})
}

// callbackEscape is what JoinQuery does to a query of the URL's own.
func callbackEscape(query string) string {
	_, escaped, _ := strings.Cut(wire.JoinQuery("?"+query), "?")
	return escaped
}
