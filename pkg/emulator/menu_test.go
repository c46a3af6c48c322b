package emulator_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/menu"
)

const (
	createPath = "/cgi-bin/menu/create"
	addPath    = "/cgi-bin/menu/addconditional"
)

const goodMenu = `{"button":[{"type":"click","name":"今日歌曲","key":"V1001"},` +
	`{"name":"菜单","sub_button":[{"type":"view","name":"搜索 & <b>","url":"https://example.com/?a=1&b=2"},{"type":"scancode_push","name":"扫码","key":"SCAN"}]}]}`

func TestMenuSetIsMenuGot(t *testing.T) {
	b := newBench(t, "")
	b.fails(46003, "GET", "/cgi-bin/menu/get", "")
	b.ok("POST", createPath, goodMenu)
	const want = `{"menu":{"button":[{"type":"click","name":"今日歌曲","key":"V1001","sub_button":[]},` +
		`{"name":"菜单","sub_button":[{"type":"view","name":"搜索 & <b>","url":"https://example.com/?a=1&b=2","sub_button":[]},` +
		`{"type":"scancode_push","name":"扫码","key":"SCAN","sub_button":[]}]}]}}`
	if got := b.do("GET", "/cgi-bin/menu/get", "").Body.String(); got != want {
		t.Errorf("menu/get\n%s\nwant\n%s", got, want)
	}
	self := b.do("GET", "/cgi-bin/get_current_selfmenu_info", "").Body.String()
	if !strings.HasPrefix(self, `{"is_menu_open":1,"selfmenu_info":{"button":[{"type":"click"`) || !strings.Contains(self, `"sub_button":{"list":[{"type":"view"`) {
		t.Errorf("get_current_selfmenu_info %s", self)
	}
	b.ok("GET", "/cgi-bin/menu/delete", "")
	b.fails(46003, "GET", "/cgi-bin/menu/get", "")
	if got := b.api("GET", "/cgi-bin/get_current_selfmenu_info", "")["is_menu_open"]; got != json.Number("0") {
		t.Errorf("is_menu_open %v", got)
	}
}

