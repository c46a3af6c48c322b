package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/schema"
	"github.com/wxdev/wxdev/internal/terminal"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

var languages = []finding.Lang{finding.English, finding.Chinese}

// ending is what the name of a page in a language ends in.
func ending(lang finding.Lang) string {
	if lang == finding.Chinese {
		return ".zh-CN.md"
	}
	return ".md"
}

// pages are all pages that are made from the catalogue, by their paths.
func pages() map[string]string {
	all := map[string]string{"docs/llms.txt": llms()}
	for _, lang := range languages {
		for _, id := range catalog.IDs() {
			e, _ := catalog.Lookup(id)
			all["docs/findings/"+id+ending(lang)] = findingPage(e, lang)
		}
		for _, c := range catalog.Codes() {
			all["docs/codes/"+strconv.Itoa(c.Code)+ending(lang)] = codePage(c, lang)
		}
		all["docs/findings/README"+ending(lang)] = findingsIndex(lang)
		all["docs/codes/README"+ending(lang)] = codesIndex(lang)
	}
	maps.Copy(all, schemas())
	return all
}

// schemas are copies of those that wxdev has, at the path that they name.
func schemas() map[string]string {
	all := map[string]string{}
	for _, name := range slices.Concat(schema.Files(), schema.Outputs(), schema.APIs()) {
		text, _ := schema.Lookup(name)
		all["docs/schemas/"+name+".json"] = string(text)
	}
	return all
}

// page collects the Markdown of one.
type page struct {
	strings.Builder
	lang finding.Lang
}

// para writes a paragraph.
func (p *page) para(format string, args ...any) { fmt.Fprintf(p, format+"\n\n", args...) }

func (p *page) head(l label) { p.para("## %s", l.in(p.lang)) }

func (p *page) list(items []string) {
	for _, item := range items {
		fmt.Fprintf(p, "- %s\n", item)
	}
	p.WriteString("\n")
}

// foot leads to the other language and to all the others.
func (p *page) foot(name string, all label) {
	other := finding.Chinese
	if p.lang == finding.Chinese {
		other = finding.English
	}
	fmt.Fprintf(p, "[%s](%s) · [%s](README%s)\n", labelOther.in(p.lang), name+ending(other), all.in(p.lang), ending(p.lang))
}

// seen parts what people see of an entry into its first words, which they
// search for, and the rest.
func seen(e *catalog.Entry, lang finding.Lang) (first, rest string) {
	see := terminal.Paragraph(e.Text(lang).See)
	end := len(see)
	for _, stop := range []string{". ", "; ", "。", "；"} {
		if i := strings.Index(see, stop); i > 0 && i < end {
			end = i
		}
	}
	first = strings.TrimRight(see[:end], ".。")
	for _, stop := range []string{".", ";", "。", "；"} {
		if after, ok := strings.CutPrefix(see[len(see[:end]):], stop); ok {
			rest = strings.TrimSpace(after)
			break
		}
	}
	r := []rune(rest)
	if len(r) > 0 {
		rest = strings.ToUpper(string(r[:1])) + string(r[1:])
	}
	return first, rest
}

func findingPage(e *catalog.Entry, lang finding.Lang) string {
	p, t := &page{lang: lang}, e.Text(lang)
	first, rest := seen(e, lang)
	p.para("# %s", markdown(first))
	if rest != "" {
		p.para("%s", p.linked(rest, "", e.ID))
	}
	p.para("**%s%s%s**", e.ID, label{": ", "："}.in(lang), markdown(t.Title))
	p.head(labelWhy)
	p.para("%s", p.linked(terminal.Paragraph(t.Why), "", e.ID))
	p.head(labelFix)
	p.para("%s", p.linked(terminal.Paragraph(t.Fix), "", e.ID))
	for _, c := range e.Code {
		p.para("### %s", markdown(c.Lang))
		p.para("```%s\n%s\n```", fence(c.Lang), strings.Trim(c.In(lang), "\n"))
	}
	if settings := e.Settings(); len(settings) > 0 {
		p.head(labelWhere)
		var lines []string
		for _, s := range settings {
			for _, line := range s.Lines(lang) {
				lines = append(lines, markdown(strings.TrimSpace(line)))
			}
		}
		p.list(lines)
	}
	if command := commandFor(e.ID); command != "" {
		p.head(labelCheck)
		p.para("```\n$ %s\n```", command)
	}
	p.variants(e)
	if words := wordsFor(e.ID); len(words) > 0 {
		p.head(labelAlso)
		p.para("%s", strings.Join(words, " · "))
	}
	if len(e.Links) > 0 {
		p.head(labelThreads)
		p.links(e.Links)
	}
	p.source(e.Source)
	p.foot(e.ID, labelAll)
	return p.String()
}

