package main

import (
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/wxdev/wxdev/internal/terminal"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/internal/wxjson"
)

// writeJSON prints v, one object, as every --json does. What a terminal would
// act on stays escaped in its strings.
func writeJSON(w io.Writer, v any) error {
	b, err := wxjson.MarshalIndent(v)
	return writeEscaped(w, b, err)
}

// lineJSON is v as one line, as commands that go on print their objects.
func lineJSON(v any) string {
	var line strings.Builder
	b, err := wxjson.Marshal(v)
	if err := writeEscaped(&line, append(b, '\n'), err); err != nil {
		panic(err) // what is printed so is plain data
	}
	return line.String()
}

func writeEscaped(w io.Writer, b []byte, err error) error {
	if err != nil {
		return failed(words.ErrJSON, "error", err)
	}
	_, err = w.Write(wxjson.Visible(escapeMarkers(b)))
	return err
}

// palette paints words, or leaves them as they are where there is no
// terminal to show colour.
type palette struct {
	Bold, Dim, Red, Green, Yellow, Cyan func(...any) string
}

// Colors are for stdout when tty is the Env's OutTTY, for stderr with ErrTTY.
func (g *globals) Colors(tty bool) palette {
	on := tty && g.env.Getenv("TERM") != "dumb"
	if v := g.env.Getenv("CLICOLOR_FORCE"); v != "" && v != "0" {
		on = true
	}
	if g.env.Getenv("NO_COLOR") != "" {
		on = false
	}
	switch g.color {
	case "always":
		on = true
	case "never":
		on = false
	}
	paint := func(attrs ...color.Attribute) func(...any) string {
		c := color.New(attrs...)
		if on {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c.SprintFunc()
	}
	return palette{
		Bold: paint(color.Bold), Dim: paint(color.Faint), Red: paint(color.FgRed, color.Bold),
		Green: paint(color.FgGreen), Yellow: paint(color.FgYellow), Cyan: paint(color.FgCyan),
	}
}

// wrap breaks text into lines of at most width columns, counting a Chinese
// character as two, and puts indent before each line but the first. Chinese
// text may break between any two characters.
func wrap(text string, width int, indent string) string {
	if columns(text) <= width && !strings.Contains(text, "\n") {
		return strings.TrimRight(text, " ") // as most of a help is
	}
	var out strings.Builder
	col := 0
	for i, para := range strings.Split(text, "\n") {
		if i > 0 {
			out.WriteString("\n" + indent)
			col = 0
		}
		for _, word := range breakable(para) {
			w := columns(word)
			if col > 0 && col+columns(strings.TrimRight(word, " ")) > width {
				trimRight(&out)
				out.WriteString("\n" + indent)
				col = 0
				word = strings.TrimLeft(word, " ")
				w = columns(word)
			}
			out.WriteString(word)
			col += w
		}
	}
	return strings.TrimRight(out.String(), " ")
}

func trimRight(b *strings.Builder) {
	s := strings.TrimRight(b.String(), " ")
	b.Reset()
	b.WriteString(s)
}

// breakable splits text where a line may end: after a space, and beside a wide
// character, unless punctuation would begin a line or an opening bracket end it.
// A word or a quotation in Latin letters stays whole.
func breakable(text string) []string {
	var parts []string
	start, inLead, last := 0, true, ' '
	for i, r := range text {
		before := last
		last = r
		if r == ' ' {
			continue
		}
		atBlank := before == ' ' && !inLead
		inLead = false
		if i > start && (atBlank || before != ' ' && mayPart(before, r)) {
			parts = append(parts, text[start:i])
			start = i
		}
	}
	return append(parts, text[start:])
}

// These do not end a line, and do not begin one.
const (
	opening = "（【《「“‘([{"
	closing = "，。；：！？、）】》」”’…—～,.;:!?)]}%\"'"
)

// mayPart reports whether a line may end between two characters that no blank
// parts.
func mayPart(before, r rune) bool {
	if strings.ContainsRune(closing, r) || strings.ContainsRune(opening, before) {
		return false
	}
	return terminal.IsWide(before) || terminal.IsWide(r)
}

// padded fills s up with blanks to a width.
func padded(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-columns(s)))
}
