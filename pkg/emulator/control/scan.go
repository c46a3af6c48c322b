package control

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/finding"
)

// maxButtons is how many users the page offers; others are typed in.
const maxButtons = 50

// scanWords are what the page says besides names.
var scanWords = lazy.Value[map[finding.Lang]struct{ lang, title, expired, scan, name string }]{Make: func() map[finding.Lang]struct{ lang, title, expired, scan, name string } {
	return map[finding.Lang]struct{ lang, title, expired, scan, name string }{
		finding.English: {"en", "Scan · wxdev emulator", "The QR code has expired, or there never was one.", "Scan", "name"},
		finding.Chinese: {"zh-CN", "扫码 · wxdev 模拟器", "二维码已失效，或者从来没有这个二维码。", "扫码", "用户名称"},
	}
}}

// scanPage is where the url of a QR code leads in a browser: it asks who
// scans it.
func (h *handler) scanPage(w http.ResponseWriter, req *http.Request) {
	var b strings.Builder
	say := scanWords.Get()[h.emulator.PageLang(req)]
	fmt.Fprintf(&b, "<!doctype html><html lang=%s><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>%s</title>\n", say.lang, say.title)
	status := http.StatusOK
	appid, code, err := h.emulator.QRCode(req.PathValue("id"))
	users, usersErr := h.emulator.Users(appid)
	if err != nil || usersErr != nil { // the second: a reset has come between
		status = http.StatusNotFound
		b.WriteString("<p>" + say.expired + "\n")
	} else {
		fmt.Fprintf(&b, "<h1>%s</h1><p>scene %s\n<form method=post>\n", html.EscapeString(appid), html.EscapeString(code.Scene()))
		for _, u := range users[:min(len(users), maxButtons)] {
			fmt.Fprintf(&b, "<p><button name=user value=\"%s\">%s: %s</button>\n", html.EscapeString(u.OpenID), say.scan, html.EscapeString(u.DisplayName()))
		}
		fmt.Fprintf(&b, "</form>\n<form method=post><p><input name=user placeholder=%s> <button>%s</button></form>\n", say.name, say.scan)
	}
	send(w, status, "text/html; charset=utf-8", []byte(b.String()))
}

// scanForm lets the user of the form scan the code.
func (h *handler) scanForm(w http.ResponseWriter, req *http.Request) {
	form, _ := url.ParseQuery(string(readBody(req)))      // what is readable of it
	appid, _, _ := h.emulator.QRCode(req.PathValue("id")) // Act says so when there is none
	out, err := h.emulator.Act(req.Context(), emulator.Action{AppID: appid, User: form.Get("user"), Do: "scan", Value: req.PathValue("id")})
	write(w, out, err)
}
