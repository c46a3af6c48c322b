package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/internal/busy"
)

func TestAddresses(t *testing.T) {
	w := newWorld(t)
	w.fake.handle["/a"] = func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, "{}") }
	for _, c := range []struct {
		r    Request
		want string
	}{
		{Request{Path: "/a"}, "GET /a?access_token=66_token1"},
		{Request{Path: "/a?type=image", Query: url.Values{"openid": {"a b&c"}}}, "GET /a?access_token=66_token1&type=image&openid=a+b%26c"},
		{Request{Path: "/a", Body: []byte(`{"名":"值"}`)}, `POST /a?access_token=66_token1 {"名":"值"}`},
		{Request{Path: "/a", Auth: WithSecret, Query: url.Values{"js_code": {"c"}}}, "GET /a?appid=" + testAppID + "&secret=" + testSecret + "&js_code=c"},
		{Request{Path: "/a", Auth: WithNothing, Method: "POST"}, "POST /a"},
	} {
		if _, err := w.Do(t.Context(), c.r); err != nil {
			t.Error(err)
		}
		calls := w.fake.called("/a")
		if got := calls[len(calls)-1]; got != c.want {
			t.Errorf("called %q, want %q", got, c.want)
		}
	}
}

func TestForm(t *testing.T) {
	var r Request
	err := r.Form(File{Field: "media", Name: "a\"\r\nb.jpg", Type: "image/jpeg", Content: []byte("\xff\xd8")}, File{Field: "note", Content: []byte("值")})
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(r.ContentType)
	if err != nil {
		t.Fatal(err)
	}
	form, err := multipart.NewReader(bytes.NewReader(r.Body), params["boundary"]).ReadForm(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	file := form.File["media"]
	if len(file) != 1 || file[0].Filename != `a"b.jpg` || file[0].Header.Get("Content-Type") != "image/jpeg" || file[0].Size != 2 {
		t.Errorf("got %+v", file)
	}
	if note := form.Value["note"]; len(note) != 1 || note[0] != "值" {
		t.Errorf("got %q", note)
	}
}

// A busy API is asked again; so is one whose connection broke, by a call that
// changes nothing.
func TestTriesAgain(t *testing.T) {
	const busy = `{"errcode":-1,"errmsg":"system error, rid: 640d8707-66796d60-192e4bee"}`
	for _, c := range []struct {
		name   string
		r      Request
		answer string // "": the connection breaks
		calls  int
		ends   string // in the error; "" is success at the third try
	}{
		{"busy, then not", Request{Path: "/x"}, busy, 3, ""},
		{"busy, a POST", Request{Path: "/x", Body: []byte("{}")}, busy, 3, ""},
		{"a broken connection", Request{Path: "/x"}, "", 3, ""},
		{"a broken connection under a question", question("/x", []byte("{}")), "", 3, ""},
		{"a broken connection under a POST", Request{Path: "/x", Body: []byte("{}")}, "", 1, "closed before the answer was complete"},
		{"a broken connection under a code that is good once", Request{Path: "/sns/jscode2session?js_code=x", Auth: WithSecret}, "", 1, "closed before the answer was complete"},
		{"a refusal", Request{Path: "/x"}, `{"errcode":48001,"errmsg":"api unauthorized"}`, 1, "errcode 48001: api unauthorized"},
		{"a quota that is used up", Request{Path: "/x"}, `{"errcode":45009,"errmsg":"reach max"}`, 1, "45009"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			n := 0
			path, _, _ := strings.Cut(c.r.Path, "?")
			w.fake.handle[path] = func(rw http.ResponseWriter, _ *http.Request) {
				n++
				switch {
				case n == 3:
					fmt.Fprint(rw, `{"errcode":0}`)
				case c.answer == "":
					panic(http.ErrAbortHandler)
				default:
					fmt.Fprint(rw, c.answer)
				}
			}
			_, err := w.Do(t.Context(), c.r)
			if c.ends == "" && err != nil || c.ends != "" && (err == nil || !strings.Contains(err.Error(), c.ends)) {
				t.Errorf("got %v", err)
			}
			if got := len(w.fake.called(path)); got != c.calls {
				t.Errorf("%d calls, want %d", got, c.calls)
			}
			if c.calls > 1 && !w.noted("trying again", "of 3)") {
				t.Errorf("noted %q", w.notes)
			}
		})
	}
	w := newWorld(t)
	w.fake.handle["/x"] = func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, busy) }
	_, err := w.Do(t.Context(), Request{Path: "/x"})
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeBusy || len(w.fake.called("/x")) != tries {
		t.Errorf("got %v after %d calls", err, len(w.fake.called("/x")))
	}
}

