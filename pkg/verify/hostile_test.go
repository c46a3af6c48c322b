package verify_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/verify"
)

// printable demands that nothing of a report can move a terminal's cursor,
// hide what it says or flood it.
func printable(t *testing.T, r *verify.Report) {
	t.Helper()
	look := func(where, s string) {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) }) {
			t.Errorf("%s is not fit to print: %q", where, s)
		}
		if len(s) > 1024 {
			t.Errorf("%s has %d bytes: %.80q…", where, len(s), s)
		}
	}
	for _, f := range r.Findings {
		for k, v := range f.Facts {
			look(f.ID+" "+f.Variant+", "+k, v.In(finding.English))
			look(f.ID+" "+f.Variant+", "+k, v.In(finding.Chinese))
		}
	}
	for _, c := range r.Checks {
		for k, v := range c.Facts {
			look(string(c.Name)+", "+k, v.In(finding.Chinese))
		}
	}
	for _, p := range r.Probes {
		look("probe "+p.Name, p.Name+p.Shown)
	}
}

// nasty has what a terminal obeys, and bytes that are no text.
const nasty = "\x1b[2J\x1b]0;owned\x07\x9b31m\x7f\x08\x00\u202e\u200b\xff\xfe"

// inHeader is nasty without what would end a header line.
var inHeader = strings.ReplaceAll(nasty, "\x00", "")

func head(status, lines string) string { return "HTTP/1.1 " + status + "\r\n" + lines + "\r\n" }

func writes(text string) func(*testing.T) string {
	return raw(func(c net.Conn, _ *http.Request) { io.WriteString(c, text) })
}

// withLength is a whole answer.
func withLength(status, lines, body string) func(*testing.T) string {
	return writes(head(status, lines+fmt.Sprintf("Content-Length: %d\r\n", len(body))) + body)
}

// endless writes head once and block until the other side has enough.
func endless(head, block string) func(*testing.T) string {
	return raw(func(c net.Conn, _ *http.Request) {
		_, err := io.WriteString(c, head)
		for err == nil {
			_, err = io.WriteString(c, block)
		}
	})
}

// drip writes a byte at a time, until the other side has enough.
func drip(head string) func(*testing.T) string {
	return raw(func(c net.Conn, _ *http.Request) {
		_, err := io.WriteString(c, head)
		for ; err == nil; time.Sleep(20 * time.Millisecond) {
			_, err = c.Write([]byte("x"))
		}
	})
}

func gzipped(body []byte) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(body)
	z.Close()
	return b.String()
}

