package reply

import (
	"encoding/json"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/message"
)

// cutAt is the beginning of a text, up to so many bytes.
func cutAt(s string, most int) string {
	for most > 0 && !startsRune(s, most) {
		most--
	}
	return s[:most]
}

// plainHrefs is a text with the addresses of its menu links unescaped.
func plainHrefs(s string) string {
	return tag.regexp().ReplaceAllStringFunc(s, func(a string) string {
		if strings.Contains(a, menuScheme) {
			return strings.ReplaceAll(a, "&amp;", "&")
		}
		return a
	})
}

// openLink is a link without an end, from its beginning on.
func (c *checker) openLink(f *message.Field, open string) spot {
	end := tagEnd(open)
	known := end >= 0 && indexFold(open[end:], "<a ") < 0
	if _, plain := c.textAt(f); plain {
		s := c.part(f, len(f.Value)-len(open), len(f.Value))
		if known {
			return c.encoded(f, s, open+"</a>")
		}
		return s
	}
	if known {
		return c.shouldBe(f, f.Value+"</a>")
	}
	return c.valueAt(f)
}

var (
	unicodeRun = lazy.Regexp(`(?:\\u[0-9A-Fa-f]{4})+`)
	longRune   = lazy.Regexp(`\\U[0-9A-Fa-f]{8}`)
	byteRun    = lazy.Regexp(`(?:\\x[0-9A-Fa-f]{2}){2,}`)
)

// unescaped is a text with escapes, and the characters in their place.
func (c *checker) unescaped(f *message.Field, escape string) spot {
	meant := unicodeRun.Get().ReplaceAllStringFunc(f.Value, func(run string) string {
		var s string
		if json.Unmarshal([]byte(`"`+run+`"`), &s) != nil {
			return run
		}
		return s
	})
	meant = longRune.Get().ReplaceAllStringFunc(meant, func(run string) string {
		n, err := strconv.ParseUint(run[2:], 16, 32)
		if err != nil || !utf8.ValidRune(rune(n)) {
			return run
		}
		return string(rune(n))
	})
	meant = byteRun.Get().ReplaceAllStringFunc(meant, func(run string) string {
		return percentDecoded(strings.ReplaceAll(run, `\x`, "%"), run)
	})
	if escape[0] == '%' {
		meant = outside(meant, address.regexp(), func(s string) string { return percentDecoded(s, s) })
	}
	if meant == f.Value || Escape(meant) != "" {
		return c.foundIn(f, escape)
	}
	return c.meant(f, meant)
}

func percentDecoded(s, otherwise string) string {
	if plain := unescape(s); plain != s && utf8.ValidString(plain) {
		return plain
	}
	return otherwise
}

// unreferenced is a text with references, and the characters in their place.
func (c *checker) unreferenced(f *message.Field, ref string) spot {
	meant := outside(f.Value, tag.regexp(), html.UnescapeString)
	if meant == f.Value || strings.Contains(meant, ref) {
		return c.foundIn(f, ref)
	}
	return c.meant(f, meant)
}

// outside changes what of a text is not in a pattern.
func outside(s string, pattern *regexp.Regexp, change func(string) string) string {
	var out strings.Builder
	last := 0
	for _, m := range pattern.FindAllStringIndex(s, -1) {
		out.WriteString(change(s[last:m[0]]) + s[m[0]:m[1]])
		last = m[1]
	}
	return out.String() + change(s[last:])
}
