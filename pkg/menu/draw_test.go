package menu

import (
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
)

func TestDraw(t *testing.T) {
	want := `
                    ┌────────────────┐
                    │ 搜索           │
                    │ wxa            │
                    │ 赞一下我们     │
                    └────────────────┘
┌──────────────────┬──────────────────┐
│     今日歌曲     │      ≡ 菜单      │
└──────────────────┴──────────────────┘
`
	if got := "\n" + Draw(mustParse(t, "official.json"), 40); got != want {
		t.Errorf("got%s", got)
	}
}

func TestDrawConditional(t *testing.T) {
	m := &Menu{
		Buttons: []Button{click("一二三四五", "1"), {Name: "一二三四五六七八九十一二", Sub: []Button{click("一二三四五六七八九", "2")}}, click("c\x1b[2J", "3")},
		Conditional: []Conditional{
			{MatchRule: MatchRule{"client_platform_type": "1", "tag_id": "2"}, Buttons: []Button{click("d", "4")}},
		},
	}
	got := Draw(m, 80)
	for _, want := range []string{"│      一二三四…      │", "≡ 一二三四…", "│ 一二三四五六七八… │", `c\x1B[2J`, "\n\ntag_id=2 client_platform_type=1\n┌"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

// TestDrawWidths: the frames are straight at every width, and keep to it
// where three names can stand at all.
func TestDrawWidths(t *testing.T) {
	m := mustParse(t, "every_type.json")
	for width := -1; width < 120; width++ {
		rows := strings.Split(strings.TrimSuffix(Draw(m, width), "\n"), "\n")
		bar := runewidth.StringWidth(rows[len(rows)-1])
		if width >= 3*(minColumn+1)+1 && bar > width {
			t.Errorf("width %d: the bar has %d columns", width, bar)
		}
		for _, r := range rows[len(rows)-3:] {
			if w := columns().StringWidth(r); w != bar {
				t.Errorf("width %d: a row has %d columns of %d:\n%s", width, w, bar, strings.Join(rows, "\n"))
			}
		}
	}
	if got := Draw(&Menu{}, 80); got != "" {
		t.Errorf("no menu is drawn as %q", got)
	}
}
