package menu

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
)

const oauth = "https://open.weixin.qq.com/connect/oauth2/authorize?"

// linkTable is what is wrong with a view's URL; empty: nothing.
var linkTable = []struct{ url, want string }{
	{"https://www.example.com/shop?channel=my-key&list=todo&q=nan&type=SCOPE", ""},
	{"https://m.example.com/{", ""},
	{"https://example.com/#/pages/index?id=1", ""},
	{"https://api.example.com/v1/undefined-behaviour?name=xx", ""},
	{"https://www.example.com/?a=1&b=%26amp%3B", ""},
	{"http://8.8.8.8/", ""},
	{oauth + "appid=wx0123456789abcdef&redirect_uri=https%3A%2F%2Fa.example.com%2F%3Fx%3D1%26id%3D3&response_type=code&scope=snsapi_base&state=STATE#wechat_redirect", ""},
	{oauth + "appid=wx0123456789abcdef&redirect_uri=http%3a%2f%2fa.example.com&response_type=code&scope=snsapi_userinfo&state=1&component_appid=wx9999999999999999#wechat_redirect", ""},
	{oauth + "appid=wx0123456789abcdef&redirect_uri=https%3A%2F%2Fa.example.com%2F&response_type=code&scope=snsapi_base&connect_redirect=1#wechat_redirect", ""},
	{"https://open.weixin.qq.com/other?appid=1", ""},
	{"https://a.example.com/%da%E4%BD%A0?x=%d0&off=100%25", ""},
	{"https://你好.example.com/", ""},

	{oauth + "appid=APPID&redirect_uri=REDIRECT_URI&response_type=code&scope=SCOPE&state=STATE#wechat_redirect", `A16 placeholder left="appid=APPID"`},
	{oauth + "appid=your-app-id&redirect_uri=http%3A%2F%2Fq.example.com%2F&response_type=code&scope=snsapi_base#wechat_redirect", `A16 placeholder left="appid=your-app-id"`},
	{oauth + "appid=wx0123456789abcdef&redirect_uri=https%3A%2F%2Fyour-domain.com%2F&response_type=code&scope=snsapi_base#wechat_redirect", `A16 placeholder left="your-domain.com"`},
	{"https://a.example.com/%s?id=%d", `A16 placeholder left="%s"`},
	{"https://a.example.com/?id=%d&x=1", `A16 placeholder left="%d"`},
	{"https://你的域名/index", `A16 placeholder left="你的域名"`},
	{"https://www.您的网站.com/index", `A16 placeholder left="www.您的网站.com"`},
	{oauth + "appid=wxXXXXXXXXXXXXXXXX&redirect_uri=https%3A%2F%2Fa.example.com%2F&response_type=code&scope=snsapi_base#wechat_redirect", `A16 placeholder left="appid=wxXXXXXXXXXXXXXXXX"`},
	{"https://www.xxx.com/", `A16 placeholder left="www.xxx.com"`},
	{"https://yourdomain.cn/a", `A16 placeholder left="yourdomain.cn"`},
	{"https://{{host}}/a", `A16 placeholder left="{{host}}"`},
	{"https://a.example.com/${path}", `A16 placeholder left="${path}"`},
	{"https://a.example.com/?openid={openid}", `A16 placeholder left="{openid}"`},
	{"https://a.example.com/<shop id>", `A16 placeholder left="<shop id>"`},
	{"https://undefined/shop", `A16 placeholder left="undefined"`},
	{"https://a.example.com/undefined/x", `A16 placeholder left="undefined"`},
	{"https://a.example.com/?id=undefined", `A16 placeholder left="id=undefined"`},
	{"https://a.example.com/?id=null&x=1", `A16 placeholder left="id=null"`},
	{"https://a.example.com/?openid=OPENID", `A16 placeholder left="openid=OPENID"`},
	{"https://a.example.com/?o=[object Object]", `A16 placeholder left="[object Object]"`},
	{"https://a.example.com/a b", "A16 blank"},
	{"https://a.example.com/?a=1&amp;b=2", "A16 entity"},
	{"http://localhost:8080/index", "A16 local host=localhost"},
	{"http://192.168.1.7/", "A16 local host=192.168.1.7"},
	{"http://127.0.0.1/", "A16 local host=127.0.0.1"},
	{"http://myserver/", "A16 local host=myserver"},
	{"https://shop.local/", "A16 local host=shop.local"},

	{oauth + "appid=wx0123456789abcdef&redirect_uri=https%3A%2F%2Fa.example.com%2F&response_type=code&state=1#wechat_redirect", "A22 missing name=scope"},
	{oauth + "redirect_uri=https%3A%2F%2Fa.example.com%2F&response_type=code&scope=snsapi_base#wechat_redirect", "A22 missing name=appid"},
	{oauth + "appid=wx0123456789abcdef&redirect_uri=&response_type=code&scope=snsapi_base#wechat_redirect", "A22 missing name=redirect_uri"},
	{oauth + "appid=wx0123456789abcdef&redirect_uri=https://a.example.com/?x=1&id=3&response_type=code&scope=snsapi_base#wechat_redirect", `A22 cut lost="&id=3"`},
	{oauth + "appid=wx0123456789abcdef&redirect_uri=https://a.example.com/#/me&response_type=code&scope=snsapi_base#wechat_redirect", "A22 missing name=response_type"},
	{oauth + "appid=wx0123456789abcdef&response_type=code&scope=snsapi_base&redirect_uri=https://a.example.com/#/me#wechat_redirect", `A22 cut lost="#/me#wechat_redirect"`},
	{oauth + "appid=wx0123456789abcdef&redirect_uri=https://a.example.com/&response_type=code&scope=snsapi_base#wechat_redirect", "A22 raw"},
	{oauth + "appid=wx0123456789abcdef&redirect_uri=http%253A%252F%252Fa.example.com%252F&response_type=code&scope=snsapi_base#wechat_redirect", "A22 twice"},
	{oauth + "appid=wx0123456789abcdef&redirect_uri=a.example.com%2Flogin&response_type=code&scope=snsapi_base#wechat_redirect", "A22 scheme"},
	{oauth + "appid=wx0123456789abcdef&redirect_uri=http%3A%2F%2Flocalhost%2F&response_type=code&scope=snsapi_base#wechat_redirect", "A16 local host=localhost"},
	{oauth + "appid=wx0123456789abcdef&redirect_uri=https%3A%2F%2Fa.example.com%2F&response_type=token&scope=snsapi_base#wechat_redirect", "A22 response-type"},
	{oauth + "appid=wx0123456789abcdef&redirect_uri=https%3A%2F%2Fa.example.com%2F&response_type=code&scope=snsapi_login#wechat_redirect", "A22 scope"},
	{oauth + "redirect_uri=https%3A%2F%2Fa.example.com%2F&appid=wx0123456789abcdef&response_type=code&scope=snsapi_base#wechat_redirect", "A22 order"},
	{oauth + "appid=wx0123456789abcdef&redirect_uri=https%3A%2F%2Fa.example.com%2F&response_type=code&scope=snsapi_base", "A22 fragment"},
	{"http://OPEN.weixin.qq.com/connect/qrconnect?appid=wx0123456789abcdef&redirect_uri=https%3A%2F%2Fa.example.com%2F&response_type=code&scope=snsapi_login", "A22 qrconnect"},
	{oauth + "appid=wx9999999999999999&redirect_uri=https%3A%2F%2Fa.example.com%2F&response_type=code&scope=snsapi_base#wechat_redirect", "A22 other-account"},
}

