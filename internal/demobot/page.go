package demobot

import (
	"fmt"
	"html"
	"net/http"
)

// servePage serves what messages and buttons lead to.
func (b *Bot) servePage(w http.ResponseWriter, req *http.Request) {
	switch req.URL.Path {
	case "/cover.png":
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(picture(470, 200)) // to a client that may be gone
	case "/shop":
		lang := "en"
		if b.say(said{"en", "zh"}) == "zh" {
			lang = "zh-CN"
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="%s"><meta name="viewport" content="width=device-width"><title>%s</title>
<style>:root{color-scheme:light dark}body{font:17px/1.6 system-ui,sans-serif;margin:0}img{width:100%%;display:block}main{padding:16px}</style>
<img src="/cover.png" alt=""><main><h1>%s</h1><p>%s</p></main>`,
			lang, html.EscapeString(b.say(words.name)), html.EscapeString(b.say(words.today)), html.EscapeString(b.say(words.todayText)))
	default:
		http.NotFound(w, req)
	}
}
