package catalog

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/wxdev/wxdev/pkg/finding"
)

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

func TestFindingsAreComplete(t *testing.T) {
	for _, id := range IDs() {
		e, ok := Lookup(id)
		if !ok {
			t.Fatalf("%s: listed but not found", id)
		}
		if e.ID != id || !regexp.MustCompile(`^[VMJASERWP]\d\d$`).MatchString(id) {
			t.Errorf("%s: its id is %q", id, e.ID)
		}
		if !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(e.Name) {
			t.Errorf("%s: name %q", id, e.Name)
		}
		if !slices.Contains([]finding.Severity{finding.Error, finding.Warning, finding.Info}, e.Severity) {
			t.Errorf("%s: severity %q", id, e.Severity)
		}
		for lang, text := range map[finding.Lang]Text{finding.English: e.En, finding.Chinese: e.Zh} {
			for what, s := range map[string]string{"title": text.Title, "see": text.See, "why": text.Why, "fix": text.Fix} {
				if strings.TrimSpace(s) == "" {
					t.Errorf("%s: no %s in %s", id, what, lang)
				}
			}
			if strings.ContainsAny(text.Title+text.Fix, "\n") || strings.HasSuffix(text.Title, ".") || strings.HasSuffix(text.Title, "。") {
				t.Errorf("%s: %s title and fix are one line, and a title has no period", id, lang)
			}
		}
		if !hasHan(e.Zh.Title) || !hasHan(e.Zh.Fix) || hasHan(e.En.Title) {
			t.Errorf("%s: a text is in the wrong language", id)
		}
		names := map[string]bool{}
		for _, v := range e.Variants {
			if names[v.Name] {
				t.Errorf("%s: variant %s stands twice", id, v.Name)
			}
			names[v.Name] = true
			if v.En.Evidence == "" || v.Zh.Evidence == "" {
				t.Errorf("%s %s: evidence is missing", id, v.Name)
			}
			if (v.En.Title == "") != (v.Zh.Title == "") || (v.En.Fix == "") != (v.Zh.Fix == "") {
				t.Errorf("%s %s: title or fix in one language only", id, v.Name)
			}
			en, zh := placeholders(v.En.Evidence), placeholders(v.Zh.Evidence)
			if !slices.Equal(en, zh) {
				t.Errorf("%s %s: placeholders %v in finding.English, %v in Chinese", id, v.Name, en, zh)
			}
			for _, name := range placeholders(v.En.Title + v.En.Fix + v.Zh.Title + v.Zh.Fix) {
				if !slices.Contains(en, name) {
					t.Errorf("%s %s: {%s} is in its title or fix, but not in the evidence", id, v.Name, name)
				}
			}
		}
		for _, l := range e.Links {
			if !strings.HasPrefix(l, "https://") {
				t.Errorf("%s: link %q", id, l)
			}
		}
	}
}