// hostile lists targets that mean harm; want is the only finding that is no
// info.
var hostile = []struct {
	name, want string
	start      func(*testing.T) string
}{
	{"endless body", "V40 oversized", endless(head("200 OK", ""), strings.Repeat("x", 64<<10))},
	{"endless chunks", "V40 oversized", endless(head("200 OK", "Transfer-Encoding: chunked\r\n"), strings.Repeat("1\r\nx\r\n", 9999))},
	{"100 MB body", "V40 oversized", endless(head("200 OK", "Content-Length: 104857600\r\n"), strings.Repeat("x", 64<<10))},
	{"drip of a head", "V37 drip", drip("HTTP/1.1 200 OK\r\nA: ")},
	{"drip of a body", "V37 drip", drip(head("200 OK", ""))},
	{"header bomb", "V38 header", endless("HTTP/1.1 200 OK\r\n", strings.Repeat("A: b\r\n", 9999))},
	{"header line bomb", "V38 header", endless("HTTP/1.1 200 OK\r\nA: ", strings.Repeat("b", 64<<10))},
	{"reason bomb", "V38 header", endless("HTTP/1.1 200 ", strings.Repeat("OK ", 64<<10))},
	{"interim bomb", "V38 header", endless("", head("100 Continue", ""))},
	{"early close", "V39 closed", writes("")},
	{"closed in the head", "V38 header", writes("HTTP/1.1 200 OK\r\nA: " + inHeader)},
	{"garbage", "V38 garbage", writes(nasty + nasty)},
	{"endless garbage", "V38 garbage", endless("", nasty)},
	{"nasty status line", "V38 header", writes("HTTP/1.1 " + inHeader + "\r\n\r\n")},
	{"nasty length", "V38 header", writes(head("200 OK", "Content-Length: "+inHeader+"\r\n"))},
	{"nasty reason", "V43 error-status", withLength("500 "+inHeader, "", nasty)},
	{"nasty body", "V03 token-or-query", withLength("200 OK", "Content-Type: "+inHeader+"\r\n", nasty)},
	{"nasty redirect", "V08 elsewhere", withLength("302 "+inHeader, "Location: /"+inHeader+"\r\n", nasty)},
	{"nasty redirect, no URL", "V08 elsewhere", withLength("302 Found", "Location: :"+inHeader+"%zz\r\n", "")},
	{"nasty verbs", "V17 get-unrouted", withLength("405 "+inHeader, "Allow: "+inHeader+"\r\n", "")},
	{"nasty realm", "V42 basic", withLength("401 "+inHeader, "WWW-Authenticate: "+inHeader+"\r\n", "")},
	{"nasty encoding", "V41 compressed", withLength("200 OK", "Content-Encoding: "+inHeader+"\r\n", nasty)},
	{"nasty page", "V05 other-page", withLength("200 OK", "", "<html><body>"+nasty)},
	{"nasty refusal", "V03 token-or-query", withLength("403 "+inHeader, "", nasty)},
	{"nasty gateway", "V04 gateway", withLength("502 "+inHeader, "", nasty)},
	{"nasty guard", "V07 get-guarded", withLength("419 "+inHeader, "X: "+inHeader+"\r\n", nasty)},
	{"nasty missing parameter", "V16 same-answer", withLength("400 "+inHeader, "", nasty+" missing "+nasty+" signature "+nasty)},
	{"long reason", "V43 error-status", withLength("500 "+strings.Repeat("O", 60_000), "", "x")},
	{"long redirect", "V08 elsewhere", withLength("302 Found", "Location: /"+strings.Repeat("a", 60_000)+"\r\n", "")},
	{"long verbs", "V17 get-unrouted", withLength("405 No", "Allow: "+strings.Repeat("POST, ", 9_000)+"\r\n", "")},
	{"gzip unasked", "V03 token-or-query", withLength("200 OK", "Content-Encoding: gzip\r\n", gzipped([]byte(nasty)))},
	{"gzip bomb", "V46 other-answer", withLength("200 OK", "Content-Encoding: gzip\r\n", gzipped(make([]byte, 100<<20)))},
	{"gzip that is none", "V41 compressed", withLength("200 OK", "Content-Encoding: gzip\r\n", nasty)},
	{"gzip, cut", "V41 compressed", withLength("200 OK", "Content-Encoding: gzip\r\n", gzipped([]byte(nasty))[:20])},
	{"UTF-16 of a kind", "V03 token-or-query", withLength("200 OK", "", "\xff\xfe\x1b\x00[\x002\x00J\x00\x00\xd8")},
	{"GBK", "V03 token-or-query", withLength("200 OK", "Content-Type: text/plain; charset=gbk\r\n", "\xc7\xa9\xc3\xfb\xb4\xed\xce\xf3")},
	{"nested JSON", "V46 other-answer", withLength("200 OK", "", strings.Repeat("[", 500_000))},
	{"nested XML", "V46 other-answer", withLength("200 OK", "", strings.Repeat("<a>", 200_000))},
	{"a megabyte of words", "V46 other-answer", withLength("200 OK", "", strings.Repeat("missing null undefined ", 45_000))},
	{"a megabyte of scripts", "V43 error-status", withLength("500 X", "", strings.Repeat("<script>", 125_000))},
	{"a megabyte of tags", "V43 error-status", withLength("500 X", "", strings.Repeat("<", 1_000_000))},
	{"infinite redirects", "V08 elsewhere", handler(redirect(func(r *http.Request) string { return "/wechat/" + r.URL.Path[1:] + "x" }))},
	{"nasty echo", "V06 extra-output", rawEcho(func(c net.Conn, v values) {
		io.WriteString(c, head("200 "+inHeader, "Content-Type: "+inHeader+"\r\n")+nasty+v.echostr+nasty)
	})},
	{"nasty envelope", "V27 envelope", rawEcho(func(c net.Conn, v values) {
		io.WriteString(c, head("200 OK", "")+`{"\u001b[2J`+strings.Repeat("k", 60_000)+`":["`+v.echostr+`"]}`)
	})},
	{"nasty number", "V23 rounded", rawEcho(func(c net.Conn, v values) {
		io.WriteString(c, head("200 "+inHeader, "X-Cache: "+inHeader+"\r\n")+jsFloat(v.echostr)+"\x00\r\n\v")
	})},
	{"nasty cache", "V34 cached", func(t *testing.T) string {
		var first atomic.Value
		return rawEcho(func(c net.Conn, v values) {
			first.CompareAndSwap(nil, v.echostr)
			io.WriteString(c, head("200 OK", "X-Cache: "+inHeader+strings.Repeat("HIT", 9_000)+"\r\n")+first.Load().(string))
		})(t)
	}},
	{"nasty template", "V21 template-name", rawEcho(func(c net.Conn, v values) {
		io.WriteString(c, head("500 "+inHeader, "")+nasty+"template "+v.echostr+nasty)
	})},
	{"short by far", "V25 length", rawEcho(func(c net.Conn, v values) {
		io.WriteString(c, head("200 OK", "Content-Length: 1000000000000000000\r\n")+v.echostr)
	})},
}

