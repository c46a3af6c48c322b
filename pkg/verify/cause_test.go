package verify_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/signature"
)

// printing is a server that checks rightly, refuses with an empty 200, and
// prints what f makes of a right request.
func printing(f func(values) string, header ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if right(of(r)) {
			status(200, f(of(r)), header...)(w, r)
		}
	})
}

func constant(s string) func(values) string { return func(values) string { return s } }

// parameter prints a parameter of the query, or what there is in its place.
func parameter(name, otherwise string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch value := r.URL.Query()[name]; {
		case !right(of(r)):
		case value == nil:
			io.WriteString(w, otherwise)
		default:
			io.WriteString(w, value[0])
		}
	})
}

// demanding refuses with a text while the query lacks a parameter.
func demanding(name string, code int, text string) http.Handler {
	return refusing(func(r *http.Request) bool { return !r.URL.Query().Has(name) }, status(code, text))
}

// echoStr demands the echostr under a name of its own.
func echoStr() http.Handler {
	h := parameter("echo_str", "")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !r.URL.Query().Has("echo_str") {
			status(422, `{"detail":[{"type":"missing","loc":["query","echo_str"],"msg":"Field required","input":null}]}`)(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// clocked takes timestamps within five minutes of a clock in units that are
// perSecond to a second.
func clocked(ahead time.Duration, perSecond int64, refuse http.HandlerFunc) http.Handler {
	return refusing(func(r *http.Request) bool {
		n, _ := strconv.ParseInt(of(r).timestamp, 10, 64)
		off := time.Now().Add(ahead).Unix()*perSecond - n
		return max(off, -off) > 300*perSecond
	}, refuse)
}

// narrow reads the nonce into 32 bits.
func narrow(r *http.Request) bool {
	_, err := strconv.ParseInt(of(r).nonce, 10, 32)
	return err != nil
}

// int32Of is what a 32-bit integer keeps of a number.
func int32Of(v values) string {
	n, _ := new(big.Int).SetString(v.echostr, 10)
	return strconv.Itoa(int(int32(uint32(new(big.Int).And(n, big.NewInt(1<<32-1)).Uint64()))))
}

// TestCauses: servers that are wrong in one way, and what is not to be taken
// for that.
func TestCauses(t *testing.T) {
	const jsonType = "application/json"
	springMissing := `{"timestamp":"2026-11-21T03:00:00.000+00:00","status":400,"error":"Bad Request","message":"Required request parameter 'openid' for method parameter type String is not present","path":"/wechat"}`
	traced := func(code int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			status(code, fmt.Sprintf(`{"code":1,"msg":"%s","traceId":"%s"}`, text, rand.Text()))(w, r)
		}
	}
	for name, c := range map[string]struct {
		want string
		h    http.Handler
	}{
		"base64":                      {"V02 base64", printing(func(v values) string { return base64.StdEncoding.EncodeToString([]byte(v.echostr)) })},
		"bytes of Python":             {"V02 bytes-printed", printing(func(v values) string { return "b'" + v.echostr + "'" })},
		"jsonify":                     {"V02 json-number", printing(func(v values) string { return v.echostr + "\n" }, "Content-Type", jsonType)},
		"last 32 bits":                {"V23 narrowed", printing(int32Of)},
		"largest of 32 bits":          {"V23 narrowed", printing(constant("2147483647"))},
		"dump and die":                {"V06 marker", printing(func(v values) string { return `<pre class=sf-dump>"` + v.echostr + `"</pre>` })},
		"signature before":            {"V06 extra-output", printing(func(v values) string { return v.signature + v.echostr })},
		"request before":              {"V06 extra-output", printing(func(v values) string { return "signature=" + v.signature + "\n" + v.echostr })},
		"form":                        {"V06 extra-output", printing(func(v values) string { return "echostr=" + v.echostr })},
		"refusal quotes, wrong token": {"V03 token-or-query", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "refused: echostr="+of(r).echostr) })},
		"login, escaped":              {"V42 filter", status(200, `{"code":401,"msg":"\u8bf7\u5148\u767b\u5f55"}`)},
		"bytes with a sign":           {"V45 sign-extended", hashing(func(v values) string { return signedBytes(sum(nil, token, v.timestamp, v.nonce)) })},
		"echoStr":                     {"V46 other-name", parameter("echoStr", "")},
		"echoStr, null":               {"V46 other-name", parameter("echoStr", "null")},
		"echo_str, FastAPI":           {"V46 other-name", echoStr()},
		"returns true":                {"V46 checked", printing(constant("true"))},
		"returns 1":                   {"V46 checked", printing(constant("1"))},
		"returns nothing":             {"V46 checked", textbook(right, func(http.ResponseWriter, values) {})},
		"returns the signature":       {"V46 checked", printing(func(v values) string { return v.signature })},
		"openid, Spring":              {"V51 demanded", demanding("openid", 400, springMissing)},
		"appid, Flask":                {"V51 demanded", demanding("appid", 400, "<title>BadRequestKeyError</title>KeyError: &#39;appid&#39;")},
		"code, in Chinese":            {"V51 demanded", demanding("code", 200, "缺少参数：code")},
		"a form guard, with an id":    {"V07 get-guarded", requestID(400, "The CSRF token is missing. ")},
		"says so, with an id":         {"V43 error-status", requestID(400, "Required parameter 'x' is not present. ")},
		"says so, and nothing helps":  {"V51 said", status(400, springMissing)},
		"names what messages have":    {"V51 said", status(500, "KeyError: 'openid'")},
		"names a setting":             {"V43 error-status", status(500, "KeyError: 'token_name'")},
		"form in place of the query":  {"V16 same-answer", status(400, "<title>BadRequestKeyError</title>KeyError: 'signature'")},
		"clock ahead":                 {"V52 clock", clocked(10*time.Minute, 1, status(403, "timestamp expired"))},
		"clock behind, mute":          {"V52 clock", clocked(-10*time.Minute, 1, status(403, ""))},
		"local time for UTC":          {"V52 clock", clocked(8*time.Hour, 1, status(401, "no"))},
		"milliseconds":                {"V52 milliseconds", clocked(0, 1000, status(401, `{"error":"request expired"}`))},
		"a month ahead":               {"V52 said", clocked(30*24*time.Hour, 1, status(403, "时间戳已过期"))},
		"wrong token, Spring's time":  {"V03 token-or-query", status(403, `{"timestamp":1795234096489,"error":"invalid"}`)},
		"nonce of 32 bits":            {"V53 int32", refusing(narrow, status(400, "For input string"))},
		"nonce of 32 bits, mute":      {"V53 int32", refusing(narrow, status(400, ""))},
		"nonce of 9 digits":           {"V53 short", refusing(func(r *http.Request) bool { return len(of(r).nonce) > 9 }, status(403, "bad"))},
		"nonce of 32 bits, or nothing": {"V53 int32", hashing(func(v values) string {
			if _, err := strconv.ParseInt(v.nonce, 10, 32); err != nil {
				v.nonce = ""
			}
			return sum(nil, token, v.timestamp, v.nonce)
		})},
		"app alone":                 {"V10 in-app", refusing(func(r *http.Request) bool { return !isApp(r) }, status(200, "<html><h4>请在微信客户端打开链接</h4></html>"))},
		"jump by script":            {"V08 in-page", status(200, `<html><script>window.location.href="https://wx.example.com/wechat"</script></html>`)},
		"jump by meta":              {"V08 in-page", status(200, `<html><meta http-equiv="refresh" content="0;url=https://wx.example.com/"></html>`)},
		"script of an app":          {"V05 front-end", status(200, `<html><body><div id="app"></div><script>if(x)location.href="/old.html"</script></body></html>`)},
		"page that names the fault": {"V03 token-or-query", status(200, "<!doctype html><html><body>签名验证失败</body></html>")},
		"login filter, 200":         {"V42 filter", status(200, `{"code":401,"msg":"token不能为空，请先登录","data":null}`)},
		"login filter, with an id":  {"V42 filter", traced(200, "认证失败，无法访问系统资源")},
		"Spring Security":           {"V42 filter", status(401, `{"message":"Full authentication is required to access this resource"}`)},
		"Laravel":                   {"V42 filter", status(401, `{"message":"Unauthenticated."}`)},
		"wrong token, 认证失败":         {"V03 token-or-query", status(200, `{"code":401,"msg":"认证失败"}`)},
		"wrong token, answers vary": {"V03 token-unknown", traced(403, "invalid signature")},
		"wrong token, prints its own": {"V03 token-unknown", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			v := of(r)
			status(403, "expect "+sum(nil, "other", v.timestamp, v.nonce)+" got "+v.signature)(w, r)
		})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, options(handler(c.h)(t)))
			if !names(r, c.want) {
				t.Errorf("found %q, want %q", all(r), c.want)
			}
			describable(t, r)
			printable(t, r)
		})
	}
}

