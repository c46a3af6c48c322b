package verify_test

import (
	"bufio"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/receiver"
)

// The servers here are each wrong in exactly one way, like those in the
// public threads that the catalogue lists.

const token = "wxdevtoken"

// values are a request's parameters, by their short names.
type values struct{ signature, timestamp, nonce, echostr string }

func of(r *http.Request) values {
	q := r.URL.Query()
	return values{q.Get("signature"), q.Get("timestamp"), q.Get("nonce"), q.Get("echostr")}
}

// sum is the textbook hash; less is the order, nil the right one.
func sum(less func(a, b string) int, parts ...string) string {
	if less == nil {
		less = strings.Compare
	}
	slices.SortStableFunc(parts, less)
	h := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(h[:])
}

// textbook is a server that checks with ok and answers the GET with echo. A
// POST is answered with success.
func textbook(ok func(values) bool, echo func(w http.ResponseWriter, v values)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := of(r)
		switch {
		case !ok(v):
			http.Error(w, "invalid signature", http.StatusForbidden)
		case r.Method == "POST":
			io.WriteString(w, "success")
		default:
			echo(w, v)
		}
	}
}

func right(v values) bool { return v.signature == sum(nil, token, v.timestamp, v.nonce) }

func plain(w http.ResponseWriter, v values) { io.WriteString(w, v.echostr) }

// echoing is a server that checks rightly and decorates the echostr.
func echoing(format string) http.HandlerFunc {
	return textbook(right, func(w http.ResponseWriter, v values) { fmt.Fprintf(w, format, v.echostr) })
}

// withToken is a server that was given another token.
func withToken(other string) http.HandlerFunc {
	return textbook(func(v values) bool { return v.signature == sum(nil, other, v.timestamp, v.nonce) }, plain)
}

// hashing is a server that computes its own signature.
func hashing(compute func(values) string) http.HandlerFunc {
	return textbook(func(v values) bool { return v.signature == compute(v) }, plain)
}

func byNumber(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX != nil || errY != nil {
		return strings.Compare(a, b)
	}
	return int(x) - int(y)
}

// refusing refuses the GETs for which the condition holds, with an answer of
// its own, and is right otherwise.
func refusing(when func(*http.Request) bool, answer http.HandlerFunc) http.HandlerFunc {
	good := &receiver.Handler{Token: token}
	return func(w http.ResponseWriter, r *http.Request) {
		if when(r) {
			answer(w, r)
			return
		}
		good.ServeHTTP(w, r)
	}
}

func status(code int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		io.WriteString(w, body)
	}
}

func always(*http.Request) bool   { return true }
func isGet(r *http.Request) bool  { return r.Method == "GET" }
func isPost(r *http.Request) bool { return r.Method == "POST" }

// raw is a server below HTTP: it is given the connection and the request.
func raw(f func(c net.Conn, r *http.Request)) func(*testing.T) string {
	return func(t *testing.T) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer c.Close()
					r, err := http.ReadRequest(bufio.NewReader(c))
					if err != nil {
						r = nil
					}
					f(c, r)
				}()
			}
		}()
		return "http://" + l.Addr().String() + "/wechat"
	}
}