func TestBackoffGrows(t *testing.T) {
	if a, b := standardBackoff(1), standardBackoff(2); a < 100*time.Millisecond || b <= a || b > 5*time.Second {
		t.Errorf("%v, %v", a, b)
	}
}

// Nothing listens: three tries, and an error that says where, but not with
// what.
func TestNoConnection(t *testing.T) {
	base := "http://" + busy.Nobody(t)
	w := newWorld(t, func(o *Options) { o.Base, o.Endpoint = base, PlainToken })
	_, err := w.Token(t.Context(), Want{})
	var e *Error
	if !errors.As(err, &e) || e.Op != "token" || !strings.Contains(err.Error(), base+": ") {
		t.Errorf("got %v", err)
	}
	var op *net.OpError
	if !errors.As(err, &op) {
		t.Errorf("the cause of %v is lost", err)
	}
	demandClean(t, err.Error())
	if len(w.trace) != tries || w.trace[0].Err == nil {
		t.Errorf("%d tries were traced", len(w.trace))
	}
	w.Client.o.Base = "http://no-such-host.invalid"
	_, err = w.Token(t.Context(), Want{})
	if err == nil || len(w.trace) != tries+1 {
		t.Errorf("%d tries for a name that does not exist, %v", len(w.trace)-tries, err)
	}
	demandClean(t, err.Error())
}

// Answers that hang, never end, point elsewhere or are none.
func TestHostileAnswers(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the redirect was followed: %s", r.URL.Path)
	}))
	defer elsewhere.Close()
	for name, c := range map[string]struct {
		handle http.HandlerFunc
		want   string
	}{
		"silence": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "no answer within {limit}"},
		"a slow body": {func(rw http.ResponseWriter, r *http.Request) {
			io.WriteString(rw, `{"errcode":`)
			rw.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "no answer within {limit}"},
		"an endless body": {func(rw http.ResponseWriter, _ *http.Request) {
			for range 40 {
				if _, err := rw.Write(bytes.Repeat([]byte("a"), 64<<10)); err != nil {
					return
				}
			}
		}, "the answer has more than 1048576 bytes"},
		"endless headers": {func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("X", strings.Repeat("x", 1<<20))
		}, ": "},
		"a redirect": {func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, elsewhere.URL+"/login?access_token="+r.URL.Query().Get("access_token"), http.StatusFound)
		}, `answers 302 Found, not 200 and points to "` + elsewhere.URL + `/login", which is not followed`},
		"a proxy's page": {func(rw http.ResponseWriter, r *http.Request) {
			rw.WriteHeader(http.StatusBadGateway)
			fmt.Fprintf(rw, "<html>\x1b[31m no %s</html>", r.URL.RequestURI())
		}, `answers 502 Bad Gateway, not 200: "<html>\x1B[31m no /x?access_token=***`},
		"another protocol": {func(rw http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(rw).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
			io.Copy(io.Discard, conn)
		}, "answers 101 Switching Protocols, not 200"},
		"an errcode with another status": {func(rw http.ResponseWriter, _ *http.Request) {
			rw.WriteHeader(http.StatusForbidden)
			fmt.Fprint(rw, `{"errcode":48001,"errmsg":"no\u001b[2J"}`)
		}, `errcode 48001: no\x1B[2J`},
		"a secret in the errmsg": {func(rw http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(rw, `{"errcode":1003,"errmsg":"token %s secret %s"}`, r.URL.Query().Get("access_token"), testSecret)
		}, "token *** secret ***"},
	} {
		t.Run(name, func(t *testing.T) {
			limit := busy.Net
			if strings.Contains(c.want, "{limit}") {
				limit = 300 * time.Millisecond
			}
			busy.Patiently(t, limit, func(limit time.Duration) error {
				w := newWorld(t, func(o *Options) { o.Timeout = limit })
				w.fake.handle["/x"] = c.handle
				start := time.Now()
				_, err := w.Do(t.Context(), Request{Path: "/x"})
				if err != nil {
					demandClean(t, err.Error())
					demandChinese(t, err)
				}
				if took := time.Since(start); took > tries*limit+busy.Net {
					t.Errorf("took %v", took)
				}
				var e *Error
				if !errors.As(err, &e) || !strings.Contains(err.Error(), strings.ReplaceAll(c.want, "{limit}", limit.String())) {
					return fmt.Errorf("got %v", err)
				}
				return nil
			})
		})
	}
}

