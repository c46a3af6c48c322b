package emulator

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/pkg/finding"
)

// TestPagesInTwoLanguages: the pages of web authorisation are in the language of
// the browser, and else in that of who runs the emulator.
func TestPagesInTwoLanguages(t *testing.T) {
	const wrong = "/connect/oauth2/authorize?appid=wxnobody&response_type=code&scope=snsapi_base"
	for _, c := range []struct {
		own    finding.Lang
		header string
		want   finding.Lang
	}{
		{finding.English, "", finding.English},
		{finding.Chinese, "", finding.Chinese},
		{finding.English, "zh-CN,zh;q=0.9,en;q=0.8", finding.Chinese},
		{finding.Chinese, "en-GB", finding.English},
	} {
		e, err := New(Config{Lang: c.own})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		ask := func(target string) string {
			r := httptest.NewRequest("GET", target, nil)
			r.Host = "127.0.0.1"
			r.Header.Set("Accept-Language", c.header)
			w := httptest.NewRecorder()
			e.ServeHTTP(w, r)
			return w.Body.String()
		}
		refused := ask(wrong)
		if strings.Contains(refused, "no account has") != (c.want == finding.English) || !strings.Contains(refused, "AppID 参数错误") {
			t.Errorf("%+v: %s", c, refused)
		}
		form := ask("/connect/oauth2/authorize?appid=" + DefaultAppID + "&redirect_uri=http%3A%2F%2Fexample.com%2F&response_type=code&scope=snsapi_userinfo&state=s")
		if strings.Contains(form, ">Allow") != (c.want == finding.English) || strings.Contains(form, ">允许") != (c.want == finding.Chinese) {
			t.Errorf("%+v: %s", c, form)
		}
	}
}

func TestUsersErrorsInChinese(t *testing.T) {
	for _, user := range []string{"", strings.Repeat("a", 65), "\xff"} {
		_, err := new(Account).ensure(user, false)
		if fault := bilingual.Fault(err); fault != "" {
			t.Error(fault)
		}
	}
}
