package verify_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/verify"
	"github.com/wxdev/wxdev/pkg/wire"
)

// scripted answers requests without a socket: what is signed rightly with
// accepted, all else with refused. {echostr} in it is
// the one of the request.
func scripted(accepted, refused string) wire.Sender {
	answer := func(server net.Conn) {
		defer server.Close()
		r, err := http.ReadRequest(bufio.NewReader(server))
		if err != nil {
			return
		}
		text := refused
		if v := of(r); right(v) {
			text = strings.ReplaceAll(accepted, "{echostr}", v.echostr)
		}
		io.Copy(io.Discard, r.Body)
		io.WriteString(server, text)
	}
	return wire.Sender{
		Timeout: busy.Net,
		Dial: func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			go answer(server)
			return client, nil
		},
	}
}

// FuzzRun: whatever a server answers, the run ends, every refusal has a
// finding, and nothing of the server's reaches the report raw.
func FuzzRun(f *testing.F) {
	const ok, no = "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
	for _, body := range []string{
		"{echostr}", "{echostr}\n", `"{echostr}"`, "\xef\xbb\xbf{echostr}", `{"a":[{"b":{echostr}}]}`, "<string>{echostr}</string>", "5838479218127814000",
		"<html><b>Notice</b>{echostr}</html>", "echostr={echostr}", "missing signature", "<form><input type=\"password\">", nasty, "success", "{echostr}{echostr}",
	} {
		f.Add(ok+body, no)
		f.Add("HTTP/1.0 500 X\r\nContent-Type: text/html\r\n\r\n"+body, ok)
	}
	f.Add("HTTP/1.1 302 Found\r\nLocation: //\x1b[2J:99\r\n\r\n", no)
	f.Add("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"+gzipped([]byte("{echostr}")), "")
	f.Add("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n13\r\n{echostr}\r\n0\r\n\r\n", "SSH-2.0\r\n")
	f.Add("HTTP/1.1 200 OK\r\nContent-Length: 99\r\nX-Cache: HIT\r\n\r\n{echostr}", "HTTP/1.1 100\r\n\r\n")
	f.Fuzz(func(t *testing.T, accepted, refused string) {
		r, err := verify.Run(t.Context(), verify.Options{URL: "http://127.0.0.1/wechat", Token: token, Sender: scripted(accepted, refused)})
		if err != nil {
			t.Fatal(err)
		}
		if !r.Accepted && r.Count(finding.Error) == 0 {
			t.Errorf("not accepted, and no error among %q", all(r))
		}
		if exact := accepted == "HTTP/1.1 200 OK\r\n\r\n{echostr}"; exact && !r.Accepted {
			t.Errorf("a right answer is refused: %q", all(r))
		}
		describable(t, r)
		printable(t, r)
	})
}
