package wire_test

import (
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/wire"
)

const echo = "4375120948345356249"

// ok is a head with further lines, and a body.
func ok(lines, body string) string { return "HTTP/1.1 200 OK\r\n" + lines + "\r\n" + body }

// TestEchoes: what WeChat takes for the echostr.
func TestEchoes(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		echoes bool
	}{
		"right":       {ok("Content-Length: 19\r\n", echo), true},
		"to the end":  {ok("", echo), true},
		"identity":    {ok("Content-Encoding: identity\r\n", echo), true},
		"gzip":        {ok("Content-Encoding: gzip\r\n", echo), false},
		"201":         {"HTTP/1.1 201 Created\r\n\r\n" + echo, false},
		"a line more": {ok("", echo+"\n"), false},
		"cut":         {ok("Content-Length: 20\r\n", echo), false},
		"no answer":   {"", false},
	} {
		ex := (&wire.Sender{}).Do(t.Context(), get("http://"+serve(t, says(c.answer))+"/"))
		if ex.Echoes(echo) != c.echoes {
			t.Errorf("%s: %t", name, !c.echoes)
		}
	}
}

// TestFraming: what is taken for the body, and how it ended, when the server
// closes the connection afterwards.
func TestFraming(t *testing.T) {
	const chunked = "Transfer-Encoding: chunked\r\n"
	for name, c := range map[string]struct {
		answer string
		http11 bool
		status int
		body   string
		end    wire.End
	}{
		"length":                       {answer: ok("Content-Length: 19\r\n", echo), body: echo, end: wire.EndLength},
		"length, more sent":            {answer: ok("Content-Length: 19\r\n", echo+"\n"), body: echo, end: wire.EndLength},
		"length 0":                     {answer: ok("Content-Length: 0\r\n", ""), end: wire.EndLength},
		"length, in lower case":        {answer: ok("content-length:19\r\n", echo), body: echo, end: wire.EndLength},
		"length twice, the same":       {answer: ok("Content-Length: 19\r\nContent-Length: 19\r\n", echo), body: echo, end: wire.EndLength},
		"length is huge":               {answer: ok("Content-Length: 4611686018427387903\r\n", echo), body: echo, end: wire.EndShort},
		"length without a number":      {answer: ok("Content-Length:\r\n", echo), body: echo, end: wire.EndEOF},
		"short":                        {answer: ok("Content-Length: 20\r\n", echo), body: echo, end: wire.EndShort},
		"short, nothing":               {answer: ok("Content-Length: 20\r\n", ""), end: wire.EndShort},
		"to the end":                   {answer: ok("", echo), body: echo, end: wire.EndEOF},
		"to the end, nothing":          {answer: ok("", ""), end: wire.EndEOF},
		"1.0":                          {answer: "HTTP/1.0 200 OK\r\n\r\n" + echo, body: echo, end: wire.EndEOF},
		"1.0, kept open":               {answer: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 19\r\n\r\n" + echo, body: echo, end: wire.EndLength},
		"no reason":                    {answer: "HTTP/1.1 200\r\n\r\n" + echo, body: echo, end: wire.EndEOF},
		"line feeds alone":             {answer: "HTTP/1.1 200 OK\nContent-Length: 19\n\n" + echo, body: echo, end: wire.EndLength},
		"line feeds, CRLF in the body": {answer: "HTTP/1.1 200 OK\nA: b\n\na\r\n\r\nb", body: "a\r\n\r\nb", end: wire.EndEOF},
		"line feeds, but for the last": {answer: "HTTP/1.1 200 OK\nA: b\n\r\n" + echo, body: echo, end: wire.EndEOF},
		"continue first":               {answer: "HTTP/1.1 100 Continue\r\n\r\n" + ok("", echo), body: echo, end: wire.EndEOF},
		"early hints first":            {answer: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok("", echo), body: echo, end: wire.EndEOF},
		"204":                          {answer: "HTTP/1.1 204 No Content\r\n\r\n", status: 204, end: wire.EndLength},
		"204 with a length":            {answer: "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", status: 204, end: wire.EndLength},
		"304":                          {answer: "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", status: 304, end: wire.EndLength},
		"chunked to 1.0":               {answer: ok(chunked, "13\r\n"+echo+"\r\n0\r\n\r\n"), body: "13\r\n" + echo + "\r\n0\r\n\r\n", end: wire.EndLength},
		"chunked to 1.1":               {answer: ok(chunked, "13\r\n"+echo+"\r\n0\r\n\r\n"), http11: true, body: echo, end: wire.EndLength},
		"chunks":                       {answer: ok("transfer-encoding:  Chunked \r\n", "1;x=y\r\n4\r\n0012\r\n"+echo[1:]+"\r\n00\r\nA: b\r\n\r\n"), http11: true, body: echo, end: wire.EndLength},
		"chunked and a length":         {answer: ok(chunked+"Content-Length: 3\r\n", "13\r\n"+echo+"\r\n0\r\n\r\n"), http11: true, body: echo, end: wire.EndLength},
		"chunked without an end":       {answer: ok(chunked, "13\r\n"+echo+"\r\n"), http11: true, body: echo, end: wire.EndShort},
		"chunked, cut":                 {answer: ok(chunked, "13\r\n"+echo[:7]), http11: true, body: echo[:7], end: wire.EndShort},
		"chunked, garbage":             {answer: ok(chunked, "5\r\nhello\r\nzz\r\nx"), http11: true, body: "hello", end: wire.EndShort},
		"chunked, but only by name":    {answer: ok(chunked, echo), body: echo, end: wire.EndEOF},
		"chunk of 2 GiB and more":      {answer: ok(chunked, "ffffffffffffffff\r\nx"), http11: true, end: wire.EndShort},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := get("http://" + serve(t, says(c.answer)) + "/")
			if c.http11 {
				r = r.HTTP11()
			}
			ex := (&wire.Sender{Timeout: busy.Net}).Do(t.Context(), r)
			sound(t, ex)
			if ex.Err != nil {
				t.Fatal(ex.Err)
			}
			if c.status == 0 {
				c.status = 200
			}
			if ex.Response.Status != c.status || string(ex.Response.Body) != c.body || ex.End != c.end {
				t.Errorf("status %d, body %q, end %d; want %d, %q, %d",
					ex.Response.Status, ex.Response.Body, ex.End, c.status, c.body, c.end)
			}
		})
	}
}