func placeholders(s string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(s, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func hasHan(s string) bool {
	return strings.ContainsFunc(strings.ReplaceAll(s, "token验证失败", ""), func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestDescribe(t *testing.T) {
	e, ok := Lookup("v18")
	if !ok {
		t.Fatal("V18 is missing")
	}
	_, evidence, _ := e.Describe(finding.Chinese, "numeric-sort", finding.NewFacts("nonce", "99887766"))
	if !strings.HasPrefix(evidence, "nonce 为 99887766 时") {
		t.Errorf("got %q", evidence)
	}
}

func TestLookupUnknown(t *testing.T) {
	for _, id := range []string{"", "V99", "../V18", "V18.toml", "40164"} {
		if _, ok := Lookup(id); ok {
			t.Errorf("Lookup(%q) found something", id)
		}
	}
}

func TestLookupCode(t *testing.T) {
	c, ok := LookupCode(40164)
	if !ok || !strings.Contains(c.En, "whitelist") || !strings.Contains(c.Zh, "白名单") {
		t.Errorf("got %+v, %v", c, ok)
	}
	if c, ok := LookupCode(-1); !ok || c.Code != -1 {
		t.Errorf("got %+v, %v", c, ok)
	}
	if _, ok := LookupCode(4016); ok {
		t.Error("a part of a code was found")
	}
}

func TestCause(t *testing.T) {
	c, _ := LookupCode(40164)
	if en := c.Cause(finding.English); !strings.Contains(en, "NAT") {
		t.Errorf("English: %q", en)
	}
	if zh := c.Cause(finding.Chinese); !strings.Contains(zh, "IP 白名单") || !strings.Contains(zh, "NAT") {
		t.Errorf("Chinese: %q", zh)
	}
	c, _ = LookupCode(0) // nothing to add
	if c.Cause(finding.English) != "" || c.Cause(finding.Chinese) != "" {
		t.Errorf("a cause of success: %+v", c)
	}
}

func TestCausesAreInBothLanguages(t *testing.T) {
	for _, c := range Codes() {
		if c.Meaning(finding.English) == "" || c.Meaning(finding.Chinese) == "" {
			t.Errorf("%d: a meaning is missing", c.Code)
		}
		if (c.Hint == "") != (c.HintZh == "") {
			t.Errorf("%d: a hint in one language only: %q, %q", c.Code, c.Hint, c.HintZh)
		}
		if c.HintZh != "" && !isChinese(c.HintZh) {
			t.Errorf("%d: its finding.Chinese hint is %q", c.Code, c.HintZh)
		}
		if strings.Contains(c.Hint, "unconfirmed") != strings.Contains(c.HintZh, "未确认") {
			t.Errorf("%d: confirmed in one language only: %q, %q", c.Code, c.Hint, c.HintZh)
		}
		if strings.ContainsAny(c.HintZh, ",;") {
			t.Errorf("%d: half-width punctuation in %q", c.Code, c.HintZh)
		}
	}
}

// isChinese tells a translation from text that was left in finding.English, names of
// the API aside.
func isChinese(s string) bool {
	han := 0
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	return han >= 2
}

func TestAllCodesParse(t *testing.T) {
	all := Codes()
	if len(all) != strings.Count(errcodes.Get(), "\n")-1 {
		t.Errorf("%d codes of %d lines", len(all), strings.Count(errcodes.Get(), "\n")-1)
	}
	if !slices.IsSortedFunc(all, func(a, b APICode) int { return a.Code - b.Code }) {
		t.Error("the codes are not in order")
	}
}

func TestParseRid(t *testing.T) {
	when, ok := ParseRid("640d8707-66796d60-192e4bee")
	if !ok || !when.Equal(time.Date(2023, 3, 12, 8, 2, 15, 0, time.UTC)) {
		t.Errorf("got %v, %v", when, ok)
	}
	for _, s := range []string{"", "640d8707", "640d8707-66796d60-192e4be", "640d870g-66796d60-192e4bee", "-40d8707-66796d60-192e4bee"} {
		if _, ok := ParseRid(s); ok {
			t.Errorf("%q taken for a rid", s)
		}
	}
}

// A signature alone does not tell whose token it was made with.
func TestSignedTextsNameNoServer(t *testing.T) {
	for _, id := range IDs() {
		e, _ := Lookup(id)
		if e.En.SignedTitle == "" {
			continue
		}
		for _, v := range append(e.Variants, Variant{}) {
			if v.Name == "token-trimmed" || v.Name == "token-unknown" || v.Name == "token-or-query" || v.Name == "said" {
				continue // the first is about wxdev's token, the others are of a server that was asked
			}
			for lang, server := range map[finding.Lang]string{finding.English: "the server", finding.Chinese: "服务器"} {
				if title, _ := e.DescribeSigned(lang, v.Name, nil); strings.Contains(title, server) {
					t.Errorf("%s %s: %s", id, v.Name, title)
				}
			}
		}
	}
}
