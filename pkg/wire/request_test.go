package wire_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// check are the parameters of a verification request, in WeChat's order.
var check = [][2]string{
	{"signature", "f464b24fc39322e44b38aa78f5edd27bd1441696"},
	{"echostr", "4375120948345356249"},
	{"timestamp", "1714036504"},
	{"nonce", "1514711492"},
}

const checkQuery = "signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492"

func TestRequestBytes(t *testing.T) {
	get := wire.NewRequest("GET", wire.JoinQuery("http://wx.example.com/wechat", check...), nil)
	post := wire.NewRequest("POST", "http://wx.example.com:8080/wechat?signature=s", []byte("<xml>你</xml>"))
	for name, c := range map[string]struct {
		request *wire.Request
		want    string
	}{
		"GET": {get, "GET /wechat?" + checkQuery + " HTTP/1.0\r\n" +
			"User-Agent: Mozilla/4.0\r\nAccept: */*\r\nHost: wx.example.com\r\nPragma: no-cache\r\n\r\n"},
		"POST": {post, "POST /wechat?signature=s HTTP/1.0\r\n" +
			"User-Agent: Mozilla/4.0\r\nAccept: */*\r\nHost: wx.example.com:8080\r\nPragma: no-cache\r\n" +
			"Content-Length: 14\r\nContent-Type: text/xml\r\n\r\n<xml>你</xml>"},
		"1.1": {get.HTTP11(), "GET /wechat?" + checkQuery + " HTTP/1.1\r\n" +
			"User-Agent: Mozilla/4.0\r\nAccept: */*\r\nHost: wx.example.com\r\nPragma: no-cache\r\nConnection: close\r\n\r\n"},
		"other agent, in its place": {get.With("user-agent", "curl/8"), "GET /wechat?" + checkQuery + " HTTP/1.0\r\n" +
			"User-Agent: curl/8\r\nAccept: */*\r\nHost: wx.example.com\r\nPragma: no-cache\r\n\r\n"},
		"JSON push": {
			post.With("Content-Type", "application/json"), "POST /wechat?signature=s HTTP/1.0\r\n" +
				"User-Agent: Mozilla/4.0\r\nAccept: */*\r\nHost: wx.example.com:8080\r\nPragma: no-cache\r\n" +
				"Content-Length: 14\r\nContent-Type: application/json\r\n\r\n<xml>你</xml>",
		},
	} {
		if got := string(c.request.Bytes()); got != c.want {
			t.Errorf("%s:\n%q, want\n%q", name, got, c.want)
		}
		if line, _, _ := strings.Cut(c.want, "\r\n"); c.request.Line() != line {
			t.Errorf("%s: Line() is %q", name, c.request.Line())
		}
	}
	if agent := get.Header[0].Value; agent != "Mozilla/4.0" || get.Proto != "HTTP/1.0" {
		t.Errorf("a variant changed the request it was made from: %s, %q", get.Proto, agent)
	}
}

func TestTargetAndHost(t *testing.T) {
	for url, want := range map[string][2]string{
		"http://wx.example.com":              {"/", "wx.example.com"},
		"http://wx.example.com/":             {"/", "wx.example.com"},
		"http://wx.example.com?a=1":          {"/?a=1", "wx.example.com"},
		"http://wx.example.com:80/a":         {"/a", "wx.example.com:80"},
		"https://wx.example.com/a%20b/?c=%2": {"/a%20b/?c=%2", "wx.example.com"},
		"http://127.0.0.1:8080/a?b=/c?d":     {"/a?b=/c?d", "127.0.0.1:8080"},
		"http://[::1]:8080/a":                {"/a", "[::1]:8080"},
		"http://wx.example.com/a#b":          {"/a", "wx.example.com"},
		"http://wx.example.com/a?b=http://c": {"/a?b=http://c", "wx.example.com"},
	} {
		r := wire.NewRequest("GET", url, nil)
		host := ""
		for _, f := range r.Header {
			if f.Name == "Host" {
				host = f.Value
			}
		}
		if r.Line() != "GET "+want[0]+" HTTP/1.0" || host != want[1] {
			t.Errorf("%s: %q to %q, want %q", url, r.Line(), host, want)
		}
	}
}

