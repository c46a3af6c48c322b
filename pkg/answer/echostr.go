package answer

import (
	"bytes"
	"net/url"
	"strings"

	"github.com/wxdev/wxdev/pkg/wire"
)

// Echoed reports whether the server took the signature for right: the answer
// holds the echostr, decorated or not, and not just because it prints the
// request.
func Echoed(ex *wire.Exchange, echostr string) bool {
	r := ex.Response
	if r == nil || r.Status >= 300 {
		return false
	}
	body := Readable(r)
	return bytes.Count(body, []byte(echostr)) > reflections(body, ex, echostr)
}

// reflects reports whether an answer prints the request: the echostr in it is
// then no answer.
func reflects(ex *wire.Exchange, echostr string) bool {
	return reflections(Readable(ex.Response), ex, echostr) > 0
}

// reflections counts the echostrs of a body that are there because it prints
// the request it was made for: each is with the other parameters.
func reflections(body []byte, ex *wire.Exchange, echostr string) int {
	if n := bytes.Count(body, []byte("echostr="+echostr)); n > 0 {
		return n
	}
	for name, value := range requestValues(ex) {
		if name != "echostr" && len(value) >= 8 && bytes.Contains(body, []byte(value)) {
			return 1
		}
	}
	return 0
}

// requestValues are the parameters that the checks gave the request.
func requestValues(ex *wire.Exchange) map[string]string {
	values := map[string]string{}
	u, err := url.Parse(ex.Request.URL)
	if err != nil {
		return values
	}
	q := u.Query()
	for _, name := range []string{"signature", "echostr", "nonce", "msg_signature"} {
		if v := q.Get(name); v != "" {
			values[name] = v
		}
	}
	return values
}

// StandsAlone reports whether an answer has the echostr on a line of its own
// or at its end.
func StandsAlone(ex *wire.Exchange, echostr string) bool {
	if ex.Response.Status >= 300 {
		return false
	}
	body := strings.Trim(string(Readable(ex.Response)), Blanks)
	if strings.HasSuffix(body, echostr) {
		return true
	}
	for line := range strings.Lines(body) {
		if strings.Trim(line, Blanks) == echostr {
			return true
		}
	}
	return false
}

// HoldsSignature reports whether an answer has the signature of its request.
func HoldsSignature(ex *wire.Exchange) bool {
	s := requestValues(ex)["signature"]
	return s != "" && bytes.Contains(Readable(ex.Response), []byte(s))
}
