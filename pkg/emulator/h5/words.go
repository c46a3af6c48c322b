package h5

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io"
	"log"
	"net"
	"net/http"

	"github.com/wxdev/wxdev/internal/guard"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
)

// quiet is for what net/http would write of a browser that went away.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// said is a sentence in both languages; %s is what it is about.
type said struct{ en, zh string }

func (s said) in(lang finding.Lang) string {
	if lang == finding.Chinese {
		return s.zh
	}
	return s.en
}

// pageWords are what pages of our own say.
var pageWords = struct{ title, noSession, foreign, nothing, busy, leave, down, slow, large, address, own said }{
	title:     said{"Phone · wxdev emulator", "手机 · wxdev 模拟器"},
	noSession: said{"No page is open here. Open it in the phone.", "这里没有打开的页面。请在手机里打开。"},
	foreign:   said{"Pages of other sites may not ask here.", "其他网站的页面不能访问这里。"},
	nothing:   said{"There is nothing here.", "这里什么都没有。"},
	busy:      said{"Too many requests are under way.", "同时进行的请求太多。"},
	leave:     said{"This page leads to %s, which was not opened in the phone. Open it there if you want to go on.", "这个页面要跳转到 %s，手机里没有打开过它。要继续，请在手机里打开。"},
	down:      said{"The page's server does not answer: %s", "页面所在的服务器没有应答：%s"},
	slow:      said{"The page's server took longer than 30 s.", "页面所在的服务器超过 30 秒没有应答。"},
	large:     said{"The answer has more than 8 MB.", "返回的内容超过 8 MB。"},
	address:   said{"%s is no address of this machine. The option --h5-hosts lets it in.", "%s 不是本机地址。要允许访问，用 --h5-hosts 选项。"},
	own:       said{"The emulator itself is no page for the phone.", "模拟器自己的地址不能在手机里打开。"},
}

const pageStyle = `:root{color-scheme:light dark}body{font:17px/1.6 system-ui,sans-serif;margin:0;padding:20vh 24px 0;text-align:center;overflow-wrap:anywhere}`

func pageStyleHash() string { return "'sha256-" + hashOf(pageStyle) + "'" }

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// page is one of ours; s may be nil.
func (b *Browser) page(w http.ResponseWriter, req *http.Request, s *session, status int, says said, args ...string) {
	lang := b.emulator.PageLang(req)
	sentence := says.in(lang)
	if len(args) == 1 {
		sentence = fmt.Sprintf(sentence, text.Line(args[0]))
	}
	h := w.Header()
	guard.Page(h, "style-src "+pageStyleHash())
	phone := ""
	if s != nil {
		h.Del("X-Frame-Options")
		phone = b.phoneOf(s)
		policies(h, b.here(s), phone, "", true)
	}
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	htmlLang := "en"
	if lang == finding.Chinese {
		htmlLang = "zh-CN"
	}
	fmt.Fprintf(w, "<!doctype html><html lang=%s><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>%s</title><style>%s</style><main><p role=alert>%s</p></main>\n",
		htmlLang, pageWords.title.in(lang), pageStyle, html.EscapeString(sentence))
}

// failed says why a site could not be asked.
func (b *Browser) failed(w http.ResponseWriter, req *http.Request, s *session, err error) {
	var address errAddress
	var slow net.Error
	switch {
	case errors.As(err, &address):
		b.page(w, req, s, http.StatusForbidden, pageWords.address, address.host)
	case errors.Is(err, errOwn):
		b.page(w, req, s, http.StatusForbidden, pageWords.own)
	case errors.Is(err, errTooLarge):
		b.page(w, req, s, http.StatusBadGateway, pageWords.large)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		b.page(w, req, s, http.StatusGatewayTimeout, pageWords.slow)
	default:
		b.page(w, req, s, http.StatusBadGateway, pageWords.down, finding.ErrorIn(b.emulator.PageLang(req), err))
	}
}