func TestJoinQuery(t *testing.T) {
	for _, c := range []struct {
		url    string
		params [][2]string
		want   string
	}{
		{"http://h/p", check, "http://h/p?" + checkQuery},
		{"http://h", check, "http://h?" + checkQuery},
		{"http://h/p?", check, "http://h/p?" + checkQuery},
		{"http://h/p?a=1", check, "http://h/p?a=1&" + checkQuery},
		{"http://h/p?a=1&", check, "http://h/p?a=1&" + checkQuery},
		{"http://h/p?s=/api/wx&a", check, "http://h/p?s=/api/wx&a&" + checkQuery},
		{"http://h/p?a=1#top", check, "http://h/p?a=1&" + checkQuery},
		{"http://h/p#top", nil, "http://h/p"},
		{"http://h/p?a=1", nil, "http://h/p?a=1"},
		// What is encoded stays so, and what is not gets it once.
		{"http://h/%E4%BD%A0?a=%2B+%25", nil, "http://h/%E4%BD%A0?a=%2B+%25"},
		{"http://h/你 好?a=\"<b>\"", nil, "http://h/%E4%BD%A0%20%E5%A5%BD?a=%22%3Cb%3E%22"},
		{"http://h/\xff\x7f", nil, "http://h/%FF%7F"},
		{"http://h/p", [][2]string{{"echostr", "a b+c/=%&<你>"}, {"n&", ""}}, "http://h/p?echostr=a%20b%2Bc%2F%3D%25%26%3C%E4%BD%A0%3E&n%26="},
	} {
		if got := wire.JoinQuery(c.url, c.params...); got != c.want {
			t.Errorf("JoinQuery(%q, …) = %q, want %q", c.url, got, c.want)
		}
	}
}

func TestCheckURL(t *testing.T) {
	for _, good := range []string{
		"http://wx.example.com", "HTTPS://WX.EXAMPLE.COM:443/", "http://127.0.0.1:8080/wechat?a=1&b", "http://[::1]:1/x",
		"http://localhost/a%20b", "http://h/路径", "http://my_container:65535/", "http://xn--fiq228c.example.com./", "http://h/a?b=c@d",
	} {
		u, err := wire.CheckURL(good)
		if err != nil || u.Host == "" {
			t.Errorf("CheckURL(%q): %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "wx.example.com/wechat", "//wx.example.com", "ftp://h/", "http://", "http:///p", "http:h/p", "http://:80/", "https://h:0/",
		"http://h:65536/", "http://h:x/", "http://h:/", "http://h/a b", "http://h/a\tb", "http://h/a\r\nX: y", "http://h/\x00", "http://h/\x7f",
		"http://h/a\u00a0", "http://h/a\u3000", "http://h/\u200ba", " http://h/", "http://h/\n", "http://h/p#top", "http://h#",
		"http://用户.example.com/", "http://%e4%bd%a0/", "http://[::1/", "http://h/%zz", "http://a..b/",
	} {
		_, err := wire.CheckURL(bad)
		var fault *wire.URLError
		if !errors.As(err, &fault) {
			t.Errorf("CheckURL(%q): %v", bad, err)
			continue
		}
		hint := ""
		if fault.Hint != nil {
			hint = fault.Hint.Error()
		}
		if hasControl(err.Error() + fault.In(finding.Chinese) + hint) {
			t.Errorf("CheckURL(%q): control characters in %q", bad, err)
		}
	}
	_, err := wire.CheckURL("http://root:hunter2@wx.example.com/")
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a URL with a password: %v", err)
	}
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 })
}

