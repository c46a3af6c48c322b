package phonetest

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/message"
)

// TestHostileText: markup in whatever others name or write becomes text. No node
// is made of it, nothing is asked for, nothing runs.
func TestHostileText(t *testing.T) {
	chromium := shared(t)
	const markup = `<script>window.ran=1</script><img src=//192.0.2.1/x onerror=window.ran=1><svg onload=window.ran=1><style>*{color:red}</style>`
	const links = `<a href="javascript:window.ran=1">one</a> <a href="data:text/html,x">two</a> <a href="//192.0.2.1/y">three</a>`
	b := startBot(t, func(m *message.Message) string {
		to, from := m.Get("FromUserName"), m.Get("ToUserName")
		if m.Get("Content") == "news" {
			return "<xml><ToUserName><![CDATA[" + to + "]]></ToUserName><FromUserName><![CDATA[" + from + "]]></FromUserName><CreateTime>1</CreateTime>" +
				"<MsgType><![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount><Articles><item><Title><![CDATA[" + markup + "]]></Title>" +
				"<Description><![CDATA[" + markup + "]]></Description><PicUrl><![CDATA[http://192.0.2.1/p.png]]></PicUrl><Url><![CDATA[javascript:window.ran=1]]></Url></item></Articles></xml>"
		}
		return text(to, from, markup+links)
	})
	cfg := accounts(b)
	cfg.Accounts[0].Name = `"><script>window.ran=1</script>`
	cfg.Accounts[0].Menu = `{"button":[{"type":"click","name":"<b>x</b>","key":"<img onerror=1>"}]}`
	cfg.Accounts[0].Users = []*emulator.User{{Name: "eve", Nickname: markup, HeadImgURL: "http://192.0.2.1/head.png"}}
	cfg.Accounts[0].QRCodes = []*emulator.QRCode{{Ticket: "t1", ID: "q1", SceneStr: markup[:60]}}
	s := start(t, cfg)
	for _, what := range []string{markup, "news", "<a href='javascript:1'>x</a>"} {
		if _, err := s.Act(context.Background(), emulator.Action{User: "eve", Do: "text", Value: what}); err != nil {
			t.Fatal(err)
		}
	}
	p := open(t, chromium, s.URL+"/#u=eve&x=p1&q="+url.QueryEscape("<img"), 1440, 900)
	p.wait(`document.querySelectorAll(".ln-own").length === 3 && document.querySelector(".by-lines")`)
	for _, tab := range []string{"sent", "http", "curl"} {
		eval[any](p, `document.querySelector("[data-tab=`+tab+`]").click()`)
		p.wait(`document.querySelector("[data-tab=` + tab + `][aria-selected=true]")`)
	}
	eval[any](p, `document.querySelectorAll(".tx-link, .cd-head").forEach((e) => e.click())`)
	p.press(kb.Escape)
	p.wait(`document.querySelector(".ch").textContent.includes("one")`)
	const foreign = `[...document.querySelectorAll("script:not([src^='/__wxdev/phone/']), img, svg[onload], style, #page iframe, a[href]:not([href^='/__wxdev/'])")].map((e) => e.outerHTML).join("\n")`
	if got := eval[string](p, foreign); got != "" {
		t.Errorf("there are nodes of others' making:\n%s", got)
	}
	if eval[bool](p, `"ran" in window`) {
		t.Error("it ran")
	}
	for _, asked := range p.asked() {
		if !strings.HasPrefix(asked, s.URL+"/") && !strings.HasPrefix(asked, "data:") {
			t.Errorf("asked for %s", asked)
		}
	}
}

// TestPolicyHolds: were there a way in, nothing would run.
func TestPolicyHolds(t *testing.T) {
	chromium := shared(t)
	s := start(t, accounts(startBot(t, echo)))
	p := open(t, chromium, s.URL+"/", 1024, 768)
	for _, js := range []string{
		`(() => { const d = document.createElement("div"); d["inner" + "HTML"] = "<b>x</b>"; })()`,
		`eval("1")`,
		`new Function("return 1")()`,
		`new DOMParser().parseFromString("<b>", "text/html")`,
	} {
		got := eval[string](p, `(() => { try { `+strings.TrimSuffix(js, ";")+`; return "done"; } catch (e) { return e.name; } })()`)
		if got == "done" {
			t.Errorf("%s was done", js)
		}
	}
	if got := eval[string](p, `new Promise((done) => { const i = new Image(); i.onload = () => done("shown"); i.onerror = () => done("refused"); i.src = "http://192.0.2.1/x.png"; })`); got != "refused" {
		t.Errorf("a picture from elsewhere is %s", got)
	}
}
