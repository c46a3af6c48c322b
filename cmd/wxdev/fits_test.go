package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// wideMenu has a mistake of many kinds.
const wideMenu = `{"button":[
{"type":"click","name":"今日歌曲歌曲歌曲歌曲","key":"V1001"},
{"name":"菜单","sub_button":[{"type":"view","name":"搜索","url":"www.soso.com"},{"type":"Click","name":"赞一下"}]},
{"type":"clik","name":"a"},{"type":"view","name":"d","url":"http://localhost:3000/a?b=1&amp;c=2"},
{"type":"media_id","name":"e","media_id":"MEDIA_ID1","keyy":"\u4f60"}]}`

// What is said in words fits a terminal of 80 columns, indents included.
func TestReportsFit(t *testing.T) {
	file := filepath.Join(t.TempDir(), "m.json")
	if err := os.WriteFile(file, []byte(wideMenu), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
		env, out, errOut := testEnv(t)
		if code := Main([]string{"menu", "lint", file, "--lang", string(lang)}, env); code != exitNo {
			t.Fatalf("exit code %d\n%s", code, errOut)
		}
		var where bytes.Buffer
		g := &globals{env: env, lang: string(lang)}
		for _, id := range catalog.IDs() {
			if s, ok := catalog.Where(finding.Finding{ID: id}, ""); ok {
				printWhere(&where, g, s.Lines(lang))
			}
		}
		if where.Len() == 0 {
			t.Error("no fix says where something is set")
		}
		for line := range strings.SplitSeq(strings.ReplaceAll(out.String(), file, "m.json")+where.String(), "\n") {
			if n := columns(line); n > 80 {
				t.Errorf("%s: %d columns: %s", lang, n, line)
			}
		}
	}
}