func view(url string) string {
	b, err := json.Marshal(url)
	if err != nil {
		panic(err)
	}
	return `{"type":"view","name":"a","url":` + strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(string(b), `\u0026`, "&"), `\u003c`, "<"), `\u003e`, ">") + `}`
}

// linkProblems are those of a menu for an account.
func linkProblems(account string, buttons ...string) []Problem {
	_, problems := ParseFor(account, Source{"a.json", []byte(`{"button":[` + strings.Join(buttons, ",") + `]}`)})
	return problems
}

func label(p Problem) string {
	s := p.ID + " " + p.Variant
	for _, name := range []string{"left", "host", "name", "lost"} {
		if p.Facts[name] != nil {
			s += " " + name + "=" + p.Facts.Text(finding.English, name)
		}
	}
	return s
}

func TestLinks(t *testing.T) {
	for _, c := range linkTable {
		var got []string
		for _, p := range linkProblems("wx0123456789abcdef", view(c.url)) {
			got = append(got, label(p))
			if p.ErrCode(false) != 0 || p.ErrCode(true) != 0 {
				t.Errorf("%s: the API looks at a URL's form only", c.url)
			}
		}
		if strings.Join(got, ";") != c.want {
			t.Errorf("%s: got %q, want %q", c.url, got, c.want)
		}
	}
}

func TestSampleIDs(t *testing.T) {
	for id, want := range map[string]int{
		"MEDIA_ID1": 1, "MEDIA_ID": 1, "mediaid": 1, "YOUR_MEDIA_ID": 1, "undefined": 1, "xxx": 1, "${media}": 1, "你的素材ID": 1,
		"kgVFy2M9vT8eBqLzA1R5nQ": 0, "100000123": 0,
	} {
		for _, button := range []string{
			`{"type":"media_id","name":"a","media_id":"` + id + `"}`, `{"type":"article_id","name":"a","article_id":"` + id + `"}`,
		} {
			if got := linkProblems("", button); len(got) != want || want == 1 && got[0].Variant != "sample-id" {
				t.Errorf("%s: %v", button, got)
			}
		}
	}
}

func TestTwoAccounts(t *testing.T) {
	link := func(appid string) string {
		return view(oauth + "appid=" + appid + "&redirect_uri=https%3A%2F%2Fa.example.com%2F&response_type=code&scope=snsapi_base#wechat_redirect")
	}
	one, other := link("wx0123456789abcdef"), link("wx9999999999999999")
	if got := linkProblems("", one, one); len(got) != 0 {
		t.Errorf("one account: %v", got)
	}
	if got := linkProblems("", one, other); len(got) != 1 || got[0].Variant != "two-accounts" {
		t.Errorf("two: %v", got)
	}
	if got := linkProblems("wx9999999999999999", one, other); len(got) != 1 || got[0].Variant != "other-account" {
		t.Errorf("another's: %v", got)
	}
}

// TestEmptyFields: the forms of admin pages send all fields that they have.
func TestEmptyFields(t *testing.T) {
	for text, want := range map[string]int{
		`{"type":"click","name":"一","key":"A","url":"","media_id":"","appid":"","pagepath":"","sub_button":[]}`:  0,
		`{"name":"一","type":"","key":"","url":"","sub_button":[{"type":"click","name":"a","key":"k","url":""}]}`: 0,
		`{"type":"click","name":"一","key":"A","url":null}`:                                                       2, // null is no text
		`{"type":"click","name":"一","key":"A","url":"http://a.b"}`:                                               1,
		`{"type":"click","name":"一","key":""}`:                                                                   1,
	} {
		if got := linkProblems("", text); len(got) != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
