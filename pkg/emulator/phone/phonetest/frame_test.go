package phonetest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/wxdev/wxdev/internal/browser"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/jssdk"
	"github.com/wxdev/wxdev/pkg/message"
)

// TestPageInTheFrame: a link in the chat opens a page of the server in the phone,
// with its title; what it calls is a line, its user answers from the page, and what
// it may not call says why.
func TestPageInTheFrame(t *testing.T) {
	chromium := browser.Start(t)
	b := startBot(t, func(m *message.Message) string {
		return text(m.Get("FromUserName"), m.Get("ToUserName"), `<a href="`+m.Get("Content")+`">店</a>`)
	})
	s := start(t, accounts(b))
	var site *httptest.Server
	site = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ticket, err := s.Ticket(emulator.DefaultAppID, "jsapi")
		if err != nil {
			t.Error(err)
		}
		c := jssdk.NewConfig(emulator.DefaultAppID, ticket, site.URL+req.URL.RequestURI(), "nonce", "1700000000", "scanQRCode")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<title>在线点单</title><script src="https://res.wx.qq.com/open/js/jweixin-1.6.0.js"></script><script>
			wx.ready(() => { wx.chooseImage({}); wx.scanQRCode({needResult: 1, success: (r) => { document.title = "扫到" + r.resultStr; }}); });
			%s
		</script>`, c.JS())
	}))
	t.Cleanup(site.Close)
	p := open(t, chromium, s.URL+"/", 1024, 768)
	p.wait(`document.activeElement.id === "say"`)
	p.press(site.URL + "/shop" + kb.Enter)
	p.wait(`document.querySelector(".ln-their .tx-link")`)
	eval[any](p, `document.querySelector(".ln-their .tx-link").click()`)
	p.wait(`document.querySelector("#sh-title")?.textContent === "在线点单"`)
	line := func(call string) string {
		return `[...document.querySelectorAll(".h5-log li")].find((l) => l.querySelector("code").textContent === "` + call + `")`
	}
	p.wait(line("wx.config") + `?.querySelector(".mark-ok")`)
	p.wait(line("wx.chooseImage") + `?.querySelector(".tag")?.textContent === "J19"`)
	p.wait(line("wx.scanQRCode") + `?.querySelector("input")`)
	eval[any](p, line("wx.scanQRCode")+`.querySelector("input").focus()`)
	p.press("store_7" + kb.Enter)
	p.wait(`document.querySelector("#sh-title").textContent === "扫到store_7"`)
	p.wait(line("wx.scanQRCode") + `.textContent.includes("→ store_7")`)
	eval[any](p, `document.querySelector(".sh-web button").focus()`)
	p.press(kb.Escape)
	p.wait(`!document.querySelector("iframe")`)
}
