package catalog

import (
	"strings"
	"unicode"

	"github.com/wxdev/wxdev/internal/lazy"
)

// says.tsv has a line for what people know an entry by, other than its id: the
// findings and codes, the right one first, and the words, parted by |; a * is
// other words between them. A line that begins with ~ tells of a symptom with many causes; with ! it comes before
// an errcode that is in the same text.
const saysTable = "says.tsv"

// Saying is what people call some entries by: words of WeChat's consoles, of
// pages, logs and threads.
type Saying struct {
	Refs  []string // ids and codes, the likeliest first
	Open  bool     // it tells of a symptom with many causes
	Words []string // as people write them
}

// Sayings returns all of them, as they are in says.tsv.
func Sayings() []Saying {
	var all []Saying
	for _, s := range sayings.Get() {
		all = append(all, Saying{Refs: s.refs, Open: s.open, Words: s.words})
	}
	return all
}

type said struct {
	open, before bool
	refs         []string
	words        []string // those without a *
	phrases      []phrase
}

// phrase is words that are in a text in this order, with others between the
// parts.
type phrase struct {
	parts  []string // plain
	length int
}

func newPhrase(text string) phrase {
	var p phrase
	for part := range strings.SplitSeq(text, "*") {
		p.parts = append(p.parts, plain(part))
		p.length += len(p.parts[len(p.parts)-1])
	}
	return p
}

func (p phrase) in(text string) bool {
	for _, part := range p.parts {
		at := phraseAt(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return true
}

var sayings = lazy.Value[[]said]{Make: func() []said {
	var all []said
	table, _ := files.Get().Read(saysTable)
	for line := range strings.Lines(string(table)) {
		refs, phrases, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		row := said{refs: strings.Fields(strings.TrimLeft(refs, "~!"))}
		marks := refs[:len(refs)-len(strings.TrimLeft(refs, "~!"))]
		row.open, row.before = strings.Contains(marks, "~"), strings.Contains(marks, "!")
		for phrase := range strings.SplitSeq(phrases, "|") {
			row.phrases = append(row.phrases, newPhrase(phrase))
			if !strings.Contains(phrase, "*") {
				row.words = append(row.words, strings.TrimSpace(phrase))
			}
		}
		all = append(all, row)
	}
	return all
}}

// plain is a text as it is compared: in lower case, without punctuation, words
// of letters and digits and runs of Chinese parted by one blank.
func plain(text string) string {
	var b strings.Builder
	last := ' '
	kind := func(r rune) int {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '_':
			return 1
		case unicode.Is(unicode.Han, r):
			return 2
		}
		return 0
	}
	for _, r := range text {
		if r >= '！' && r <= '～' { // full-width
			r -= '！' - '!'
		}
		r = unicode.ToLower(r)
		k := kind(r)
		switch {
		case k == 0 && last == ' ':
			continue
		case k == 0:
			r = ' '
		case last != ' ' && k != kind(last):
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return strings.TrimSpace(b.String())
}

// hasPhrase reports whether a plain text has a plain phrase: as whole words
// where it has letters at its ends.
func hasPhrase(text, phrase string) bool { return phraseAt(text, phrase) >= 0 }

func phraseAt(text, phrase string) int {
	if phrase == "" {
		return -1
	}
	for from := 0; ; {
		i := strings.Index(text[from:], phrase)
		if i < 0 {
			return -1
		}
		i += from
		end := i + len(phrase)
		if (phrase[0] >= 0x80 || i == 0 || text[i-1] == ' ') && (phrase[len(phrase)-1] >= 0x80 || end == len(text) || text[end] == ' ') {
			return i
		}
		from = i + 1
	}
}
