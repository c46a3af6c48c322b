// Client calls the emulator by github.com/silenceper/wechat/v2, and exits
// with 1 when something is not as it should be. The environment has the
// emulator's address and account, a folder with a.png, and alice, who follows
// the account and has written to it.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/silenceper/wechat/v2"
	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/officialaccount"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	"github.com/silenceper/wechat/v2/util"
)

var (
	base    = os.Getenv("WXDEV_API_BASE")
	alice   = os.Getenv("ALICE")
	picture = os.Getenv("FILES") + "/a.png"
)

func main() {
	util.SetURIModifier(func(uri string) string { return strings.Replace(uri, "https://api.weixin.qq.com", base, 1) })
	account := open(os.Getenv("WXDEV_SECRET"))
	for _, step := range steps {
		if err := step.run(account); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", step.name, err)
			os.Exit(1)
		}
	}
}

func open(secret string) *officialaccount.OfficialAccount {
	return wechat.NewWechat().GetOfficialAccount(&config.Config{
		AppID: os.Getenv("WXDEV_APPID"), AppSecret: secret, Cache: cache.NewMemory(),
	})
}

// same demands that two things print alike.
func same(what string, got, want any) error {
	if fmt.Sprint(got) != fmt.Sprint(want) {
		return fmt.Errorf("%s is %v, want %v", what, got, want)
	}
	return nil
}

// refused demands that a call failed with an errcode: the SDK has a type for
// that, but mostly makes words of it.
func refused(err error, code int) error {
	if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), " ", ""), fmt.Sprintf("errcode=%d,", code)) &&
		!strings.Contains(err.Error(), fmt.Sprintf(`"errcode":%d,`, code)) {
		return fmt.Errorf("the error is %v, want errcode %d", err, code)
	}
	return nil
}

// control calls the emulator's control API.
func control(path, body string) (map[string]any, error) {
	res, err := http.Post(base+"/__wxdev/"+path, "application/json", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, errors.New(path + ": " + res.Status)
	}
	var answer map[string]any
	err = json.NewDecoder(res.Body).Decode(&answer)
	return answer, err
}

// redirected is where a page sends the browser.
func redirected(page string) (*url.URL, error) {
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := browser.Get(page)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return res.Location()
}