// variants are what wxdev says of each way in which the finding shows itself.
func (p *page) variants(e *catalog.Entry) {
	var said []string
	for _, v := range e.Variants {
		t := v.En
		if p.lang == finding.Chinese {
			t = v.Zh
		}
		if t.Evidence != "" {
			said = append(said, fmt.Sprintf("`%s`%s%s", v.Name, label{": ", "："}.in(p.lang), markdown(t.Evidence)))
		}
	}
	if len(said) > 0 {
		p.head(labelSays)
		p.list(said)
	}
}

func (p *page) links(links []string) {
	var items []string
	for _, l := range links {
		items = append(items, "<"+l+">")
	}
	p.list(items)
}

// source says where a fact is from.
func (p *page) source(s catalog.Source) {
	day, from := s.Read()
	if day == "" {
		p.para("%s", labelNoSource.in(p.lang))
		return
	}
	p.para("%s%s%s", labelSource.in(p.lang), label{" ", "："}.in(p.lang), day)
	p.links(from)
}

func codePage(c catalog.APICode, lang finding.Lang) string {
	p := &page{lang: lang}
	p.para("# errcode %d: %s", c.Code, markdown(c.Meaning(lang)))
	p.para("%s%s%s", labelMeans.in(lang), label{": ", "："}.in(lang), markdown(c.Other(lang)))
	if cause := c.Cause(lang); cause != "" {
		p.head(labelCause)
		p.para("%s", p.linked(cause, "../findings/", ""))
	}
	if about := findingsAbout(strconv.Itoa(c.Code)); len(about) > 0 {
		p.head(labelFindings)
		var items []string
		for _, id := range about {
			e, _ := catalog.Lookup(id)
			items = append(items, fmt.Sprintf("[%s](../findings/%s%s): %s", id, id, ending(lang), markdown(e.Text(lang).Title)))
		}
		p.list(items)
	}
	if words := wordsFor(strconv.Itoa(c.Code)); len(words) > 0 {
		p.head(labelAlso)
		p.para("%s", strings.Join(words, " · "))
	}
	p.source(c.Source)
	p.foot(strconv.Itoa(c.Code), labelAllCodes)
	return p.String()
}

// menuFindings are the ids of `wxdev menu lint`.
var menuFindings = []string{"A04", "A05", "A06", "A07", "A08", "A09", "A11", "A12", "A13", "A14", "A15", "A16", "A17", "A18", "A19", "A20"}

// commandFor is the command that tells whether it is this finding.
func commandFor(id string) string {
	if slices.Contains(menuFindings, id) {
		return "wxdev menu lint menu.json"
	}
	for _, g := range groups {
		if g.letter == id[0] {
			return g.command
		}
	}
	return ""
}

// wordsFor are the words that people know an entry by.
func wordsFor(ref string) (words []string) {
	for _, s := range catalog.Sayings() {
		if !slices.Contains(s.Refs, ref) {
			continue
		}
		for _, w := range s.Words {
			if w = "`" + w + "`"; !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
	}
	return words
}

// findingsAbout are the findings that go by the same words as a code.
func findingsAbout(code string) (ids []string) {
	for _, s := range catalog.Sayings() {
		if !slices.Contains(s.Refs, code) {
			continue
		}
		for _, ref := range s.Refs {
			if _, ok := catalog.Lookup(ref); ok && !slices.Contains(ids, ref) {
				ids = append(ids, ref)
			}
		}
	}
	return ids
}

// fence is what a code block of a language is marked with.
func fence(lang string) string {
	name, _, _ := strings.Cut(strings.ToLower(lang), " (")
	switch name {
	case "php", "python", "java", "go", "nginx", "ruby", "rust", "xml", "json":
		return name
	case "node":
		return "js"
	case "c#":
		return "csharp"
	}
	return ""
}

// special is what Markdown or HTML would take for its own in running text.
var special = strings.NewReplacer(`\`, `\\`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "*", `\*`, "`", "\\`", "[", `\[`, "]", `\]`, "|", `\|`, "~", `\~`)

// markdown writes a text of the catalogue as Markdown.
func markdown(text string) string { return special.Replace(text) }

var anID = regexp.MustCompile(`\b[VMJASERWP]\d\d\b`)

// linked is markdown with links to the findings that the text names, from a page
// that has them in the folder dir.
func (p *page) linked(text, dir, self string) string {
	return anID.ReplaceAllStringFunc(markdown(text), func(id string) string {
		if _, ok := catalog.Lookup(id); !ok || id == self {
			return id
		}
		return fmt.Sprintf("[%s](%s%s%s)", id, dir, id, ending(p.lang))
	})
}
