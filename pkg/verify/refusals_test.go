package verify_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// unguarded is a bot that checks only the requests that ask for it, and
// answers the others with plain.
func unguarded(safe bool, codec *msgcrypt.Codec, checked func(*http.Request) bool, answer func(in *message.Message) string, plain func(string) string) http.Handler {
	good := &bot{safe: safe, codec: codec, answer: answer}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isGet(r) || checked(r) {
			good.ServeHTTP(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		in, err := message.Parse(body)
		if err != nil {
			http.Error(w, "bad message", http.StatusBadRequest)
			return
		}
		said := repeatText(in)
		if answer != nil {
			said = answer(in)
		}
		io.WriteString(w, plain(said))
	})
}

func hasParam(name string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.URL.Query().Has(name) }
}

// withoutSignature is a bot that passes over what has no signature in a way of
// its own.
func withoutSignature(h http.HandlerFunc) http.Handler {
	good := &bot{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !hasParam("signature")(r) {
			h(w, r)
			return
		}
		good.ServeHTTP(w, r)
	})
}

// TestForgedPlainMessages: what is answered, or taken, though nothing shows
// that it is WeChat's.
func TestForgedPlainMessages(t *testing.T) {
	codec := newCodec(t, appID)
	same := func(s string) string { return s }
	sealed := func(s string) string {
		return rightSeal(codec, url.Values{"timestamp": {"1700000000"}, "nonce": {"n"}}, s)
	}
	garbled := func(string) string { return "<xml><Encrypt>AAAA</Encrypt></xml>" }
	success := func(string) string { return "success" }
	nothing := func(string) string { return "" }
	silent := func(*message.Message) string { return "success" }
	for name, c := range map[string]struct {
		mode    string
		want    string // empty is nothing
		handler http.Handler
	}{
		"answered, encrypted":      {"safe", "M28 unsigned-safe", unguarded(true, codec, hasParam("msg_signature"), nil, sealed)},
		"answered, plain":          {"safe", "M28 no-check", unguarded(true, codec, hasParam("msg_signature"), nil, same)},
		"answered, unreadable":     {"safe", "M28 unsigned-safe", unguarded(true, codec, hasParam("msg_signature"), nil, garbled)},
		"taken":                    {"safe", "M28 unsigned-taken-safe", unguarded(true, codec, hasParam("msg_signature"), nil, success)},
		"taken without a word":     {"safe", "M28 unsigned-taken-safe", unguarded(true, codec, hasParam("msg_signature"), nil, nothing)},
		"taken, of a silent one":   {"safe", "M28 unsigned-taken-safe", unguarded(true, codec, hasParam("msg_signature"), silent, same)},
		"no signature":             {"plain", "M28 unsigned", unguarded(false, nil, hasParam("signature"), nil, same)},
		"no signature, taken":      {"plain", "M28 unsigned-taken", unguarded(false, nil, hasParam("signature"), silent, same)},
		"no parameters":            {"plain", "M28 unsigned", unguarded(false, nil, hasParam("timestamp"), nil, same)},
		"compatible, no signature": {"compat", "M28 unsigned", unguarded(false, nil, hasParam("signature"), nil, same)},

		"passes over what has no signature": {"plain", "", withoutSignature(status(200, ""))},
		"refuses in words":                  {"plain", "", withoutSignature(status(200, "缺少参数"))},
		"refuses what is not encrypted":     {"safe", "", &bot{safe: true, codec: codec}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, messageOptions(t, handler(c.handler)(t), c.mode))
			got := serious(r)
			if want := strings.Fields(c.want); len(want) == 0 && len(got) > 0 || len(want) > 0 && !slices.Equal(got, []string{c.want}) {
				t.Errorf("found %q, want %q", got, c.want)
			}
			if ok := c.want == ""; r.OK() != ok {
				t.Errorf("OK is %v", r.OK())
			}
			describable(t, r)
			inChinese(t, r)
		})
	}
}