func isApp(r *http.Request) bool { return strings.Contains(r.UserAgent(), "MicroMessenger") }

// TestPlace: the offset in a page is the echostr's.
func TestPlace(t *testing.T) {
	t.Parallel()
	r := run(t, options(handler(echoing("<p>%s</p>"))(t)))
	if !names(r, "V21 layout") || r.Findings[0].Facts.Text(finding.English, "offset") != "3" {
		t.Errorf("found %q, %q", all(r), r.Findings[0].Facts)
	}
}

// TestPlainPortHangsUp: a server that ends the connection on a TLS hello, as
// many do, is asked in plain HTTP.
func TestPlainPortHangsUp(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	good := &receiver.Handler{Token: token}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serveUnlessTLS(c, good)
		}
	}()
	o := options("https://" + host + "/wechat")
	o.Sender = public(map[string]string{publicIP: l.Addr().String()}, publicIP)
	r := run(t, o)
	if !names(r, "V13 plain-http") {
		t.Errorf("found %q", all(r))
	}
	for _, p := range r.Probes {
		if p.Exchange.Err == nil && p.Exchange.Response.Status == 200 {
			t.Errorf("a right signature in the clear: %s", p.Exchange.Request.Line())
		}
	}
	describable(t, r)
	printable(t, r)
}