// TestMenuRoundTrip holds that what package menu writes is taken, and reads
// back as the same menu.
func TestMenuRoundTrip(t *testing.T) {
	b := newBench(t, "[[account]]\nappid = \"wx0123456789abcdef\"\n[[account.tag]]\nid = 100\nname = \"会员\"\n")
	m, problems := menu.Parse("menu.json", []byte(`{"button":[{"type":"click","name":"a","key":"A"}],
		"conditional":[{"matchrule":{"tag_id":"100"},"button":[{"type":"click","name":"b","key":"B"}]}]}`))
	if menu.HasErrors(problems) {
		t.Fatal(problems)
	}
	b.ok("POST", createPath, string(m.CreateBody()))
	b.ok("POST", addPath, string(m.ConditionalBody(0)))
	live, err := menu.FromAPI(b.do("GET", "/cgi-bin/menu/get", "").Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !live.Equal(m) {
		t.Errorf("live menu\n%s\nwant\n%s", live.Format(), m.Format())
	}
	self, err := menu.FromSelfMenu(b.do("GET", "/cgi-bin/get_current_selfmenu_info", "").Body.Bytes())
	if err != nil || len(self.Buttons) != 1 {
		t.Errorf("self menu %v, %v", self, err)
	}
}

func TestMenuRefusals(t *testing.T) {
	long := strings.Repeat("x", 61)
	for _, c := range []struct {
		name string
		code int
		body string
	}{
		{"empty body", 44002, ""},
		{"trailing comma", 47001, `{"button":[{"type":"click","name":"a","key":"A"},]}`},
		{"a form", 40016, "menu=" + goodMenu},
		{"a form of lists", 40016, "button[0][name]=a&button[0][type]=click"},
		{"a form in parts", 40016, "--x\r\nContent-Disposition: form-data; name=\"menu\"\r\n\r\n" + goodMenu + "\r\n--x--\r\n"},
		{"a list with a sign", 40016, `[{"type":"view","name":"a","url":"http://a.example/?b=c"}]`},
		{"broken, with a sign", 47001, `{"button":[{"type":"view","name":"a","url":"http://a.example/?b=c"`},
		{"an escaped form", 40016, "button%5B0%5D%5Bname%5D=a&x=1"},
		{"byte order mark", 40016, "\xEF\xBB\xBF" + goodMenu},
		{"escapes", 40033, `{"button":[{"type":"click","name":"\u83dc\u5355","key":"A"}]}`},
		{"bare list", 40016, `[{"type":"click","name":"a","key":"A"}]`},
		{"menu/get's answer", 40016, `{"menu":` + goodMenu + `}`},
		{"no buttons", 40016, `{"button":[]}`},
		{"four buttons", 40016, `{"button":[` + strings.Repeat(`{"type":"click","name":"a","key":"A"},`, 3) + `{"type":"click","name":"a","key":"A"}]}`},
		{"a conditional menu", 40016, `{"button":[{"type":"click","name":"a","key":"A"}],"matchrule":{"tag_id":"100"}}`},
		{"unknown type", 40017, `{"button":[{"type":"clack","name":"a","key":"A"}]}`},
		{"type in capitals", 65318, `{"button":[{"type":"CLICK","name":"a","key":"A"}]}`},
		{"long name", 40018, `{"button":[{"type":"click","name":"一二三四五六","key":"A"}]}`},
		{"no name", 40018, `{"button":[{"type":"click","key":"A"}]}`},
		{"no key", 40019, `{"button":[{"type":"click","name":"a"}]}`},
		{"long key", 40019, `{"button":[{"type":"click","name":"a","key":"` + strings.Repeat("k", 129) + `"}]}`},
		{"no url", 40020, `{"button":[{"type":"view","name":"a"}]}`},
		{"long url", 40020, `{"button":[{"type":"view","name":"a","url":"http://example.com/` + strings.Repeat("u", 1024) + `"}]}`},
		{"no scheme", 40055, `{"button":[{"type":"view","name":"a","url":"example.com"}]}`},
		{"mini program without url", 40027, `{"button":[{"type":"miniprogram","name":"a","appid":"wx0123456789abcdef","pagepath":"p"}]}`},
		{"no type", 41007, `{"button":[{"name":"a"}]}`},
		{"media_id missing", 40117, `{"button":[{"type":"media_id","name":"a"}]}`},
		{"third level", 40022, `{"button":[{"name":"a","sub_button":[{"name":"b","sub_button":[{"type":"click","name":"c","key":"C"}]}]}]}`},
		{"empty sub-menu", 40023, `{"button":[{"name":"a","sub_button":[]}]}`},
		{"six sub-buttons", 40023, `{"button":[{"name":"a","sub_button":[` + strings.Repeat(`{"type":"click","name":"a","key":"A"},`, 5) + `{"type":"click","name":"a","key":"A"}]}]}`},
		{"sub type", 40024, `{"button":[{"name":"a","sub_button":[{"type":"tap","name":"b","key":"B"}]}]}`},
		{"sub name", 40025, `{"button":[{"name":"a","sub_button":[{"type":"click","name":"` + long + `","key":"B"}]}]}`},
		{"sub key", 40026, `{"button":[{"name":"[","sub_button":[{"type":"click","name":"\"[","key":""}]}]}`},
		{"sub url", 40027, `{"button":[{"name":"a","sub_button":[{"type":"miniprogram","name":"b","appId":"wx0123456789abcdef","pagepath":"p"}]}]}`},
		{"sub media_id", 40118, `{"button":[{"name":"a","sub_button":[{"type":"view_limited","name":"b"}]}]}`},
		{"misspelt", 41007, `{"button":[{"name":"a","sub_buttons":[{"type":"click","name":"b","key":"B"}]}]}`},
		{"appId in camel case", 40027, `{"button":[{"name":"a","sub_button":[{"type":"miniprogram","name":"b","url":"http://example.com/","appId":"wx0123456789abcdef","pagepath":"p"}]}]}`},
		{"a number for a key", 47001, `{"button":[{"type":"click","name":"a","key":1}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, "")
			b.fails(c.code, "POST", createPath, c.body)
			b.fails(46003, "GET", "/cgi-bin/menu/get", "") // nothing of it was kept
		})
	}
}

// TestMenuAgreesWithLint holds the emulator to the rules of package menu:
// what it lints without an error is taken, and what has one is refused. A
// field that is there twice is the linter's alone: every reader takes the last;
// so is what is not UTF-8, which WeChat takes, and shows as rubbish.
func TestMenuAgreesWithLint(t *testing.T) {
	good, errGood := filepath.Glob("../../testdata/menus/[ceov]*.json")
	bad, errBad := filepath.Glob("../../testdata/menus/bad/*.json")
	if errGood != nil || errBad != nil || len(good) < 3 || len(bad) < 10 {
		t.Fatalf("%d files, %d bad ones, %v, %v", len(good), len(bad), errGood, errBad)
	}
	for _, name := range append(good, bad...) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			path := createPath
			if strings.Contains(string(body), `"matchrule"`) && !strings.Contains(string(body), `"conditional"`) {
				path = addPath
			}
			m, problems := menu.Parse(name, body)
			if path == createPath { // which has no eye for matchrules
				problems = slices.DeleteFunc(problems, func(p menu.Problem) bool { return p.ID == "A19" })
			}
			lint := !menu.HasErrors(problems) || slices.Contains([]string{"duplicate_key.json", "gbk.json", "cut_character.json"}, filepath.Base(name))
			b := newBench(t, people)
			b.ok("POST", createPath, goodMenu)
			answer := b.api("POST", path, string(body))
			if taken := answer["errcode"] == json.Number("0") || answer["menuid"] != nil; taken != lint {
				t.Errorf("%s: %v, and the linter says %v of %v", path, answer, problems, m)
			}
		})
	}
}

const conditional = `{"button":[{"type":"click","name":"b","key":"B"}],"matchrule":{"tag_id":"%s","client_platform_type":"%s"}}`

func ruled(tag, platform string) string {
	return strings.Replace(strings.Replace(conditional, "%s", tag, 1), "%s", platform, 1)
}

func TestConditionalMenus(t *testing.T) {
	b := newBench(t, `
[[account]]
appid = "wx0123456789abcdef"
[[account.tag]]
id = 100
name = "a"
[[account.tag]]
id = 101
name = "b"
[[account.user]]
name = "alice"
tags = [101, 100]
platform = "ios"
[[account.user]]
name = "bob"
`)
	b.fails(65303, "POST", addPath, ruled("100", ""))
	b.ok("POST", createPath, goodMenu)
	for code, body := range map[int]string{
		65304: ruled("", ""),
		40089: ruled("", "4"),
		65320: strings.Replace(ruled("", "1"), "client_platform_type", "sex", 1),
		40016: `{"button":[],"matchrule":{"tag_id":"100"}}`,
		65308: `{"button":[{"name":"b"}],"matchrule":{"tag_id":"100"}}`,
		44002: "",
	} {
		b.fails(code, "POST", addPath, body)
	}
	b.fails(65304, "POST", addPath, goodMenu)

	first := b.ok("POST", addPath, ruled("100", "")) // the last of alice's tags
	id, ok := first["menuid"].(string)
	if !ok {
		t.Fatalf("menuid is %v", first["menuid"])
	}
	alice := b.act("alice", "code", "").User
	bob := b.act("bob", "code", "").User
	match := func(user string) string {
		t.Helper()
		return b.do("POST", "/cgi-bin/menu/trymatch", `{"user_id":"`+user+`"}`).Body.String()
	}
	if got := match(alice); got != `{"button":[{"type":"click","name":"b","key":"B","sub_button":[]}]}` {
		t.Errorf("alice sees %s", got)
	}
	if byName := match("alice"); byName != match(alice) {
		t.Errorf("alice sees %s by her WeChat id", byName)
	}
	if got := match(bob); !strings.Contains(got, "V1001") {
		t.Errorf("bob sees %s", got)
	}
	b.fails(65302, "POST", "/cgi-bin/menu/trymatch", `{"user_id":"o1"}`)

	// the newest that matches counts
	newer := strings.Replace(ruled("", "1"), `"B"`, `"NEW"`, 1)
	b.ok("POST", addPath, newer)
	if got := match(alice); !strings.Contains(got, "NEW") {
		t.Errorf("alice sees %s", got)
	}
	got := b.ok("GET", "/cgi-bin/menu/get", "")
	list := got["conditionalmenu"].([]any)
	if len(list) != 2 || list[1].(map[string]any)["menuid"].(json.Number).String() != id || got["menu"].(map[string]any)["menuid"] == nil {
		t.Errorf("menu/get %v", got)
	}

	// create leaves the conditional menus, delete takes them along
	b.ok("POST", createPath, goodMenu)
	if n := len(b.ok("GET", "/cgi-bin/menu/get", "")["conditionalmenu"].([]any)); n != 2 {
		t.Errorf("%d conditional menus after create", n)
	}
	b.fails(46002, "POST", "/cgi-bin/menu/delconditional", `{"menuid":"1"}`)
	b.fails(65301, "POST", "/cgi-bin/menu/delconditional", `{}`)
	b.fails(65301, "POST", "/cgi-bin/menu/delconditional", "menuid="+id)
	b.fails(47001, "POST", "/cgi-bin/menu/delconditional", `{"menuid"`)
	b.ok("POST", "/cgi-bin/menu/delconditional", `{"menuid":"`+id+`"}`)
	if n := len(b.ok("GET", "/cgi-bin/menu/get", "")["conditionalmenu"].([]any)); n != 1 {
		t.Errorf("%d conditional menus after delconditional", n)
	}
	b.act("bob", "unfollow", "")
	b.fails(65315, "POST", "/cgi-bin/menu/trymatch", `{"user_id":"`+bob+`"}`)
	b.ok("GET", "/cgi-bin/menu/delete", "")
	b.fails(65303, "POST", addPath, newer)
	b.fails(47001, "POST", addPath, "{")
}

// TestConditionalDomains: all conditional menus together lead to at most
// three domains.
func TestConditionalDomains(t *testing.T) {
	b := newBench(t, "")
	for i := range 8 {
		b.ok("POST", "/cgi-bin/tags/create", `{"tag":{"name":"`+string(rune('a'+i))+`"}}`) // from 101 on
	}
	b.ok("POST", createPath, goodMenu)
	add := func(host, tag string) string {
		return `{"button":[{"type":"view","name":"b","url":"https://` + host + `/"}],"matchrule":{"tag_id":"` + tag + `"}}`
	}
	for i, host := range []string{"a.com", "b.com", "c.com"} {
		b.ok("POST", addPath, add(host, "10"+string(rune('1'+i))))
	}
	b.ok("POST", addPath, add("a.com", "107"))
	b.fails(65316, "POST", addPath, add("d.com", "108"))
}

// TestConditionalTag: a tag has to be there, and menu/get calls it by the name
// it had in 2015. What the SDKs read is a tag_id all the same.
func TestConditionalTag(t *testing.T) {
	b := newBench(t, people)
	b.ok("POST", createPath, goodMenu)
	b.fails(45159, "POST", addPath, ruled("101", ""))
	b.ok("POST", addPath, ruled("2", "")) // WeChat's own
	b.ok("POST", addPath, ruled("100", "1"))
	got := b.do("GET", "/cgi-bin/menu/get", "").Body.Bytes()
	if !strings.Contains(string(got), `"matchrule":{"client_platform_type":"1","group_id":"100"}`) || strings.Contains(string(got), "tag_id") {
		t.Errorf("menu/get %s", got)
	}
	m, err := menu.FromAPI(got)
	if err != nil || len(m.Conditional) != 2 || m.Conditional[1].MatchRule["tag_id"] != "100" {
		t.Errorf("read back: %+v, %v", m, err)
	}
}

// TestMenuInGBK: WeChat takes it, and shows rubbish.
func TestMenuInGBK(t *testing.T) {
	b := newBench(t, "")
	b.ok("POST", createPath, "{\"button\":[{\"type\":\"click\",\"name\":\"\xb2\xcb\xb5\xa5\",\"key\":\"A\"}]}")
	if got := b.do("GET", "/cgi-bin/menu/get", "").Body.String(); !strings.Contains(got, "\"name\":\"\uFFFD") {
		t.Errorf("menu/get %s", got)
	}
}

func TestLinkedMiniPrograms(t *testing.T) {
	b := newBench(t, "[[account]]\nappid = \"wx0123456789abcdef\"\nminiprograms = [\"wx00000000000000aa\"]\n")
	with := func(appid string) string {
		return `{"button":[{"name":"a","sub_button":[{"type":"miniprogram","name":"b","url":"http://example.com/","appid":"` + appid + `","pagepath":"p"}]}]}`
	}
	b.fails(45064, "POST", createPath, with("wx00000000000000bb"))
	b.ok("POST", createPath, with("wx00000000000000aa"))
}

func TestMenuOfSeed(t *testing.T) {
	seed := "[[account]]\nappid = \"wx0123456789abcdef\"\nmenu = '''" + goodMenu + "'''\n"
	b := newBench(t, seed)
	if got := b.do("GET", "/cgi-bin/menu/get", "").Body.String(); !strings.Contains(got, "V1001") {
		t.Errorf("menu/get %s", got)
	}
	state, err := emulator.ParseState("seed", []byte(strings.Replace(seed, "click", "clack", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := emulator.New(emulator.Config{Seed: state}); err == nil || !strings.Contains(err.Error(), "A14") {
		t.Errorf("a wrong menu: %v", err)
	}
}
