package terminal

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
)

type testItem struct{ name, body string }

func (i *testItem) Row() Row {
	return Row{Head: i.name, Text: "text " + i.body, Tail: "1 ms"}
}

func (i *testItem) Contains(needle string) bool {
	return strings.Contains(strings.ToLower(i.name+i.body), strings.ToLower(needle))
}

func (i *testItem) Detail(width int) []string {
	lines := []string{"all of " + i.name, strings.Repeat("x", width+1)}
	for n := range 20 {
		lines = append(lines, fmt.Sprint("line ", n))
	}
	return lines
}

// testList has n items on a screen of 60 columns and 6 lines.
func testList(n int) *List {
	l := &List{Lang: finding.English, Title: "title", Empty: "nothing came", Keep: 100}
	l.Resize(60, 6)
	add(l, 1, n)
	return l
}

func add(l *List, from, to int) {
	for i := from; i <= to; i++ {
		l.Add(&testItem{fmt.Sprint("i", i), fmt.Sprintf("Body %d 你好", i%3)})
	}
}

// press presses keys: single characters, and the names of others in <>.
func press(l *List, keys string) (last Action) {
	for keys != "" {
		if keys[0] == '<' {
			name, rest, _ := strings.Cut(keys[1:], ">")
			last, keys = l.Press(Key(name)), rest
			continue
		}
		_, n := firstRune(keys)
		last, keys = l.Press(Key(keys[:n])), keys[n:]
	}
	return last
}

// screen is what is shown, each gap a single blank.
func screen(l *List) string {
	var lines []string
	for _, line := range l.Draw() {
		lines = append(lines, strings.Join(strings.Fields(uncolored(line)), " "))
	}
	return strings.Join(lines, "\n")
}

func TestList(t *testing.T) {
	const right = " ? help q quit"
	row := func(mark string, i int) string {
		return strings.TrimSpace(fmt.Sprintf("%s i%d text Body %d 你好 1 ms", mark, i, i%3))
	}
	for _, c := range []struct {
		name  string
		n     int
		keys  string
		later int // items that come after the keys
		want  []string
	}{
		{"empty", 0, "jkgG<enter>r", 0, []string{"title", "nothing came", "", "", "", "0 requests" + right}},
		{"follows", 6, "", 0, []string{"title", row(" ", 3), row(" ", 4), row(" ", 5), row(">", 6), "6 requests" + right}},
		{"one", 0, "", 1, []string{"title", row(">", 1), "", "", "", "1 request" + right}},
		{"stays where somebody moved", 6, "k", 2, []string{"title", row(" ", 3), row(" ", 4), row(">", 5), row(" ", 6), "2 new ↓ 8 requests" + right}},
		{"down to the end is not followed", 6, "kj", 1, []string{"title", row(" ", 3), row(" ", 4), row(" ", 5), row(">", 6), "1 new ↓ 7 requests" + right}},
		{"G follows again", 6, "kkG", 2, []string{"title", row(" ", 5), row(" ", 6), row(" ", 7), row(">", 8), "8 requests" + right}},
		{"End, too", 6, "<up><end>", 1, []string{"title", row(" ", 4), row(" ", 5), row(" ", 6), row(">", 7), "7 requests" + right}},
		{"g is the first", 6, "g", 0, []string{"title", row(">", 1), row(" ", 2), row(" ", 3), row(" ", 4), "6 requests" + right}},
		{"k stops at the first", 6, "gkkk", 0, []string{"title", row(">", 1), row(" ", 2), row(" ", 3), row(" ", 4), "6 requests" + right}},
		{"a screen back and on", 9, "<page up><page up> ", 0, []string{"title", row(" ", 3), row(" ", 4), row(" ", 5), row(">", 6), "9 requests" + right}},
		{"filter", 6, "/bODY 1<enter>", 1, []string{"title", row(" ", 1), row(" ", 4), row(">", 7), "", "/bODY 1 3/7" + right}},
		{"filter in Chinese, with a mistake", 2, "/你x<backspace>好", 0, []string{"title", row(" ", 1), row(">", 2), "", "", "/你好_"}},
		{"filter without a match", 2, "/zz", 0, []string{"title", "nothing has “zz” in it; Esc shows all", "", "", "", "/zz_"}},
		{"q belongs to the filter", 2, "/q", 0, []string{"title", "nothing has “q” in it; Esc shows all", "", "", "", "/q_"}},
		{"Esc clears it", 4, "/zz<esc>", 0, []string{"title", row(" ", 1), row(" ", 2), row(" ", 3), row(">", 4), "4 requests" + right}},
		{"Esc clears it later", 4, "/zz<enter><esc>", 0, []string{"title", row(" ", 1), row(" ", 2), row(" ", 3), row(">", 4), "4 requests" + right}},
		{"erased", 4, "/zz<ctrl-u><enter>", 0, []string{"title", row(" ", 1), row(" ", 2), row(" ", 3), row(">", 4), "4 requests" + right}},
		{"what is selected stays", 6, "gj/body 2<enter>", 0, []string{"title", row(">", 2), row(" ", 5), "", "", "/body 2 2/6" + right}},
		{"new ones that do not match", 6, "/body 2<enter>k", 2, []string{"title", row(">", 2), row(" ", 5), row(" ", 8), "", "1 new ↓ /body 2 3/8" + right}},
		{"detail", 2, "<enter>", 0, []string{"title", "all of i2", strings.Repeat("x", 60), "x", "line 0", "2 requests Esc back"}},
		{"detail scrolls to its end", 2, "<enter>G", 0, []string{"title", "line 16", "line 17", "line 18", "line 19", "2 requests Esc back"}},
		{"and back", 2, "<enter>GkkK<esc>", 1, []string{"title", row(" ", 1), row(">", 2), row(" ", 3), "", "1 new ↓ 3 requests" + right}},
		{"help", 2, "?", 0, []string{"title", "j k ↓ ↑ the next, the one before", "space b a screen further, back", "g G the first, the newest", "Enter all of a request; Esc goes back", "2 requests Esc back"}},
		{"help goes", 2, "?x", 0, []string{"title", row(" ", 1), row(">", 2), "", "", "2 requests" + right}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := testList(c.n)
			press(l, c.keys)
			add(l, c.n+1, c.n+c.later)
			got := strings.Split(screen(l), "\n")
			if len(got) != 6 {
				t.Fatalf("%d lines: %q", len(got), got)
			}
			for i, want := range c.want {
				if got[i] != want {
					t.Errorf("line %d is\n%q, want\n%q", i, got[i], want)
				}
			}
		})
	}
}