func TestChunksAreDecodedBesides(t *testing.T) {
	ex := do(t, wire.Sender{}, says(ok("Transfer-Encoding: chunked\r\n", "13\r\n"+echo+"\r\n0\r\n\r\n")))
	if r := ex.Response; !r.Chunked || string(r.Decoded) != echo || string(r.Body) == echo {
		t.Errorf("chunked %t, body %q, decoded %q", r.Chunked, r.Body, r.Decoded)
	}
}

func TestHead(t *testing.T) {
	ex := do(t, wire.Sender{}, says("HTTP/1.1 404 Not  Found \r\n"+
		"Content-Type:text/html\r\nX-Empty:\r\nx-cookie:  a=b; c \t\r\nX-Cookie: second\r\n"+
		"X-Folded: one\r\n \t two\r\n\tthree\r\nX-Bytes: \x1b[31m\xff\r\n\r\n"))
	if ex.Err != nil {
		t.Fatal(ex.Err)
	}
	r := ex.Response
	for name, want := range map[string]string{
		"content-type": "text/html", "X-Empty": "", "X-Cookie": "a=b; c", "X-Folded": "one two three", "X-Bytes": "\x1b[31m\xff", "Absent": "",
	} {
		if got := r.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if r.Proto != "HTTP/1.1" || r.StatusText() != "404 Not  Found" || len(r.Header) != 6 {
		t.Errorf("%q %q, %d fields", r.Proto, r.StatusText(), len(r.Header))
	}
}

// TestNoResponse: what is no HTTP answer, and what it is instead.
func TestNoResponse(t *testing.T) {
	interim := "HTTP/1.1 100 Continue\r\n\r\n"
	for name, c := range map[string]struct {
		answer string
		want   wire.Kind
	}{
		"nothing":                    {"", wire.Closed},
		"ssh":                        {"SSH-2.0-OpenSSH_9.2p1\r\n", wire.NotHTTP},
		"0.9":                        {echo, wire.NotHTTP},
		"a letter":                   {"X", wire.NotHTTP},
		"nearly HTTP":                {"HTTQ/1.1 200 OK\r\n\r\n", wire.NotHTTP},
		"lower case":                 {"http/1.1 200 OK\r\n\r\n", wire.NotHTTP},
		"a blank line first":         {"\r\nHTTP/1.1 200 OK\r\n\r\n", wire.NotHTTP},
		"TLS":                        {"\x15\x03\x01\x00\x02\x02\x46", wire.NotHTTP},
		"cut in the name":            {"HTT", wire.BadHead},
		"cut in the status line":     {"HTTP/1.1 200", wire.BadHead},
		"cut in the headers":         {"HTTP/1.1 200 OK\r\nA: b\r\n", wire.BadHead},
		"cut behind interim":         {interim, wire.BadHead},
		"garbage behind interim":     {interim + "garbage", wire.NotHTTP},
		"no status":                  {"HTTP/1.1\r\n\r\n", wire.BadHead},
		"status of two digits":       {"HTTP/1.1 20 OK\r\n\r\n", wire.BadHead},
		"status of four digits":      {"HTTP/1.1 2000 OK\r\n\r\n", wire.BadHead},
		"status 099":                 {"HTTP/1.1 099 OK\r\n\r\n", wire.BadHead},
		"status -99":                 {"HTTP/1.1 -99 OK\r\n\r\n", wire.BadHead},
		"status is a word":           {"HTTP/1.1 abc\r\n\r\n", wire.BadHead},
		"a line without a colon":     {"HTTP/1.1 200 OK\r\nNotice\r\n\r\n", wire.BadHead},
		"a line without a name":      {"HTTP/1.1 200 OK\r\n: b\r\n\r\n", wire.BadHead},
		"a blank in a name":          {"HTTP/1.1 200 OK\r\nA B: c\r\n\r\n", wire.BadHead},
		"negative length":            {ok("Content-Length: -1\r\n", echo), wire.BadHead},
		"length with a sign":         {ok("Content-Length: +19\r\n", echo), wire.BadHead},
		"length in hex":              {ok("Content-Length: 0x13\r\n", echo), wire.BadHead},
		"length above 63 bits":       {ok("Content-Length: 99999999999999999999\r\n", echo), wire.BadHead},
		"two lengths that differ":    {ok("Content-Length: 19\r\nContent-Length: 20\r\n", echo), wire.BadHead},
		"a line as long as a book":   {ok("A: "+strings.Repeat("x", wire.MaxHead)+"\r\n", ""), wire.BadHead},
		"header bomb":                {ok(strings.Repeat("A: b\r\n", wire.MaxHead/6), ""), wire.BadHead},
		"header bomb without end":    {"HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", wire.MaxHead/3), wire.BadHead},
		"a reason as long as that":   {"HTTP/1.1 200 " + strings.Repeat("O", 2*wire.MaxHead), wire.BadHead},
		"a thousand interim heads":   {strings.Repeat(interim, wire.MaxHead/len(interim)+1) + ok("", echo), wire.BadHead},
		"interim heads for ever":     {strings.Repeat(interim, 2*wire.MaxBytes/len(interim)), wire.BadHead},
		"one interim head too large": {"HTTP/1.1 100 Continue\r\nA: " + strings.Repeat("x", wire.MaxHead) + "\r\n\r\n", wire.BadHead},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ex := do(t, wire.Sender{}, says(c.answer))
			sound(t, ex)
			if ex.Failure() != c.want {
				t.Fatalf("error %v of kind %d, want %d", ex.Err, ex.Failure(), c.want)
			}
			if hasControl(ex.Err.Error()) {
				t.Errorf("control characters in %q", ex.Err)
			}
		})
	}
}

// TestLargestHead: the limit is not reached by servers that set many cookies.
func TestLargestHead(t *testing.T) {
	line := "Set-Cookie: " + strings.Repeat("x", 4000) + "\r\n"
	ex := do(t, wire.Sender{}, says(ok(strings.Repeat(line, 15)+"Content-Length: 19\r\n", echo)))
	if ex.Err != nil || string(ex.Response.Body) != echo {
		t.Error(ex.Err)
	}
}

// TestByteByByte: where the answer is cut into segments changes nothing.
func TestByteByByte(t *testing.T) {
	ex := doPipe(t, get("http://127.0.0.1/"), ok("Transfer-Encoding: chunked\r\n", "13\r\n"+echo+"\r\n0\r\n\r\n"), 1)
	if ex.Err != nil || string(ex.Response.Decoded) != echo || ex.End != wire.EndLength {
		t.Errorf("%v, %+v", ex.Err, ex.Response)
	}
	if ex.Times.FirstByte <= 0 || ex.Times.FirstByte > ex.Times.Total || ex.Times.Total > busy.Net {
		t.Errorf("%+v", ex.Times)
	}
}
