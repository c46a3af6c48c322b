package menu

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

const menus = "../../testdata/menus/"

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(menus + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// brief is a problem as the tables name it.
func brief(p Problem) string {
	return fmt.Sprintf("%d:%d %s %s", p.Place.Line, p.Place.Column, p.ID, p.Variant)
}

func briefs(problems []Problem) []string {
	all := make([]string, len(problems))
	for i, p := range problems {
		all[i] = brief(p)
	}
	return all
}

func mustParse(t testing.TB, name string) *Menu {
	t.Helper()
	m, problems := Parse(name, read(t, name))
	if len(problems) > 0 {
		t.Fatalf("%s: %v", name, problems)
	}
	return m
}

func TestParseGoodFiles(t *testing.T) {
	for _, name := range []string{"official.json", "conditional.json", "conditional.toml", "menu_get.json", "selfmenu.json"} {
		m, problems := Parse(name, read(t, name))
		if len(m.Buttons) == 0 {
			t.Errorf("%s: no buttons", name)
		}
		// Names of five and more characters are fine for the API.
		if slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == finding.Error }) {
			t.Errorf("%s: %v", name, problems)
		}
	}
	_, problems := Parse("every_type.json", read(t, "every_type.json"))
	if len(problems) > 0 {
		t.Error(problems)
	}
}

func TestParseOfficial(t *testing.T) {
	want := &Menu{Buttons: []Button{
		{Type: "click", Name: "今日歌曲", Key: "V1001_TODAY_MUSIC"},
		{Name: "菜单", Sub: []Button{
			{Type: "view", Name: "搜索", URL: "http://www.soso.com/"},
			{Type: "miniprogram", Name: "wxa", URL: "http://mp.weixin.qq.com", AppID: "wx286b93c14bbf93aa", PagePath: "pages/lunar/index"},
			{Type: "click", Name: "赞一下我们", Key: "V1001_GOOD"},
		}},
	}}
	if got := mustParse(t, "official.json"); !got.Equal(want) {
		t.Errorf("got %+v", got)
	}
}

func TestBadFiles(t *testing.T) {
	expected := map[string]bool{"expect.tsv": true}
	for line := range strings.Lines(string(read(t, "bad/expect.tsv"))) {
		if line[0] == '#' {
			continue
		}
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		name, want := fields[0], fields[1:]
		expected[name] = true
		_, problems := Parse(name, read(t, "bad/"+name))
		if got := briefs(problems); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
		if !HasErrors(problems) {
			t.Errorf("%s may be sent", name)
		}
		for _, p := range problems {
			if p.Place.File != name {
				t.Errorf("%s: the problem is in %q", name, p.Place.File)
			}
		}
	}
	files, err := filepath.Glob(menus + "bad/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !expected[filepath.Base(f)] {
			t.Errorf("%s is not in expect.tsv", f)
		}
	}
}

