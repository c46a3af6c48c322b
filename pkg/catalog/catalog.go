// Package catalog holds what wxdev knows about why WeChat refuses a server:
// the findings, each with a stable id, and the API's error codes, in English
// and Chinese.
//
// [Lookup] reads one finding, [LookupCode] explains an errcode, [ParseRid] tells
// when a failing call was made, and [Find] knows what a pasted text is about.
// All of it is data in this package's folder (findings/*.toml, errcodes.tsv,
// says.tsv); a look-up reads the one file it needs, so linking the package costs
// nothing at start-up.
//
// Ids: V is the verification GET, M the message POST and its reply, J the
// JS-SDK signature, A the API, token and menu, S, E and R the signature, the
// encryption and the answer of signed calls. Ids are never reused.
//
// # Compatibility
//
// The README says what a release may change. An id keeps its meaning and is
// never used for anything else, even when its finding is gone. Titles, causes,
// fixes and samples are for people, and any release may word them better.
package catalog

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/packed"
	"github.com/wxdev/wxdev/pkg/finding"
)

// Text is what an entry says in one language.
type Text struct {
	Title string `toml:"title"` // one line, no period
	See   string `toml:"see"`   // what the developer sees
	Why   string `toml:"why"`   // the cause
	Fix   string `toml:"fix"`   // one sentence

	// These replace title and fix where a signature is all there is to judge
	// by: it was computed by WeChat or by a tool then, and not by the server.
	// They are empty where the text does not say who made the mistake.
	SignedTitle string `toml:"signed_title"`
	SignedFix   string `toml:"signed_fix"`
}

// Code is a fix, a few lines long, in one language or framework. Its comments
// are in both languages: "¦in English¦in Chinese¦".
type Code struct {
	Lang string `toml:"lang"`
	Text string `toml:"text"`
}

// In returns the code with its comments in lang.
func (c Code) In(lang finding.Lang) string {
	parts := strings.Split(c.Text, "¦") // code, English, Chinese, code, English, Chinese, …, code
	var b strings.Builder
	for i, part := range parts {
		if i%3 == 0 || (i%3 == 2) == (lang == finding.Chinese) {
			b.WriteString(part)
		}
	}
	return b.String()
}

// Sample returns the code for a stack, which is called as [Code].Lang is: that of
// its framework, else that of its language, else none.
func (e *Entry) Sample(stack string) (Code, bool) {
	language, _, _ := strings.Cut(stack, " (")
	for _, name := range []string{stack, language} {
		for _, c := range e.Code {
			if name != "" && c.Lang == name {
				return c, true
			}
		}
	}
	return Code{}, false
}

// Console is what WeChat's console says when it refuses a server's URL.
type Console string

// The messages there are, as far as is known.
const (
	ConsoleToken   Console = "token验证失败" // also where an entry has none
	ConsoleTimeout Console = "请求URL超时"
)

// Variant is one of the ways in which a finding shows itself.
type Variant struct {
	Name     string           `toml:"name"`
	Severity finding.Severity `toml:"severity"` // empty: the entry's
	Setting  string           `toml:"setting"`  // of settings.toml: what a fix of its own speaks of
	En       VariantText      `toml:"en"`
	Zh       VariantText      `toml:"zh"`
}

// VariantText is a variant's text. Evidence holds {placeholders} for the
// facts of the case; Title and Fix replace the entry's unless empty.
type VariantText struct {
	Evidence string `toml:"evidence"`
	Title    string `toml:"title"`
	Fix      string `toml:"fix"`

	SignedTitle string `toml:"signed_title"` // see [Text]
}

// Entry is one finding of the catalogue.
type Entry struct {
	ID       string           `toml:"id"`
	Name     string           `toml:"name"`
	Severity finding.Severity `toml:"severity"`
	Console  Console          `toml:"console"` // what the console says when this is why it refuses; empty: [ConsoleToken]
	Seen     int              `toml:"seen"`    // public threads read that show it; not a market share
	Measured bool             `toml:"measured"`
	Links    []string         `toml:"links"`
	Source   Source           `toml:"source"`
	Setting  string           `toml:"setting"` // of settings.toml: what Fix speaks of; see [Where]
	En       Text             `toml:"en"`
	Zh       Text             `toml:"zh"`
	Variants []Variant        `toml:"variant"`
	Code     []Code           `toml:"code"`
}