// TestCurlWords runs the command with printf in curl's place: what a shell
// makes of the quotes is what counts.
func TestCurlWords(t *testing.T) {
	body := "<xml>it's $HOME `id` \"q\" \\\n你 @ %s</xml>"
	for name, c := range map[string]struct {
		request *wire.Request
		want    []string
	}{
		"GET": {wire.NewRequest("GET", "http://h/it's?a=$HOME&b=`id`&c=[1]{2}", nil), []string{
			"-i", "-g", "-0", "-A", "Mozilla/4.0", "-H", "Accept: */*", "-H", "Pragma: no-cache", "http://h/it's?a=$HOME&b=`id`&c=[1]{2}",
		}},
		"1.1": {wire.NewRequest("GET", "http://h/", nil).HTTP11().With("User-Agent", "it's"), []string{
			"-i", "-A", "it's", "-H", "Accept: */*", "-H", "Pragma: no-cache", "http://h/",
		}},
		"POST": {wire.NewRequest("POST", "http://h/", []byte(body)), []string{
			"-i", "-0", "-A", "Mozilla/4.0", "-H", "Accept: */*", "-H", "Pragma: no-cache",
			"-H", "Content-Type: text/xml", "--data-raw", body, "http://h/",
		}},
	} {
		args, ok := strings.CutPrefix(c.request.Curl(), "curl ")
		if !ok {
			t.Errorf("%s: %q", name, c.request.Curl())
			continue
		}
		out, err := exec.Command("sh", "-c", `printf '%s\0' `+args).Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s: the shell makes\n%q of %s, want\n%q", name, got, args, c.want)
		}
	}
}

// TestCurlSendsTheBytes: what curl sends is the request, whatever shell runs the
// command, and whatever is in the body.
func TestCurlSendsTheBytes(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	got := make(chan *http.Request, 1)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(b))
		got <- r
	}))
	defer s.Close()
	for _, body := range []string{
		"", "<xml>it's $HOME `id` \"q\" \\n \\\\ 你 @ %s %% !! </xml>\n\n", "@/etc/passwd", "control \x00\x01\x1b[2J\r\n\x7f \\x41 \\101 %d '", "\xff\xfe not UTF-8",
		"<![CDATA[]]]]><![CDATA[>]]>", "$(id) ;& | > /tmp/x {{x}}", strings.Repeat("\x02", 60<<10), "\u202e\u2028",
	} {
		r := wire.NewRequest("POST", s.URL+"/../a'b/./c?x=$HOME&y=[1]{2}&z=%00", []byte(body)).With("Content-Type", "text/xml")
		for _, shell := range []string{"sh", "bash"} {
			if _, err := exec.LookPath(shell); err != nil {
				continue
			}
			cmd := exec.Command(shell)
			cmd.Stdin = strings.NewReader(r.Curl())
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v: %s", shell, err, out)
			}
			g := <-got
			sent, _ := io.ReadAll(g.Body)
			if string(sent) != body || g.RequestURI != "/../a'b/./c?x=$HOME&y=[1]{2}&z=%00" || g.Proto != "HTTP/1.0" || g.Method != "POST" {
				t.Errorf("%s: %s %s %s with %q, want %q", shell, g.Method, g.RequestURI, g.Proto, sent, body)
			}
			g.Header.Del("Cache-Control") // net/http makes it of Pragma
			want := http.Header{"User-Agent": {"Mozilla/4.0"}, "Accept": {"*/*"}, "Pragma": {"no-cache"}, "Content-Type": {"text/xml"}, "Content-Length": {fmt.Sprint(len(body))}}
			if !reflect.DeepEqual(g.Header, want) {
				t.Errorf("%s: headers %v, want %v", shell, g.Header, want)
			}
		}
	}
}

// TestRequestParses holds what is written by hand against a parser of the
// standard library.
func TestRequestParses(t *testing.T) {
	r := wire.NewRequest("POST", wire.JoinQuery("http://h/p?own=1", check...), []byte("<xml/>"))
	parsed, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(r.Bytes())))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(parsed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if parsed.Host != "h" || parsed.ProtoMinor != 0 || parsed.URL.RawQuery != "own=1&"+checkQuery || string(body) != "<xml/>" {
		t.Errorf("%+v, body %q", parsed, body)
	}
}

func TestShellLine(t *testing.T) {
	for in, want := range map[string]string{"it's": `'it'\''s'`, "a\nb": `$'a\x0ab'`, "\x1b": `$'\x1b'`, "你'\n": `$'你\'\x0a'`} {
		if got := wire.ShellLine(in); got != want {
			t.Errorf("%q becomes %s, want %s", in, got, want)
		}
	}
}

func TestShellQuote(t *testing.T) {
	for in, want := range map[string]string{"a": "'a'", "a b$c`d`": "'a b$c`d`'", "it's": `'it'\''s'`} {
		if got := wire.ShellQuote(in); got != want {
			t.Errorf("%q becomes %s, want %s", in, got, want)
		}
	}
}
