package terminal

import "testing"

func TestParagraph(t *testing.T) {
	for _, test := range []struct{ lines, want string }{
		{"one\ntwo", "one two"},
		{"一\n二", "一二"},
		{"图文是 ArticleCount 加\nArticles/item", "图文是 ArticleCount 加 Articles/item"},
		{"item\n不在里面", "item 不在里面"},
		{"容器：\nImage", "容器：Image"},
		{"报“x”\n或", "报“x”或"},
		{"Image\n、Voice", "Image、Voice"},
	} {
		if got := Paragraph(test.lines); got != test.want {
			t.Errorf("%q is %q, want %q", test.lines, got, test.want)
		}
	}
}