// Text returns the entry's text in lang.
func (e *Entry) Text(lang finding.Lang) Text {
	if lang == finding.Chinese {
		return e.Zh
	}
	return e.En
}

// Variant returns the variant called name.
func (e *Entry) Variant(name string) (Variant, bool) {
	i := slices.IndexFunc(e.Variants, func(v Variant) bool { return v.Name == name })
	if i < 0 {
		return Variant{}, false
	}
	return e.Variants[i], true
}

// SeverityOf returns the severity of a finding's variant. An id that is not in
// the catalogue is an error.
func SeverityOf(id, variant string) finding.Severity {
	e, ok := Lookup(id)
	if !ok {
		return finding.Error
	}
	if v, ok := e.Variant(variant); ok && v.Severity != "" {
		return v.Severity
	}
	return e.Severity
}

// Describe returns title, evidence and fix of a variant in lang, with facts
// put in place of the {placeholders}.
func (e *Entry) Describe(lang finding.Lang, variant string, facts finding.Facts) (title, evidence, fix string) {
	t, vt := e.Text(lang), e.variantText(lang, variant)
	fill := func(template string) string { return facts.Fill(lang, template) }
	return fill(cmp.Or(vt.Title, t.Title)), fill(vt.Evidence), fill(cmp.Or(vt.Fix, t.Fix))
}

// Describe returns title, evidence and fix of a finding in lang. Of an id that
// is not in the catalogue the title is the id.
func Describe(lang finding.Lang, f finding.Finding) (title, evidence, fix string) {
	e, ok := Lookup(f.ID)
	if !ok {
		return f.ID, "", ""
	}
	return e.Describe(lang, f.Variant, f.Facts)
}

// DescribeSigned is [Entry.Describe] for a mistake that was found in a
// signature, without asking a server: see [Text].
func (e *Entry) DescribeSigned(lang finding.Lang, variant string, facts finding.Facts) (title, fix string) {
	title, _, fix = e.Describe(lang, variant, facts)
	t, vt := e.Text(lang), e.variantText(lang, variant)
	if vt.SignedTitle != "" || vt.Title == "" {
		title = cmp.Or(facts.Fill(lang, cmp.Or(vt.SignedTitle, t.SignedTitle)), title)
		fix = cmp.Or(t.SignedFix, fix)
	}
	return title, fix
}

func (e *Entry) variantText(lang finding.Lang, variant string) VariantText {
	v, _ := e.Variant(variant)
	if lang == finding.Chinese {
		return v.Zh
	}
	return v.En
}

//go:embed catalog.pack
var packedFiles string

// files are the findings and the codes; `make generate` packs them.
var files = lazy.Value[*packed.Pack]{Make: func() *packed.Pack { return packed.Open(packedFiles) }}

// IDs returns the ids of all findings: V first, then M, J, A, S, E and R.
func IDs() []string {
	var ids []string
	for _, name := range files.Get().Names() {
		if id, ok := strings.CutPrefix(name, "findings/"); ok {
			ids = append(ids, strings.TrimSuffix(id, ".toml"))
		}
	}
	const order = "VMJASERWP"
	slices.SortFunc(ids, func(a, b string) int {
		if a[0] != b[0] {
			return strings.IndexByte(order, a[0]) - strings.IndexByte(order, b[0])
		}
		return strings.Compare(a, b)
	})
	return ids
}

// read holds the entries that were looked up, by id.
var read sync.Map

// Lookup returns the finding with the id, in any case ("v18"). Its file is read
// once; callers do not change the entry.
func Lookup(id string) (*Entry, bool) {
	id = strings.ToUpper(id)
	if e, ok := read.Load(id); ok {
		return e.(*Entry), true
	}
	b, ok := files.Get().Read("findings/" + id + ".toml")
	if !ok {
		return nil, false
	}
	var e Entry
	if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(&e); err != nil {
		panic(fmt.Sprintf("catalog: findings/%s.toml: %v", id, err)) // embedded, and a test reads them all
	}
	read.Store(id, &e)
	return &e, true
}
