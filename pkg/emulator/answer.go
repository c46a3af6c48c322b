package emulator

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/guard"
	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/wxjson"
	"github.com/wxdev/wxdev/pkg/catalog"
)

// The Content-Types of the API. The answers of /sns/ come as text/plain.
const (
	jsonType = "application/json; encoding=utf-8"
	textType = "text/plain"
)

// apiError is an answer with an errcode.
type apiError struct {
	code int
	text string // in place of the catalogue's
	more string // after the catalogue's
}

func (e *apiError) Error() string {
	text := e.text
	if text == "" {
		text = wireTexts.Get()[e.code]
	}
	if text == "" {
		c, _ := catalog.LookupCode(e.code)
		text = strings.TrimSuffix(c.En, " (wire text unconfirmed)")
	}
	return text + e.more
}

// wireTexts are what WeChat answers where the catalogue has the words that
// people know: that of 40001 has named the cure since 2023, that of 45106 the page.
var wireTexts = lazy.Value[map[int]string]{Make: func() map[int]string {
	return map[int]string{
		45106: "This API has been unsupported. For more details, please view https://mp.weixin.qq.com/cgi-bin/announce?action=getannouncement&announce_id=11644831863qFQSh&version=&lang=zh_CN",
		40001: "invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r",
	}
}}

// fail is the errcode with its own text.
func fail(code int) error { return &apiError{code: code} }

// failf is the errcode with another text.
func failf(code int, format string, args ...any) error {
	return &apiError{code: code, text: fmt.Sprintf(format, args...)}
}

// failAt is the errcode with its own text and what it is about.
func failAt(code int, format string, args ...any) error {
	return &apiError{code: code, more: " " + fmt.Sprintf(format, args...)}
}

// hasComma lists the codes that were seen with a comma before the rid.
func hasComma(code int) bool { return code == 40125 || code == 48001 || code == 40029 }

// answer is what goes back.
type answer struct {
	status int
	kind   string
	header [][2]string
	body   []byte
	plain  []byte // of a sealed answer: what is in it, for the log
	drop   bool   // close the connection instead

	code int // the errcode
	text string
	rid  string

	panicked string // what the handler panicked with, and where
}

// file is the answer of a handler that does not speak JSON.
type file struct {
	status int // 0 is 200
	kind   string
	header [][2]string
	body   []byte
}

// rawJSON is the answer of a handler that wrote its JSON by itself.
type rawJSON []byte

const okBody = `{"errcode":0,"errmsg":"ok"}`

// accept is the answer to a call that went well; nil is the plain ok.
func (c *call) accept(value any) answer {
	a := answer{status: http.StatusOK, kind: jsonType}
	if c.route != nil && c.route.plain {
		a.kind = textType
	}
	switch v := value.(type) {
	case nil:
		a.body = []byte(okBody)
	case rawJSON:
		a.body = v
	case file:
		a.kind, a.header, a.body = v.kind, v.header, v.body
		if v.status != 0 {
			a.status = v.status
		}
	default:
		a.body = marshal(v)
	}
	return a
}

// refuse is the answer to a call that failed. WeChat's have status 200.
func (c *call) refuse(status int, err error) answer {
	var known *apiError
	if !errors.As(err, &known) {
		known = &apiError{code: -1}
	}
	a := answer{status: status, kind: jsonType, code: known.code, text: known.Error(), rid: c.newRid()}
	if c.route != nil && c.route.plain {
		a.kind = textType
	}
	msg := a.text + " rid: " + a.rid
	if hasComma(a.code) {
		msg = a.text + ", rid: " + a.rid
	}
	a.body = marshal(struct {
		ErrCode int    `json:"errcode"`
		ErrMsg  string `json:"errmsg"`
	}{a.code, msg})
	return a
}

// newRid names a request: its time in hexadecimal, and what tells it from
// the others of that second.
func (c *call) newRid() string {
	now := c.now
	if now.IsZero() {
		now = time.Unix(0, 0)
	}
	var b [8]byte
	c.random(b[:])
	return fmt.Sprintf("%08x-%s-%s", uint32(now.Unix()), hex.EncodeToString(b[:4]), hex.EncodeToString(b[4:]))
}

func (a *answer) send(w http.ResponseWriter) {
	if a.drop {
		panic(http.ErrAbortHandler) // net/http closes the connection, and says nothing
	}
	h := w.Header()
	values := []string{a.kind, strconv.Itoa(len(a.body))}
	h["Content-Type"], h["Content-Length"] = values[:1:1], values[1:]
	if strings.HasPrefix(a.kind, "text/html") {
		guard.Page(h, "") // no form-action: a form of ours leads on to the developer's page
	}
	for _, f := range a.header {
		if strings.HasPrefix(f[0], "Wechatmp-") {
			h[f[0]] = []string{f[1]} // spelled as WeChat does: Wechatmp-TimeStamp
			continue
		}
		h.Set(f[0], f[1])
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that is gone needs no answer
}

// marshal writes what cannot fail.
func marshal(v any) []byte {
	b, err := wxjson.Marshal(v)
	if err != nil {
		panic(err) // only what cannot be written fails, and no answer is that
	}
	return b
}
