package menu

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/bilingual"
)

// hard has every character that an encoder may escape.
var hard = &Menu{Buttons: []Button{
	{Type: "view", Name: `<&>'"\/`, URL: "https://example.com/?a=1&b=<2>&c='3'"},
	{Type: "click", Name: "行\u2028段\u2029", Key: "😀\u00a0\u200b\x7f\ufffd"},
}}

func TestCreateBodyIsExact(t *testing.T) {
	want := `{"button":[{"type":"view","name":"<&>'\"\\/","url":"https://example.com/?a=1&b=<2>&c='3'"},` +
		"{\"type\":\"click\",\"name\":\"行\u2028段\u2029\",\"key\":\"😀\u00a0\u200b\x7f\ufffd\"}]}"
	if got := string(hard.CreateBody()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	m := mustParse(t, "official.json")
	want = `{"button":[{"type":"click","name":"今日歌曲","key":"V1001_TODAY_MUSIC"},{"name":"菜单","sub_button":[` +
		`{"type":"view","name":"搜索","url":"http://www.soso.com/"},` +
		`{"type":"miniprogram","name":"wxa","url":"http://mp.weixin.qq.com","appid":"wx286b93c14bbf93aa","pagepath":"pages/lunar/index"},` +
		`{"type":"click","name":"赞一下我们","key":"V1001_GOOD"}]}]}`
	if got := string(m.CreateBody()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := string((&Menu{}).CreateBody()); got != `{"button":[]}` {
		t.Errorf("nothing is %s", got)
	}
}

func TestConditionalBodyIsExact(t *testing.T) {
	m := mustParse(t, "conditional.json")
	want := `{"button":[{"type":"view","name":"iOS","url":"https://m.example.com/ios"}],"matchrule":{"tag_id":"2","client_platform_type":"1"}}`
	if got := string(m.ConditionalBody(1)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestBodyOfBadText: what Parse would refuse still makes JSON.
func TestBodyOfBadText(t *testing.T) {
	m := &Menu{Buttons: []Button{{Type: "click", Name: "\x01\n\r\t\xff", Key: "\b"}}}
	want := `{"button":[{"type":"click","name":"\u0001\n\r\t` + "\ufffd" + `","key":"\u0008"}]}`
	if got := m.CreateBody(); string(got) != want || !json.Valid(got) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestPullThenPushChangesNothing(t *testing.T) {
	for _, c := range []struct {
		file string
		from func([]byte) (*Menu, error)
	}{{"menu_get.json", FromAPI}, {"selfmenu.json", FromSelfMenu}} {
		live, err := c.from(read(t, c.file))
		if err != nil {
			t.Fatal(err)
		}
		for name, file := range map[string][]byte{"m.json": live.Format(), "m.toml": live.FormatTOML()} {
			m, problems := Parse(name, file)
			if HasErrors(problems) || !m.Equal(live) || Diff(live, m).Any() || Plan(live, m) != nil {
				t.Errorf("%s as %s: %v\n%s", c.file, name, problems, file)
			}
			if again := m.Format(); !bytes.Equal(again, live.Format()) {
				t.Errorf("%s: written again it is\n%s", c.file, again)
			}
		}
	}
}

func TestFormat(t *testing.T) {
	for _, name := range []string{"conditional.json", "every_type.json", "official.json"} {
		m := mustParse(t, name)
		for _, file := range []Source{{"a.json", m.Format()}, {"a.toml", m.FormatTOML()}} {
			again, problems := ParseAll(file)
			if len(problems) > 0 || !again.Equal(m) {
				t.Errorf("%s: %v\n%s", name, problems, file.Data)
			}
		}
	}
	vip, _ := Parse("vip.json", read(t, "vip.json"))
	want := `{
  "button": [
    {
      "type": "click",
      "name": "会员",
      "key": "VIP"
    }
  ],
  "matchrule": {
    "tag_id": "2"
  }
}
`
	if got := string(vip.Format()); got != want {
		t.Errorf("got %s", got)
	}
	if got := string(hard.Format()); strings.Contains(got, `\u`) {
		t.Errorf("got %s", got)
	}
	again, problems := Parse("hard.toml", hard.FormatTOML())
	if HasErrors(problems) || !again.Equal(hard) {
		t.Errorf("%v\n%s", problems, hard.FormatTOML())
	}
}

func TestFromAPI(t *testing.T) {
	m, err := FromAPI(read(t, "menu_get.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := &Menu{
		Buttons: []Button{
			{Type: "click", Name: "今日歌曲", Key: "V1001_TODAY_MUSIC"},
			{Name: "菜单", Sub: []Button{{Type: "view", Name: "搜索", URL: "http://www.soso.com/"}, {Type: "click", Name: "赞一下我们", Key: "V1001_GOOD"}}},
		},
		Conditional: []Conditional{ // the older first
			{MatchRule: MatchRule{"tag_id": "3"}, Buttons: []Button{{Type: "click", Name: "会员", Key: "VIP"}}},
			{MatchRule: MatchRule{"tag_id": "2", "client_platform_type": "1"}, Buttons: []Button{{Type: "view", Name: "搜索", URL: "http://www.soso.com/?a=1&b=2"}}},
		},
	}
	if !m.Equal(want) {
		t.Errorf("got %+v", m)
	}
	ids := []string{m.Conditional[0].MenuID, m.Conditional[1].MenuID}
	if !slices.Equal(ids, []string{"208396939", "208396993"}) {
		t.Errorf("the ids are %q", ids)
	}
}

func TestFromSelfMenuOfTheConsole(t *testing.T) {
	m, err := FromSelfMenu(read(t, "selfmenu_console.json"))
	if err != nil {
		t.Fatal(err)
	}
	if news := m.Buttons[0].Sub[1]; news.Type != "news" || news.Value != "KQb_w_Tiz-nSdVLoTV35Psmty8hGBulGhEdbb9SKs-o" {
		t.Errorf("got %+v", news)
	}
	again, problems := Parse("pulled.json", m.Format())
	if !again.Equal(m) {
		t.Errorf("written and read: %+v", again)
	}
	// The API cannot create these, and pushing must say so.
	var ids []string
	for _, p := range problems {
		ids = append(ids, p.ID+" "+p.Variant)
	}
	want := []string{"A14 console-news", "A14 console-reply", "A14 console-media", "A14 console-reply", "A14 console-media"}
	if !slices.Equal(ids, want) {
		t.Errorf("got %q, want %q", ids, want)
	}
}

func TestFromAPIErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{``, "the answer of menu/get: line 1, column 1: it contains nothing"},
		{`<html>`, `line 1, column 1: "<" is here`},
		{`{"errcode":46003,"errmsg":"menu no exist"}`, "is errcode 46003"},
		{`{"menu":{}}`, "has no menu with a list called button"},
		{`{"button":[]}`, "has no menu with a list called button"},
		{`[]`, "has no menu with a list called button"},
	} {
		m, err := FromAPI([]byte(c.text))
		if m != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, %v, want %q", c.text, m, err, c.want)
		}
		if fault := bilingual.Fault(err); fault != "" {
			t.Error(fault)
		}
	}
	if _, err := FromSelfMenu([]byte(`{"menu":{"button":[]}}`)); err == nil {
		t.Error("menu/get's answer taken for get_current_selfmenu_info's")
	}
}