func TestUntrustedCertificate(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("got %s", r.URL.Path)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	tried := 0
	c := New(Options{Base: s.URL, AppID: testAppID, Secret: testSecret, Trace: func(Trace) { tried++ }})
	_, err := c.Token(t.Context(), Want{})
	if err == nil || !strings.Contains(err.Error(), "certificate") || tried != 1 {
		t.Errorf("got %v after %d tries", err, tried)
	}
	demandClean(t, err.Error())
}

func TestInterrupted(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.fake.handle["/x"] = func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}
	if _, err := w.Do(ctx, Request{Path: "/x"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// What -v shows is the whole exchange, but no secret.
func TestTrace(t *testing.T) {
	w := newWorld(t)
	w.fake.answer["/cgi-bin/openapi/rid/get"] = `{"errcode":0,"request":{"request_url":"access_token=66_token0\u0026x=1","response_body":"{\"access_token\":\"66_token0\"}"}}`
	w.fake.answer["/cgi-bin/ticket/getticket"] = `{"ticket":"kgt8ON7y-2","expires_in":7200}`
	w.fake.answer["/sns/jscode2session"] = `{"session_key" : "a\"66_token\\","openid":"o"}`
	w.fake.handle["/big"] = func(rw http.ResponseWriter, _ *http.Request) {
		io.WriteString(rw, strings.Repeat(" ", shownBody-8)+"66_token1"+strings.Repeat(" ", 100))
	}
	w.fake.handle["/file"] = func(rw http.ResponseWriter, _ *http.Request) { rw.Write([]byte("\xff\xd866_token1")) }
	for _, r := range []Request{
		question("/cgi-bin/openapi/rid/get", []byte(`{"rid":"x"}`)),
		{Path: "/big"},
		{Path: "/file"},
	} {
		if _, err := w.Do(t.Context(), r); err != nil {
			t.Error(err)
		}
	}
	if _, err := w.Ticket(t.Context(), JSAPITicket, Want{}); err != nil {
		t.Error(err)
	}
	w.fake.valid = "" // no token is added
	if _, err := w.Do(t.Context(), Request{Path: "/sns/jscode2session", Auth: WithSecret}); err != nil {
		t.Error(err)
	}
	first := w.trace[0]
	for _, want := range []string{"POST /cgi-bin/stable_token HTTP/1.1\nHost: 127.0.0.1", `"secret":"***"`, `"appid":"` + testAppID + `"`} {
		if !strings.Contains(first.Sent, want) {
			t.Errorf("%q lacks %q", first.Sent, want)
		}
	}
	if !strings.HasPrefix(first.Received, "200 OK\n") || !strings.Contains(first.Received, `"access_token":"***","expires_in":7200`) {
		t.Errorf("received %q", first.Received)
	}
	// The cleanup of newWorld looks through all of them for secrets.
	if last := w.trace[len(w.trace)-1]; !strings.Contains(last.Received, `"session_key" : "***","openid":"o"`) || !strings.Contains(last.Sent, "secret=***") {
		t.Errorf("session: %+v", last)
	}
	if file := w.trace[3].Received; !strings.Contains(file, "(11 bytes that are no text)") {
		t.Errorf("file: %q", file)
	}
}

// What the client calls by itself is a small document, whatever may be long of
// the answer that it was asked for.
func TestLongTokens(t *testing.T) {
	long := `{"access_token":"66_token","ticket":"x","expires_in":7200,"x":"` + strings.Repeat("x", 1<<20) + `"}`
	w := newWorld(t)
	w.fake.answer["/x"] = long
	large := Request{Path: "/x", MaxBody: 2 << 20}
	if resp, err := w.Do(t.Context(), large); err != nil || len(resp.Body) != len(long) {
		t.Errorf("the call itself: %v", err)
	}
	w.fake.invalidate()
	for _, path := range []string{"/cgi-bin/stable_token", "/cgi-bin/token", "/cgi-bin/ticket/getticket"} {
		w := newWorld(t, func(o *Options) {
			if path == "/cgi-bin/token" {
				o.Endpoint = PlainToken
			}
		})
		w.fake.handle[path] = func(rw http.ResponseWriter, _ *http.Request) { io.WriteString(rw, long) }
		_, err := w.Do(t.Context(), large)
		if strings.HasSuffix(path, "getticket") {
			_, err = w.Ticket(t.Context(), JSAPITicket, Want{})
		}
		if err == nil || !strings.Contains(err.Error(), "the answer has more than 1048576 bytes") || bilingual.Fault(err) != "" {
			t.Errorf("%s: got %v; %s", path, err, bilingual.Fault(err))
		}
	}
}