// serveUnlessTLS answers one request, or hangs up if it is a TLS hello.
func serveUnlessTLS(c net.Conn, h http.Handler) {
	defer c.Close()
	in := bufio.NewReader(c)
	if first, err := in.Peek(1); err != nil || first[0] == 0x16 {
		io.CopyN(io.Discard, in, int64(in.Buffered())) // else the end is a reset
		return
	}
	if r, err := http.ReadRequest(in); err == nil {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		res := rec.Result()
		res.Close, res.ContentLength = true, int64(rec.Body.Len())
		res.Write(c)
	}
}

// signedBytes is what Java's Integer.toHexString makes of bytes that have a
// sign.
func signedBytes(digits string) string {
	raw, _ := hex.DecodeString(digits)
	var text string
	for _, b := range raw {
		text += strconv.FormatUint(uint64(uint32(int32(int8(b)))), 16)
	}
	return text
}

// TestAcknowledgingIsNotUnderstanding: a server that says success to what it
// cannot read, and fails on what it can, reads the right format.
func TestAcknowledgingIsNotUnderstanding(t *testing.T) {
	t.Parallel()
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case r.Method == "GET" || r.URL.Query().Get("signature") != signature.Access(token, r.URL.Query().Get("timestamp"), r.URL.Query().Get("nonce")):
			textbook(right, plain)(w, r)
		case r.Header.Get("Content-Type") == "text/xml" && bytes.HasPrefix(body, []byte("<xml>")):
			http.Error(w, "OperationalError: could not connect", http.StatusInternalServerError)
		default:
			io.WriteString(w, "success")
		}
	})
	r := run(t, messageOptions(t, handler(h)(t), ""))
	if got := serious(r); !slices.Equal(got, []string{"M19 every-message"}) {
		t.Errorf("found %q", got)
	}
}