// TestHostileTargets: every one ends with a finding, after a few requests, and
// nothing of it reaches the report raw. Only those that drip are ended by the
// deadline.
func TestHostileTargets(t *testing.T) {
	for _, c := range hostile {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := options(c.start(t))
			limit := busy.Net
			if c.want == "V37 drip" {
				limit = 600 * time.Millisecond
			}
			busy.Patiently(t, limit, func(limit time.Duration) error {
				o.Sender.Timeout = limit
				r := run(t, o)
				if r.Took > 2*limit+busy.Net || len(r.Probes) > 150 {
					t.Errorf("took %v and %d requests", r.Took, len(r.Probes))
				}
				describable(t, r)
				printable(t, r)
				if got := serious(r); len(got) != 1 || got[0] != c.want || r.OK() {
					return fmt.Errorf("found %q, want %q; OK is %t", got, c.want, r.OK())
				}
				return nil
			})
		})
	}
}

// TestHostileLater: servers that pass the first check and turn on us then.
func TestHostileLater(t *testing.T) {
	for name, turn := range map[string]func(c net.Conn){
		"endless":  func(c net.Conn) { flood(c, head("200 OK", ""), "x") },
		"interim":  func(c net.Conn) { flood(c, "", head("100 Continue", "")) },
		"bomb":     func(c net.Conn) { flood(c, "HTTP/1.1 200 OK\r\n", "A: b\r\n") },
		"garbage":  func(c net.Conn) { io.WriteString(c, nasty) },
		"nasty":    func(c net.Conn) { io.WriteString(c, head("403 "+inHeader, "")+nasty) },
		"redirect": func(c net.Conn) { io.WriteString(c, head("302 "+inHeader, "Location: "+inHeader+"\r\n")) },
		"closed":   func(net.Conn) {},
		"silent":   func(c net.Conn) { io.Copy(io.Discard, c) },
	} {
		for _, after := range []int32{1, 5, 9} {
			t.Run(fmt.Sprintf("%s after %d", name, after), func(t *testing.T) {
				t.Parallel()
				var seen atomic.Int32
				start := raw(func(c net.Conn, r *http.Request) {
					if r != nil && seen.Add(1) <= after {
						answerLike(c, r)
						return
					}
					turn(c)
				})
				o := options(start(t))
				if name == "silent" {
					o.Sender.Timeout = 500 * time.Millisecond
				}
				r := run(t, o)
				if r.Took > busy.Net || len(r.Probes) > 150 {
					t.Errorf("took %v and %d requests", r.Took, len(r.Probes))
				}
				if len(r.Findings) == 0 {
					t.Error("nothing was found")
				}
				describable(t, r)
				printable(t, r)
			})
		}
	}
}

// flood writes without end.
func flood(c net.Conn, first, unit string) {
	_, err := io.WriteString(c, first)
	for block := strings.Repeat(unit, 5000); err == nil; {
		_, err = io.WriteString(c, block)
	}
}

// TestHostileMemory: a server that always answers just below the limit costs
// no more than a few answers.
func TestHostileMemory(t *testing.T) {
	page := strings.Repeat("word ", 200_000)
	o := options(withLength("200 OK", "", page)(t))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r := run(t, o)
	runtime.GC()
	runtime.ReadMemStats(&after)
	grown := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%d requests, %d bytes kept", len(r.Probes), grown)
	if grown > 32<<20 {
		t.Errorf("a report of %d requests keeps %d bytes", len(r.Probes), grown)
	}
}

// TestCancelRun: a caller who gives up waits for no probe.
func TestCancelRun(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	o := options(handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))(t))
	o.Sender.Timeout = 3 * busy.Net
	start := time.Now()
	if r, err := verify.Run(ctx, o); err == nil || r == nil || len(r.Checks) == 0 {
		t.Errorf("%v, %v", r, err)
	}
	if took := time.Since(start); took > busy.Net {
		t.Errorf("took %v", took)
	}
}

