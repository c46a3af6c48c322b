package verify_test

import (
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/verify"
)

// refusal is a server that is right, and refuses in its own way what is
// signed wrongly.
func refusal(h http.HandlerFunc) http.Handler {
	return refusing(func(r *http.Request) bool { return !right(of(r)) }, h)
}

// decorated sets headers on every answer of a correct server.
func decorated(header ...string) http.Handler {
	good := &receiver.Handler{Token: token}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Add(header[i], header[i+1])
		}
		good.ServeHTTP(w, r)
	})
}

// once is a correct server that takes no nonce twice.
func once() http.Handler {
	var mu sync.Mutex
	seen := map[string]bool{}
	return textbook(func(v values) bool {
		mu.Lock()
		defer mu.Unlock()
		fresh := !seen[v.nonce]
		if right(v) {
			seen[v.nonce] = true
		}
		return right(v) && fresh
	}, plain)
}

// oneAtATime is a correct server of one thread, as those for development are,
// that takes some time for each request.
func oneAtATime(d time.Duration) http.Handler {
	var mu sync.Mutex
	good := &receiver.Handler{Token: token}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		time.Sleep(d)
		good.ServeHTTP(w, r)
	})
}

// speaking is a correct server that writes its answers by hand.
func speaking(format string, end func(net.Conn)) func(*testing.T) string {
	return raw(func(c net.Conn, r *http.Request) {
		switch {
		case r == nil:
			return
		case !right(of(r)):
			fmt.Fprintf(c, format, 0, "")
		case r.Method == "POST":
			fmt.Fprintf(c, format, len("success"), "success")
		default:
			echo := of(r).echostr
			fmt.Fprintf(c, format, len(echo), echo)
		}
		if end != nil {
			end(c)
		}
	})
}

func hold(c net.Conn)  { io.Copy(io.Discard, c) }
func reset(c net.Conn) { c.(*net.TCPConn).SetLinger(0) }

// railsPage is what a framework's layout puts on every page.
const railsPage = `<!DOCTYPE html><html><head><meta name="csrf-param" content="authenticity_token">` +
	`<meta name="csrf-token" content="x"><style>body { padding: 1em }</style>` +
	`<script>window.Laravel = {"csrfToken":"x"}</script></head><body>%s` +
	`<form><input type="hidden" name="_csrf" value="x"></form>` +
	`<a href="https://beian.miit.gov.cn/">京ICP备12345678号</a> 备案号 京公网安备11010502000000号</body></html>`

// flask403 is what abort(403) makes in Flask.
const flask403 = "<!doctype html>\n<html lang=en>\n<title>403 Forbidden</title>\n<h1>Forbidden</h1>\n" +
	"<p>You don&#39;t have the permission to access the requested resource.</p>\n"

// requestID is a page that is never the same twice.
func requestID(code int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status(code, fmt.Sprintf("%s %s (request %s)", text, r.Method, rand.Text()))(w, r)
	}
}

func byMethod(get, post http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			post(w, r)
			return
		}
		get(w, r)
	}
}

