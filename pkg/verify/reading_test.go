package verify_test

import (
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/verify"
)

// saying is a bot that repeats texts as change makes them.
func saying(change func(string) string) func(*message.Message) string {
	return func(in *message.Message) string {
		if in.Label().In(finding.English) != "text" {
			return "success"
		}
		clean, _ := message.Sanitize([]byte(in.Get("Content")))
		return xmlReply(reply.Text(in, time.Now(), "echo: "+change(string(clean))))
	}
}

// runes is a text with f done to each character.
func runes(f func(r rune) string) func(string) string {
	return func(s string) string {
		var out strings.Builder
		for _, r := range s {
			out.WriteString(f(r))
		}
		return out.String()
	}
}

func beyond(with string) func(string) string {
	return runes(func(r rune) string {
		if r > 0xffff {
			return with
		}
		return string(r)
	})
}

func replacing(pairs ...string) func(string) string { return strings.NewReplacer(pairs...).Replace }

// TestReading: what the user reads is what was meant.
func TestReading(t *testing.T) {
	latin := runes(func(r rune) string {
		var s string
		for _, b := range []byte(string(r)) {
			s += string(rune(b))
		}
		return s
	})
	urldecoded := func(s string) string {
		if d, err := url.QueryUnescape(strings.ReplaceAll(s, "% ", "%25 ")); err == nil {
			return d
		}
		return s
	}
	for name, c := range map[string]struct {
		want   string // one of the findings, empty is none
		change func(string) string
	}{
		"as it is":            {"", func(s string) string { return s }},
		"trimmed":             {"", strings.TrimSpace},
		"shouted":             {"", strings.ToUpper},
		"on one line":         {"", replacing("\r\n", " ", "\n", " ")},
		"with CRLF":           {"", replacing("\r\n", "\n", "\n", "\r\n")},
		"question marks":      {"M07 reply-lost", reply.QuestionMarks},
		"encoded twice":       {"M07 reply-mojibake", latin},
		"emoji as ?":          {"M07 echo-garbled", beyond("?")},
		"emoji as U+FFFD":     {"M07 echo-garbled", beyond("\ufffd\ufffd")},
		"emoji dropped":       {"M07 echo-dropped", beyond("")},
		"emoji as references": {"M07 echo-garbled", beyond("&#128077;")},
		"escaped twice":       {"M07 echo-escaped", html.EscapeString},
		"escaped twice, PHP":  {"M07 echo-escaped", replacing("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#039;")},
		"escaped three times": {"M07 echo-escaped", func(s string) string { return html.EscapeString(html.EscapeString(s)) }},
		"plus as a blank":     {"M07 echo-undone", replacing("+", " ")},
		"slashes":             {"M07 echo-escaped", replacing(`"`, `\"`, "'", `\'`, `\`, `\\`)},
		"unescaped":           {"M07 echo-undone", html.UnescapeString},
		"URL decoded":         {"M07 echo-undone", urldecoded},
		"line ends as \\n":    {"M07 echo-newline", replacing("\r\n", `\n`, "\n", `\n`)},
		"line ends as <br>":   {"M07 echo-newline", replacing("\r\n", "<br />", "\n", "<br />")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, messageOptions(t, handler(&bot{answer: saying(c.change)})(t), "plain"))
			if got := serious(r); c.want == "" && len(got) > 0 || c.want != "" && !names(r, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
			describable(t, r)
			inChinese(t, r)
		})
	}
}

// TestURLEncoded: a text that is encoded for a URL is told once.
func TestURLEncoded(t *testing.T) {
	r := run(t, messageOptions(t, handler(&bot{answer: saying(url.PathEscape)})(t), "plain"))
	var got []string
	for _, f := range r.Findings {
		if f.ID == "M07" && f.Severity != finding.Info {
			got = append(got, f.Variant)
		}
	}
	if !slices.Equal(got, []string{"reply-unicode"}) {
		t.Errorf("found of M07 %q; of all %q", got, serious(r))
	}
	describable(t, r)
	inChinese(t, r)
}

// TestNoEcho: of a bot that says the same to everybody nothing can be compared.
func TestNoEcho(t *testing.T) {
	hello := func(in *message.Message) string { return xmlReply(reply.Text(in, time.Now(), "hello")) }
	r := run(t, messageOptions(t, handler(&bot{answer: hello})(t), "plain"))
	for _, c := range r.Checks {
		if c.Name == verify.Reading && c.Reason != verify.NoEcho {
			t.Errorf("reading is %s for %q", c.Outcome, c.Reason)
		}
	}
}