// rulesTable holds at least one file for each rule that bad/ has none for.
var rulesTable = []struct{ file, text, want string }{
	{"a.json", `{"button":[{"type":"click","name":"\ud83d","key":"k"}]}`, "1:36 A04 surrogate;1:36 A04 escape"},
	{"a.json", `{"button":[{"type":"click","name":"\ud83d\ude00\/","key":"k"}]}`, "1:36 A04 escape"},
	{"a.json", ``, "1:1 A06 empty"},
	{"a.toml", "\ufeff", "1:1 A05 bom;1:1 A06 empty"},
	{"a.json", " \n ", "1:1 A06 empty"},
	{"a.json", "// nothing\n", "1:1 A20 comment;1:1 A06 empty"},
	{"a.json", "x\x00", "1:2 A05 utf-16"},
	{"a.json", "\"\xff\xfe中\"", "1:2 A05 not-utf8"},
	{"a.json", `{}`, "1:1 A06 missing-button"},
	{"a.json", `{"conditional":[]}`, "1:1 A06 missing-button"},
	{"a.json", `{"menu":{"menuid":1}}`, "1:9 A06 missing-button"},
	{"a.json", `{"menu":"{}"}`, "1:9 A06 string"},
	{"a.json", `{"button":"[]"}`, "1:11 A06 string"},
	{"a.json", `{"button":{"0":{},"2":{}}}`, "1:11 A06 button-object"},
	{"a.json", `7`, "1:1 A06 not-object"},
	{"a.json", `{"errcode":46003,"errmsg":"menu no exist"}`, "1:12 A06 error-answer"},
	{"", `button=%5B%7B%22type`, "1:1 A06 form"},
	{"a.json", `{"matchrule":{"tag_id":"2"},"button":[{"type":"click","name":"a","key":"k"}]}`, "1:2 A08 alone"},
	{"a.json", `{"button":[{"type":"click","name":"一二三四五","key":"k"}]}`, "1:35 A09 shown-top"},
	{"a.json", `{"button":[{"name":"a","sub_button":[{"type":"click","name":"一二三四五六七八九","key":"k"}]}]}`, "1:61 A09 shown-sub"},
	{"a.json", `{"button":[]}`, "1:11 A11 top-none"},
	{"a.json", `{"button":[{"name":"a","sub_button":[]}]}`, "1:24 A11 sub-none"},
	{"a.json", `{"button":[{"name":"a","sub_button":[` + strings.Repeat(`{"type":"click","name":"b","key":"k"},`, 5) + `{"type":"click","name":"b","key":"k"}]}]}`, "1:228 A11 sub-many"},
	{"a.json", `{"button":[{"type":"click","key":"k"}]}`, "1:12 A13 name"},
	{"a.json", `{"button":[{"type":"click","name":"","key":"k"}]}`, "1:35 A13 name"},
	{"a.json", `{"button":[{"name":"a"}]}`, "1:12 A13 type"},
	{"a.json", `{"button":[{"name":"a","type":"","sub_button":[]}]}`, "1:31 A13 type"},
	{"a.json", `{"button":[{"name":"a","sub_button":[{"name":"b","sub_button":[]}]}]}`, "1:38 A13 type"},
	{"a.json", `{"button":[{"type":"click","name":"a"}]}`, "1:12 A13 field"},
	{"a.json", `{"button":[{"type":"click","name":"a","key":""}]}`, "1:45 A13 field"},
	{"a.json", `{"button":[{"type":"miniprogram","name":"a","appid":"wx0123456789abcdef","pagepath":"p"}]}`, "1:12 A13 miniprogram-url"},
	{"a.json", `{"button":[{"type":"payment","name":"a"}]}`, "1:20 A14 unknown"},
	{"a.json", `{"button":[{"type":"mini_program","name":"a","url":"http://a.b","appid":"wx0123456789abcdef","pagepath":"p"}]}`, "1:20 A14 near"},
	{"a.json", `{"button":[{"type":"voice","name":"a","value":"b"}]}`, "1:20 A14 console-media"},
	{"a.json", `{"button":[{"type":"news","name":"a","value":"b"}]}`, "1:20 A14 console-news"},
	{"a.json", `{"button":[{"type":"text","name":"a","value":"b"}]}`, "1:20 A14 console-reply"},
	{"a.json", `{"buttons":[]}`, "1:2 A15 misspelt"},
	{"a.json", `{"button":[{"Type":"click","name":"a","key":"k"}]}`, "1:13 A15 misspelt"},
	{"a.json", `{"button":[{"type":"click","name":"a","key":"k"}],"remark":1}`, "1:51 A15 unknown"},
	{"a.json", `{"button":[{"type":"view","name":"a","url":"http://a.b","key":"k"}]}`, "1:57 A15 unused"},
	{"a.json", `{"button":[{"name":"a","key":"k","sub_button":[{"type":"click","name":"b","key":"k"}]}]}`, "1:24 A15 unused-parent"},
	{"a.json", `{"button":[{"type":"view","name":"a","url":"http://a.b/` + strings.Repeat("x", 1014) + `"}]}`, "1:44 A16 long"},
	{"a.json", `{"button":[{"type":"view","name":"a","url":"weixin://a"}]}`, "1:44 A16 scheme"},
	{"a.json", `{"button":[{"type":"view","name":"a","url":"https:///x"}]}`, "1:44 A16 host"},
	{"a.json", `{"button":[{"type":"view","name":"a","url":"https://a.b/x y"}]}`, "1:44 A16 blank"},
	{"a.json", `{"button":[{"type":"click","name":"a","key":"` + strings.Repeat("k", 129) + `"}]}`, "1:45 A17 key-long"},
	{"a.json", `{"button":[{"type":"click","name":"a","key":12}]}`, "1:45 A17 kind"},
	{"a.json", `{"button":[{"type":["click"],"name":"a","key":"k"}]}`, "1:20 A17 kind"},
	{"a.json", `{"button":[null,{"type":"click","name":"a","key":"k"}]}`, "1:12 A17 kind"},
	{"a.json", `{"button":[{"name":"a","sub_button":"x"}]}`, "1:37 A17 kind"},
	{"a.json", `{"button":[{"type":"click","name":"a","key":"k"}],"conditional":{}}`, "1:65 A17 kind"},
	{"a.toml", "button = [{type=\"click\", name=2020-01-01, key=\"k\"}]", "1:31 A17 kind"},
	{"a.json", `{"button":[{"type":"click","name":"a\tb","key":"k"}]}`, "1:35 A17 control"},
	{"a.json", `{"button":[{"type":"miniprogram","name":"a","url":"http://a.b","appid":"gh_0123456789ab","pagepath":"p"}]}`, "1:72 A17 appid"},
	{"a.json", `{"button":[{"type":"click","name":"a","key":"k","sub_button":[{"type":"click","name":"b","key":"k"}]}]}`, "1:20 A18 type-and-sub"},
	{"a.json", `{"button":[{"type":"click","name":"a","key":"k"}],"matchrule":{"group_id":2}}`, "1:51 A08 alone;1:64 A19 group-id"},
	{"a.json", conditionals(`{"tag_id":"2"}`, `{"group_id":2}`), "1:157 A19 duplicate;1:158 A19 group-id"},
	{"a.json", `{"button":[{"type":"click","name":"a","key":"k"}],"conditional":[{"matchrule":{"tag_id":"2"},"button":[` + views("a.com", "b.com", "c.com") + `,` + views("d.com") + `]}]}`, "1:254 A11 top-many;1:286 A19 domains"},
	{"a.json", `{"button":[{"type":"click","name":"a","key":"k"}],"conditional":[{"matchrule":{"tag_id":"2"},"button":[{"name":"a","sub_button":[` + views("a.com.cn", "b.com.cn", "c.com.cn", "m.a.com.cn") + `]}]}]}`, "1:321 A19 hosts"},
	{"a.json", `{,"button":[]}`, "1:2 A20 extra-comma"},
	{"a.json", `{"button":[{"type":"click" "name":"a" "key":"k"}]}`, "1:27 A20 missing-comma;1:38 A20 missing-comma"},
	{"a.json", `{"button" [1]}`, "1:11 A20 missing-colon"},
	{"a.json", `{'button':[]}`, "1:2 A20 quotes"},
	{"a.json", `{button:[]}`, "1:2 A20 bare-key"},
	{"a.json", `{"button":None}`, "1:11 A20 literal"},
	{"a.json", "{\u00a0\"button\":[{\"type\":\"click\",\"name\":\"a\",\"key\":\"k\"}]}", "1:2 A20 odd-blank"},
	{"a.json", "{\"button\n\":[]}", "1:9 A20 line-end"},
	{"a.json", "{\"bu\ttton\":[]}", "1:5 A20 control"},
	{"a.json", `{"button":"\x"}`, "1:12 A20 bad-escape"},
	{"a.json", `{"button":"\u00g0"}`, "1:12 A20 bad-escape"},
	{"a.json", `{"button":"\`, "1:12 A20 bad-escape"},
	{"a.json", `{"button":01}`, "1:11 A20 number"},
	{"a.json", "{\"button\":[\n{]}", "2:2 A20 mismatch"},
	{"a.json", "{\"button\":[\n", "2:1 A20 unclosed"},
	{"a.json", `{"button":"`, "1:11 A20 unclosed"},
	{"a.json", `{"button":[]};`, "1:14 A20 after-end"},
	{"a.json", `{"button":;}`, "1:11 A20 unexpected"},
	{"a.json", strings.Repeat("[", 40), "1:33 A20 too-deep"},
	{"a.toml", strings.Repeat("a.", 40) + "a = 1", "1:67 A20 toml"},
	{"a.yml", "# the menu\nbutton:\n - type: view\n", "2:1 A20 yaml"},
	{"a.yaml", "---\n- name: a\n", "1:1 A20 yaml"},
	{"a.json", "button:\n- type: view\n", "1:1 A20 yaml"},
	{"", "# the menu\n\"button\":\n- type: view\n", "2:1 A20 yaml"},
	{"a.js", "// 菜单\n/* a */ module.exports = {\n}", "2:9 A20 javascript"},
	{"a.json", "module.exports={button:[]}", "1:1 A20 javascript"},
	{"a.mjs", "export default { button: [] }", "1:1 A20 javascript"},
	{"", "const menu = {", "1:1 A20 javascript"},
	{"a.php", "<?php return ['button' => []];", "1:1 A20 php"},
	{"a.yml", `{"button":[]}`, "1:11 A11 top-none"}, // JSON is YAML, too
	{"a.js", `{"button":[]}`, "1:11 A11 top-none"},
	{"a.json", strings.Repeat(" ", MaxFile) + "{", fmt.Sprintf("1:%d A20 too-large", MaxFile+1)},
}

// conditionals is a menu with a conditional one for each rule.
func conditionals(rules ...string) string {
	s := `{"button":[{"type":"click","name":"a","key":"k"}],"conditional":[`
	for i, r := range rules {
		if i > 0 {
			s += ","
		}
		s += `{"matchrule":` + r + `,"button":[{"type":"click","name":"a","key":"k"}]}`
	}
	return s + "]}"
}

func views(hosts ...string) string {
	var all []string
	for _, h := range hosts {
		all = append(all, `{"type":"view","name":"a","url":"https://`+h+`/"}`)
	}
	return strings.Join(all, ",")
}

func TestRules(t *testing.T) {
	for _, c := range rulesTable {
		_, problems := Parse(c.file, []byte(c.text))
		if got := strings.Join(briefs(problems), ";"); got != c.want {
			t.Errorf("%.200q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// TestRulesAreInTheCatalogue: every rule is reached by a file of the tests,
// has its text in both languages, and every fact that the text asks for.
func TestRulesAreInTheCatalogue(t *testing.T) {
	placeholder := regexp.MustCompile(`\{[a-z_]+\}`)
	var all []Problem
	for _, c := range rulesTable {
		_, problems := Parse(c.file, []byte(c.text))
		all = append(all, problems...)
	}
	files, _ := filepath.Glob(menus + "bad/*")
	for _, f := range files {
		_, problems := Parse(f, read(t, "bad/"+filepath.Base(f)))
		all = append(all, problems...)
	}
	for _, c := range linkTable {
		if strings.Contains(c.url, "{") {
			continue // looks like a hole
		}
		all = append(all, linkProblems("wx0123456789abcdef", view(c.url))...)
	}
	all = append(all, linkProblems("", `{"type":"media_id","name":"a","media_id":"MEDIA_ID"}`)...)
	all = append(all, linkProblems("", view(linkTable[6].url), view(linkTable[len(linkTable)-1].url))...)
	for body := range sentTable {
		all = append(all, CheckBody([]byte(body))...)
	}
	vip := Source{"vip.json", read(t, "official.json")}
	_, problems := ParseAll(vip, vip)
	all = append(all, problems...)

	seen := map[string]bool{}
	for _, p := range all {
		seen[p.ID+" "+p.Variant] = true
		i := slices.IndexFunc(rules[:], func(r rule) bool { return r.id == p.ID && r.variant == p.Variant })
		if i < 0 {
			t.Fatalf("no rule for %s", brief(p))
		}
		r := rules[i]
		if facts := slices.Sorted(maps.Keys(p.Facts)); !slices.Equal(facts, sorted(r.facts)) || p.Severity == "" {
			t.Errorf("%s: facts %v and severity %q, the rule has %v", brief(p), facts, p.Severity, r.facts)
		}
		for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
			title, evidence, fix := catalog.Describe(lang, p.Finding)
			if left := placeholder.FindString(title + evidence + fix); left != "" || evidence == "" {
				t.Errorf("%s: %q has a hole", brief(p), evidence)
			}
		}
	}
	for _, r := range rules {
		if !seen[r.id+" "+r.variant] {
			t.Errorf("no file of the tests shows %s %s", r.id, r.variant)
		}
		e, ok := catalog.Lookup(r.id)
		if !ok {
			t.Errorf("%s is not in the catalogue", r.id)
			continue
		}
		if _, ok := e.Variant(r.variant); !ok {
			t.Errorf("%s has no variant %s", r.id, r.variant)
		}
	}
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

func TestParseAll(t *testing.T) {
	m, problems := ParseAll(Source{"vip.json", read(t, "vip.json")}, Source{"default.json", read(t, "official.json")})
	if len(problems) > 0 || len(m.Buttons) != 2 || len(m.Conditional) != 1 {
		t.Errorf("got %+v, %v", m, problems)
	}
	_, problems = ParseAll(Source{"a.json", read(t, "official.json")}, Source{"b.json", read(t, "official.json")})
	if len(problems) != 1 || problems[0].Place.File != "b.json" || problems[0].Facts.Text(finding.English, "place") != "a.json:3" {
		t.Errorf("got %v", problems)
	}
	m, problems = ParseAll(Source{"a.json", read(t, "vip.json")}, Source{"b.json", read(t, "vip.json")}, Source{"c.json", []byte("{")})
	want := []string{"5:3 A08 alone", "5:3 A08 alone", "5:16 A19 duplicate", "1:2 A20 unclosed"}
	if got := briefs(problems); !slices.Equal(got, want) || m.Buttons != nil {
		t.Errorf("got %q, want %q", got, want)
	}
	if m, problems := ParseAll(); m != nil || problems != nil {
		t.Errorf("nothing gives %v, %v", m, problems)
	}
}

// TestHostileFiles are as long as a file may be. None takes a second.
func TestHostileFiles(t *testing.T) {
	start := time.Now()
	button := `"button":[{"type":"view","name":"a","url":"http://a%d.b"}]`
	var many strings.Builder
	many.WriteString(`{"button":[],"conditional":[`)
	for i := range 9_000 {
		fmt.Fprintf(&many, `{"matchrule":{"tag_id":"7"},`+button+`},`, i)
	}
	many.WriteString(`{}]}`)
	for _, text := range []string{
		many.String(),
		strings.ReplaceAll(many.String(), "matchrule", "matchrula"),
		strings.Repeat("[", MaxFile), strings.Repeat(`{"a":`, MaxFile/5), strings.Repeat(`[1,],`, MaxFile/5),
		`{"` + strings.Repeat("x", MaxFile-10) + `":1}`, `"` + strings.Repeat(`\u00e9`, MaxFile/6-1) + `"`,
		"[" + strings.Repeat("/**/", MaxFile/4-1) + "]", "[" + strings.Repeat("1，", MaxFile/4-1) + "]",
	} {
		if _, problems := Parse("a.json", []byte(text)); !HasErrors(problems) {
			t.Errorf("%.40q… may be sent", text)
		}
		Parse("a.toml", []byte(text))
	}
	if took := time.Since(start); took > 5*busy.Net {
		t.Errorf("it took %v", took)
	}
}

// TestOtherLanguages: the line that converts a file is right for what it is, and
// holds nothing of its name that a shell would run.
func TestOtherLanguages(t *testing.T) {
	for _, c := range [][3]string{
		{"menus/wechat_menu.yml", "button:\n", "yq -o=json wechat_menu.yml > menu.json"},
		{"menu.js", "module.exports = {}", `node -p 'JSON.stringify(require("./menu.js"), null, 2)' > menu.json`},
		{"menu.mjs", "export default {}", `node --input-type=module -e 'import m from "./menu.mjs"; console.log(JSON.stringify(m, null, 2))' > menu.json`},
		{"a'; rm x;.js", "module.exports = {}", `node -p 'JSON.stringify(require("./menu.js"), null, 2)' > menu.json`},
		{"-", "button:\n", "yq -o=json menu.yml > menu.json"},
	} {
		_, problems := Parse(c[0], []byte(c[1]))
		if len(problems) != 1 || problems[0].Facts.Text(finding.English, "command") != c[2] {
			t.Errorf("%s: %v", c[0], problems)
		}
	}
}

func TestTooManyProblems(t *testing.T) {
	text := `{"button":[` + strings.Repeat("{},", 300_000) + `{}]}`
	if _, problems := Parse("a.json", []byte(text)); len(problems) != maxProblems {
		t.Errorf("%d problems", len(problems))
	}
	text = `{"button":[{` + strings.Repeat(`"x":1,`, 100_000) + `"name":"a"}]}`
	if _, problems := Parse("a.json", []byte(text)); len(problems) != maxProblems {
		t.Errorf("%d problems", len(problems))
	}
}

func TestTOMLIsTheSame(t *testing.T) {
	want := mustParse(t, "conditional.json")
	if got := mustParse(t, "conditional.toml"); !got.Equal(want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for _, name := range []string{"", "-", "menu.txt"} { // shown by what is in it
		if got, problems := Parse(name, read(t, "conditional.toml")); problems != nil || !got.Equal(want) {
			t.Errorf("as %q: %v", name, problems)
		}
		if got, problems := Parse(name, read(t, "conditional.json")); problems != nil || !got.Equal(want) {
			t.Errorf("as %q: %v", name, problems)
		}
	}
}
