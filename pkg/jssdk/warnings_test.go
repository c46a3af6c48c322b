package jssdk

import (
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
)

var warningsTable = []struct{ url, want string }{
	{"https://example.com/a?x=1&y=%E4%BD%A0", ""},
	{"http://example.com/", ""},
	{"https://example.com/#top", `J14 url-fragment fragment="#top"`},
	{"https://example.com", `J10 url-slash want="https://example.com/"`},
	{"https://example.com?a=1", `J10 url-slash want="https://example.com/?a=1"`},
	{"https://Example.com/A", `J17 url-case url="https://Example.com/A" want="https://example.com/A"`},
	{"HTTPS://example.com/", `J17 url-case url="HTTPS://example.com/" want="https://example.com/"`},
	{"https://example.com:443/a", `J17 url-port port=443 want="https://example.com/a"`},
	{"http://example.com:80/", `J17 url-port port=80 want="http://example.com/"`},
	{"HTTPS://Example.COM:443", `J17 url-case url="HTTPS://Example.COM:443" want="https://example.com/"; J17 url-port port=443 want="https://example.com/"; J10 url-slash want="https://example.com/"`},
	{"https://example.com/a/../b/./c?x=..", `J17 url-dots want="https://example.com/b/c?x=.."`},
	{"https://example.com/a/b/..", `J17 url-dots want="https://example.com/a/"`},
	{"https://example.com/../..", `J17 url-dots want="https://example.com/"`},
	{"https://例子.cn/", `J17 url-host host="例子.cn"`},
	{"http://user:p@example.com/a", `J17 url-user want="http://example.com/a"`},
	{"http://example.com:8080/", `J11 url-port port="8080"`},
	{"http://192.168.1.2/", `J11 url-address host="192.168.1.2"`},
	{"http://[::1]/", `J11 url-address host="[::1]"`},
	{"http://localhost/", `J11 url-address host="localhost"`},
	{"example.com/a", `J05 url-scheme url="example.com/a"`},
	{"file:///a.html", `J05 url-scheme url="file:///a.html"`},
	{"https%3A%2F%2Fexample.com%2F", `J03 url-encoded url="https%3A%2F%2Fexample.com%2F"`},
	{"https://example.com/?a=1&amp;b=2", `J06 url-entities url="https://example.com/?a=1&amp;b=2"`},
	{"https://example.com/你", `J17 url-raw char="你" want=%E4%BD%A0`},
	{"https://example.com/a b", `J17 url-raw char=" " want=%20`},
	{"", `J05 url-scheme url=""`},
}

func allWarnings() []finding.Finding {
	var all []finding.Finding
	for _, c := range warningsTable {
		all = append(all, Warnings(c.url)...)
	}
	return all
}

func TestWarnings(t *testing.T) {
	for _, c := range warningsTable {
		var got []string
		for _, w := range Warnings(c.url) {
			got = append(got, label(Mistake{Finding: w}))
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%q: %s, want %s", c.url, s, c.want)
		}
	}
}