// TestCorrectServersOfAllKindsAreSilent is the other half of the faulty ones:
// what a server may do.
func TestCorrectServersOfAllKindsAreSilent(t *testing.T) {
	page := fmt.Sprintf(railsPage, "签名错误")
	for name, start := range map[string]func(*testing.T) string{
		"refuses by 200 fail":        handler(refusal(status(200, "fail"))),
		"refuses by 200 page":        handler(refusal(status(200, page))),
		"refuses by 200 success":     handler(refusal(status(200, "success"))),
		"refuses by 400":             handler(refusal(status(400, `{"errcode":-40001}`))),
		"refuses by 400 page":        handler(refusal(status(400, page))),
		"refuses by 401":             handler(refusal(status(401, ""))),
		"refuses by 403 page":        handler(refusal(status(403, page))),
		"refuses by 404 page":        handler(refusal(status(404, page))),
		"refuses by 405":             handler(refusal(status(406, "no"))),
		"refuses by 500":             handler(refusal(status(500, page))),
		"refuses by redirect":        handler(refusal(status(302, "", "Location", "/"))),
		"refuses by redirect, page":  handler(refusal(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) })),
		"refuses by hanging up":      handler(refusal(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })),
		"refuses as Express":         handler(refusal(func(w http.ResponseWriter, r *http.Request) { status(404, "Cannot "+r.Method+" "+r.URL.Path)(w, r) })),
		"refuses by 404 with an id":  handler(refusal(requestID(404, "not found"))),
		"refuses by 403 with an id":  handler(refusal(requestID(403, "forbidden"))),
		"refuses in two ways":        handler(refusal(byMethod(status(200, ""), status(403, "bad signature")))),
		"refuses in two ways, 404":   handler(refusal(byMethod(status(403, "no"), requestID(403, "no")))),
		"refuses in two ways, page":  handler(refusal(byMethod(status(401, "no"), status(403, page)))),
		"refuses POST by 400":        handler(refusal(byMethod(status(403, ""), status(400, "signature mismatch")))),
		"refuses POST by success":    handler(refusal(byMethod(status(403, ""), status(200, "success")))),
		"XSRF cookie":                handler(decorated("Set-Cookie", "XSRF-TOKEN=eyJpdiI6; path=/", "Set-Cookie", "laravel_session=x; httponly")),
		"XSRF cookie, two refusals":  handler(cookies(refusal(byMethod(status(200, ""), status(403, "bad signature"))))),
		"XSRF cookie, POST by 400":   handler(cookies(refusal(byMethod(status(403, ""), status(400, "bad signature"))))),
		"proxy":                      handler(decorated("Via", "1.1 varnish", "Age", "0", "X-Cache", "MISS", "Server", "nginx", "CF-Ray", "8c-HKG", "CF-Cache-Status", "DYNAMIC")),
		"login cookie":               handler(decorated("Set-Cookie", "PHPSESSID=x; path=/", "Cache-Control", "no-store, no-cache", "Pragma", "no-cache")),
		"WWW-Authenticate by chance": handler(refusal(status(401, "", "WWW-Authenticate", "WeChat"))),
		"identity coding":            handler(decorated("Content-Encoding", "identity")),
		"strict about methods":       handler(strictMethods()),
		"no nonce twice":             handler(once()),
		"one at a time, slowly":      handler(oneAtATime(40 * time.Millisecond)),
		"fresh within a minute":      handler(refusing(func(r *http.Request) bool { return of(r).timestamp < fmt.Sprint(time.Now().Unix()-60) }, status(403, "expired"))),
		"WeChat's agent alone, POST": handler(refusing(func(r *http.Request) bool { return isPost(r) && r.UserAgent() != "Mozilla/4.0" }, status(403, ""))),
		"1.0":                        speaking("HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s", nil),
		"1.0, kept open":             speaking("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: %d\r\n\r\n%s", hold),
		"1.1, kept open":             speaking("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: %d\r\n\r\n%s", hold),
		"1.0, to the end":            speaking("HTTP/1.0 200 OK\r\nX-Length: %d\r\n\r\n%s", nil),
		"lower case":                 speaking("HTTP/1.1 200 ok\r\nserver: x\r\ncontent-type: text/html; charset=UTF-8\r\ncontent-length:%d\r\n\r\n%s", nil),
		"no reason":                  speaking("HTTP/1.1 200\r\nContent-Length: %d\r\n\r\n%s", nil),
		"line feeds alone":           speaking("HTTP/1.1 200 OK\nContent-Length: %d\n\n%s", nil),
		"folded header":              speaking("HTTP/1.1 200 OK\r\nServer: a\r\n b\r\nContent-Length: %d\r\n\r\n%s", nil),
		"continue first":             speaking("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", nil),
		"reset behind the answer":    speaking("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", reset),
		"length twice":               speaking("HTTP/1.1 200 OK\r\nContent-Length: %[1]d\r\nContent-Length: %[1]d\r\n\r\n%[2]s", nil),
		"large headers":              handler(decorated("X-Policy", strings.Repeat("default-src 'self'; ", 1500))),
	} {
		for _, mode := range []string{"plain", "safe"} {
			t.Run(name+" "+mode, func(t *testing.T) {
				t.Parallel()
				o := options(start(t))
				o.Mode = mode
				r := run(t, o)
				if got := serious(r); len(got) > 0 || !r.OK() || hasFinding(r, "V48") {
					t.Errorf("false alarm: %q, OK %v", all(r), r.OK())
				}
				describable(t, r)
				printable(t, r)
			})
		}
	}
}

// cookies puts Laravel's cookies on every answer of h.
func cookies(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Set-Cookie", "XSRF-TOKEN=eyJpdiI6; path=/")
		h.ServeHTTP(w, r)
	})
}

// strictMethods is a correct server that knows GET and POST alone.
func strictMethods() http.Handler {
	good := &receiver.Handler{Token: token}
	mux := http.NewServeMux()
	mux.Handle("GET /wechat", good)
	mux.Handle("POST /wechat", good)
	return mux
}

