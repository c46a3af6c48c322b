package main

import (
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/browser"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

const root = "../.."

// The pages in the repository are what the catalogue gives, and there are no others.
func TestPagesAreCurrent(t *testing.T) {
	want := pages()
	for name, text := range want {
		have, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || string(have) != text {
			t.Errorf("%s is not current: run `make docs` (%v)", name, err)
		}
	}
	for _, dir := range []string{"docs/findings", "docs/codes", "docs/schemas"} {
		files, err := os.ReadDir(filepath.Join(root, dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if _, ok := want[dir+"/"+f.Name()]; !ok {
				t.Errorf("%s/%s is of no entry: run `make docs`", dir, f.Name())
			}
		}
	}
}

// A page begins with what people see, and names the cause after it.
func TestPageBeginsWithWhatPeopleSee(t *testing.T) {
	e, _ := catalog.Lookup("V18")
	for _, test := range []struct{ have, want string }{
		{findingPage(e, finding.English), "# token验证失败 now and then, and \"I tried again and it was fine\"\n\n"},
		{findingPage(e, finding.Chinese), "# 时而报“token验证失败”，“再点一次又好了”\n\n"},
	} {
		if !strings.HasPrefix(test.have, test.want) {
			t.Errorf("it begins %q, not %q", test.have[:80], test.want)
		}
		if !strings.Contains(test.have, "**V18") {
			t.Error("its id is not on it")
		}
	}
}

var anHref = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// Every link of the site leads to a page that is there, and to a heading of it.
func TestSiteLinks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	if err := writeSite(root, dir); err != nil {
		t.Fatal(err)
	}
	site := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		site[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for name, text := range site {
		if path.Ext(name) != ".html" {
			continue
		}
		for _, m := range anHref.FindAllStringSubmatch(text, -1) {
			u, err := url.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if u.Scheme != "" {
				continue
			}
			seen++
			to := path.Join(path.Dir(name), u.Path)
			if u.Path == "" {
				to = name
			}
			target, ok := site[to]
			if !ok {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
			if u.Fragment != "" && !strings.Contains(target, ` id="`+u.Fragment+`"`) {
				t.Errorf("%s links to %s: no such heading", name, m[1])
			}
		}
	}
	if seen < 5000 {
		t.Errorf("only %d links were looked at", seen)
	}
}

// Who pastes what the console, the phone or a log says finds the page in the
// search box: in a browser, of files, in both languages.
func TestSearch(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	if err := writeSite(root, dir); err != nil {
		t.Fatal(err)
	}
	chromium := browser.Start(t)
	for front, lang := range map[string]finding.Lang{"index.html": finding.English, "docs/findings/index.zh-CN.html": finding.Chinese} {
		wanted := map[string]string{
			"token验证失败": "#token验证失败", "errcode=40164, errmsg=invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: 65f0": "codes/40164",
			"config:fail, Error: 系统错误，错误码：63002，invalid signature": "#configfail-invalid-signature", "该公众号提供的服务出现故障，请稍后再试": "#该公众号提供的服务出现故障",
			"V18": "findings/V18", "40001": "codes/40001", "-40001": "codes/-40001", "errcode:-40001": "codes/-40001", "sorted as numbers": "findings/V18", "按数值排序": "findings/V18", "bad decrypt": "findings/M31",
		}
		for _, s := range catalog.Sayings() {
			for _, words := range s.Words[:min(1, len(s.Words))] {
				if found := catalog.Find(words); !s.Open && len(found.Refs) > 0 && found.Refs[0].Name() == s.Refs[0] {
					wanted[words] = "/" + s.Refs[0]
				}
			}
		}
		tab := browser.Open(t, chromium, "en", "file://"+filepath.ToSlash(dir)+"/"+front)
		browser.Eval[bool](tab, `{const q = document.getElementById('q'); q.value = 'token'; q.dispatchEvent(new Event('input'))} true`)
		tab.Wait(`document.querySelector('#found a') !== null`)
		for words, want := range wanted {
			got := browser.Eval[string](tab, `(words => { const q = document.getElementById('q'); q.value = words; q.dispatchEvent(new Event('input'));
				return [...document.querySelectorAll('#found a')].slice(0, 3).map(a => decodeURIComponent(a.href)).join(' ') })(`+quoted(words)+`)`)
			first, _, _ := strings.Cut(got, " ")
			if !strings.Contains(first, want) {
				t.Errorf("%s: %q finds %s, not %s", lang, words, strings.ReplaceAll(got, "file://"+dir, ""), want)
			}
		}
		if got := browser.Eval[string](tab, `{const q = document.getElementById('q'); q.value = 'zzzz'; q.dispatchEvent(new Event('input'))} document.getElementById('found').textContent`); got == "" {
			t.Error("nothing is said when nothing is found")
		}
	}
}

func quoted(s string) string { return "`" + strings.ReplaceAll(s, "`", "") + "`" }
