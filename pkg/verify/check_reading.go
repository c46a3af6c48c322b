package verify

import (
	"html"
	"net/url"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
)

// checkReading compares what a bot that repeats texts says with what was
// said, as the user reads it. A bot that says the same to everybody shows
// nothing here: what is wrong with its words is in the reply itself.
func checkReading(h *handle) finding.Facts {
	first := h.push("reading "+readings[0].name, h.text(marker+readings[0].said+marker))
	if _, ok := between(first); !ok {
		h.skip = NoEcho
		return nil
	}
	got, pushes := make([]*push.Delivery, len(readings)), make([]*push.Push, len(readings))
	for i, r := range readings {
		pushes[i] = h.build(h.text(marker + r.said + marker))
	}
	h.each(len(readings), func(i int) bool {
		got[i] = h.deliver("reading "+readings[i].name, h.pusher(), pushes[i])
		return true
	})
	read := 0
	for i, r := range readings {
		shown, ok := between(got[i])
		if !ok {
			continue // it has its own idea of such a text
		}
		read++
		variant := changedTo(r, shown)
		if variant == "echo-garbled" && h.found("M07") && reply.Escape(shown) != "" {
			variant = "" // the reply to the first text said so
		}
		if variant != "" {
			h.find("M07", variant, got[i].Last(), "sent", finding.Excerpt(marker+r.said+marker), "seen", finding.Excerpt(marker+shown+marker))
		}
	}
	stillServed(h)
	return finding.NewFacts("sent", read)
}

// marker stands around what may be changed, so that it is found again in
// what the bot says.
const marker = "wx7"

// reading is a text, and what there is in it to be changed.
type reading struct {
	name, said string
}

// The first is one that nothing changes: who does not repeat that one repeats
// no text.
var readings = []reading{
	{"ASCII", " plain "},
	{"Chinese", "你好，世界"},
	{"beyond the BMP", "𠮷👍🏽"},
	{"markup", ` a & b < c > d `},
	{"quotes", ` "a" 'b' `},
	{"references", " &amp; &lt; &#20320; "},
	{"lines", "一\n二"},
	{"percent", " 100% %41 %E4%BD%A0 a+b "},
	{"backslash", ` a\nb \u4f60 `},
}

// between is what stands between the markers of a reply.
func between(d *push.Delivery) (string, bool) {
	if !replied(d) || d.Reply.Type != "text" {
		return "", false
	}
	_, rest, ok := strings.Cut(d.Reply.Text(), marker)
	if !ok {
		return "", false
	}
	shown, _, ok := strings.Cut(rest, marker)
	return shown, ok
}

// changedTo is how a text was changed on its way, as the variant of a finding,
// or "" if it was not, or in a way that may be meant.
func changedTo(r reading, shown string) string {
	said, lines := flat(r.said), strings.ReplaceAll(shown, "\r\n", "\n")
	switch {
	case flat(shown) == said && (r.name != "lines" || lines == r.said):
		return ""
	case r.name == "lines":
		if reply.Newlines(shown) != "" {
			return "echo-newline"
		}
		return ""
	case r.name == "beyond the BMP" && garbled(shown), r.name == "Chinese" && garbled(shown):
		return "echo-garbled"
	case r.name == "beyond the BMP" && kept(r.said, shown), r.name == "Chinese" && kept(r.said, shown):
		return "echo-dropped"
	case undone(shown) == said, undone(undone(shown)) == said:
		return "echo-escaped"
	case slices.Contains(decoded(r.said), flat(shown)):
		return "echo-undone"
	}
	return ""
}

// flat is a text without regard to how its blanks are written.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// garbled reports whether a text was shown in other characters.
func garbled(shown string) bool {
	encoding, _ := reply.Mojibake(shown)
	return encoding != "" || strings.ContainsAny(shown, "?\ufffd") || strings.Contains(shown, `\u`) || strings.Contains(shown, `\U`) || strings.Contains(shown, "&#") || reply.Escape(shown) != "" ||
		strings.ContainsFunc(shown, func(r rune) bool { return r >= 0xe000 && r <= 0xf8ff })
}

// kept reports whether what is shown is what was said but for some
// characters, which were left out.
func kept(said, shown string) bool {
	rest := []rune(shown)
	for _, r := range said {
		if len(rest) > 0 && rest[0] == r {
			rest = rest[1:]
		}
	}
	return len(rest) == 0
}

// undone is a text with its escapes undone once.
func undone(s string) string {
	return flat(html.UnescapeString(strings.NewReplacer(`\"`, `"`, `\'`, "'", `\\`, `\`, "\u00a0", " ").Replace(s)))
}

// decoded is what a text becomes when it is decoded as something it is not:
// HTML, a URL, a string with escapes.
func decoded(s string) []string {
	all := []string{flat(html.UnescapeString(s)), flat(strings.NewReplacer(`\n`, "\n", `\u4f60`, "你").Replace(s)), flat(strings.ReplaceAll(s, `\`, "")), flat(strings.ReplaceAll(s, "+", " "))}
	safe := strings.ReplaceAll(s, "% ", "%25 ") // as lenient decoders read it
	for _, decode := range []func(string) (string, error){url.QueryUnescape, url.PathUnescape} {
		if t, err := decode(safe); err == nil {
			all = append(all, flat(t))
		}
	}
	return all
}
