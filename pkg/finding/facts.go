package finding

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/text"
)

// Fact is one value of a case. It knows its kind, so that each language can
// write it in its own way.
type Fact interface {
	// In is the fact on one line, fit to print.
	In(lang Lang) string
}

// Facts are the facts of a case, by the name that texts have in {braces}.
type Facts map[string]Fact

// NewFacts makes facts of name, value, name, value… A value is a [Fact], an
// error, a string (a [Name]), a []byte (an [Excerpt]), an integer (a [Count])
// or a [time.Duration] (a [Duration]); another one panics.
func NewFacts(pairs ...any) Facts {
	if len(pairs) == 0 {
		return nil
	}
	f := make(Facts, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		f[pairs[i].(string)] = toFact(pairs[i+1])
	}
	return f
}

func toFact(value any) Fact {
	switch v := value.(type) {
	case Fact:
		return v
	case error:
		return Failure(v)
	case string:
		return Name(v)
	case []byte:
		return Excerpt(v)
	case int:
		return Count(v)
	case int64:
		return Count(v)
	case time.Duration:
		return Duration(v)
	}
	panic(fmt.Sprintf("finding: %T is not a fact", value))
}

// Text is the fact of that name in lang, or "" when there is none.
func (f Facts) Text(lang Lang, name string) string {
	if v := f[name]; v != nil {
		return v.In(lang)
	}
	return ""
}

// Equal reports whether both have the same facts.
func (f Facts) Equal(other Facts) bool {
	return maps.EqualFunc(f, other, func(a, b Fact) bool { return a.In(English) == b.In(English) })
}

// Fill puts the facts in place of the {placeholders} of a text in lang.
func (f Facts) Fill(lang Lang, template string) string {
	if len(f) == 0 || !strings.Contains(template, "{") {
		return template
	}
	pairs := make([]string, 0, 2*len(f))
	for name, v := range f {
		pairs = append(pairs, "{"+name+"}", v.In(lang))
	}
	return strings.NewReplacer(pairs...).Replace(template)
}

// maxFact keeps what a server wrote to a length that suits a report: a header
// may have 64 KiB.
const maxFact = 600

// Name is a word that is the same in every language: a header, a field, an
// address, a command.
type Name string

// In implements [Fact].
func (n Name) In(Lang) string { return clip(text.Line(string(n))) }

func clip(s string) string {
	if len(s) <= maxFact {
		return s
	}
	cut := maxFact
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// Count is a number.
type Count int64

// In implements [Fact].
func (c Count) In(Lang) string { return strconv.FormatInt(int64(c), 10) }

// Duration is a time that something took, in the unit that suits it.
type Duration time.Duration

// In implements [Fact].
func (d Duration) In(Lang) string {
	switch d := time.Duration(d); {
	case d >= 10*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 100*time.Microsecond:
		return "<0.1 ms"
	default:
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	}
}

// Quote is text from elsewhere, in quotation marks, cut after Limit bytes; 0
// cuts nothing but what no report can take.
type Quote struct {
	Text  string
	Limit int
}

// Excerpt is a Quote at the length that suits a line of a report.
func Excerpt[T string | []byte](b T) Quote { return Quote{string(b), text.ExcerptLimit} }

// Quoted is a Quote of everything.
func Quoted[T string | []byte](b T) Quote { return Quote{Text: string(b)} }

// In implements [Fact].
func (q Quote) In(lang Lang) string {
	limit := q.Limit
	if limit <= 0 || limit > maxFact {
		limit = maxFact
	}
	s := text.Quote([]byte(q.Text), limit)
	if len(q.Text) <= limit {
		return s
	}
	end := strings.LastIndexByte(s, '"') + 1 // what follows tells the length
	if lang == Chinese {
		return fmt.Sprintf("%s……（共 %d 字节）", s[:end], len(q.Text))
	}
	return s
}

// Verbatim is what a library says, in its own words: a quotation among Chinese
// ones.
type Verbatim string

// In implements [Fact].
func (v Verbatim) In(lang Lang) string {
	s := Name(v).In(lang)
	if lang == Chinese {
		return "“" + s + "”"
	}
	return s
}

// Hex is bytes that are not text, as "EF BB BF".
type Hex string

// In implements [Fact].
func (h Hex) In(Lang) string { return clip(text.Hex([]byte(h), 0, len(h))) }

// Status is the status of an HTTP answer.
type Status struct {
	Code   int
	Reason string // of the status line; may be empty
}

// In implements [Fact].
func (s Status) In(Lang) string {
	return clip(text.Line(strings.TrimSpace(strconv.Itoa(s.Code) + " " + s.Reason)))
}

// List is several facts, one after the other.
type List []Fact

// Names is a List of names.
func Names(names ...string) List {
	l := make(List, len(names))
	for i, n := range names {
		l[i] = Name(n)
	}
	return l
}

// In implements [Fact].
func (l List) In(lang Lang) string {
	words := make([]string, len(l))
	for i, f := range l {
		words[i] = f.In(lang)
	}
	return clip(joined(lang, words))
}

func joined(lang Lang, words []string) string {
	if lang == Chinese {
		return strings.Join(words, "、")
	}
	return strings.Join(words, ", ")
}

// All are facts that go together: "a, b and c".
type All List

// In implements [Fact].
func (a All) In(lang Lang) string { return ended(lang, List(a), " and ", "和") }

// Any are facts of which one is to be chosen: "a, b or c".
type Any List

// In implements [Fact].
func (a Any) In(lang Lang) string { return ended(lang, List(a), " or ", "或") }

// ended is a list with a word before its last element.
func ended(lang Lang, l List, en, zh string) string {
	if len(l) < 2 {
		return l.In(lang)
	}
	n, last := len(l)-1, en
	words := make([]string, n)
	for i, f := range l[:n] {
		words[i] = f.In(lang)
	}
	if lang == Chinese {
		last = " " + zh + " "
	}
	return clip(joined(lang, words) + last + l[n].In(lang))
}

// AllOf is All of these names, and AnyOf Any of them.
func AllOf[T ~string](names []T) All { return All(namesOf(names)) }

// AnyOf is one of these names.
func AnyOf[T ~string](names []T) Any { return Any(namesOf(names)) }

func namesOf[T ~string](names []T) List {
	l := make(List, len(names))
	for i, n := range names {
		l[i] = Name(n)
	}
	return l
}
