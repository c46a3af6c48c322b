package menu_test

import (
	"fmt"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/menu"
)

func ExampleParse() {
	_, problems := menu.Parse("menu.json", []byte(`{"button":[
  {"type":"VIEW","name":"搜索","url":"https://example.com/"},
]}`))
	for _, p := range problems {
		_, evidence, fix := catalog.Describe(finding.English, p.Finding)
		fmt.Printf("%s:%d:%d: %s %s. %s\n", p.Place.File, p.Place.Line, p.Place.Column, p.ID, evidence, fix)
	}
	// Output:
	// menu.json:2:11: A07 type is "VIEW" instead of view. Write view.
	// menu.json:2:59: A20 nothing follows the comma. Remove the comma.
}

func ExampleMenu_CreateBody() {
	m, problems := menu.Parse("menu.toml", []byte(`
[[button]]
type = "view"
name = "Q&A"
url  = "https://example.com/?a=1&b=2"
`))
	if !menu.HasErrors(problems) {
		fmt.Printf("%s\n", m.CreateBody())
	}
	// Output: {"button":[{"type":"view","name":"Q&A","url":"https://example.com/?a=1&b=2"}]}
}

func ExampleDiff() {
	live, err := menu.FromAPI([]byte(`{"menu":{"button":[
		{"type":"click","name":"歌曲","key":"SONG","sub_button":[]},
		{"type":"click","name":"赞","key":"GOOD","sub_button":[]}]}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	want, _ := menu.Parse("menu.json", []byte(`{"button":[{"type":"click","name":"歌曲","key":"MUSIC"}]}`))
	changes := menu.Diff(live, want)
	for _, c := range changes {
		fmt.Println(c.Kind, c.What, c.Button.Name, c.Fields)
	}
	fmt.Println("removes something:", changes.Removes())
	// Output:
	// changed default  []
	// changed button 歌曲 [{key SONG MUSIC}]
	// removed button 赞 []
	// removes something: true
}

func ExampleDraw() {
	m, _ := menu.Parse("menu.json", []byte(`{"button":[
		{"type":"click","name":"歌曲","key":"SONG"},
		{"name":"菜单","sub_button":[{"type":"click","name":"赞一下","key":"GOOD"}]}]}`))
	fmt.Print(menu.Draw(m, 32))
	// Output:
	//                 ┌────────────┐
	//                 │ 赞一下     │
	//                 └────────────┘
	// ┌──────────────┬──────────────┐
	// │     歌曲     │    ≡ 菜单    │
	// └──────────────┴──────────────┘
}