// TestLookalikes: faulty servers whose answers have a word in them that
// belongs to another fault.
func TestLookalikes(t *testing.T) {
	page := func(text string) string { return fmt.Sprintf(railsPage, text) }
	otherToken := textbook(func(v values) bool { return v.signature == sum(nil, "somethingElse", v.timestamp, v.nonce) }, plain)
	for name, c := range map[string]struct {
		want  string
		start func(*testing.T) string
	}{
		"wrong token, XSRF cookie":      {"V03 token-or-query", handler(cookies(otherToken))},
		"wrong token, a page of 403":    {"V03 token-or-query", handler(onPath("/wechat", status(403, flask403)))},
		"403 everywhere":                {"V43 error-status", handler(status(403, flask403))},
		"wrong path, csrf meta":         {"V05 not-found", handler(status(404, page("not found")))},
		"other page, csrf meta, beian":  {"V05 other-page", handler(status(200, page("首页")))},
		"other page with a captcha":     {"V05 front-end", handler(status(200, `<html><script src="https://www.google.com/recaptcha/api.js"></script><div id="app"></div></html>`))},
		"error page with padding":       {"V43 framework", handler(status(500, page("Internal Server Error")))},
		"error page with an image":      {"V43 error-status", handler(status(500, `<html><img src="data:image/png;base64,AES"><h1>Oops</h1></html>`))},
		"a guard that says so":          {"V07 get-guarded", handler(status(403, page("CSRF token mismatch.")))},
		"a guard of POST that says so":  {"V07 post-guarded", handler(refusing(isPost, status(403, page("Invalid CSRF Token was found"))))},
		"blocked, by a redirect":        {"V15 block-page", handler(status(302, "", "Location", "https://dnspod.qcloud.com/static/webblock.html?d=wx.example.com"))},
		"blocked, by the server's name": {"V15 block-page", handler(status(403, "<html><title>Non-compliance ICP Filing</title></html>", "Server", "Beaver"))},
		"blocked, in words":             {"V15 block-page", handler(status(200, "<html>该域名尚未备案，暂时无法访问</html>"))},
		"query lost":                    {"V16 direct-works", handler(direct())},
		"POST sent elsewhere":           {"M18 post-redirected", handler(refusing(isPost, status(307, "", "Location", "https://wx.example.com/wechat")))},
		"POST unrouted, both 404": {"V17 post-unrouted", handler(withPost(
			textbook(right, plain), status(404, "Cannot POST /wechat")))},
		"POST unrouted, refusal by 404": {"V17 post-unrouted", handler(withPost(
			refusal(status(404, "Cannot GET /wechat")).ServeHTTP, status(404, "Cannot POST /wechat")))},
		"POST has no backend": {"V04 gateway-post", handler(refusing(isPost, status(503, "Service Unavailable")))},
		"length, then a reset": {"V25 length", rawEcho(func(c net.Conn, v values) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n%s", v.echostr)
			time.Sleep(20 * time.Millisecond)
			reset(c)
		})},
		"a server that dies": {"M30 request-dies", dying()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, options(c.start(t)))
			if !names(r, c.want) {
				t.Errorf("found %q, want %q", all(r), c.want)
			}
			describable(t, r)
			printable(t, r)
		})
	}
}

// direct is a site whose rewriting of pretty URLs loses the parameters.
func direct() http.Handler {
	index := textbook(right, plain)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wechat/index.php" {
			index(w, r)
			return
		}
		status(200, "")(w, r)
	})
}

// dying is a server that ends over an echostr of letters, as one without an
// error handler does.
func dying() func(*testing.T) string {
	return func(t *testing.T) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		good := &receiver.Handler{Token: token}
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Trim(of(r).echostr, "0123456789") != "" {
				l.Close()
				panic(http.ErrAbortHandler)
			}
			good.ServeHTTP(w, r)
		})}
		go s.Serve(l)
		t.Cleanup(func() { s.Close() })
		return "http://" + l.Addr().String() + "/wechat"
	}
}

// TestNothingIsFollowed: a redirect is told, and nobody goes where it leads.
func TestNothingIsFollowed(t *testing.T) {
	t.Parallel()
	trap := make(chan string, 100)
	other := handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { trap <- r.URL.String() }))(t)
	o := options(handler(redirect(func(*http.Request) string { return other }))(t))
	if got := serious(run(t, o)); !slices.Equal(got, []string{"V08 host"}) {
		t.Errorf("found %q", got)
	}
	select {
	case url := <-trap:
		t.Errorf("followed to %s", url)
	default:
	}
}

func TestUnseenAreInTheCatalogue(t *testing.T) {
	if got := verify.Unseen(""); !slices.Equal(got, []string{"V35", "V11", "M17", "V22"}) {
		t.Errorf("unseen are %q", got)
	}
	for _, id := range verify.Unseen("") {
		if _, ok := catalog.Lookup(id); !ok {
			t.Errorf("%s is not in the catalogue", id)
		}
	}
}