// rawEcho is raw for a request that is signed rightly; others get a 403.
func rawEcho(f func(c net.Conn, v values)) func(*testing.T) string {
	return raw(func(c net.Conn, r *http.Request) {
		if r == nil || !right(of(r)) {
			io.WriteString(c, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
			return
		}
		f(c, of(r))
	})
}

// handler serves h.
func handler(h http.Handler) func(*testing.T) string {
	return func(t *testing.T) string {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s.URL + "/wechat"
	}
}

// fresh is handler for one with a memory: each test gets its own.
func fresh(h func() http.Handler) func(*testing.T) string {
	return func(t *testing.T) string { return handler(h())(t) }
}

func onPath(path string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func cachedEcho() http.Handler {
	var first atomic.Value
	return textbook(right, func(w http.ResponseWriter, v values) {
		first.CompareAndSwap(nil, v.echostr)
		w.Header().Set("X-Cache", "HIT")
		w.Header().Set("Age", "7")
		io.WriteString(w, first.Load().(string))
	})
}

func jsFloat(s string) string {
	f, _ := strconv.ParseFloat(s, 64)
	digits := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, _, _ := strings.Cut(digits, "e")
	mantissa = strings.ReplaceAll(mantissa, ".", "")
	return mantissa + strings.Repeat("0", len(s)-len(mantissa))
}

// faulty lists the servers; want is "ID variant". Those that are slow, or give
// no end, are in slow_test.go.
var faulty = []struct {
	want  string
	start func(*testing.T) string
	token string // of the options; empty is token
}{
	{want: "V01 blank-before", start: handler(echoing("\n%s"))},
	{want: "V01 blank-after", start: handler(echoing("%s\n"))},
	{want: "V01 blank-after", start: handler(echoing("%s\r\n\r\n"))},
	{want: "V01 blank-both", start: handler(echoing(" %s "))},
	{want: "V01 blank-before", start: handler(echoing("\t%s"))},
	{want: "V02 json-quotes", start: handler(textbook(right, func(w http.ResponseWriter, v values) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(v.echostr)
	}))},
	{want: "V02 xml-wrapper", start: handler(echoing(`<string xmlns="http://schemas.microsoft.com/2003/10/Serialization/">%s</string>`))},
	{want: "V03 token-or-query", start: handler(withToken("somethingElse"))},
	{want: "V03 token-or-query", start: handler(refusing(isGet, status(200, "")))},
	{want: "V03 token-default", start: handler(withToken("weixin"))},
	{want: "V03 token-newline", start: handler(withToken(token + "\n"))},
	{want: "V03 token-space-after", start: handler(withToken(token + " "))},
	{want: "V03 token-space-before", start: handler(withToken(" " + token))},
	{want: "V03 token-upper", start: handler(withToken(strings.ToUpper(token)))},
	{want: "V03 token-empty", start: handler(withToken(""))},
	{want: "V03 token-quoted", start: handler(withToken(`"` + token + `"`))},
	{want: "V03 token-appid", start: handler(withToken("wx0123456789abcdef"))},
	{want: "V03 token-profile", start: handler(withToken("stagingtoken"))},
	{want: "V04 refused", start: func(t *testing.T) string { return "http://" + busy.Nobody(t) + "/wechat" }},
	{want: "V04 gateway", start: handler(status(502, "<html><h1>502 Bad Gateway</h1>nginx</html>"))},
	{want: "V05 not-found", start: handler(http.NotFoundHandler())},
	{want: "V05 slash", start: handler(onPath("/wechat/", &receiver.Handler{Token: token}))},
	{want: "V05 elsewhere", start: handler(onPath("/api/wechat", &receiver.Handler{Token: token}))},
	{want: "V05 index-php", start: handler(onPath("/wechat/index.php", &receiver.Handler{Token: token}))},
	{want: "V05 other-page", start: handler(status(200, `<!doctype html><html><body><div id="app"></div></body></html>`))},
	{want: "V06 marker", start: handler(echoing("%s<div id=\"think_page_trace\">0.02s</div>"))},
	{want: "V06 marker", start: handler(echoing("%s<link href='/phpdebugbar.css'>"))},
	{want: "V06 marker", start: handler(echoing("<br />\n<b>Notice</b>:  Undefined variable in /www/a.php on line 3<br />\n%s"))},
	{want: "V06 extra-output", start: handler(echoing("debug: ok %s"))},
	{want: "V07 post-guarded", start: handler(refusing(isPost, status(419, "<title>Page Expired</title>")))},
	{want: "V07 post-guarded", start: handler(refusing(isPost, status(403, "CSRF verification failed. Request aborted.")))},
	{want: "V07 post-guarded", start: handler(refusing(isPost, status(422, "ActionController::InvalidAuthenticityToken")))},
	{want: "M29 refused-plain", start: handler(withPost(textbook(right, plain), func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "" {
			status(400, "no query")(w, r)
			return
		}
		status(403, "")(w, r)
	}))},
	{want: "M29 refused-or-query", start: handler(withPost(textbook(right, func(w http.ResponseWriter, v values) { plain(w, v) }), status(403, "")))},
	{want: "V07 get-guarded", start: handler(refusing(always, status(403, "CSRF token missing")))},
	{want: "V08 to-https", start: handler(redirect(func(r *http.Request) string { return "https://" + r.Host + r.URL.RequestURI() }))},
	{want: "V08 slash", start: handler(redirect(func(r *http.Request) string { return r.URL.Path + "/?" + r.URL.RawQuery }))},
	{want: "V08 host", start: handler(redirect(func(r *http.Request) string { return "http://www.example.com" + r.URL.RequestURI() }))},
	{want: "V08 login", start: handler(redirect(func(*http.Request) string { return "/login?next=%2Fwechat" }))},
	{want: "V08 loop", start: handler(redirect(func(r *http.Request) string { return r.URL.RequestURI() }))},
	{want: "V08 elsewhere", start: handler(redirect(func(*http.Request) string { return "/index" }))},
	{want: "V09 wrong-signature", start: handler(textbook(func(values) bool { return true }, plain))},
	{want: "V09 missing-signature", start: handler(textbook(func(v values) bool { return v.signature == "" || right(v) }, plain))},
	{want: "M28 no-check", start: handler(refusing(isPost, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, rest, _ := strings.Cut(string(body), "<FromUserName><![CDATA[")
		from, _, _ := strings.Cut(rest, "]]>")
		fmt.Fprintf(w, "<xml><ToUserName><![CDATA[%s]]></ToUserName><MsgType>text</MsgType><Content>hi</Content></xml>", from)
	}))},
	{want: "V10 by-agent", start: handler(refusing(func(r *http.Request) bool { return r.UserAgent() == "Mozilla/4.0" }, status(403, "denied")))},
	{want: "V10 by-version", start: handler(refusing(func(r *http.Request) bool { return r.ProtoMinor == 0 }, status(426, "")))},
	{want: "V10 by-version", start: raw(func(c net.Conn, r *http.Request) {
		if r == nil || r.ProtoMinor == 0 {
			return // as nginx's 444: nothing at all
		}
		answerLike(c, r)
	})},
	{want: "V10 by-both", start: handler(refusing(func(r *http.Request) bool {
		return r.ProtoMinor == 0 || r.UserAgent() == "Mozilla/4.0"
	}, status(403, "denied")))},
	{want: "V10 challenge", start: handler(status(403, "<html>请求已被该站点的安全策略拦截</html>", "Server", "CloudWAF"))},
	{want: "V10 modern", start: handler(refusing(func(r *http.Request) bool { return r.ProtoMinor == 1 && r.Method == "GET" }, status(500, "")))},
	{want: "V12 bom", start: handler(echoing("\xef\xbb\xbf%s"))},
	{want: "V12 bom", start: handler(echoing("\xef\xbb\xbf\xef\xbb\xbf%s"))},
	{want: "V12 utf16", start: handler(textbook(right, func(w http.ResponseWriter, v values) {
		b := []byte{0xFF, 0xFE}
		for i := range len(v.echostr) {
			b = append(b, v.echostr[i], 0)
		}
		w.Write(b)
	}))},
	{want: "V15 block-page", start: handler(status(200, "<html><title>该网站未备案</title></html>", "Server", "Beaver"))},
	{want: "V16 same-answer", start: handler(stripQuery(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("signature") == "" {
			status(400, "missing parameter: signature")(w, r)
			return
		}
		textbook(right, plain)(w, r)
	})))},
	{want: "V17 post-unrouted", start: handler(refusing(isPost, status(405, "", "Allow", "GET")))},
	{want: "V17 post-unrouted", start: handler(refusing(isPost, http.NotFound))},
	{want: "V17 get-unrouted", start: handler(refusing(isGet, status(405, "", "Allow", "POST")))},
	{want: "V17 get-unrouted", start: handler(refusing(isGet, http.NotFound))},
	{want: "V17 get-as-post", start: handler(textbook(right, func(w http.ResponseWriter, _ values) { io.WriteString(w, "success") }))},
	{want: "V18 numeric-sort", start: handler(hashing(func(v values) string { return sum(byNumber, token, v.timestamp, v.nonce) }))},
	{want: "V18 numeric-sort", token: "2014", start: handler(hashing(func(v values) string { return sum(byNumber, "2014", v.timestamp, v.nonce) }))},
	{want: "V20 chunked", start: rawEcho(func(c net.Conn, v values) {
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(v.echostr), v.echostr)
	})},
	{want: "V21 template-name", start: handler(textbook(right, func(w http.ResponseWriter, v values) {
		status(500, `Error resolving template "`+v.echostr+`", template might not exist`)(w, nil)
	}))},
	{want: "V21 template-name", start: handler(textbook(right, func(w http.ResponseWriter, v values) {
		status(404, `{"status":404,"error":"Not Found","path":"/`+v.echostr+`"}`)(w, nil)
	}))},
	{want: "V21 layout", start: handler(echoing("<!DOCTYPE html><html><head><title>My site</title></head><body>%s</body></html>"))},
	{want: "V23 rounded", start: handler(textbook(right, func(w http.ResponseWriter, v values) { io.WriteString(w, jsFloat(v.echostr)) }))},
	{want: "V23 int64", start: handler(textbook(right, func(w http.ResponseWriter, v values) {
		if _, err := strconv.ParseInt(v.echostr, 10, 64); err != nil {
			status(400, "Failed to convert value of type 'String' to required type 'Long'")(w, nil)
			return
		}
		plain(w, v)
	}))},
	{want: "V23 clamped", start: handler(textbook(right, func(w http.ResponseWriter, v values) {
		n, _ := strconv.ParseInt(v.echostr, 10, 64)
		fmt.Fprint(w, n)
	}))},
	{want: "V23 typed", start: handler(textbook(right, func(w http.ResponseWriter, v values) {
		if strings.Trim(v.echostr, "0123456789") != "" {
			status(400, "echostr must be a number")(w, nil)
			return
		}
		plain(w, v)
	}))},
	{want: "V23 status-code", start: handler(textbook(right, func(w http.ResponseWriter, v values) {
		status(500, "RangeError [ERR_HTTP_INVALID_STATUS_CODE]: Invalid status code: "+jsFloat(v.echostr))(w, nil)
	}))},
	{want: "V24 echostr-in-hash", start: handler(hashing(func(v values) string { return sum(nil, token, v.timestamp, v.nonce, v.echostr) }))},
	{want: "V25 length", start: rawEcho(func(c net.Conn, v values) {
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n%s", v.echostr)
	})},
	{want: "V25 length", start: rawEcho(func(c net.Conn, v values) {
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n%s", v.echostr[:5])
	})},
	{want: "V27 envelope", start: handler(echoing(`{"code":0,"msg":"ok","data":"%s"}`))},
	{want: "V27 envelope", start: handler(echoing(`{"code":0,"data":{"echostr":%s}}`))},
	{want: "V29 encrypt-parameters", start: handler(refusing(func(r *http.Request) bool {
		return isGet(r) && r.URL.Query().Get("encrypt_type") == "aes"
	}, status(500, "Encrypt element missing")))},
	{want: "V29 decrypts", start: handler(textbook(right, func(w http.ResponseWriter, _ values) {
		status(500, "binascii.Error: decrypt echostr failed: Incorrect padding")(w, nil)
	}))},
	{want: "V29 msg-signature", start: handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := of(r)
		if r.URL.Query().Get("msg_signature") != sum(nil, token, v.timestamp, v.nonce, v.echostr) {
			status(403, "forbidden")(w, r)
			return
		}
		status(400, "cannot open the echo")(w, r)
	}))},
	{want: "V30 ip-filter", start: handler(refusing(func(r *http.Request) bool {
		return !strings.HasPrefix(r.Header.Get("X-Forwarded-For"), "101.226.")
	}, status(403, "forbidden")))},
	{want: "V31 default-page", start: handler(status(200, "<html><title>Welcome to nginx!</title></html>"))},
	{want: "V31 host-check", start: handler(status(400, "<h1>DisallowedHost at /wechat</h1> Invalid HTTP_HOST header"))},
	{want: "V32 tunnel", start: handler(refusing(func(r *http.Request) bool { return strings.HasPrefix(r.UserAgent(), "Mozilla") },
		status(200, "<!DOCTYPE html><html><body>You are about to visit … ngrok-skip-browser-warning ERR_NGROK_6024</body></html>")))},
	{want: "V33 query-in-hash", start: func(t *testing.T) string {
		return handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			v := of(r)
			ok := v.signature == sum(nil, token, v.timestamp, v.nonce, r.URL.Query().Get("id"))
			textbook(func(values) bool { return ok }, plain)(w, r)
		}))(t) + "?id=42"
	}},
	{want: "V34 cached", start: fresh(cachedEcho)},
	{want: "V36 fixed-order", start: handler(hashing(func(v values) string {
		return sum(func(string, string) int { return 0 }, token, v.timestamp, v.nonce)
	}))},
	{want: "V36 fixed-order", start: handler(hashing(func(v values) string {
		return sum(func(string, string) int { return 0 }, v.timestamp, v.nonce, token)
	}))},
	{want: "V36 descending", start: handler(hashing(func(v values) string {
		return sum(func(a, b string) int { return strings.Compare(b, a) }, token, v.timestamp, v.nonce)
	}))},
	{want: "V17 post-unrouted", start: handler(refusing(isPost, status(400, "<p><b>Message</b> HTTP method POST is not supported by this URL</p>")))},
	{want: "V17 post-as-get", start: handler(refusing(isPost, status(400, "Required request parameter 'echostr' for method parameter type String is not present")))},
	{want: "M29 media-type", start: handler(refusing(isPost, status(415, `{"error":"Unsupported Media Type"}`, "Accept", "application/json")))},
	{want: "M29 too-large", start: handler(refusing(isPost, status(413, "<html><h1>413 Request Entity Too Large</h1>nginx</html>")))},
	{want: "M29 too-large", start: handler(refusing(isPost, status(400, "http: request body too large")))},
	{want: "V42 filter", start: handler(refusing(isPost, status(401, "please log in")))},
	// Tomcat's answer to a GET over HTTP/1.0 when there is only a doPost.
	{want: "V17 get-unrouted", start: handler(status(400, "<!doctype html><html><head><title>HTTP Status 400 – Bad Request</title></head><body><h1>HTTP Status 400 – Bad Request</h1><p><b>Message</b> HTTP method GET is not supported by this URL</p></body></html>"))},
	{want: "M18 post-redirected", start: handler(refusing(isPost, status(301, "", "Location", "/wechat/")))},
	{want: "V38 garbage", start: raw(func(c net.Conn, _ *http.Request) { io.WriteString(c, "SSH-2.0-OpenSSH_9.2p1\r\n") })},
	{want: "V38 tls-port", start: raw(func(c net.Conn, _ *http.Request) { c.Write([]byte{0x15, 3, 1, 0, 2, 2, 0x46}) })},
	{want: "V38 tls-port", start: handler(status(400, "<center>The plain HTTP request was sent to HTTPS port</center>"))},
	{want: "V38 http2", start: raw(func(c net.Conn, _ *http.Request) { c.Write([]byte{0, 0, 0, 4, 0, 0, 0, 0, 0}) })},
	{want: "V38 header", start: raw(func(c net.Conn, _ *http.Request) { io.WriteString(c, "HTTP/1.1 abc\r\n\r\n") })},
	{want: "V38 header", start: raw(func(c net.Conn, _ *http.Request) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nX: "+strings.Repeat("bomb ", 40_000)+"\r\n\r\n")
	})},
	{want: "V39 closed", start: raw(func(net.Conn, *http.Request) {})},
	{want: "V39 reset", start: raw(func(c net.Conn, _ *http.Request) { c.(*net.TCPConn).SetLinger(0) })},
	{want: "V40 oversized", start: raw(func(c net.Conn, _ *http.Request) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
		for chunk := strings.Repeat("x", 64<<10); ; {
			if _, err := io.WriteString(c, chunk); err != nil {
				return
			}
		}
	})},
	{want: "V41 compressed", start: handler(textbook(right, func(w http.ResponseWriter, v values) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, v.echostr)
		z.Close()
	}))},
	{want: "V41 compressed", start: handler(textbook(right, func(w http.ResponseWriter, _ values) {
		status(200, "\x0b\x09\x80", "Content-Encoding", "br")(w, nil)
	}))},
	{want: "V42 basic", start: handler(status(401, "", "WWW-Authenticate", `Basic realm="staging"`))},
	{want: "V42 form", start: handler(status(200, `<html><form><input type="password" name="p"></form></html>`))},
	{want: "V43 error-status", start: handler(status(500, "Internal Server Error"))},
	{want: "V44 wrong-status", start: handler(textbook(right, func(w http.ResponseWriter, v values) { status(404, v.echostr)(w, nil) }))},
	{want: "V44 other-2xx", start: handler(textbook(right, func(w http.ResponseWriter, v values) { status(201, v.echostr)(w, nil) }))},
	{want: "V45 md5", start: handler(hashing(func(v values) string {
		parts := []string{token, v.timestamp, v.nonce}
		slices.Sort(parts)
		return fmt.Sprintf("%x", md5.Sum([]byte(strings.Join(parts, ""))))
	}))},
	{want: "V45 upper-hex", start: handler(hashing(func(v values) string {
		return strings.ToUpper(sum(nil, token, v.timestamp, v.nonce))
	}))},
	{want: "V46 checked", start: handler(textbook(right, func(w http.ResponseWriter, _ values) { io.WriteString(w, "true") }))},
	{want: "V50 nonce", start: handler(textbook(func(v values) bool { return right(v) && len(v.nonce) >= 9 }, plain))},
}

// openIDInHash is a POST that hashes all of the query.
func openIDInHash(w http.ResponseWriter, r *http.Request) {
	v := of(r)
	if v.signature != sum(nil, token, v.timestamp, v.nonce, r.URL.Query().Get("openid")) {
		http.Error(w, "invalid signature", http.StatusForbidden)
	}
}

// withPost answers POSTs with h, whatever their signature.
func withPost(f, h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			h(w, r)
			return
		}
		f(w, r)
	})
}

func redirect(to func(*http.Request) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", to(r))
		w.WriteHeader(http.StatusFound)
	})
}

// stripQuery is a front server that loses the parameters.
func stripQuery(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.RawQuery = ""
		h.ServeHTTP(w, r)
	})
}

// answerLike serves one request of a raw server as the receiver would.
func answerLike(c net.Conn, r *http.Request) {
	rec := httptest.NewRecorder()
	(&receiver.Handler{Token: token}).ServeHTTP(rec, r)
	res := rec.Result()
	res.Close = true
	res.ContentLength = int64(rec.Body.Len())
	res.Write(c)
}
