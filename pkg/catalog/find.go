package catalog

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
)

// Ref is what a text points to; one of Entry, Code and Rid is set.
type Ref struct {
	Entry *Entry
	Code  *APICode
	Rid   string
	At    time.Time // when the call of the Rid was made
}

// Name is the id, the code or the rid, as it is looked up.
func (r Ref) Name() string {
	switch {
	case r.Entry != nil:
		return r.Entry.ID
	case r.Code != nil:
		return strconv.Itoa(r.Code.Code)
	}
	return r.Rid
}

// Refer returns what a word names exactly: an id, a code or a rid.
func Refer(word string) (Ref, bool) {
	if e, ok := Lookup(word); ok {
		return Ref{Entry: e}, true
	}
	rid := strings.TrimPrefix(word, "rid:")
	if at, ok := ParseRid(rid); ok {
		return Ref{Rid: rid, At: at}, true
	}
	n, err := strconv.Atoi(word)
	if err != nil || strings.HasPrefix(word, "+") {
		return Ref{}, false
	}
	c, ok := LookupCode(n)
	return Ref{Code: &c}, ok
}

// Found is what [Find] knows about a text, the likeliest first.
type Found struct {
	Refs []Ref
	// Open is set when the text tells of no cause in particular: token验证失败
	// has dozens, and a check has to tell which.
	Open bool
}

// Find looks for what people paste: an API's answer, a line of a log, the words
// of a page or of the console, an error's text of any year, or words in
// general, in either language.
//
// What names an entry by itself comes first: an errcode, an id, words that are
// known to go with it (says.tsv), the errmsg of a code, a number, a rid. After
// it comes what tells of the first one. A text that names nothing is compared
// with all that is written of findings and codes.
func Find(text string) Found {
	const most = 1 << 16 // a log line has kilobytes at most
	s := search{text: text[:min(len(text), most)], weight: map[string]int{}}
	s.words = plain(s.text)
	s.errcodes()
	s.ids()
	s.said()
	s.messages()
	s.numbers()
	s.rids()
	if len(s.weight) == 0 {
		return similar(s.words)
	}
	s.related()
	return Found{s.ranked(), s.open}
}

// How much each sign counts.
const (
	weightBefore   = 120 // says.tsv: before an errcode
	weightErrcode  = 100
	weightID       = 95
	weightNumber   = 90
	weightSaid     = 80
	weightMessage  = 70
	weightSmall    = 60 // a number that may be anything
	weightRid      = 15
	weightWith     = 30 // says.tsv: goes with what was said
	weightRelated  = 20
	weightSuccess  = 10
	mostRelated    = 4
	smallestNumber = 40000
)

type search struct {
	text   string
	words  string // plain
	weight map[string]int
	order  []string // names as they were found
	open   bool
}

func (s *search) add(name string, weight int) {
	have, known := s.weight[name]
	if !known {
		s.order = append(s.order, name)
	}
	s.weight[name] = max(have, weight)
}

var (
	errcodeSign = lazy.Regexp(`(?i)(?:err_?code|error[ _-]?code|错误码|返回码|错误代码|状态码|\bcode|\bret)[\\"'>\]]*\s*(?:[:=：,，]|=>|为|是)?\s*[\\"'\[(]*(-?\d{1,7})\b`)
	idSign      = lazy.Regexp(`\b[A-Z]\d\d\b`)
	ridSign     = lazy.Regexp(`(?i)\b[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}\b`)
	numberSign  = lazy.Regexp(`(^|[^\w:./#-])(-?\d{5,7})($|[^\w./-])`)
)

func (s *search) code(digits string, weight int) {
	if n, err := strconv.Atoi(digits); err == nil && n != 0 {
		if _, ok := LookupCode(n); ok {
			s.add(digits, weight)
		}
	}
}

func (s *search) errcodes() {
	for _, m := range errcodeSign.Get().FindAllStringSubmatch(s.text, -1) {
		s.code(m[1], weightErrcode)
		if m[1] == "0" && strings.HasPrefix(strings.ToLower(m[0]), "errcode") {
			s.add(m[1], weightSuccess)
		}
	}
}

func (s *search) ids() {
	for _, id := range idSign.Get().FindAllString(s.text, -1) {
		if _, ok := Lookup(id); ok {
			s.add(id, weightID)
		}
	}
}

func (s *search) numbers() {
	for _, m := range numberSign.Get().FindAllStringSubmatch(s.text, -1) {
		weight := weightNumber
		if n, err := strconv.Atoi(m[2]); err != nil || n > 0 && n < smallestNumber {
			weight = weightSmall
		}
		s.code(m[2], weight)
	}
}

func (s *search) rids() {
	for _, rid := range ridSign.Get().FindAllString(s.text, -1) {
		s.add(rid, weightRid)
	}
}

// said looks for the words of says.tsv. The longest that fits is what was
// meant: "invalid url domain" and not "domain".
func (s *search) said() {
	longest := 0
	var best said
	for _, row := range sayings.Get() {
		for _, phrase := range row.phrases {
			if phrase.length > longest && phrase.in(s.words) {
				longest, best = phrase.length, row
			}
		}
	}
	for i, name := range best.refs {
		switch {
		case i > 0 && best.open:
			s.add(name, weightSaid-i)
		case i > 0:
			s.add(name, weightWith-i)
		case best.before:
			s.add(name, weightBefore)
		default:
			s.add(name, weightSaid)
		}
	}
	first, _ := s.first()
	s.open = best.open && len(best.refs) > 0 && first == best.refs[0]
}

// messages looks for the text of a code, in either language: the longest.
func (s *search) messages() {
	longest, code := 0, ""
	for _, c := range Codes() {
		for _, text := range []string{plain(c.En), plain(c.Zh)} {
			if len(text) > max(longest, 9) && strings.ContainsAny(text, " 不无未") && hasPhrase(s.words, text) {
				longest, code = len(text), strconv.Itoa(c.Code)
			}
		}
	}
	if code != "" {
		s.add(code, weightMessage)
	}
}

// related adds the findings whose symptom names the code that was found.
func (s *search) related() {
	name, _ := s.first()
	if _, err := strconv.Atoi(name); err != nil || len(name) < 4 {
		return
	}
	named := regexp.MustCompile(`(^|[^-\w])` + name + `\b`)
	n := 0
	for _, e := range bySeen() {
		if n < mostRelated && named.MatchString(e.En.See) {
			s.add(e.ID, weightRelated)
			n++
		}
	}
}

func (s *search) first() (name string, weight int) {
	for _, n := range s.order {
		if s.weight[n] > weight {
			name, weight = n, s.weight[n]
		}
	}
	return name, weight
}

func (s *search) ranked() []Ref {
	slices.SortStableFunc(s.order, func(a, b string) int { return s.weight[b] - s.weight[a] })
	refs := make([]Ref, 0, len(s.order))
	for _, name := range s.order {
		if r, ok := Refer(name); ok {
			refs = append(refs, r)
		}
	}
	return refs
}

// bySeen returns the findings, those that were seen most often first.
func bySeen() []*Entry {
	var all []*Entry
	for _, id := range IDs() {
		e, _ := Lookup(id)
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b *Entry) int { return cmp.Compare(b.Seen, a.Seen) })
	return all
}