func TestActions(t *testing.T) {
	for keys, want := range map[string]Action{
		"q": Quit, "<ctrl-c>": Quit, "/<ctrl-c>": Quit, "?<ctrl-c>": Quit, "<enter><ctrl-c>": Quit,
		"<enter>q": Nothing, "<enter>qq": Quit, "?q": Nothing, "/q": Nothing,
		"r": Again, "<enter>r": Again, "/r": Nothing, "x": Nothing,
		"<ctrl-z>": Suspend, "/<ctrl-z>": Suspend, "<ctrl-l>": Redraw,
	} {
		if got := press(testList(3), keys); got != want {
			t.Errorf("%s asks for %d, want %d", keys, got, want)
		}
	}
}

// TestOldestGo: the list is bounded, and what is selected stays selected.
func TestOldestGo(t *testing.T) {
	l := testList(100)
	press(l, "kkk")
	was := l.Selected()
	add(l, 101, 150)
	if l.Selected() != was || len(l.Items()) != 100 || l.Total() != 150 {
		t.Errorf("%v is selected, not %v; %d of %d items", l.Selected(), was, len(l.Items()), l.Total())
	}
	add(l, 151, 250)
	if got := l.Selected().(*testItem).name; got != "i151" {
		t.Errorf("%s is selected when the oldest is i151", got)
	}
	press(l, "/Body 1<enter>")
	add(l, 251, 500)
	if got := screen(l); !strings.Contains(got, "33/100") && !strings.Contains(got, "34/100") {
		t.Errorf("the filter shows\n%s", got)
	}
	press(l, "<enter>")
	add(l, 501, 900) // what is looked at is gone from the list
	if got := screen(l); !strings.Contains(got, "all of ") {
		t.Errorf("the detail is\n%s", got)
	}
}

// TestListFits: on no screen is there a line too many, or one too wide.
func TestListFits(t *testing.T) {
	for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
		for _, color := range []bool{false, true} {
			for width := 1; width <= 130; width += 3 {
				for _, height := range []int{1, 2, 3, 5, 24} {
					l := testList(30)
					l.Lang, l.Color, l.Title = lang, color, strings.Repeat("标题\x1b", 30)
					l.Resize(width, height)
					l.Missed(3)
					for _, keys := range []string{"", "k", "?", "x/你好<enter>", "<enter>", "jj<esc>", "/zz", "<esc>"} {
						press(l, keys)
						add(l, 1, 1)
						lines := l.Draw()
						if len(lines) > height {
							t.Fatalf("%d lines on a screen of %d", len(lines), height)
						}
						for _, line := range lines {
							if n := shownColumns(line); n > width {
								t.Fatalf("%dx%d, after %s: %q is %d columns wide", width, height, keys, line, n)
							}
							if strings.Contains(uncolored(line), "\x1b") {
								t.Fatalf("%q has a sequence of somebody's", line)
							}
						}
					}
				}
			}
		}
	}
}

func TestNotesGo(t *testing.T) {
	l := testList(2)
	l.Say("something happened")
	if !strings.Contains(screen(l), "something happened") {
		t.Error("a note is not shown")
	}
	press(l, "j")
	if strings.Contains(screen(l), "something happened") {
		t.Error("a note is shown after a key")
	}
}
