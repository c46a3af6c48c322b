package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// findingsIndex is docs/findings/README: by what people see first.
func findingsIndex(lang finding.Lang) string {
	p := &page{lang: lang}
	p.para("# %s", labelIndex.in(lang))
	p.para("%s", introFindings.in(lang))
	for _, s := range catalog.Sayings() {
		if s.Open {
			p.symptom(s)
		}
	}
	for _, g := range groups {
		p.head(g.title)
		p.para("| | %s | %s |\n|---|---|---|\n%s", labelSee.in(lang), labelWhat.in(lang), strings.TrimSuffix(rows(g.letter, lang), "\n"))
	}
	p.foot("README", labelAll)
	return p.String()
}

// symptom is a heading of words that people see, and what may be behind it.
func (p *page) symptom(s catalog.Saying) {
	p.para("## %s", markdown(s.Words[0]))
	p.para("%s", labelMany.in(p.lang))
	if command := commandFor(s.Refs[0]); command != "" {
		p.para("```\n$ %s\n```", command)
	}
	var items []string
	for _, ref := range s.Refs {
		items = append(items, p.item(ref))
	}
	p.list(items)
	p.para("%s%s%s", labelAlso.in(p.lang), label{": ", "："}.in(p.lang), "`"+strings.Join(s.Words[1:], "` · `")+"`")
}

// item leads to an entry.
func (p *page) item(ref string) string {
	if e, ok := catalog.Lookup(ref); ok {
		return fmt.Sprintf("[%s](%s%s): %s", ref, ref, ending(p.lang), markdown(e.Text(p.lang).Title))
	}
	n, _ := strconv.Atoi(ref)
	c, _ := catalog.LookupCode(n)
	return fmt.Sprintf("[errcode %s](../codes/%s%s): %s", ref, ref, ending(p.lang), markdown(c.Meaning(p.lang)))
}

func rows(letter byte, lang finding.Lang) string {
	var b strings.Builder
	for _, id := range catalog.IDs() {
		if id[0] != letter {
			continue
		}
		e, _ := catalog.Lookup(id)
		first, _ := seen(e, lang)
		fmt.Fprintf(&b, "| [%s](%s%s) | %s | %s |\n", id, id, ending(lang), markdown(first), markdown(e.Text(lang).Title))
	}
	return b.String()
}

// codesIndex is docs/codes/README.
func codesIndex(lang finding.Lang) string {
	p := &page{lang: lang}
	p.para("# %s", label{"WeChat errcodes", "微信接口错误码（errcode）"}.in(lang))
	p.para("%s", introCodes.in(lang))
	fmt.Fprintf(p, "| %s | %s | %s |\n|---|---|---|\n", labelCode.in(lang), labelMeaning.in(lang), labelCause.in(lang))
	for _, c := range catalog.Codes() {
		fmt.Fprintf(p, "| [%d](%d%s) | %s | %s |\n", c.Code, c.Code, ending(lang), markdown(c.Meaning(lang)), markdown(c.Cause(lang)))
	}
	p.WriteString("\n")
	p.foot("README", labelAll)
	return p.String()
}

// llms is docs/llms.txt, the index for language models: see llmstxt.org.
func llms() string {
	p := &page{lang: finding.English}
	p.para("# wxdev")
	p.para("> wxdev plays WeChat's side of the wire for people who write the server behind a WeChat Official Account (公众号), a service account or a mini program's message push, and says why a server, a menu, a JS-SDK signature or an API call fails. Each page below is one cause or one errcode.")
	p.para("Every page exists in English (NAME.md) and Chinese (NAME.zh-CN.md). `wxdev explain ID` prints the same; `wxdev verify --json` finds which it is.")
	p.para("## Findings")
	var items []string
	for _, id := range catalog.IDs() {
		e, _ := catalog.Lookup(id)
		first, _ := seen(e, p.lang)
		items = append(items, fmt.Sprintf("[%s: %s](findings/%s.md): %s", id, markdown(e.En.Title), id, markdown(first)))
	}
	p.list(items)
	p.para("## Errcodes")
	items = nil
	for _, c := range catalog.Codes() {
		items = append(items, fmt.Sprintf("[%d](codes/%d.md): %s", c.Code, c.Code, markdown(c.En)))
	}
	p.list(items)
	return strings.TrimRight(p.String(), "\n") + "\n"
}