// TestRateLimit: a limit that our own probes run into is said to be one, and
// nothing is concluded from what it refused.
func TestRateLimit(t *testing.T) {
	drop := func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }
	for name, refuse := range map[string]http.HandlerFunc{
		"429":       status(429, "Too Many Requests"),
		"nginx":     status(503, "<html><head><title>503 Service Temporarily Unavailable</title></head></html>"),
		"ban":       status(403, "<html>blocked</html>"),
		"ban, 404":  http.NotFound,
		"dropped":   drop,
		"html 200":  status(200, "<html>slow down</html>"),
		"redirects": status(302, "", "Location", "/sorry"),
	} {
		for _, from := range []int32{3, 8, 11, 14} {
			t.Run(fmt.Sprintf("%s from %d", name, from), func(t *testing.T) {
				t.Parallel()
				var seen atomic.Int32
				good := &receiver.Handler{Token: token}
				o := options(handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if seen.Add(1) >= from {
						refuse(w, r)
						return
					}
					good.ServeHTTP(w, r)
				}))(t))
				r := run(t, o)
				if got := serious(r); len(got) > 0 || !r.OK() {
					t.Errorf("false alarm: %q, OK %t", got, r.OK())
				}
				if !hasFinding(r, "V48") {
					t.Errorf("no V48 in %d requests", len(r.Probes))
				}
				describable(t, r)
				printable(t, r)
			})
		}
	}
}

// TestRateLimitOfMessages: the same of the pushes, whether the limit counts
// all requests or POSTs alone.
func TestRateLimitOfMessages(t *testing.T) {
	for name, refuse := range map[string]http.HandlerFunc{
		"429":      status(429, "Too Many Requests"),
		"nginx":    status(503, "<html><head><title>503 Service Temporarily Unavailable</title></head></html>"),
		"ban":      status(403, "<html>blocked</html>"),
		"ban, 404": http.NotFound,
		"dropped":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"json 200": status(200, `{"code":429,"msg":"slow down"}`),
	} {
		for _, counts := range []struct {
			name string
			what func(*http.Request) bool
			from []int32
		}{
			{"request", always, []int32{18, 19, 20, 22, 24, 27, 33, 50, 125}},
			{"POST", isPost, []int32{4, 6, 12, 30}},
		} {
			for _, from := range counts.from {
				t.Run(fmt.Sprintf("%s from %s %d", name, counts.name, from), func(t *testing.T) {
					t.Parallel()
					var seen atomic.Int32
					good := &bot{}
					o := messageOptions(t, handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if counts.what(r) && seen.Add(1) >= from {
							refuse(w, r)
							return
						}
						good.ServeHTTP(w, r)
					}))(t), "plain")
					r := run(t, o)
					if got := serious(r); len(got) > 0 || !r.OK() || hasFinding(r, "M07") {
						t.Errorf("false alarm: %q, OK %t", all(r), r.OK())
					}
					if len(r.Probes) >= int(from) && !hasFinding(r, "V48") && counts.name == "request" {
						t.Errorf("no V48 in %d requests", len(r.Probes))
					}
					for _, c := range r.Checks {
						if n, err := strconv.Atoi(c.Facts.Text(finding.English, "count")); err == nil && int32(n) > from {
							t.Errorf("%s says that %d were taken", c.Name, n)
						}
					}
					describable(t, r)
				})
			}
		}
	}
}

// TestLeakingRateLimit: a limit lets a request pass now and then, which must
// not make the others telling.
func TestLeakingRateLimit(t *testing.T) {
	for _, code := range []int{429, 503} {
		for phase := range int32(3) {
			t.Run(fmt.Sprintf("%d, phase %d", code, phase), func(t *testing.T) {
				t.Parallel()
				var seen atomic.Int32
				good := &receiver.Handler{Token: token}
				r := run(t, options(handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if n := seen.Add(1); n > 5 && n%3 == phase {
						status(code, "slow down")(w, r)
						return
					}
					good.ServeHTTP(w, r)
				}))(t)))
				if got := serious(r); len(got) > 0 || !r.OK() || !hasFinding(r, "V48") {
					t.Errorf("found %q, OK %t", all(r), r.OK())
				}
			})
		}
	}
}

func hasFinding(r *verify.Report, id string) bool {
	for _, f := range r.Findings {
		if f.ID == id {
			return true
		}
	}
	return false
}
