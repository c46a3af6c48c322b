package emulator

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/qr"
)

func codeRoutes() []route {
	return []route{
		{method: "POST", path: "/cgi-bin/qrcode/create", daily: 100_000, handle: body((*call).createQRCode), does: "a QR code with a scene, that users of the emulator can scan"},
		{method: "GET", path: "/cgi-bin/showqrcode", open: true, handle: (*call).showQRCode, does: "its picture, which mp.weixin.qq.com has"},
	}
}

// The limits of QR codes. expire_seconds is 60 where none is given.
const (
	maxExpire     = 2592000
	standardLife  = 60
	maxPermanent  = 100_000
	maxSceneStr   = 64
	maxSceneID    = 1<<32 - 1
	codesInMemory = 20_000 // temporary ones; the oldest go
)

func (c *call) createQRCode(o object) (any, error) {
	action, scene := o.text("action_name"), o.object("action_info").object("scene")
	q := &QRCode{Ticket: c.qrTicket(), ID: "02" + c.letters(20)}
	permanent := action == "QR_LIMIT_SCENE" || action == "QR_LIMIT_STR_SCENE"
	switch action {
	case "QR_SCENE", "QR_LIMIT_SCENE":
		id, ok := scene.number("scene_id")
		if !ok || id < 1 || id > maxSceneID || permanent && id > maxPermanent {
			return nil, fail(40053)
		}
		q.SceneID = id
	case "QR_STR_SCENE", "QR_LIMIT_STR_SCENE":
		if q.SceneStr = scene.text("scene_str"); q.SceneStr == "" || utf8.RuneCountInString(q.SceneStr) > maxSceneStr {
			return nil, fail(40053)
		}
	default:
		return nil, fail(40052)
	}
	answer := struct {
		Ticket  string `json:"ticket"`
		Seconds int64  `json:"expire_seconds,omitempty"`
		URL     string `json:"url"`
	}{Ticket: q.Ticket, URL: c.base() + QRCodePath + q.ID}
	if !permanent {
		seconds, ok := o.number("expire_seconds")
		switch {
		case !o.has("expire_seconds"):
			seconds = standardLife
		case !ok || seconds < 1 || seconds > maxExpire:
			return nil, fail(40053)
		}
		answer.Seconds = seconds
		q.Expires = c.now.Add(time.Duration(seconds) * time.Second)
	}
	return answer, c.acct.addCode(q)
}

func (a *Account) addCode(q *QRCode) error {
	if q.Expires.IsZero() {
		n := 0
		for _, old := range a.QRCodes {
			if old.Expires.IsZero() {
				n++
			}
		}
		if n >= maxPermanent {
			return fail(45029)
		}
	} else if len(a.QRCodes) >= codesInMemory {
		i := slices.IndexFunc(a.QRCodes, func(old *QRCode) bool { return !old.Expires.IsZero() })
		if i >= 0 {
			a.QRCodes = slices.Delete(a.QRCodes, i, i+1)
		}
	}
	a.QRCodes = append(a.QRCodes, q)
	return nil
}

// qrTicket is of the form that real ones have: base64 with its padding, which
// has to be escaped in a URL.
func (c *call) qrTicket() string {
	b := make([]byte, 70)
	c.random(b)
	return "gQ" + base64.StdEncoding.EncodeToString(b)[2:]
}

// Scene is what an event carries of the code.
func (q *QRCode) Scene() string {
	if q.SceneStr != "" {
		return q.SceneStr
	}
	return strconv.FormatInt(q.SceneID, 10)
}

// findCode finds a code by its ticket, its URL's end, or its scene; of those
// with one scene the newest.
func (a *Account) findCode(by string, now time.Time) *QRCode {
	for _, q := range slices.Backward(a.QRCodes) {
		if !q.over(now) && (q.Ticket == by || q.ID == by || q.Scene() == by) {
			return q
		}
	}
	return nil
}

// QRCode finds a code by its ticket, the end of its url, or its scene, and says
// whose it is. The error is [ErrNotFound].
func (e *Emulator) QRCode(by string) (appid string, code QRCode, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.state.Accounts {
		if q := a.findCode(by, e.now()); q != nil {
			return a.AppID, *q, nil
		}
	}
	return "", QRCode{}, notFound("there is no QR code " + quote(by) + ", or it has expired")
}

func (c *call) showQRCode() (any, error) {
	ticket := c.query.Get("ticket")
	for _, a := range c.state.Accounts {
		for _, q := range a.QRCodes {
			if q.Ticket != ticket || q.over(c.now) {
				continue
			}
			code, err := qr.Encode(c.base() + QRCodePath + q.ID)
			if err != nil {
				return nil, failf(-1, "system error: %v", err)
			}
			return file{kind: "image/png", body: drawCode(code)}, nil
		}
	}
	return file{status: http.StatusNotFound, kind: "text/html", body: []byte("<html><body>404 Not Found</body></html>")}, nil
}

// drawCode is the picture of a code, 8 dots a module and 4 modules around it.
func drawCode(code *qr.Code) []byte {
	const scale, quiet = 8, 4
	side := (code.Size + 2*quiet) * scale
	picture := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range side {
		for x := range side {
			if code.Black(x/scale-quiet, y/scale-quiet) {
				picture.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}
